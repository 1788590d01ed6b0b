"""Files that photosort writes about a folder: planned, journalled, placed and taken back like everything else."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

import pytest
from filing_kit import FOLDERS, digests, names, open_runs, photos_in, plan_for, tree, write
from killable import Killable

from photosort.filing.disk.survey import survey
from photosort.filing.journaled.apply import apply
from photosort.filing.journaled.resume import resume
from photosort.filing.journaled.undo import undo
from photosort.filing.plan.about import about_files
from photosort.filing.plan.model import Mode
from photosort.filing.plan.plan import Plan, make_plan
from photosort.naming.keywords import Keyword
from photosort.naming.summary import ClusterName
from photosort.photos.files.own_files import DATA_BEGINS, is_about_data
from photosort.photos.files.scan import scan
from photosort.store.journals.journal import FilingState, Journal, unfinished
from photosort.store.journals.operation import Operation, State

FILES = {"a/I.JPG": "one", "a/I.xmp": "sidecar", "b/J.JPG": "two"}
ABOUT = ["Dogs at play/ABOUT.txt", "Dogs at play/photosort.json"]


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_runs(tmp_path / "data" / "runs.sqlite")
    connection.execute("INSERT INTO runs (id) VALUES (2)")
    yield connection
    connection.close()


def plan_of(source: Path, out: Path, mode: Mode | str = Mode.COPY) -> Plan:
    return plan_for(source, out, mode, labels=[0] * len(photos_in(source)), about=True)


@pytest.mark.parametrize("mode", Mode)
def test_about_files_come_last_and_undo_removes_them(
    source: Path, tmp_path: Path, connection: sqlite3.Connection, mode: Mode
) -> None:
    before, out = tree(source), tmp_path / "out"
    plan = plan_of(source, out, mode)
    outcome = apply(plan, 1, connection)
    assert (outcome.files, outcome.photos, outcome.written, outcome.there) == (3, 2, 2, 0)
    assert not outcome.failed and not outcome.stopped
    assert names(out) == sorted([*ABOUT, "Dogs at play/I.JPG", "Dogs at play/I.xmp", "Dogs at play/J.JPG"])
    assert (out / ABOUT[0]).read_bytes() == plan.about[0].content and not (out / ABOUT[0]).is_symlink()
    taken = undo(connection, 1)
    assert (taken.files, taken.kept) == (3, ())
    assert tree(source) == before and not out.exists()


def test_they_are_part_of_the_bytes_of_the_preview(source: Path, tmp_path: Path) -> None:
    for mode in (Mode.COPY, Mode.SYMLINK):
        without = plan_for(source, tmp_path / "out", mode, labels=[0, 0])
        plan = plan_of(source, tmp_path / "out", mode)
        assert plan.bytes_written - without.bytes_written == sum(len(file.content) for file in plan.about) > 0


def test_a_second_run_finds_equal_ones_there_and_numbers_others(
    source: Path, tmp_path: Path, connection: sqlite3.Connection
) -> None:
    out = tmp_path / "out"
    apply(plan_of(source, out), 1, connection)
    again = plan_of(source, out)
    assert [file.there for file in again.about] == [True, True]
    write(source, {"c/K.JPG": "three"})
    before = digests(out)
    outcome = apply(plan_of(source, out), 2, connection)
    assert (outcome.written, outcome.files) == (1, 1)
    assert "Dogs at play/ABOUT (2).txt" in names(out)
    assert {*before} <= {*digests(out)}


def test_what_the_user_has_put_there_is_not_overwritten(
    source: Path, tmp_path: Path, connection: sqlite3.Connection
) -> None:
    out = write(tmp_path / "out", {ABOUT[0]: "my own words"})
    apply(plan_of(source, out), 1, connection)
    assert (out / ABOUT[0]).read_text() == "my own words"
    undo(connection, 1)
    assert names(out) == [ABOUT[0]]


def test_one_that_appears_after_the_plan_is_not_overwritten(
    source: Path, tmp_path: Path, connection: sqlite3.Connection
) -> None:
    out = tmp_path / "out"
    plan = plan_of(source, out)
    write(out, {ABOUT[0]: "just now"})
    outcome = apply(plan, 1, connection)
    assert [failed.path for failed in outcome.failed] == [out / ABOUT[0]]
    assert (out / ABOUT[0]).read_text() == "just now" and outcome.files == 3


@pytest.mark.parametrize("mode", [Mode.COPY, Mode.MOVE])
def test_one_that_the_user_changed_stays_and_is_named(
    source: Path, tmp_path: Path, connection: sqlite3.Connection, mode: Mode
) -> None:
    before, out = tree(source), tmp_path / "out"
    apply(plan_of(source, out, mode), 1, connection)
    (out / ABOUT[0]).write_text("with a remark of mine")
    outcome = undo(connection, 1)
    assert [(kept.path, kept.reason) for kept in outcome.kept] == [(out / ABOUT[0], "changed since")]
    assert names(out) == [ABOUT[0]] and tree(source) == before


@pytest.mark.slow
@pytest.mark.parametrize("then", ["resume", "undo"])
@pytest.mark.parametrize("mode", Mode)
def test_killed_at_any_step(memory: Path, killable: Killable, mode: Mode, then: str) -> None:
    source, out, database = memory / "in", memory / "out", memory / "data" / "runs"
    for step in count():
        for folder in (source, out, database.parent):
            shutil.rmtree(folder, ignore_errors=True)
        before = tree(write(source, FILES))
        plan = plan_for(source, out, mode, about=True)
        arguments = {"source": str(source), "destination": str(out), "database": str(database), "mode": mode}
        ended = killable.run("file", die_at=step, about=True, **arguments)
        connection = open_runs(database)
        if connection.execute("SELECT count(*) FROM filings").fetchone()[0]:
            if then == "undo":
                assert undo(connection, 1).kept == ()
                assert tree(source) == before and not out.exists()
            else:
                if unfinished(connection):
                    resume(connection, 1)
                placed = [file.destination for file in (*plan.files, *plan.about) if not file.there]
                assert names(out) == sorted(str(path.relative_to(out)) for path in placed)
                assert all(file.destination.read_bytes() == file.content for file in plan.about)
                assert undo(connection, 1).kept == () and tree(source) == before
        connection.close()
        if ended:
            break
    assert step > 20


@pytest.mark.slow
@pytest.mark.parametrize("job", ["undo", "resume"])
@pytest.mark.parametrize("mode", [Mode.COPY, Mode.MOVE])
def test_going_on_or_back_is_killed_at_any_step(memory: Path, killable: Killable, mode: Mode, job: str) -> None:
    """Resume begins where everything but the last file that photosort writes is placed."""
    source, out, database = memory / "in", memory / "out", memory / "data" / "runs"
    for step in count():
        for folder in (source, out, database.parent):
            shutil.rmtree(folder, ignore_errors=True)
        before = tree(write(source, FILES))
        arguments = {"source": str(source), "destination": str(out), "database": str(database), "mode": mode}
        killable.run("file", about=True, **arguments)
        whole = names(out)
        if job == "resume":
            connection = open_runs(database)
            connection.execute("UPDATE filings SET state = 'applying'")
            connection.execute("UPDATE operations SET state = 'placing' WHERE content IS NOT NULL")
            connection.close()
            next(out.rglob("photosort.json")).unlink()
        ended = killable.run(job, die_at=step, database=str(database))
        connection = open_runs(database)
        if job == "resume":
            if unfinished(connection):
                resume(connection, 1)
            assert names(out) == whole
        if Journal(connection, 1).filing.state is not FilingState.UNDONE:
            assert undo(connection, 1).kept == ()
        assert tree(source) == before and not out.exists()
        connection.close()
        if ended:
            break
    assert step > 10


def test_a_later_run_ignores_about_files(tmp_path: Path) -> None:
    folder = write(tmp_path, {"photosort.jpg": "photo", "ABOUT.jpg": "photo", "ABOUT.txt": "text"})
    (folder / "photosort.json").write_bytes(DATA_BEGINS + b"1\n}")
    found = scan(folder)
    assert [photo.path.name for photo in found.photos] == ["ABOUT.jpg", "photosort.jpg"]
    assert [path.name for path in found.others] == ["ABOUT.txt"]
    (folder / "photosort.json").write_text('{"title": "photosort.jpg"}')
    assert "photosort.json" in [path.name for path in scan(folder).others]


NAME = ClusterName("Dogs at play", "Dogs play on a beach.", (Keyword("dog", 2, 2),), "llm")


def placed(name: str, group: int, main: bool = True) -> Operation:
    return Operation(Path("/in") / name, Path("/out/Dogs") / name, 1, 1, "d", group, main)


def test_they_say_in_words_and_as_data_what_the_folder_holds() -> None:
    files = about_files(NAME, [placed("I.JPG", 0), placed("I.xmp", 0, main=False), placed("b\x1b.JPG", 1)])
    text = files["ABOUT.txt"].decode()
    assert text.startswith("Dogs at play\n============\n\nDogs play on a beach.\n\nWords of the captions")
    assert "dog (2)" in text and "Photos: 2" in text and "I.JPG" in text and "/in/I.JPG" in text
    assert "\x1b" not in text and "I.xmp" not in text
    data = json.loads(files["photosort.json"])
    assert files["photosort.json"].decode() == json.dumps(data, indent=2) + "\n"
    assert files["photosort.json"].startswith(DATA_BEGINS)
    assert (data["title"], data["summary"], data["keywords"]) == (NAME.title, NAME.summary, ["dog"])
    assert data["photos"][0] == {
        "file": "I.JPG",
        "from": "/in/I.JPG",
        "companions": [{"file": "I.xmp", "from": "/in/I.xmp"}],
    }


def test_names_that_are_no_text_are_told_all_the_same() -> None:
    odd = placed("caf\udce9.jpg", 0)
    files = about_files(NAME, [odd])
    assert json.loads(files["photosort.json"])["photos"][0]["file"] == "caf\udce9.jpg"
    assert b"\\udce9" in files["ABOUT.txt"]


def test_what_begins_otherwise_is_not_photosorts_own(tmp_path: Path) -> None:
    assert not is_about_data(tmp_path / "photosort.json")
    assert FOLDERS[0] == "Dogs at play"


def about(label: int, files: Sequence[Operation]) -> dict[str, bytes]:
    return about_files(NAME, files)


def planned(source: Path, out: Path, mode: Mode, labels: Sequence[int]) -> Plan:
    photos = photos_in(source)
    seen = survey(source, out, photos, FOLDERS, mode=mode)
    return make_plan(photos, labels, FOLDERS, source=source, destination=out, mode=mode, survey=seen, about=about)


@pytest.mark.parametrize("mode", Mode)
def test_they_say_nothing_of_photos_that_did_not_come(
    source: Path, tmp_path: Path, connection: sqlite3.Connection, mode: Mode
) -> None:
    out = tmp_path / "out"
    write(source, {"c/K.JPG": "three"})
    plan = planned(source, out, mode, [0, 0, 1])
    for gone in ("a/I.xmp", "c/K.JPG"):
        (source / gone).unlink()
    before = tree(source)
    outcome = apply(plan, 1, connection)
    folder = out / FOLDERS[0]
    said = json.loads((folder / "photosort.json").read_bytes())
    assert [photo["file"] for photo in said["photos"]] == ["J.JPG"]
    assert (
        (folder / "ABOUT.txt").read_text().endswith(f"Photos: 1, and where each came from\n\nJ.JPG  {source}/b/J.JPG\n")
    )
    assert {(left.path.name, left.reason) for left in outcome.failed if left.path.is_relative_to(out)} == {
        (name, "no photo has come into its folder") for name in ("ABOUT.txt", "photosort.json")
    }
    assert (outcome.photos, outcome.written) == (1, 2) and not (out / FOLDERS[1]).exists()
    assert undo(connection, 1).kept == ()
    assert tree(source) == before and not out.exists()


def test_a_twin_placed_for_a_failed_one_is_reported(tmp_path: Path, connection: sqlite3.Connection) -> None:
    source, out = write(tmp_path / "in", {"a/I.JPG": "same", "b/I.JPG": "same"}), tmp_path / "out"
    plan = planned(source, out, Mode.COPY, [0, 0])
    (source / "a" / "I.JPG").unlink()
    assert apply(plan, 1, connection).photos == 1
    said = json.loads((out / FOLDERS[0] / "photosort.json").read_bytes())
    assert [photo["from"] for photo in said["photos"]] == [str(source / "b" / "I.JPG")]


@pytest.mark.parametrize("state", [State.PLANNED, State.PLACING])
def test_a_run_that_is_resumed_says_what_came_too(
    source: Path, tmp_path: Path, connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, state: State
) -> None:
    """Cut off where the photos are placed, and after the new content was written down."""
    plan = planned(source, tmp_path / "out", Mode.COPY, [0, 0])
    (source / "a" / "I.JPG").unlink()

    def cut_off(self: Journal, operation: Operation, content: bytes) -> None:
        rewrite(self, operation, content)
        self.mark([operation], state)
        raise KeyboardInterrupt

    rewrite = Journal.rewrite
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Journal, "rewrite", cut_off)
        apply(plan, 1, connection)
    assert resume(connection, 1).written == 2
    texts = [path.read_text() for path in (tmp_path / "out").rglob("*") if path.name in ("ABOUT.txt", "photosort.json")]
    assert len(texts) == 2 and all("J.JPG" in text and "I.JPG" not in text for text in texts)
    assert undo(connection, 1).kept == () and not (tmp_path / "out").exists()
