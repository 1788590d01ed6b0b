"""The whole way, from a folder to folders, with colours for a model."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fakes.filing_kit import names, tree
from fakes.models import COLOURS, use_colours
from fakes.walls import walls
from PIL import Image
from typer.testing import CliRunner

from photosort.cli.app import app
from photosort.errors import TooManyClusters
from photosort.filing.plan.model import Mode
from photosort.models.selected import ModelSet, select_models
from photosort.settings.settings import config_file, load_settings
from photosort.store.history import open_history
from photosort.store.journals.journal import FilingState, Journal
from photosort.store.runs.runs import Runs
from photosort.workflows.organize import organize
from photosort.workflows.prepared import Organized

PLAIN = {"fusion": "image", "names": "keywords", "k": 2}


@pytest.fixture(autouse=True)
def colours(monkeypatch: pytest.MonkeyPatch) -> None:
    use_colours(monkeypatch)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Eight photos in two colours, one with a sidecar, and a file that is none."""
    root = tmp_path / "in"
    for number in range(8):
        name = ("red", "blue")[number % 2]
        image = Image.new("RGB", (30, 20), COLOURS[name])
        image.putpixel((0, 0), (number, 0, 0))
        (root / name).mkdir(parents=True, exist_ok=True)
        image.save(root / name / f"{number}.png")
    (root / "red" / "0.xmp").write_text("<x:xmpmeta/>")
    return root


def models(**changed: object) -> ModelSet:
    return select_models(load_settings(**PLAIN | changed))


def sources(done: Organized) -> list[str]:
    return sorted(file.source.name for file in done.prepared.plan.files)


ALL = ["0.png", "0.xmp", *(f"{number}.png" for number in range(1, 8))]


@pytest.mark.parametrize("mode", Mode)
def test_photos_come_into_folders_by_what_they_show(source: Path, tmp_path: Path, mode: Mode) -> None:
    done = organize(source, tmp_path / "out", models(mode=mode.value))
    assert done.outcome and (done.outcome.photos, done.outcome.files) == (8, 9)
    together = [{file.source.parent.name for file in folder.files} for folder in done.prepared.plan.folders]
    assert sorted(map(sorted, together)) == [["blue"], ["red"]]


@pytest.mark.parametrize(("grain", "folders"), [(True, 5), (False, 2)])
def test_a_k_of_the_config_file_is_lowered_to_what_there_is(
    source: Path, tmp_path: Path, grain: bool, folders: int
) -> None:
    """To the number of photos, or to that of those that can be told apart."""
    config_file().parent.mkdir(parents=True)
    config_file().write_text("k = 12\n")
    if grain:
        source = tmp_path / "walls"
        walls(source, "red", range(5))
    usual = select_models(load_settings(fusion="image", names="keywords"))
    done = organize(source, tmp_path / "out", usual, dry_run=True)
    assert isinstance(done, Organized) and len(done.prepared.plan.folders) == folders
    assert done.prepared.grouping.best.remarks == (
        f"k = 12 of your settings is more than these photos can fill: there are {folders} folders.",
    )
    with open_history(usual.settings.data_dir) as connection:
        assert Runs(connection).get(done.prepared.run).settings["k"] == folders
    with pytest.raises(TooManyClusters, match="12 clusters were asked for"):
        organize(source, tmp_path / "out", models(k=12), dry_run=True)


@pytest.mark.parametrize("spelling", ["in/out", "in/../in/out", "link/out"])
def test_a_destination_inside_the_source_is_not_scanned(source: Path, tmp_path: Path, spelling: str) -> None:
    """Whatever lies there: photos of the user's own, too, and what was moved there."""
    (tmp_path / "link").symlink_to(source)
    (source / "out").mkdir()
    Image.new("RGB", (9, 9)).save(source / "out" / "mine.png")
    (source / "out" / "mine.mp4").write_bytes(b"film")
    done = organize(source, tmp_path / spelling, models(mode="move"))
    assert sources(done) == ALL and done.prepared.plan.within_source and done.prepared.plan.left == ()
    Image.new("RGB", (9, 9), "red").save(source / "new.png")
    Image.new("RGB", (9, 9), "blue").save(source / "newer.png")
    assert sources(organize(source, tmp_path / spelling, models(mode="move"))) == ["new.png", "newer.png"]


