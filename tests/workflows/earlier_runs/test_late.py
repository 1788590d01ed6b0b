"""A sidecar, a film or a RAW that comes after its photo was filed follows it, and can be taken back."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from fakes.filing_kit import tree
from fakes.walls import again, first, models, walls

from photosort.filing.journaled.undo import UndoOutcome
from photosort.settings.settings import load_settings
from photosort.store.history import open_history
from photosort.store.runs.runs import Runs
from photosort.workflows.add import add, destination_run, models_like
from photosort.workflows.earlier_runs.continuing import Unchanged
from photosort.workflows.earlier_runs.corrections import Lies
from photosort.workflows.earlier_runs.gathering import new_photos
from photosort.workflows.earlier_runs.late import CAME_LATER, Came, follow
from photosort.workflows.explaining.explain import explain_run
from photosort.workflows.following import Followed
from photosort.workflows.history import past_runs, undo_run
from photosort.workflows.organize import organize

XMP = "<x:xmpmeta/>"


pytestmark = pytest.mark.usefixtures("colours")


def test_a_sidecar_follows_its_photo_to_where_that_lies_now(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (source / "red-1.xmp").write_text(XMP)
    first(source, out)
    (out / "Red").rename(out / "Our barn")
    (out / "Our barn" / "red-2.png").rename(out / "Our barn" / "The gate.png")
    (source / "red-0.xmp").write_text(XMP)
    (source / "red-2.png.xmp").write_text("<x:xmpmeta>gate</x:xmpmeta>")
    before = tree(out)
    planned = organize(source, out, models(), dry_run=True)
    assert isinstance(planned, Followed) and planned.outcome is None and tree(out) == before
    done = organize(source, out, models())
    assert isinstance(done, Followed) and done.outcome and (done.outcome.files, done.left) == (2, ())
    assert (out / "Our barn" / "red-0.xmp").read_text() == XMP
    assert (out / "Our barn" / "The gate.png.xmp").read_text() == "<x:xmpmeta>gate</x:xmpmeta>"
    again_ = organize(source, out, models())
    assert isinstance(again_, Unchanged) and not isinstance(again_, Followed) and again_.left == ()
    assert explain_run(load_settings().data_dir).run.id == 1, "a run that sorted nothing explains nothing"
    filing, outcome = undo_run(load_settings().data_dir)
    assert (filing.run_id, outcome.kept, tree(out)) == (done.own, (), before)


def test_it_travels_with_new_photos_of_the_same_run_and_the_texts_name_it(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first(source, out)
    before = tree(out)
    (source / "red-0.mov").write_bytes(b"the film of a Live Photo")
    walls(source, "blue", range(20, 21))
    done = again(source, out)
    assert done.outcome and (done.outcome.files, done.outcome.photos) == (2, 1)
    assert (out / "Red" / "red-0.mov").exists() and "red-0.mov" in (out / "Red" / "photosort.json").read_text()
    assert f"blue-20.png  {source / 'blue-20.png'}" in (out / "Blue" / "ABOUT.txt").read_text()
    with open_history(load_settings().data_dir) as connection:
        assert Runs(connection).companions(2)[source / "red-0.mov"] == out / "Red" / "red-0.png"
    assert past_runs(load_settings().data_dir)[0].companions == 1
    undo_run(load_settings().data_dir)
    assert tree(out) == before


def test_a_photo_that_was_moved_away_draws_it_along(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first(source, out, mode="move")
    (source / "red-0.xmp").write_text(XMP)
    (source / "letter.xmp").write_text(XMP)
    (source / "blue-1.mp4").write_bytes(b"a film of another day")
    os.utime(source / "blue-1.mp4", (10**9, 10**9))
    before = tree(source, out)
    done = organize(source, out, models(mode="move"))
    assert isinstance(done, Followed) and done.outcome and done.outcome.files == 1
    assert (out / "Red" / "red-0.xmp").exists()
    assert sorted(path.name for path in source.iterdir()) == ["blue-1.mp4", "letter.xmp"]
    undo_run(load_settings().data_dir)
    assert tree(source, out) == before


@pytest.mark.parametrize("mode", ["copy", "move"])
def test_an_undo_of_its_photo_says_that_it_stays_and_what_takes_it_back(
    source: Path, tmp_path: Path, mode: str
) -> None:
    out, data_dir = tmp_path / "out", load_settings().data_dir
    before = tree(source)
    organize(source, out, models(mode=mode, k=2))
    (source / "red-0.xmp").write_text(XMP)
    done = organize(source, out, models(mode=mode))
    assert isinstance(done, Followed) and done.plan
    place = done.plan.following[0].file.destination
    _, outcome = undo_run(data_dir, 1)
    assert isinstance(outcome, UndoOutcome) and outcome.kept == () and place.read_text() == XMP
    assert [(one.path, one.reason) for one in outcome.remarks] == [
        (place, "came after its photo, which is taken back; to take it back too: photosort undo 2")
    ]
    _, outcome = undo_run(data_dir, 2)
    assert isinstance(outcome, UndoOutcome) and outcome.remarks == () and not out.exists()
    (source / "red-0.xmp").unlink()
    assert tree(source) == before


def test_it_stays_where_it_could_belong_to_another(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first(source, out)
    shutil.copy(out / "Red" / "red-0.png", out / "Blue" / "red-0.png")
    (out / "Red" / "red-1.png").rename(out / "Red" / "gate.png")
    (out / "Red" / "gate.xmp").write_text("mine")
    for name in ("red-0.xmp", "red-1.xmp"):
        (source / name).write_text(XMP)
    before = tree(out)
    done = organize(source, out, models())
    assert isinstance(done, Unchanged) and not isinstance(done, Followed)
    reasons = {one.path.name: one.reason for one in done.left}
    assert reasons == dict.fromkeys(["red-0.xmp", "red-1.xmp"], CAME_LATER) and tree(out) == before


def test_a_file_of_the_same_name_in_another_folder_does_not_hold_it_back(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for card, colour in (("card 1", "red"), ("card 2", "blue")):
        (source / card).mkdir()
        (source / f"{colour}-0.png").rename(source / card / "IMG_1.png")
    (source / "card 1" / "IMG_1.xmp").write_text(XMP)
    organize(source, out, models(k=2))
    (source / "card 2" / "IMG_1.xmp").write_text("<x:xmpmeta>later</x:xmpmeta>")
    done = organize(source, out, models())
    assert isinstance(done, Followed) and done.outcome and done.outcome.files == 1
    texts = {path.read_text() for path in out.rglob("IMG_1.xmp")}
    assert texts == {XMP, "<x:xmpmeta>later</x:xmpmeta>"}


def test_files_of_many_photos_follow_at_once_but_for_those_in_doubt(tmp_path: Path) -> None:
    here, there = tmp_path / "in", tmp_path / "out"
    there.mkdir()
    for name in ("IMG_1.jpg", "img_1.jpg", "IMG_2.jpg", "IMG_3.jpg", "IMG_3.xmp"):
        (there / name).write_bytes(name.encode())
    lying = [Lies(path, path.name, "") for path in sorted(there.glob("*.jpg"))]
    names = {
        "iMg_1.xmp": "IMG_1.jpg",
        "IMG_2.xmp": "IMG_2.jpg",
        "IMG_2.mov": "IMG_2.jpg",
        "IMG_3.XMP": "IMG_3.jpg",
        "IMG_4.xmp": "IMG_4.jpg",
    }
    late, left = follow([Came(here / name, photo, photo) for name, photo in names.items()], lying)
    assert [(one.path.name, one.photo.name, one.name) for one in late] == [
        ("IMG_2.xmp", "IMG_2.jpg", "IMG_2.xmp"),
        ("IMG_2.mov", "IMG_2.jpg", "IMG_2.mov"),
    ]
    assert [one.path.name for one in left] == ["iMg_1.xmp", "IMG_3.XMP", "IMG_4.xmp"]


def test_add_brings_it_as_well(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first(source, out)
    (source / "red-0.xmp").write_text(XMP)
    settings = load_settings()
    run = destination_run(settings.data_dir)
    done = add(new_photos([source], out), run, models_like(run, settings))
    assert isinstance(done, Followed) and (out / "Red" / "red-0.xmp").exists()
    assert destination_run(settings.data_dir).id == run.id, "the next photos are added as in the run that sorted"
