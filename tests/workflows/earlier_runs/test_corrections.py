"""What the user puts right by hand is seen by content, is remembered, and new photos follow it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from fakes.photos import crops
from fakes.walls import again, coming, first, walls
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from photosort.models.selected import select_models
from photosort.settings.settings import load_settings
from photosort.store.cache import open_cache
from photosort.store.history import open_history
from photosort.store.runs.runs import MemberRecord, Runs
from photosort.workflows.earlier_runs.continuing import followed
from photosort.workflows.earlier_runs.corrections import homes_of
from photosort.workflows.explaining.explain import explain_photo, explain_run
from photosort.workflows.organize import organize
from photosort.workflows.prepared import Organized
from photosort.workflows.reporting.report import picture

VIOLET = (130, 30, 110)


def violets(folder: Path, numbers: range) -> None:
    for number in numbers:
        grain = np.random.default_rng(number).integers(-4, 4, (20, 30, 3))
        Image.fromarray((np.array(VIOLET) + grain).astype(np.uint8)).save(folder / f"red-violet-{number}.png")


def put_by_you(run: int) -> dict[str, str]:
    """Photos of a run that the user has put where they lie -> the folder before."""
    with open_history(load_settings().data_dir) as connection:
        members: list[MemberRecord] = Runs(connection).members(run)
    return {one.path.name: one.answer.get("was", "") for one in members if one.answer.get("by") == "you"}


def test_a_photo_that_was_moved_stays_and_is_said_to_be_put_there(source: Path, out: Path) -> None:
    here = out / "Blue" / "red-1.png"
    (out / "Red" / "red-1.png").rename(here)
    walls(source, "red", range(20, 22))
    done = again(source, out)
    assert coming(done) == {"Red": ["red-20.png", "red-21.png"]} and here.exists()
    assert put_by_you(2) == {"red-1.png": "Red"}
    data_dir = load_settings().data_dir
    found = explain_photo(data_dir, here)
    assert (found.run.id, found.own.folder, found.by_user) == (2, "Blue", True)
    assert found.next and found.next.folder == "Red" and found.margin < 0
    assert explain_run(data_dir).yours == 1
    with open_cache(load_settings().cache_dir) as cache:
        page = picture(data_dir, cache, 2).page
    assert [photo.reason for photo in page.photos if photo.name == "red-1.png"] == ["put here by you, from “Red”"]


def test_it_is_seen_before_the_next_run_as_well(out: Path) -> None:
    (out / "Red" / "red-1.png").rename(out / "Blue" / "red-1.png")
    data_dir = load_settings().data_dir
    assert explain_photo(data_dir, out / "Blue" / "red-1.png").moved == "Blue"
    assert explain_photo(data_dir, out / "Blue" / "blue-1.png").moved == ""
    (out / "Red").rename(out / "Our barn")
    assert explain_photo(data_dir, out / "Our barn" / "red-2.png").moved == ""
    assert explain_photo(data_dir, out / "Blue" / "red-1.png").moved == "Blue"


def test_a_photo_that_was_put_there_by_hand_is_said_to_be(source: Path, out: Path) -> None:
    walls(out / "Blue", "red", [50])
    walls(source, "blue", range(20, 22))
    again(source, out)
    assert put_by_you(2) == {"red-50.png": ""}
    found = explain_photo(load_settings().data_dir, out / "Blue" / "red-50.png")
    assert (found.run.id, found.own.folder, found.filed, found.by_user) == (2, "Blue", None, True)


def test_a_copy_that_was_edited_in_its_folder_is_not(source: Path, out: Path) -> None:
    walls(source, "blue", [20])
    again(source, out)
    for name in ("blue-1.png", "blue-20.png"):
        with (out / "Blue" / name).open("ab") as file:
            file.write(b"edited")
    walls(source, "blue", [21])
    again(source, out)
    assert put_by_you(3) == {}


@pytest.mark.parametrize("respects", [True, False])
def test_moved_photos_draw_new_ones_along_unless_they_are_not_to(source: Path, tmp_path: Path, respects: bool) -> None:
    out = tmp_path / "out"
    violets(source, range(4))
    first(source, out)
    assert len(list((out / "Red").glob("*violet*"))) == 4, "violet is nearer to red"
    for photo in (out / "Red").glob("*violet*"):
        photo.rename(out / "Blue" / photo.name)
    violets(source, range(9, 10))
    done = again(source, out, respect_moves=respects)
    assert coming(done) == {"Blue" if respects else "Red": ["red-violet-9.png"]}
    assert len(list((out / "Blue").glob("*violet*"))) == (5 if respects else 4), "what was moved stays either way"
    assert len(put_by_you(2)) == 4


def test_corrections_are_remembered_by_every_later_run(source: Path, out: Path) -> None:
    (out / "Red" / "red-1.png").rename(out / "Blue" / "red-1.png")
    (out / "Red").rename(out / "Our barn")
    for number, name in enumerate(("The barn", "Barn", "Barns"), 20):
        walls(source, "red", [number])
        done = again(source, out)
        (folder,) = coming(done)
        assert put_by_you(done.prepared.run) == {"red-1.png": folder}, "by the name that its folder has by then"
        (out / folder).rename(out / name)
    (out / "Blue" / "red-1.png").rename(out / "Barns" / "red-1.png")
    walls(source, "red", [30])
    assert put_by_you(again(source, out).prepared.run) == {"red-1.png": "Blue"}


def test_a_folder_that_only_changes_its_case_is_the_same(source: Path, out: Path) -> None:
    (out / "Red").rename(out / "red")
    walls(source, "red", range(20, 22))
    assert coming(again(source, out)) == {"red": ["red-20.png", "red-21.png"]}
    assert put_by_you(2) == {} and not (out / "Red").exists()


def test_folders_that_swap_their_names_are_told_apart(source: Path, out: Path) -> None:
    (out / "Red").rename(out / "tmp")
    (out / "Blue").rename(out / "Red")
    (out / "tmp").rename(out / "Blue")
    walls(source, "red", range(20, 22))
    assert coming(again(source, out)) == {"Blue": ["red-20.png", "red-21.png"]}
    assert put_by_you(2) == {}


def test_a_folder_that_was_merged_is_put_there_by_the_user(source: Path, out: Path) -> None:
    walls(source, "red", [20])
    again(source, out)
    for photo in (out / "Red").glob("*.png"):
        photo.rename(out / "Blue" / photo.name)
    walls(source, "red", range(21, 23))
    assert coming(again(source, out)) == {"Blue": ["red-21.png", "red-22.png"]}
    assert put_by_you(3) == {f"red-{number}.png": "Red" for number in (*range(8), 20)}


def test_a_folder_with_a_backslash_is_not_joined_and_is_named(source: Path, out: Path) -> None:
    (out / "Red").rename(out / "a\\b")
    walls(source, "red", range(20, 22))
    done = again(source, out)
    assert done.prepared.continues and done.prepared.continues.barred == ("a\\b",)
    assert "a\\b" not in coming(done)
    with open_history(load_settings().data_dir) as connection:
        names = {one.folder: one.number for one in Runs(connection).clusters(2)}
        assert Runs(connection).sizes(2)[names["a\\b"]] == 8


FOLDERS = st.sampled_from("ABCD")


@given(st.lists(st.tuples(FOLDERS, FOLDERS), max_size=30))
def test_every_folder_has_one_home_and_no_home_has_two(pairs: list[tuple[str, str]]) -> None:
    homes = homes_of(pairs)
    assert len(set(homes.values())) == len(homes)
    for was, now in homes.items():
        assert (was, now) in pairs
        assert now == was or (was, was) not in pairs
    assert homes == homes_of(reversed(pairs))


def test_a_category_whose_name_is_taken_gets_another() -> None:
    assert followed(("dogs", "cats"), {"dogs": "cats"}) == ("cats", "cats (2)")
    assert followed(("Pets/dogs", "Pets/cats"), {"Pets/dogs": "Animals/Rex"}) == ("Animals/Rex", "Pets/cats")
    assert followed(("dogs", "cats"), {"dogs": "a\\b"}) == ("dogs", "cats")


@pytest.mark.slow
def test_new_photos_follow_a_category_whose_folder_was_renamed(tmp_path: Path, shared_models: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    pieces = {"flower": crops("flower.jpg", 9), "china": crops("china.jpg", 9)}

    def bring(numbers: range) -> Organized:
        for name, images in pieces.items():
            for number in numbers:
                images[number].save(source / f"{name}-{number}.jpg")
        done = organize(source, out, select_models(load_settings(into="flowers, temples", other="")))
        assert isinstance(done, Organized)
        return done

    bring(range(4))
    assert Counter(path.parent.name for path in out.rglob("*.jpg")) == {"flowers": 4, "temples": 4}
    (out / "flowers").rename(out / "Mother's garden")
    (out / "temples" / "china-0.jpg").rename(out / "Mother's garden" / "china-0.jpg")
    done = bring(range(4, 6))
    assert {name: len(photos) for name, photos in coming(done).items()} == {"Mother's garden": 2, "temples": 2}
    assert put_by_you(2) == {"china-0.jpg": "temples"}
    (out / "Mother's garden").rename(out / "Garden")
    done = bring(range(6, 9))
    assert {name: len(photos) for name, photos in coming(done).items()} == {"Garden": 3, "temples": 3}
    with open_history(load_settings().data_dir) as connection:
        runs = Runs(connection)
        sizes = {one.folder: runs.sizes(3)[one.number] for one in runs.clusters(3)}
        titles = {one.folder: one.title for one in runs.clusters(3)}
    assert sizes == {"Garden": 10, "temples": 8} and titles == {"Garden": "flowers", "temples": "temples"}
    found = explain_photo(load_settings().data_dir, out / "Garden" / "flower-0.jpg")
    assert found.run.id == 3 and found.photo.answer.get("by") and found.photo.similarity > 0
