"""A plan is edited without losing a photo, and what makes no sense is refused with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photosort.errors import PlanRefused
from photosort.filing.plan.draft import (
    Draft,
    DraftFolder,
    DraftPhoto,
    add_folder,
    meeting_faults,
    merge,
    move,
    name_fault,
    pin,
    rename,
    set_aside,
    split,
)
from photosort.filing.plan.model import Mode

PHOTOS = tuple(DraftPhoto(Path(f"/in/{number}.jpg"), f"{number:064x}") for number in range(6))
DRAFT = Draft(
    1,
    Path("/in"),
    Path("/out"),
    Mode.COPY,
    (
        DraftFolder("Dogs", "Dogs", "Dogs at play", ("dog", "ball"), PHOTOS[:3], (0,)),
        DraftFolder("Trips/Lakes", "Lakes", "", ("lake",), PHOTOS[3:5], (1,)),
        DraftFolder("Trips/Hills", "Hills", "", ("hill", "lake"), PHOTOS[5:], (2,)),
    ),
)


def paths(*numbers: int) -> list[Path]:
    return [PHOTOS[number].path for number in numbers]


def layout(draft: Draft) -> dict[str, list[int]]:
    """Folder -> the numbers of its photos; those aside under ""."""
    found = {folder.name: [int(photo.path.stem) for photo in folder.photos] for folder in draft.folders}
    return found | ({"": [int(photo.path.stem) for photo in draft.aside]} if draft.aside else {})


def test_a_folder_is_renamed_in_any_spelling_of_its_name() -> None:
    renamed = rename(DRAFT, "DOGS", "Our dogs/2019")
    assert layout(renamed) == {"Our dogs/2019": [0, 1, 2], "Trips/Lakes": [3, 4], "Trips/Hills": [5]}
    assert (renamed.folders[0].title, renamed.folders[0].summary) == ("2019", "Dogs at play")
    assert rename(DRAFT, "Dogs", "dogs").folders[0].name == "dogs"


def test_two_folders_become_one_with_the_words_of_both() -> None:
    merged = merge(DRAFT, "Trips/Lakes", "Trips/Hills")
    assert layout(merged) == {"Dogs": [0, 1, 2], "Trips/Lakes": [3, 4, 5]}
    assert merged.folders[1].clusters == (1, 2) and merged.folders[1].keywords == ("lake", "hill")


def test_a_pinned_name_outlives_a_merge_and_refuses_a_new_name() -> None:
    pinned = pin(DRAFT, "Trips/Hills")
    merged = merge(pinned, "Trips/Lakes", "Trips/Hills")
    assert layout(merged) == {"Dogs": [0, 1, 2], "Trips/Hills": [3, 4, 5]} and merged.folders[1].clusters == (2, 1)
    with pytest.raises(PlanRefused, match=r"The name “Trips/Hills” is pinned\. Unpin it before"):
        rename(pinned, "Trips/Hills", "Mountains")
    assert layout(rename(pin(pinned, "Trips/Hills", pinned=False), "Trips/Hills", "Up"))["Up"] == [5]


def test_photos_move_from_several_folders_and_from_aside() -> None:
    aside = set_aside(DRAFT, paths(1, 5))
    assert layout(aside) == {"Dogs": [0, 2], "Trips/Lakes": [3, 4], "Trips/Hills": [], "": [1, 5]}
    moved = move(aside, paths(5, 0, 3), "Trips/Lakes")
    assert layout(moved) == {"Dogs": [2], "Trips/Lakes": [3, 4, 5, 0], "Trips/Hills": [], "": [1]}


def test_a_new_folder_takes_photos() -> None:
    made = move(add_folder(DRAFT, "Best"), paths(2), "Best")
    assert layout(made)["Best"] == [2] and made.folders[-1].clusters == ()


def test_the_parts_of_a_split_folder_have_names_of_their_own() -> None:
    draft = rename(add_folder(DRAFT, "Trips/Lakes (2)"), "Dogs", "Trips/Dogs")
    parted = split(draft, "Trips/Lakes", [paths(4), paths(3)])
    assert [folder.name for folder in parted.folders] == [
        *("Trips/Dogs", "Trips/Lakes", "Trips/Lakes (3)", "Trips/Hills", "Trips/Lakes (2)")
    ]
    assert (layout(parted)["Trips/Lakes"], layout(parted)["Trips/Lakes (3)"]) == ([4], [3])
    assert [folder.clusters for folder in parted.folders[1:3]] == [(1,), ()]


@pytest.mark.parametrize(
    "change, problem",
    [
        (lambda: rename(DRAFT, "Cats", "Dogs"), "The plan has no folder “Cats”"),
        (lambda: rename(DRAFT, "Dogs", "trips/LAKES"), "Two folders have one name: “Trips/Lakes” and “trips/LAKES”"),
        (lambda: rename(DRAFT, "Dogs", "trips/Dogs"), "“trips” and “Trips” differ in spelling only"),
        (lambda: rename(DRAFT, "Dogs", "../Dogs"), "“../Dogs” is not a safe folder name; this is one: “Dogs”"),
        (lambda: rename(DRAFT, "Dogs", "a\\b: c."), "this is one: “a b c”"),
        (lambda: rename(DRAFT, "Dogs", ""), "“” is not a safe folder name"),
        (lambda: rename(DRAFT, "Dogs", "x\x1b[2J"), r"“x\\x1b[2J” is not a safe"),
        (lambda: add_folder(DRAFT, "dogs"), "Two folders have one name"),
        (lambda: merge(DRAFT, "Dogs", "dogs"), "“Dogs” cannot be merged with itself"),
        (lambda: move(DRAFT, [Path("/in/x\n.jpg")], "Dogs"), r"/in/x\\n.jpg is not a photo of the plan"),
        (lambda: set_aside(DRAFT, [Path("/etc/passwd")]), "/etc/passwd is not a photo of the plan"),
        (lambda: split(DRAFT, "Dogs", [paths(0, 1)]), "“Dogs” cannot be split like this"),
        (lambda: split(DRAFT, "Dogs", [paths(0, 1, 2), []]), "“Dogs” cannot be split like this"),
        (lambda: split(DRAFT, "Dogs", [paths(0, 1), paths(1, 2)]), "“Dogs” cannot be split like this"),
        (lambda: split(DRAFT, "Dogs", [paths(0, 1), paths(3)]), "“Dogs” cannot be split like this"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(change: Callable[[], Draft], problem: str) -> None:
    with pytest.raises(PlanRefused) as refused:
        change()
    assert problem.replace("\\\\", "\\") in str(refused.value) and refused.value.hint


def test_names_that_only_spelling_sets_apart_are_found() -> None:
    decomposed = "Ete\u0301"
    assert meeting_faults(["Été", "Ete", decomposed.replace("E", "É", 1)]) == [
        f"two folders have one name: “Été” and “{decomposed.replace('E', 'É', 1)}”"
    ]
    assert name_fault(decomposed) == "" and name_fault("con") and name_fault("a" * 121)


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["", "Dogs", "Trips/Lakes", "Trips/Hills", "New"]))))
def test_no_change_loses_or_doubles_a_photo(moves: list[tuple[int, str]]) -> None:
    draft = add_folder(DRAFT, "New")
    for number, to in moves:
        draft = move(draft, paths(number), to) if to else set_aside(draft, paths(number))
    assert Counter(draft.photos) == Counter(PHOTOS)
    last = dict(moves)
    assert all(number in layout(draft).get(to, []) for number, to in last.items())
    whole = merge(merge(draft, "Dogs", "Trips/Lakes"), "Dogs", "New")
    assert Counter(whole.photos) == Counter(PHOTOS)
