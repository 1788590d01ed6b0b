"""Folders in folders keep every promise of folders."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from filing_kit import digests, names, photos_in, plan_for, tree

from photosort.filing.journaled.apply import apply
from photosort.filing.journaled.undo import undo
from photosort.filing.plan.model import Mode

FILES = {"a/I.JPG": "one", "a/I.xmp": "sidecar", "b/I.JPG": "two", "c/i.jpg": "three"}
NESTED = ("Animals/Dogs", "Animals/Cats", "Lakes")


def file_all(source: Path, out: Path, connection: sqlite3.Connection, mode: Mode, run: int = 1) -> None:
    assert [photo.path.parent.name for photo in photos_in(source)] == ["a", "b", "c"]
    plan = plan_for(source, out, mode, labels=[0, 0, 1], folders=NESTED)
    assert apply(plan, run, connection).failed == ()


@pytest.mark.parametrize("mode", list(Mode))
def test_undo_of_nested_folders_leaves_no_trace(
    source: Path, tmp_path: Path, connection: sqlite3.Connection, mode: Mode
) -> None:
    out, before = tmp_path / "out", tree(source)
    file_all(source, out, connection, mode)
    assert names(out) == ["Animals/Cats/i.jpg", "Animals/Dogs/I (2).JPG", "Animals/Dogs/I.JPG", "Animals/Dogs/I.xmp"]
    outcome = undo(connection, 1)
    assert (outcome.kept, outcome.folders) == ((), 4)
    assert tree(source) == before and not out.exists()


def test_undo_leaves_existing_and_used_folders(source: Path, tmp_path: Path, connection: sqlite3.Connection) -> None:
    out = tmp_path / "out"
    (out / "animals").mkdir(parents=True)
    (out / "animals" / "cats").write_text("a file has the name of a folder")
    file_all(source, out, connection, Mode.MOVE)
    assert {"animals/Dogs/I.JPG", "animals/Cats (2)/i.jpg"} <= set(names(out))
    (out / "animals" / "Dogs" / "mine.txt").write_text("the user's")
    before = digests(source, out)
    assert undo(connection, 1).folders == 1
    assert names(out) == ["animals/Dogs/mine.txt", "animals/cats"]
    assert digests(source, out) == before


def test_a_second_run_finds_everything_there(source: Path, tmp_path: Path, connection: sqlite3.Connection) -> None:
    out = tmp_path / "out"
    file_all(source, out, connection, Mode.COPY)
    before = tree(out)
    again = plan_for(source, out, Mode.COPY, labels=[0, 0, 1], folders=NESTED)
    assert all(file.there for file in again.files) and all(folder.exists for folder in again.folders)
    assert tree(out) == before
