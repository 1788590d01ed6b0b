"""Runs taken back, and what an undo leaves alone."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest
from filing_kit import digests, names, photos_in, plan_for, tree, write

from photosort.errors import DestinationError, NoSuchRun
from photosort.filing.journaled import revert
from photosort.filing.journaled.apply import apply
from photosort.filing.journaled.resume import resume
from photosort.filing.journaled.undo import undo
from photosort.filing.plan.model import Mode
from photosort.store.journals.journal import FilingState, Journal, unfinished
from photosort.store.journals.operation import Operation, State

FILES = {"a/I.JPG": "one", "a/I.xmp": "sidecar", "b/J.JPG": "two"}


@pytest.fixture(params=[False, True], ids=["near", "far"])
def out(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return (request.getfixturevalue("other_disk") if request.param else tmp_path) / "out"


def file_all(source: Path, out: Path, connection: sqlite3.Connection, mode: Mode) -> None:
    plan = plan_for(source, out, mode, labels=[0] * len(photos_in(source)), folders=("Dogs",))
    assert apply(plan, 1, connection).failed == ()


@pytest.mark.parametrize("mode", [Mode.COPY, Mode.MOVE])
def test_changed_files_stay_with_their_companions(
    source: Path, out: Path, connection: sqlite3.Connection, mode: Mode
) -> None:
    file_all(source, out, connection, mode)
    (out / "Dogs" / "I.xmp").write_text("edited since")
    before = digests(source, out)
    outcome = undo(connection, 1)
    assert [(kept.path.name, kept.reason) for kept in outcome.kept] == [
        ("I.JPG", "stays with I.xmp: changed since"),
        ("I.xmp", "changed since"),
    ]
    assert (outcome.files, outcome.folders) == (1, 0)
    assert names(out) == ["Dogs/I.JPG", "Dogs/I.xmp"]
    assert (source / "b" / "J.JPG").read_text() == "two"
    assert {*before} == {*digests(source, out)}


@pytest.mark.parametrize("mode", [Mode.COPY, Mode.MOVE])
def test_a_group_with_undecodable_names_is_kept_and_retried(
    tmp_path: Path, out: Path, connection: sqlite3.Connection, mode: Mode
) -> None:
    photo, sidecar = os.fsdecode(b"caf\xe9\x1b[2J.jpg"), os.fsdecode(b"caf\xe9\x1b[2J.xmp")
    source = write(tmp_path / "odd", {photo: "one", sidecar: "sidecar"})
    file_all(source, out, connection, mode)
    before = digests(source, out)
    (out / "Dogs" / photo).write_text("edited")
    for _ in range(2):
        assert [(kept.path.name, kept.reason) for kept in undo(connection, 1).kept] == [
            (photo, "changed since"),
            (sidecar, r"stays with caf\udce9\x1b[2J.jpg: changed since"),
        ]
    assert Journal(connection, 1).filing.state is FilingState.UNDONE
    (out / "Dogs" / photo).write_text("one")
    assert undo(connection, 1).kept == ()
    assert {*digests(source)} == {*before} and not out.exists()


def test_a_place_taken_meanwhile_is_reported_in_any_name(
    tmp_path: Path, out: Path, connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo, sidecar = os.fsdecode(b"caf\xe9.jpg"), os.fsdecode(b"caf\xe9.xmp")
    source = write(tmp_path / "odd", {photo: "one", sidecar: "sidecar"})
    file_all(source, out, connection, Mode.MOVE)
    mark = Journal.mark

    def marking(self: Journal, operations: object, state: State, reason: str = "") -> None:
        mark(self, operations, state, reason)  # type: ignore[arg-type]
        if state is State.UNDOING:
            (source / photo).write_text("a stranger")

    monkeypatch.setattr(Journal, "mark", marking)
    assert [kept.reason for kept in undo(connection, 1).kept] == [
        "its old place is taken",
        r"stays with caf\udce9.jpg: its old place is taken",
    ]


def test_an_equal_time_does_not_hide_a_change(source: Path, out: Path, connection: sqlite3.Connection) -> None:
    file_all(source, out, connection, Mode.MOVE)
    placed = out / "Dogs" / "J.JPG"
    seen = placed.stat()
    placed.write_text("TWO")
    os.utime(placed, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert [kept.path for kept in undo(connection, 1).kept] == [placed]
    assert placed.read_text() == "TWO"


def test_the_last_copy_is_never_removed(source: Path, out: Path, connection: sqlite3.Connection) -> None:
    file_all(source, out, connection, Mode.COPY)
    (source / "b" / "J.JPG").unlink()
    (source / "a" / "I.JPG").write_text("edited original")
    outcome = undo(connection, 1)
    assert {kept.path.name for kept in outcome.kept} == {"I.JPG", "I.xmp", "J.JPG"}
    assert "last copy" in outcome.kept[0].reason
    assert {name: (out / name).read_text() for name in names(out)} == {
        "Dogs/I.JPG": "one",
        "Dogs/I.xmp": "sidecar",
        "Dogs/J.JPG": "two",
    }


def test_a_copy_that_became_a_link_stays(source: Path, out: Path, connection: sqlite3.Connection) -> None:
    """The link shows the same content, but it is the user's."""
    file_all(source, out, connection, Mode.COPY)
    placed = out / "Dogs" / "J.JPG"
    placed.unlink()
    placed.symlink_to(source / "b" / "J.JPG")
    assert [(kept.path, kept.reason) for kept in undo(connection, 1).kept] == [(placed, "changed since")]
    assert placed.is_symlink()


