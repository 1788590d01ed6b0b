"""Copies that earlier runs have made are passed over where their originals are found; nothing else is."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes.filing_kit import names, open_runs, photos_in, plan_for, write

from photosort.filing.journaled.apply import apply
from photosort.filing.journaled.undo import undo
from photosort.filing.plan.model import Mode
from photosort.photos.files.copies import Copies
from photosort.photos.files.scan import Scan, scan
from photosort.store.journals.journal import Journal
from photosort.store.journals.operation import State
from photosort.store.placed import placed_below

FILES = {"2023/I.JPG": "one", "2023/I.xmp": "sidecar", "2024/J.JPG": "two"}
ORIGINALS = ["2023/I.JPG", "2024/J.JPG"]


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_runs(tmp_path / "data" / "runs.sqlite")
    connection.execute("INSERT INTO runs (id) VALUES (2), (3)")
    yield connection
    connection.close()


def file_all(
    source: Path, out: Path, connection: sqlite3.Connection, mode: Mode = Mode.COPY, run: int = 1, about: bool = True
) -> None:
    labels = [0 for photo in photos_in(source) if not photo.path.is_relative_to(out)]
    assert apply(plan_for(source, out, mode, labels=labels, about=about), run, connection).failed == ()


def look(source: Path, connection: sqlite3.Connection, *, follow_links: bool = False) -> Scan:
    return scan(source, placed=placed_below(connection, source), follow_links=follow_links)


def found(source: Path, connection: sqlite3.Connection, *, follow_links: bool = False) -> list[str]:
    looked = look(source, connection, follow_links=follow_links)
    return [photo.path.relative_to(source).as_posix() for photo in looked.photos]


@pytest.mark.parametrize("sorted_", ["sorted", "2023/deep/sorted", "0 first of all"])
@pytest.mark.parametrize("mode", [Mode.COPY, Mode.HARDLINK, Mode.SYMLINK])
def test_copies_of_found_photos_are_passed_over_and_counted(
    source: Path, connection: sqlite3.Connection, mode: Mode, sorted_: str
) -> None:
    out = source / sorted_
    file_all(source, out, connection, mode)
    looked = look(source, connection, follow_links=mode is Mode.SYMLINK)
    assert [photo.path.relative_to(source).as_posix() for photo in looked.photos] == ORIGINALS
    assert looked.copies == (Copies(1, out, 2),)
    assert (looked.others, looked.unread) == ((source / "2023" / "I.xmp",), ())


def test_what_a_move_has_placed_is_all_there_is_and_comes_in(source: Path, connection: sqlite3.Connection) -> None:
    file_all(source, source / "sorted", connection, Mode.MOVE)
    looked = look(source, connection)
    assert [photo.path.name for photo in looked.photos] == ["I.JPG", "J.JPG"]
    assert looked.copies == () and [path.name for path in looked.others] == ["I.xmp"]


def test_what_was_moved_is_sorted_though_a_twin_came_back(source: Path, connection: sqlite3.Connection) -> None:
    """Out of a backup, with its time."""
    file_all(source, source / "sorted", connection, Mode.MOVE)
    shutil.copy2(source / "sorted" / "Dogs at play" / "J.JPG", source / "2024" / "J.JPG")
    assert found(source, connection) == ["2024/J.JPG", "sorted/Dogs at play/I.JPG", "sorted/Dogs at play/J.JPG"]


def test_the_folder_of_the_copies_can_be_sorted_itself(source: Path, connection: sqlite3.Connection) -> None:
    file_all(source, source / "sorted", connection)
    assert found(source / "sorted", connection) == ["Dogs at play/I.JPG", "Dogs at play/J.JPG"]


def touched(path: Path) -> None:
    os.utime(path, ns=(1, 1))


def edited(path: Path) -> None:
    path.write_text("painted over")


def retouched(path: Path) -> None:
    """As long as before, and the time is kept, as exiftool -P and digiKam do; or the disk has gone bad."""
    stat = path.stat()
    path.write_bytes(path.read_bytes()[::-1])
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def annotated(path: Path) -> None:
    path.with_name(f"{path.name}.xmp").write_text("five stars")


def out_of_date(path: Path) -> None:
    path.with_suffix(".xmp").write_text("four stars")


@pytest.mark.parametrize("change", [touched, edited, retouched, annotated, out_of_date])
@pytest.mark.parametrize("of", ["copy", "original"])
def test_a_copy_that_differs_in_anything_is_sorted(
    source: Path, connection: sqlite3.Connection, change: Callable[[Path], None], of: str
) -> None:
    file_all(source, source / "sorted", connection)
    copy = source / "sorted" / "Dogs at play" / "I.JPG"
    change(copy if of == "copy" else source / "2023" / "I.JPG")
    only_more = (change, of) == (annotated, "original")
    assert (str(copy.relative_to(source)) in found(source, connection)) is not only_more


def test_a_copy_whose_original_is_gone_comes_in(source: Path, connection: sqlite3.Connection) -> None:
    file_all(source, source / "sorted", connection)
    (source / "2023" / "I.JPG").unlink()
    assert found(source, connection) == ["2024/J.JPG", "sorted/Dogs at play/I.JPG"]


def test_a_copy_whose_original_is_excluded_comes_in(source: Path, connection: sqlite3.Connection) -> None:
    file_all(source, source / "sorted", connection)
    looked = scan(source, placed=placed_below(connection, source), exclude=["2024/"])
    assert [photo.path.parent.name for photo in looked.photos] == ["2023", "Dogs at play"]


def test_renamed_folders_and_undone_runs_are_sorted_again(source: Path, connection: sqlite3.Connection) -> None:
    file_all(source, source / "sorted", connection)
    (source / "sorted").rename(source / "mine")
    assert len(found(source, connection)) == 4
    (source / "mine").rename(source / "sorted")
    shutil.copytree(source / "sorted", source / "kept")
    undo(connection, 1)
    (source / "kept").rename(source / "sorted")
    assert len(found(source, connection)) == 4


def test_a_copy_of_a_copy_is_one_too(source: Path, connection: sqlite3.Connection) -> None:
    file_all(source, source / "sorted", connection)
    file_all(source / "sorted", source / "again", connection, run=2)
    looked = look(source, connection)
    assert [photo.path.relative_to(source).as_posix() for photo in looked.photos] == ORIGINALS
    assert looked.copies == (Copies(2, source / "again", 2), Copies(1, source / "sorted", 2))


def test_what_a_move_has_placed_where_a_copy_lay_comes_in(
    source: Path, connection: sqlite3.Connection, tmp_path: Path
) -> None:
    """Of the same size and time as the copy, which the user had removed: frames of one second without compression."""
    out, other = source / "sorted", tmp_path / "other"
    file_all(source, out, connection, about=False)
    shutil.copytree(source / "2024", other)
    retouched(other / "J.JPG")
    (out / "Dogs at play" / "J.JPG").unlink()
    file_all(other, out, connection, Mode.MOVE, run=2, about=False)
    assert "sorted/Dogs at play/J.JPG" in found(source, connection)


def test_what_cannot_be_read_is_no_copy(source: Path, connection: sqlite3.Connection) -> None:
    def broken(path: Path) -> str:
        raise OSError(errno.EIO, "Input/output error", str(path))

    file_all(source, source / "sorted", connection)
    looked = scan(source, placed=placed_below(connection, source), digest=broken)
    assert len(looked.photos) == 4 and looked.copies == ()


def test_companions_that_are_mutual_copies_come_in(source: Path, connection: sqlite3.Connection) -> None:
    file_all(source, source / "sorted", connection, about=False)
    file_all(source / "2023", source / "again", connection, run=2, about=False)
    first, second = (source / name / "Dogs at play" / "I.xmp" for name in ("again", "sorted"))
    (source / "2023" / "I.xmp").unlink()
    for copy, origin in ((first, second), (second, first)):
        values = (os.fsencode(origin), os.fsencode(copy))
        connection.execute("UPDATE operations SET source = ? WHERE destination = ?", values)
    looked = look(source, connection)
    assert len({first, second} & {*looked.others}) == 1


def test_of_two_that_are_copies_of_each_other_one_comes_in(source: Path, connection: sqlite3.Connection) -> None:
    """The original was lost, and brought back out of the copies."""
    file_all(source, source / "sorted", connection, about=False)
    copies, first = source / "sorted" / "Dogs at play", source / "first" / "Dogs at play"
    shutil.rmtree(source / "2023")
    shutil.rmtree(source / "2024")
    file_all(copies, source / "first", connection, run=2, about=False)
    connection.execute("UPDATE operations SET source = replace(source, '/2023/', '/first/Dogs at play/')")
    connection.execute("UPDATE operations SET source = replace(source, '/2024/', '/first/Dogs at play/')")
    connection.execute("UPDATE operations SET source = CAST(source AS BLOB)")
    assert placed_below(connection, source)[copies / "J.JPG"].origin == first / "J.JPG"
    assert len(found(source, connection)) == 2


@pytest.mark.parametrize("state", list(State))
def test_only_what_may_lie_there_by_the_journal_is_a_copy(
    source: Path, connection: sqlite3.Connection, state: State
) -> None:
    file_all(source, source / "sorted", connection)
    journal = Journal(connection, 1)
    journal.mark(journal.operations(*State), state)
    nothing_placed = state in (State.PLANNED, State.THERE, State.FAILED, State.UNDONE)
    assert len(found(source, connection)) == (4 if nothing_placed else 2)


def test_the_journal_takes_undecodable_names(tmp_path: Path, connection: sqlite3.Connection) -> None:
    odd = os.fsdecode(b"caf\xe9")
    source = write(tmp_path / odd, {"a.jpg": "one"})
    file_all(source, source / odd, connection)
    for run, after in enumerate(".a", 2):
        write(tmp_path / f"{odd}{after}", {"b.jpg": "two"})
        file_all(tmp_path / f"{odd}{after}", tmp_path / f"{odd}{after}.out", connection, run=run)
    below = placed_below(connection, source)
    assert {path.relative_to(source).parts[0] for path in below} == {odd} and names(source / odd)
    assert {path.name for path, placed in below.items() if placed.own} == {"ABOUT.txt", "photosort.json"}
    assert len(placed_below(connection, Path("/"))) == 9
