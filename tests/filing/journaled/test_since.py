"""What users do to files and folders between the steps of a run is seen, said and never undone."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from filing_kit import digests, names, photos_in, plan_for, tree, write

from photosort.errors import DestinationError
from photosort.filing.disk.survey import survey
from photosort.filing.journaled.apply import apply
from photosort.filing.journaled.resume import resume
from photosort.filing.journaled.undo import undo
from photosort.filing.plan.model import Mode
from photosort.filing.plan.plan import make_plan
from photosort.photos.files.own_files import LEFTOVER
from photosort.photos.files.scan import scan
from photosort.store.journals.journal import FilingState, Journal, unfinished
from photosort.store.journals.operation import State

FILES = {"a/I.JPG": "one", "a/I.xmp": "sidecar", "b/J.JPG": "two", "b/K.JPG": "three"}
LABELS = (0, 1, 1)


def file_all(source: Path, out: Path, connection: sqlite3.Connection, mode: Mode, *, about: bool = False) -> None:
    apply(plan_for(source, out, mode, labels=LABELS, folders=("Dogs", "Lakes"), about=about), 1, connection)


def edit_unseen(path: Path, content: str) -> None:
    """Change a file, and keep its size and its time."""
    seen = path.stat()
    assert len(content) == seen.st_size
    path.write_text(content)
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))


@pytest.mark.parametrize("mode", list(Mode))
def test_a_hidden_edit_after_the_plan_leaves_the_photo(
    source: Path, tmp_path: Path, connection: sqlite3.Connection, mode: Mode
) -> None:
    plan = plan_for(source, tmp_path / "out", mode, labels=LABELS, folders=("Dogs", "Lakes"))
    edit_unseen(source / "b" / "J.JPG", "TWO")
    outcome = apply(plan, 1, connection)
    assert [(failed.path.name, failed.reason) for failed in outcome.failed] == [
        ("J.JPG", "changed since it was looked at")
    ]
    assert (source / "b" / "J.JPG").read_text() == "TWO" and not (tmp_path / "out" / "Lakes" / "J.JPG").exists()


def test_a_hidden_edit_before_the_plan_is_seen(source: Path, tmp_path: Path) -> None:
    photos = photos_in(source)
    edit_unseen(source / "b" / "J.JPG", "TWO")
    seen = survey(source, tmp_path / "out", photos, ("Dogs",), mode=Mode.MOVE)
    plan = make_plan(
        photos, [0] * 3, ("Dogs",), source=source, destination=tmp_path / "out", mode=Mode.MOVE, survey=seen
    )
    assert [(left.path.name, left.reason) for left in plan.left] == [("J.JPG", "changed since it was looked at")]


@pytest.mark.parametrize("mode", list(Mode))
def test_a_change_of_permissions_alone_keeps_no_photo_back(
    source: Path, tmp_path: Path, connection: sqlite3.Connection, mode: Mode
) -> None:
    plan = plan_for(source, tmp_path / "out", mode, labels=LABELS, folders=("Dogs", "Lakes"))
    (source / "b" / "J.JPG").chmod(0o600)
    assert apply(plan, 1, connection).failed == ()


@pytest.mark.parametrize("mode", list(Mode))
def test_files_in_a_renamed_folder_are_named_not_counted(
    source: Path, tmp_path: Path, connection: sqlite3.Connection, mode: Mode
) -> None:
    before, out = tree(source), tmp_path / "out"
    file_all(source, out, connection, mode, about=True)
    (out / "Lakes").rename(out / "Holidays 2019")
    outcome = undo(connection, 1)
    assert (outcome.files, outcome.gone) == (2, 0)
    assert {kept.path.name: kept.reason for kept in outcome.kept} == {
        name: f"its folder has another name now: it lies at out/Holidays 2019/{name}"
        for name in ("J.JPG", "K.JPG", "ABOUT.txt", "photosort.json")
    }
    assert len(names(out / "Holidays 2019")) == 4

    (out / "Holidays 2019").rename(out / "Lakes")
    assert undo(connection, 1).kept == () and tree(source) == before and not out.exists()


def test_files_in_a_renamed_destination_are_named(source: Path, tmp_path: Path, connection: sqlite3.Connection) -> None:
    file_all(source, tmp_path / "out", connection, Mode.COPY)
    (tmp_path / "out").rename(tmp_path / "sorted")
    outcome = undo(connection, 1)
    assert (outcome.files, outcome.gone, len(outcome.kept)) == (0, 0, 4)
    assert outcome.kept[0].reason.endswith("it lies at sorted/Dogs/I.JPG")
    (tmp_path / "sorted").rename(tmp_path / "out")
    assert undo(connection, 1).files == 4 and not (tmp_path / "out").exists()


def test_files_of_another_run_are_no_renamed_folder(
    source: Path, tmp_path: Path, connection: sqlite3.Connection
) -> None:
    connection.execute("INSERT INTO runs (id) VALUES (2)")
    plan = plan_for(source, tmp_path / "another", Mode.COPY, labels=LABELS, folders=("Dogs", "Lakes"))
    apply(plan, 2, connection)
    file_all(source, tmp_path / "out", connection, Mode.COPY)
    shutil.rmtree(tmp_path / "out")
    outcome = undo(connection, 1)
    assert (outcome.files, outcome.gone, outcome.kept) == (0, 4, ())
    assert len(names(tmp_path / "another")) == 4


def test_copies_that_the_user_has_deleted_are_counted_apart(
    source: Path, tmp_path: Path, connection: sqlite3.Connection
) -> None:
    file_all(source, tmp_path / "out", connection, Mode.COPY)
    shutil.rmtree(tmp_path / "out" / "Lakes")
    outcome = undo(connection, 1)
    assert (outcome.files, outcome.gone, outcome.kept) == (2, 2, ())


@pytest.mark.parametrize("mode", [Mode.COPY, Mode.HARDLINK, Mode.SYMLINK])
def test_a_stopped_run_with_a_deleted_destination_is_undone(
    source: Path, tmp_path: Path, connection: sqlite3.Connection, mode: Mode
) -> None:
    before, out = tree(source), tmp_path / "out"
    file_all(source, out, connection, mode)
    journal = Journal(connection, 1)
    journal.turn(FilingState.APPLYING)
    journal.mark(journal.operations(State.DONE)[-1:], State.PLACING)
    shutil.rmtree(out)
    with pytest.raises(DestinationError, match=r"is not there any more.*end the run: photosort undo 1"):
        resume(connection, 1)
    outcome = undo(connection, 1)
    assert (outcome.files, outcome.kept, unfinished(connection)) == (0, (), [])
    assert tree(source) == before


def test_a_move_with_a_deleted_destination_names_a_way_out(
    source: Path, tmp_path: Path, connection: sqlite3.Connection
) -> None:
    out = tmp_path / "out"
    file_all(source, out, connection, Mode.MOVE)
    Journal(connection, 1).turn(FilingState.APPLYING)
    shutil.rmtree(out)
    with pytest.raises(DestinationError, match=r"make an empty one of that name, then photosort undo 1 ends the run"):
        undo(connection, 1)
    out.mkdir()
    assert {kept.reason for kept in undo(connection, 1).kept} == {"no longer there"}
    assert unfinished(connection) == []


def test_a_changed_parent_folder_means_an_unplugged_disk(
    source: Path, tmp_path: Path, connection: sqlite3.Connection
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    file_all(source, disk / "out", connection, Mode.COPY)
    disk.rename(tmp_path / "unplugged")
    disk.mkdir()
    with pytest.raises(DestinationError, match="Connect its disk"):
        undo(connection, 1)
    disk.rmdir()
    (tmp_path / "unplugged").rename(disk)
    assert undo(connection, 1).files == 4


@pytest.mark.parametrize("placed", [True, False], ids=["whole", "half"])
def test_an_unfinished_copy_does_not_block_the_next_try(
    source: Path, tmp_path: Path, connection: sqlite3.Connection, placed: bool
) -> None:
    before, out = digests(source), tmp_path / "out"
    file_all(source, out, connection, Mode.COPY)
    journal = Journal(connection, 1)
    for operation in journal.operations(State.DONE):
        part = operation.destination.with_name(f".photosort-{journal.filing.token}-{operation.id}.part")
        part.write_bytes(operation.source.read_bytes()[: None if placed else 1])
        operation.destination.unlink()
        journal.mark([operation], State.PLANNED)
    journal.turn(FilingState.STOPPED)
    outcome = resume(connection, 1)
    assert outcome.files == 4 and not [name for name in names(out) if ".photosort" in name]
    assert digests(source) == before


def test_unfinished_files_that_no_journal_knows_are_named(source: Path, tmp_path: Path) -> None:
    out = write(tmp_path / "out", {"Dogs/.photosort-0123abcd-7.part": "half", ".photosort-probe-0123abcd:": ""})
    (source / "b" / ".photosort-89ab0123-1.part").write_text("half")
    (source / "b" / ".hidden.part").write_text("mine")
    plan = plan_for(source, out, Mode.COPY, labels=LABELS, folders=("Dogs", "Lakes"))
    assert {left.path.relative_to(out) for left in plan.left} == {
        Path("Dogs/.photosort-0123abcd-7.part"),
        Path(".photosort-probe-0123abcd:"),
    }
    found = scan(source).unread
    assert [(left.path.name, left.reason) for left in found] == [(".photosort-89ab0123-1.part", LEFTOVER)]
