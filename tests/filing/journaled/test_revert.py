"""One file moved across devices on its own, as undo does it."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from filing_kit import names, sha, tree, write

from photosort.filing.disk import copying
from photosort.filing.disk.copying import Changed
from photosort.filing.journaled import revert
from photosort.filing.journaled.revert import relocate
from photosort.store.journals.operation import Operation, State


@pytest.fixture
def operation(tmp_path: Path, other_disk: Path) -> Operation:
    """A file that a run has moved from here to the other disk."""
    (tmp_path / "in").mkdir()
    placed = write(other_disk, {"a.jpg": "content"}) / "a.jpg"
    stat = placed.stat()
    source = tmp_path / "in" / "a.jpg"
    return Operation(source, placed, stat.st_size, stat.st_mtime_ns, sha(placed), 0, True, State.DONE, id=7)


def back(operation: Operation) -> None:
    relocate(operation.destination, operation.source, operation, "token", operation.destination.lstat())


def test_it_goes_back_as_it_was(operation: Operation) -> None:
    before = tree(operation.destination.parent)
    back(operation)
    assert tree(operation.source.parent) == before
    assert not operation.destination.exists()


def test_times_come_from_the_journal_if_the_disk_rounds(operation: Operation) -> None:
    os.utime(operation.destination, ns=(0, operation.mtime_ns // 10**9 * 10**9))
    back(operation)
    assert operation.source.stat().st_mtime_ns == operation.mtime_ns


def test_the_old_name_goes_only_after_the_new_one_is_durable(
    operation: Operation, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[Path] = []

    def flushing(folder: Path) -> None:
        assert operation.destination.exists() and operation.source.exists()
        flushed.append(folder)

    monkeypatch.setattr(revert, "sync_folder", flushing)
    back(operation)
    assert flushed == [operation.source.parent]


def test_a_change_in_the_middle_keeps_both(operation: Operation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revert, "sync_folder", lambda folder: operation.destination.write_text("edited"))
    with pytest.raises(Changed, match=r"earlier content is at .*in/a\.jpg"):
        back(operation)
    assert (operation.source.read_text(), operation.destination.read_text()) == ("content", "edited")


def test_a_name_that_cannot_be_removed_takes_its_copy_back(
    operation: Operation, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlink = os.unlink

    def refuse(path: Path, **options: object) -> None:
        if Path(path) == operation.destination:
            raise OSError(errno.EROFS, "Read-only file system")
        unlink(path)

    with monkeypatch.context() as patched:
        patched.setattr(os, "unlink", refuse)
        with pytest.raises(OSError, match="Read-only"):
            back(operation)
    assert names(operation.source.parent) == []
    assert operation.destination.read_text() == "content"


def test_a_file_stays_when_the_disk_reads_back_other_bytes(
    operation: Operation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "_forget_cached", lambda descriptor: os.pwrite(descriptor, b"X", 0))
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        back(operation)
    assert operation.destination.read_text() == "content" and names(operation.source.parent) == []


def test_another_content_does_not_go_back(operation: Operation) -> None:
    operation.destination.write_text("edited!")
    with pytest.raises(Changed):
        back(operation)
    assert names(operation.source.parent) == []


def test_a_place_that_is_taken_is_left(operation: Operation) -> None:
    operation.source.write_text("a stranger")
    with pytest.raises(FileExistsError):
        back(operation)
    assert operation.source.read_text() == "a stranger"
    assert names(operation.source.parent) == ["a.jpg"]
