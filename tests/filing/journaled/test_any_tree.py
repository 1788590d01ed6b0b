"""Any tree, any names, any mode, any interruption: nothing is lost, and everything can be taken back."""

from __future__ import annotations

import os
import shutil
import tempfile
import unicodedata
from pathlib import Path

import pytest
from filing_kit import digests, open_runs, photos_in, plan_for, tree, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from killable import Killable

from photosort.filing.journaled.resume import resume
from photosort.filing.journaled.undo import undo
from photosort.filing.plan.model import Mode
from photosort.naming.folder_name import name_key
from photosort.store.journals.journal import FilingState, Journal, filings, unfinished

pytestmark = pytest.mark.slow

STEMS = st.one_of(
    st.sampled_from(
        [
            "IMG_1",
            "img_1",
            "IMG_1 (2)",
            "é",
            "e\u0301",
            "É",
            "-rf",
            "a\nb",
            "CON",
            "ß",
            "ss",
            "\udcff",
            "🐕‍🦺",
            "\u05d0\u202e",
        ]
    ),
    st.sampled_from(["x" * 245, "X" * 245, "é" * 120]),
    st.text(st.characters(exclude_characters="/\0", exclude_categories=("Cs",)), min_size=1, max_size=12),
).filter(lambda stem: stem.strip(". "))
ENDINGS = st.sampled_from([".jpg", ".JPG", ".heic", ".nef", ".xmp", ".jpg.xmp", ".mov", ".jpg.json", ".aae", ".txt"])
FILES = st.dictionaries(
    st.builds(
        lambda folder, stem, ending: f"{folder}/{stem}{ending}",
        st.sampled_from(["a", "b", "a/c"]),
        STEMS,
        ENDINGS,
    ),
    st.sampled_from([b"", b"one", b"two", b"three", b"x" * 5000]),
    max_size=14,
)


@pytest.fixture(scope="module")
def disks() -> list[Path]:
    """A folder in memory where there is such a disk, and one on the usual disk for temporary files."""
    memory = Path("/dev/shm")
    usual = Path(tempfile.gettempdir())
    return [memory if os.access(memory, os.W_OK) else usual, usual]


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    files=FILES,
    present=FILES,
    mode=st.sampled_from(list(Mode)),
    far=st.booleans(),
    die_at=st.integers(0, 120),
    then_die_at=st.integers(-40, 40),
    finish=st.booleans(),
)
def test_nothing_is_lost_and_everything_can_be_taken_back(
    killable: Killable,
    disks: list[Path],
    files: dict[str, bytes],
    present: dict[str, bytes],
    mode: Mode,
    far: bool,
    die_at: int,
    then_die_at: int,
    finish: bool,
) -> None:
    if far and mode is Mode.HARDLINK:
        mode = Mode.COPY
    root = Path(tempfile.mkdtemp(dir=disks[0]))
    place = Path(tempfile.mkdtemp(dir=disks[far]))
    try:
        source, out, database = root / "in", place / "out", root / "data" / "runs"
        source.mkdir()
        try:
            write(source, files)
            write(out / "Dogs at play", {name.split("/")[-1]: content for name, content in present.items()})
        except OSError:
            return
        before, contents = tree(source, out), digests(source, out)
        job = {"source": str(source), "destination": str(out), "database": str(database), "mode": mode}
        killable.run("file", die_at=die_at, **job)
        assert contents <= digests(source, out)
        if not database.exists():
            assert tree(source, out) == before
            return
        connection = open_runs(database)
        if unfinished(connection) and then_die_at >= 0:
            connection.close()
            killable.run("resume" if finish else "undo", die_at=then_die_at, database=str(database))
            connection = open_runs(database)
            assert contents <= digests(source, out)
        if finish and unfinished(connection) and Journal(connection, 1).filing.state is not FilingState.UNDOING:
            assert resume(connection, 1).failed == ()
            assert contents <= digests(source, out)
            check_names(out)
        if filings(connection) and Journal(connection, 1).filing.state is not FilingState.UNDONE:
            assert undo(connection, 1).kept == ()
        assert tree(source, out) == before
        connection.close()
    finally:
        shutil.rmtree(root)
        shutil.rmtree(place)


def check_names(out: Path) -> None:
    """No two names of a folder meet on any disk, and no name is too long."""
    for folder in out.iterdir() if out.exists() else ():
        new = [path.name for path in folder.iterdir()]
        assert all(len(os.fsencode(name)) <= 255 for name in new)
        assert not any(".photosort" in name for name in new)


@settings(deadline=None, max_examples=150)
@given(files=FILES, mode=st.sampled_from(list(Mode)))
def test_no_two_files_of_a_plan_can_meet(disks: list[Path], files: dict[str, bytes], mode: Mode) -> None:
    root = Path(tempfile.mkdtemp(dir=disks[0]))
    try:
        (root / "in").mkdir()
        try:
            write(root / "in", files)
        except OSError:
            return
        plan = plan_for(root / "in", root / "out", mode)
        new = [file.destination for file in plan.files if not file.there]
        keys = {(path.parent, unicodedata.normalize("NFC", name_key(path.name))) for path in new}
        assert len(keys) == len(new)
        photos = {path for photo in photos_in(root / "in") for path in (photo.path, *photo.companions)}
        assert {file.source for file in plan.files} | {left.path for left in plan.left} == photos
        by_group: dict[int, set[Path]] = {}
        for file in plan.files:
            by_group.setdefault(file.group, set()).add(file.destination.parent)
        assert all(len(folders) == 1 for folders in by_group.values())
    finally:
        shutil.rmtree(root)