def test_a_hard_link_is_the_last_name_when_the_original_is_gone(
    source: Path, tmp_path: Path, connection: sqlite3.Connection
) -> None:
    file_all(source, tmp_path / "out", connection, Mode.HARDLINK)
    (source / "b" / "J.JPG").unlink()
    assert [kept.path.name for kept in undo(connection, 1).kept] == ["J.JPG"]
    assert (tmp_path / "out" / "Dogs" / "J.JPG").read_text() == "two"
    assert names(source) == ["a/I.JPG", "a/I.xmp"]


@pytest.mark.parametrize("becomes", ["a file", "another link"])
def test_a_symbolic_link_that_became_something_else_stays(
    source: Path, out: Path, connection: sqlite3.Connection, becomes: str
) -> None:
    file_all(source, out, connection, Mode.SYMLINK)
    placed = out / "Dogs" / "J.JPG"
    placed.unlink()
    placed.write_text("mine") if becomes == "a file" else placed.symlink_to(source / "a" / "I.JPG")
    assert [(kept.path, kept.reason) for kept in undo(connection, 1).kept] == [(placed, "changed since")]


def test_of_equal_files_the_old_place_keeps_its_own(source: Path, out: Path, connection: sqlite3.Connection) -> None:
    file_all(source, out, connection, Mode.MOVE)
    (source / "b" / "J.JPG").write_text("two")
    assert undo(connection, 1).kept == ()
    assert (source / "b" / "J.JPG").read_text() == "two" and not out.exists()


@pytest.mark.parametrize("content", ["a stranger", None])
def test_a_place_that_is_taken_is_not_overwritten(
    source: Path, out: Path, connection: sqlite3.Connection, content: str | None
) -> None:
    file_all(source, out, connection, Mode.MOVE)
    place = source / "b" / "J.JPG"
    place.write_text(content) if content else place.mkdir()
    before = digests(source, out)
    outcome = undo(connection, 1)
    assert [(kept.path.name, kept.reason) for kept in outcome.kept] == [("J.JPG", "its old place is taken")]
    assert digests(source, out) == before
    assert (out / "Dogs" / "J.JPG").read_text() == "two"

    shutil.rmtree(place) if place.is_dir() else place.unlink()
    assert undo(connection, 1).kept == ()
    assert place.read_text() == "two" and not out.exists()


