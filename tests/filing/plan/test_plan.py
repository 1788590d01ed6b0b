"""Plans, made from data alone: no test here touches a disk."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from photosort.errors import DestinationError
from photosort.filing.plan.model import ExistingEntry, Mode, Survey
from photosort.filing.plan.plan import Plan, make_plan
from photosort.naming.folder_name import name_key
from photosort.photos.files.photo import Photo, Unread

SOURCE, OUT = Path("/in"), Path("/out")


def photo(name: str, content: str = "", companions: Sequence[str] = ()) -> Photo:
    return Photo(SOURCE / name, 10, 5, content or name, tuple(SOURCE / other for other in companions))


def plan(
    photos: Sequence[Photo],
    labels: Sequence[int] | None = None,
    folders: Sequence[str] = ("Dogs", "Lakes"),
    *,
    mode: Mode = Mode.COPY,
    present: Sequence[ExistingEntry] = (),
    inside: dict[str, tuple[ExistingEntry, ...]] | None = None,
    contents: dict[str, str] | None = None,
    links: Sequence[str] = (),
    unread: Sequence[Unread] = (),
    **survey: Any,
) -> Plan:
    files = {}
    for one in photos:
        files[one.path] = one
        for path in one.companions:
            files[path] = Photo(path, 10, 5, (contents or {}).get(str(path.relative_to(SOURCE)), str(path)))
    survey = {"refused": {}, "free": 10**9, "files": files, "links": {p for p in files if p.name in links}, **survey}
    return make_plan(
        photos,
        [0] * len(photos) if labels is None else labels,
        folders,
        source=SOURCE,
        destination=OUT,
        mode=mode,
        survey=Survey(present=tuple(present), inside=inside or {}, **survey),
        unread=unread,
    )


def places(made: Plan) -> dict[str, str]:
    return {str(f.source.relative_to(SOURCE)): str(f.destination.relative_to(OUT)) for f in made.files if not f.there}


def there(made: Plan) -> dict[str, str]:
    return {str(f.source.relative_to(SOURCE)): str(f.destination.relative_to(OUT)) for f in made.files if f.there}


def test_each_photo_goes_to_the_folder_of_its_label() -> None:
    made = plan([photo("b.jpg"), photo("a.jpg"), photo("c.jpg")], [1, 0, 1])
    assert [(folder.name, len(folder.photos)) for folder in made.folders] == [("Dogs", 1), ("Lakes", 2)]
    assert places(made) == {"a.jpg": "Dogs/a.jpg", "b.jpg": "Lakes/b.jpg", "c.jpg": "Lakes/c.jpg"}
    assert made.bytes_written == 30


def test_what_stays_is_named_with_its_reason() -> None:
    bad = Unread(SOURCE / "bad.jpg", "truncated")
    made = plan([photo("a.jpg"), photo("b.jpg")], [-1, 0], unread=[bad])
    assert made.left == (bad, Unread(SOURCE / "a.jpg", "fits no folder"))


def test_two_photos_of_one_name_get_two_names() -> None:
    made = plan([photo("x/IMG.JPG"), photo("y/IMG.JPG"), photo("z/img.jpg")])
    assert places(made) == {
        "x/IMG.JPG": "Dogs/IMG.JPG",
        "y/IMG.JPG": "Dogs/IMG (2).JPG",
        "z/img.jpg": "Dogs/img (3).jpg",
    }


def test_names_that_meet_on_a_mac_get_two_names() -> None:
    composed, decomposed = "É.jpg", unicodedata.normalize("NFD", "é.jpg")
    made = plan([photo(composed), photo(decomposed)])
    assert len({name_key(place) for place in places(made).values()}) == 2


def test_the_order_of_the_photos_does_not_matter() -> None:
    photos = [photo(f"{folder}/IMG.JPG") for folder in "abcdef"]
    assert plan(photos) == plan(photos[::-1])


def test_companions_get_the_number_of_their_photo() -> None:
    made = plan([photo("x/I.JPG", companions=["x/I.xmp"]), photo("y/I.JPG", companions=["y/I.xmp", "y/I.MOV"])])
    assert places(made) == {
        "x/I.JPG": "Dogs/I.JPG",
        "x/I.xmp": "Dogs/I.xmp",
        "y/I.JPG": "Dogs/I (2).JPG",
        "y/I.xmp": "Dogs/I (2).xmp",
        "y/I.MOV": "Dogs/I (2).MOV",
    }
    assert [file.main for file in made.files] == [True, False, True, False, False]
    assert [file.group for file in made.files] == [0, 0, 1, 1, 1]


def test_a_companion_alone_can_force_the_number() -> None:
    made = plan([photo("I.JPG", companions=["I.xmp"])], inside={"Dogs": (ExistingEntry("I.XMP", "file", 3),)})
    assert places(made) == {"I.JPG": "Dogs/I (2).JPG", "I.xmp": "Dogs/I (2).xmp"}


def test_a_photo_that_leads_another_takes_it_along() -> None:
    made = plan([photo("I.JPG", companions=["I.PNG"]), photo("I.PNG")], [0, 1])
    assert places(made) == {"I.JPG": "Dogs/I.JPG", "I.PNG": "Dogs/I.PNG"}


@pytest.mark.parametrize("kind", ["file", "folder", "link", "other"])
def test_nothing_that_is_there_is_overwritten(kind: Any) -> None:
    made = plan(
        [photo("I.JPG")],
        inside={"Dogs": (ExistingEntry("i.jpg", kind, 10, "other"),)},
        present=[ExistingEntry("Dogs", "folder")],
    )
    assert places(made) == {"I.JPG": "Dogs/I (2).JPG"}


@pytest.mark.parametrize("name", ["I.JPG", "I (7).JPG", "i.jpg"])
def test_an_equal_file_is_there_already_even_under_a_number(name: str) -> None:
    inside = {"Dogs": (ExistingEntry("I.JPG", "file", 10, "other"), ExistingEntry(name, "file", 10, "same"))}
    made = plan([photo("I.JPG", "same")], inside=inside)
    assert (places(made), there(made), made.bytes_written) == ({}, {"I.JPG": f"Dogs/{name}"}, 0)


def test_an_equal_file_of_another_name_does_not_count() -> None:
    made = plan([photo("I.JPG", "same")], inside={"Dogs": (ExistingEntry("J.JPG", "file", 10, "same"),)})
    assert places(made) == {"I.JPG": "Dogs/I.JPG"}


def test_equal_photos_of_one_name_are_placed_once() -> None:
    made = plan([photo("x/I.JPG", "same"), photo("y/I.JPG", "same"), photo("z/I.JPG", "other")])
    assert places(made) == {"x/I.JPG": "Dogs/I.JPG", "z/I.JPG": "Dogs/I (2).JPG"}
    assert there(made) == {"y/I.JPG": "Dogs/I.JPG"}


def test_an_equal_photo_brings_its_own_sidecar() -> None:
    photos = [photo("x/I.JPG", "same", ["x/I.xmp"]), photo("y/I.JPG", "same", ["y/I.xmp"])]
    assert places(plan(photos))["y/I.JPG"] == "Dogs/I (2).JPG"
    assert places(plan(photos))["y/I.xmp"] == "Dogs/I (2).xmp"


def test_a_move_never_parts_a_group_that_is_there_in_part() -> None:
    inside = {"Dogs": (ExistingEntry("I.JPG", "file", 10, "same"),)}
    one = photo("I.JPG", "same", ["I.xmp"])
    assert places(plan([one], inside=inside)) == {"I.xmp": "Dogs/I.xmp"}
    assert places(plan([one], inside=inside, mode=Mode.MOVE)) == {
        "I.JPG": "Dogs/I (2).JPG",
        "I.xmp": "Dogs/I (2).xmp",
    }


def test_a_link_to_this_photo_counts_only_in_symlink_mode() -> None:
    inside = {"Dogs": (ExistingEntry("I.JPG", "link", target="/in/I.JPG"),)}
    assert there(plan([photo("I.JPG")], inside=inside, mode=Mode.SYMLINK)) == {"I.JPG": "Dogs/I.JPG"}
    assert places(plan([photo("I.JPG")], inside=inside)) == {"I.JPG": "Dogs/I (2).JPG"}


def test_a_folder_keeps_the_spelling_that_exists() -> None:
    made = plan(
        [photo("I.JPG")],
        present=[ExistingEntry("dogs", "folder")],
        inside={"dogs": (ExistingEntry("I.JPG", "file", 1, None),)},
    )
    assert places(made) == {"I.JPG": "dogs/I (2).JPG"}
    assert made.folders[0].exists


def test_a_file_in_the_place_of_a_folder_numbers_the_folder() -> None:
    made = plan([photo("I.JPG")], present=[ExistingEntry("DOGS", "file", 3)])
    assert places(made) == {"I.JPG": "Dogs (2)/I.JPG"}


def test_a_long_name_gets_a_number_and_keeps_within_the_limit() -> None:
    name = "x" * 251 + ".jpg"
    made = plan([photo(f"a/{name}"), photo(f"b/{name}")])
    assert places(made)[f"b/{name}"] == f"Dogs/{'x' * 247} (2).jpg"


def test_a_disk_with_short_names_gets_short_names() -> None:
    name = "x" * 150 + ".jpg"
    made = plan([photo(name)], folders=["Dogs" * 20], present=[ExistingEntry("Dogs" * 15, "file")], name_limit=60)
    assert places(made) == {name: f"{'Dogs' * 14} (2)/{'x' * 56}.jpg"}


def test_names_refused_by_the_disk_are_replaced() -> None:
    photos = [photo("12:30.jpg", companions=["12:30.xmp"]), photo("12?30.jpg")]
    assert places(plan(photos, forbidden=frozenset(":?"))) == {
        "12:30.jpg": "Dogs/12_30.jpg",
        "12:30.xmp": "Dogs/12_30.xmp",
        "12?30.jpg": "Dogs/12_30 (2).jpg",
    }
    inside = {"Dogs": (ExistingEntry("12_30.jpg", "file", 10, "same"),)}
    again = plan([photo("12:30.jpg", "same")], inside=inside, forbidden=frozenset(":"))
    assert there(again) == {"12:30.jpg": "Dogs/12_30.jpg"}


def test_a_path_that_is_too_long_leaves_the_photo() -> None:
    made = plan([photo("I.JPG")], path_limit=15)
    assert (made.folders, made.left[0].reason) == (
        (),
        "its name or path would be too long at the destination",
    )


def test_what_the_survey_refused_keeps_its_whole_group() -> None:
    made = plan([photo("I.JPG", companions=["I.xmp"])], refused={SOURCE / "I.xmp": "permission denied"})
    assert made.left == (Unread(SOURCE / "I.JPG", "I.xmp: permission denied"),)


def test_reasons_name_files_in_printable_letters() -> None:
    odd = "caf\udce9\x1b[2J.xmp"
    made = plan([photo("I.JPG", companions=[odd])], refused={SOURCE / odd: "permission denied"})
    assert made.left == (Unread(SOURCE / "I.JPG", r"caf\udce9\x1b[2J.xmp: permission denied"),)


def test_a_photo_that_changed_since_the_scan_stays() -> None:
    made = plan([photo("I.JPG")], files={SOURCE / "I.JPG": Photo(SOURCE / "I.JPG", 11, 5, "I.JPG")})
    assert made.left[0].reason == "changed since it was looked at"


def test_a_symbolic_link_is_not_moved() -> None:
    assert "symbolic link" in plan([photo("I.JPG")], mode=Mode.MOVE, links=["I.JPG"]).left[0].reason
    assert places(plan([photo("I.JPG")], links=["I.JPG"]))


def test_a_disk_that_is_too_small_is_refused() -> None:
    with pytest.raises(DestinationError, match=r"has room for 0 MB and the photos need 0 MB.*--out"):
        plan([photo("I.JPG")], free=9)
    assert plan([photo("I.JPG")], free=9, mode=Mode.MOVE).bytes_written == 0
    assert plan([photo("I.JPG")], free=9, clones=True).bytes_written == 0
    with pytest.raises(DestinationError):
        plan([photo("I.JPG")], free=9, mode=Mode.MOVE, far={SOURCE / "I.JPG"})


@pytest.mark.parametrize("folders", [("a/../b",), ("/b",), ("a/",), ("..",), ("",), ("a\\b",), ("Dogs", "dogs")])
def test_unsafe_folder_names_are_refused(folders: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="folder"):
        plan([], folders=folders)


def test_a_folder_in_a_folder_is_planned_level_by_level() -> None:
    present = [ExistingEntry("animals", "folder"), ExistingEntry("Places", "file", 3)]
    inside = {
        "animals": (ExistingEntry("DOGS", "folder"), ExistingEntry("Cats", "file", 3)),
        "animals/DOGS": (ExistingEntry("I.JPG", "file", 10, "other"),),
    }
    photos = [photo("x/I.JPG"), photo("y/I.JPG"), photo("z/I.JPG")]
    made = plan(photos, [0, 1, 2], ("Animals/Dogs", "Animals/Cats", "Places/Lakes"), present=present, inside=inside)
    assert places(made) == {
        "x/I.JPG": "animals/DOGS/I (2).JPG",
        "y/I.JPG": "animals/Cats (2)/I.JPG",
        "z/I.JPG": "Places (2)/Lakes/I.JPG",
    }
    assert [(folder.name, folder.exists) for folder in made.folders] == [
        ("animals/DOGS", True),
        ("animals/Cats (2)", False),
        ("Places (2)/Lakes", False),
    ]


def test_a_nested_path_that_is_too_long_leaves_the_photo() -> None:
    made = plan([photo("I.JPG"), photo("J.JPG")], [0, 1], ("Dogs", "Dogs and/Puppies"), path_limit=20)
    assert places(made) == {"I.JPG": "Dogs/I.JPG"}
    assert [(left.path.name, left.reason) for left in made.left] == [
        ("J.JPG", "its name or path would be too long at the destination")
    ]


def test_a_thousand_photos_of_one_name_are_planned_in_a_moment() -> None:
    made = plan([photo(f"{n:04}/image.jpg") for n in range(3000)])
    assert len({name_key(place) for place in places(made).values()}) == 3000