@pytest.mark.parametrize("out", ["out", "a/b/out", "in/out", "there"])
def test_a_dry_run_leaves_the_disk_as_it_was(source: Path, tmp_path: Path, own_folders: Path, out: str) -> None:
    (tmp_path / "there" / "Red").mkdir(parents=True)
    (tmp_path / "there" / "Red" / "0.png").write_bytes((source / "red" / "0.png").read_bytes())
    before = tree(tmp_path)
    done = organize(source, tmp_path / out, models(), dry_run=True)
    assert done.outcome is None and sources(done) == ALL
    assert tree(tmp_path) == before
    assert names(own_folders) == ["cache/cache.sqlite", "data/history.sqlite"], "not even a lock"


def test_what_travels_with_an_unread_photo_is_named_and_stays(source: Path, tmp_path: Path) -> None:
    (source / "red" / "0.png").write_text("<html>")
    done = organize(source, tmp_path / "out", models(mode="move"))
    assert {(left.path.relative_to(source).as_posix(), left.reason) for left in done.prepared.plan.left} == {
        ("red/0.png", "not an image, or an unsupported format"),
        ("red/0.xmp", "stays with its photo"),
    }
    assert names(source) == ["red/0.png", "red/0.xmp"]


def test_a_copy_edited_with_its_time_kept_is_sorted_anyway(source: Path) -> None:
    organize(source / "red", source / "sorted", models(k=1))
    (copy,) = source.rglob("sorted/*/2.png")
    edited, stat = copy.read_bytes().replace(b"IEND", b"iend"), copy.stat()
    assert sources(organize(source, source.with_name("out"), models(), dry_run=True)) == ALL
    copy.write_bytes(edited)
    os.utime(copy, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    done = organize(source, source.with_name("out"), models(), dry_run=True)
    assert copy in {file.source for file in done.prepared.plan.files} | {left.path for left in done.prepared.plan.left}
    assert [copies.photos for copies in done.prepared.copies] == [3]


@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
@pytest.mark.parametrize("state", [FilingState.APPLYING, FilingState.STOPPED, FilingState.UNDOING])
def test_a_run_cut_off_elsewhere_is_reported_at_the_start(
    source: Path, tmp_path: Path, own_folders: Path, state: FilingState, dry: tuple[str, ...]
) -> None:
    organize(source, tmp_path / "first\x1b", models())
    with open_history(own_folders / "data") as connection:
        Journal(connection, 1).turn(state)
    arguments = ["organize", str(source), "--k", "2", "--fusion", "image", "--out", str(tmp_path / "second"), *dry]
    done = CliRunner().invoke(app, [*arguments, "--names", "keywords"])
    assert done.exit_code == 0, done.output
    told = rf"Run 1 into {tmp_path}/first\x1b was interrupted. Finish it: photosort resume 1"
    assert done.stderr.splitlines() == [told]


def test_facts_are_remembered_and_can_name_folders(source: Path, tmp_path: Path) -> None:
    done = organize(source, tmp_path / "out", models(name_template="{people} {title}"))
    with open_history(load_settings().data_dir) as connection:
        members = Runs(connection).members(done.prepared.run)
    faces = {member.path.parent.name: member.facts["people"]["count"] for member in members}
    assert faces == {"red": 1, "blue": 0}
    assert sum(path.startswith("one person ") for path in done.prepared.folders.paths) == 1


def test_without_facts_none_are_told(source: Path, tmp_path: Path) -> None:
    done = organize(source, tmp_path / "out", models(facts=False, name_template="{people} {title}"))
    with open_history(load_settings().data_dir) as connection:
        assert {str(member.facts) for member in Runs(connection).members(done.prepared.run)} == {"{}"}
    assert not any("person" in path for path in done.prepared.folders.paths)