def test_a_place_taken_meanwhile_takes_the_group_forth(
    source: Path, out: Path, connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_all(source, out, connection, Mode.MOVE)
    mark = Journal.mark

    def marking(self: Journal, operations: object, state: State, reason: str = "") -> None:
        mark(self, operations, state, reason)  # type: ignore[arg-type]
        if state is State.UNDOING:
            (source / "a" / "I.JPG").write_text("a stranger")

    monkeypatch.setattr(Journal, "mark", marking)
    outcome = undo(connection, 1)
    assert [(kept.path.name, kept.reason) for kept in outcome.kept] == [
        ("I.JPG", "its old place is taken"),
        ("I.xmp", "stays with I.JPG: its old place is taken"),
    ]
    assert names(source) == ["a/I.JPG", "b/J.JPG"]
    assert names(out) == ["Dogs/I.JPG", "Dogs/I.xmp"]


def test_a_moved_file_that_is_gone_is_named(source: Path, out: Path, connection: sqlite3.Connection) -> None:
    file_all(source, out, connection, Mode.MOVE)
    (out / "Dogs" / "J.JPG").rename(out / "Bella.jpg")
    outcome = undo(connection, 1)
    assert [(kept.path.name, kept.reason) for kept in outcome.kept] == [("J.JPG", "no longer there")]
    assert (out / "Bella.jpg").read_text() == "two"


def test_a_copy_that_is_gone_is_remarked(source: Path, out: Path, connection: sqlite3.Connection) -> None:
    file_all(source, out, connection, Mode.COPY)
    (out / "Dogs" / "J.JPG").unlink()
    outcome = undo(connection, 1)
    assert ([(said.path.name, said.reason) for said in outcome.remarks], outcome.kept) == (
        [("J.JPG", "was no longer there")],
        (),
    )


def test_only_empty_folders_of_the_run_are_removed(
    source: Path, tmp_path: Path, connection: sqlite3.Connection
) -> None:
    out = write(tmp_path / "out", {"mine.txt": "mine"})
    (out / "Empty").mkdir()
    plan = plan_for(source, out, labels=[0, 1], folders=("Dogs", "Lakes"))
    apply(plan, 1, connection)
    (out / "Lakes" / "note.txt").write_text("mine too")
    assert undo(connection, 1).folders == 1
    assert sorted(path.name for path in out.iterdir()) == ["Empty", "Lakes", "mine.txt"]
    assert names(out) == ["Lakes/note.txt", "mine.txt"]


def test_a_source_folder_that_was_removed_is_made_again(
    source: Path, out: Path, connection: sqlite3.Connection
) -> None:
    before = tree(source)
    file_all(source, out, connection, Mode.MOVE)
    shutil.rmtree(source)
    assert undo(connection, 1).kept == ()
    assert tree(source) == before


def test_existing_files_are_not_taken_back(source: Path, out: Path, connection: sqlite3.Connection) -> None:
    write(out, {"Dogs/J.JPG": "two"})
    file_all(source, out, connection, Mode.COPY)
    undo(connection, 1)
    assert names(out) == ["Dogs/J.JPG"]


def test_an_undo_goes_backwards_and_is_journalled(
    source: Path, out: Path, connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_all(source, out, connection, Mode.MOVE)
    operations = [operation.id for operation in Journal(connection, 1).operations(State.DONE)]
    states, order = [], []

    def taking(operation: Operation, *arguments: object) -> None:
        states.append(Journal(connection, 1).counts())
        order.append(operation.id)
        assert [filing.state for filing in unfinished(connection)] == [FilingState.UNDOING]
        revert.take_back(operation, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("photosort.filing.journaled.undo.take_back", taking)
    undo(connection, 1)
    assert states == [{State.UNDOING: 3}] * 3
    assert order == operations[::-1]
    assert Journal(connection, 1).counts() == {State.UNDONE: 3}
    assert Journal(connection, 1).filing.state is FilingState.UNDONE


def test_an_undo_is_durable_before_it_is_written_down(
    source: Path, out: Path, connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_all(source, out, connection, Mode.MOVE)
    flushed: set[Path] = set()
    mark = Journal.mark

    def marking(self: Journal, operations: object, state: State, reason: str = "") -> None:
        if state is State.UNDONE:
            assert flushed >= {source / "a", source / "b", out / "Dogs"}
        mark(self, operations, state, reason)  # type: ignore[arg-type]

    monkeypatch.setattr("photosort.filing.journaled.undo.sync_folder", flushed.add)
    monkeypatch.setattr(Journal, "mark", marking)
    assert undo(connection, 1).files == 3


def test_a_full_disk_stops_the_undo_and_it_can_be_called_again(
    source: Path, other_disk: Path, connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tree(source)
    file_all(source, other_disk / "out", connection, Mode.MOVE)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(revert, "copy_whole", full)
        outcome = undo(connection, 1)
    assert outcome.stopped == "no space left on device" and outcome.files == 0
    assert len(names(other_disk)) == 3
    resume(connection, 1)
    assert tree(source) == before


def test_a_missing_destination_is_not_an_empty_one(source: Path, out: Path, connection: sqlite3.Connection) -> None:
    file_all(source, out, connection, Mode.MOVE)
    out.rename(out.with_name("unplugged"))
    with pytest.raises(DestinationError, match="is not there"):
        undo(connection, 1)
    out.with_name("unplugged").rename(out)
    assert undo(connection, 1).kept == ()


def test_what_is_taken_back_or_finished_says_so(source: Path, out: Path, connection: sqlite3.Connection) -> None:
    with pytest.raises(NoSuchRun, match="Run 1 was a preview and filed nothing"):
        undo(connection, 1)
    file_all(source, out, connection, Mode.COPY)
    with pytest.raises(NoSuchRun, match="Run 1 is done: there is nothing to resume"):
        resume(connection, 1)
    undo(connection, 1)
    with pytest.raises(NoSuchRun, match="undone already"):
        undo(connection, 1)


@pytest.mark.parametrize("mode", [Mode.COPY, Mode.HARDLINK, Mode.SYMLINK])
def test_a_copy_whose_original_became_a_link_is_kept(
    source: Path, tmp_path: Path, connection: sqlite3.Connection, mode: Mode
) -> None:
    """As tools do that look for duplicates."""
    out = tmp_path / "out"
    file_all(source, out, connection, mode)
    copy, original = out / "Dogs" / "J.JPG", source / "b" / "J.JPG"
    if mode is Mode.SYMLINK:
        copy.unlink()
        original.rename(copy)
    else:
        original.unlink()
    original.symlink_to(copy)
    before = digests(source, out)
    outcome = undo(connection, 1)
    assert digests(source, out).keys() == before.keys() and original.read_text() == "two"
    assert [kept.path for kept in outcome.kept] == [copy]


@pytest.mark.parametrize("mode", list(Mode))
def test_a_source_linked_to_the_destination_loses_none(
    source: Path, tmp_path: Path, connection: sqlite3.Connection, mode: Mode
) -> None:
    out = tmp_path / "out"
    file_all(source, out, connection, mode)
    if mode is Mode.SYMLINK:
        for link in (out / "Dogs").iterdir():
            link.unlink()
            next(source.rglob(link.name)).rename(link)
    shutil.rmtree(source / "a")
    shutil.rmtree(source / "b")
    (source / "a").symlink_to(out / "Dogs")
    (source / "b").symlink_to(out / "Dogs")
    before = digests(out)
    outcome = undo(connection, 1)
    assert digests(out) == before and len(before) == 3
    assert len(outcome.kept) == 3 and all(kept.reason for kept in outcome.kept)


@pytest.mark.parametrize("twin", [False, True], ids=["one name", "two names"])
@pytest.mark.parametrize("mode", [Mode.COPY, Mode.HARDLINK])
def test_a_folder_of_copies_linked_to_the_originals_is_safe(
    tmp_path: Path, connection: sqlite3.Connection, mode: Mode, twin: bool
) -> None:
    source, out = write(tmp_path / "in", {"I.JPG": "one", "J.JPG": "two"}), tmp_path / "out"
    file_all(source, out, connection, mode)
    shutil.rmtree(out / "Dogs")
    (out / "Dogs").symlink_to(source)
    if twin:
        (tmp_path / "elsewhere").hardlink_to(source / "I.JPG")
    before = tree(source)
    assert {kept.reason for kept in undo(connection, 1).kept} == {
        "it and its original are one file now, so this is the last copy"
    }
    assert tree(source) == before


@pytest.mark.parametrize("mode", [Mode.COPY, Mode.MOVE])
def test_a_source_mounted_over_the_copies_loses_none(
    tmp_path: Path, connection: sqlite3.Connection, mode: Mode
) -> None:
    source, out = write(tmp_path / "in", {"I.JPG": "one", "J.JPG": "two"}), tmp_path / "out"
    file_all(source, out, connection, mode)
    command = ["mount", "--bind", str(out / "Dogs"), str(source)]
    if os.name == "nt" or os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("needs root and bind mounts")
    try:
        assert len(undo(connection, 1).kept) == 2
        assert names(out) == ["Dogs/I.JPG", "Dogs/J.JPG"]
    finally:
        subprocess.run(["umount", str(source)], check=True)
