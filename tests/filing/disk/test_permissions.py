"""After a run, who may see a photo could see it before."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from filing_kit import open_runs, plan_for, write

from photosort.filing.journaled.apply import apply
from photosort.filing.plan.model import Mode

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows keeps permissions otherwise")
FILES = {"open/a.JPG": "one", "shut/b.JPG": "two", "shut/c.JPG": "three"}


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_runs(tmp_path / "data" / "runs.sqlite")
    yield connection
    connection.close()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def filed(root: Path, out: Path, connection: sqlite3.Connection, kind: Mode = Mode.COPY) -> Path:
    """Two folders, one of which gets photos of an open folder alone."""
    plan = plan_for(root, out, kind, labels=[0, 1, 1], folders=("Dogs", "Lakes/Blue"), about=True)
    assert not apply(plan, 1, connection).failed
    return out


@pytest.mark.parametrize("kind", list(Mode))
def test_new_folders_are_no_wider_than_the_source_folder(
    tmp_path: Path, connection: sqlite3.Connection, kind: Mode
) -> None:
    source = write(tmp_path / "in", FILES)
    source.chmod(0o700)
    out = filed(source, tmp_path / "new" / "out", connection, kind)
    assert {mode(path) for path in (out.parent, out, *out.rglob("*")) if path.is_dir()} == {0o700}


def test_a_folder_is_no_wider_than_its_source_folders(tmp_path: Path, connection: sqlite3.Connection) -> None:
    source = write(tmp_path / "in", FILES)
    (source / "shut").chmod(0o710)
    out = filed(source, tmp_path / "out", connection)
    assert [mode(out / name) for name in (".", "Dogs", "Lakes", "Lakes/Blue")] == [0o755, 0o755, 0o755, 0o710]


def test_closed_folders_above_the_source_count_as_well(tmp_path: Path, connection: sqlite3.Connection) -> None:
    source = write(tmp_path / "home" / "in", FILES)
    (tmp_path / "home").chmod(0o750)
    assert mode(filed(source, tmp_path / "elsewhere" / "out", connection)) == 0o750


def test_beside_the_source_the_folder_above_holds_for_both(tmp_path: Path, connection: sqlite3.Connection) -> None:
    source = write(tmp_path / "home" / "in", FILES)
    (tmp_path / "home").chmod(0o700)
    assert mode(filed(source, tmp_path / "home" / "out", connection)) == 0o755


def test_about_files_are_no_wider_than_the_photos(tmp_path: Path, connection: sqlite3.Connection) -> None:
    source = write(tmp_path / "in", FILES)
    (source / "open" / "a.JPG").chmod(0o644)
    (source / "shut" / "b.JPG").chmod(0o604)
    out = filed(source, tmp_path / "out", connection)
    assert mode(out / "Dogs" / "ABOUT.txt") == 0o644
    assert {mode(out / "Lakes" / "Blue" / name) for name in ("ABOUT.txt", "photosort.json")} == {0o600}


def test_another_group_gets_no_more_than_others_have(tmp_path: Path, connection: sqlite3.Connection) -> None:
    if os.geteuid():
        pytest.skip("to change a group needs root")
    source = write(tmp_path / "in", FILES)
    for path in (source, *source.rglob("*")):
        os.chown(path, -1, 12345)
        path.chmod(0o750 if path.is_dir() else 0o640)
    assert mode(filed(source, tmp_path / "out", connection)) == 0o700


def test_a_folder_that_exists_stays_as_it_is(tmp_path: Path, connection: sqlite3.Connection) -> None:
    source = write(tmp_path / "in", FILES)
    source.chmod(0o700)
    (tmp_path / "out" / "Dogs").mkdir(parents=True)
    out = filed(source, tmp_path / "out", connection)
    assert [mode(out / name) for name in (".", "Dogs", "Lakes")] == [0o755, 0o755, 0o700]
