"""The journal's rows and states."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from photosort.errors import NoSuchRun, StoreError
from photosort.store.history import open_history
from photosort.store.journals.journal import (
    ADD_CONTENT,
    ADD_LOOKS,
    ADD_REPLACES,
    MIGRATION,
    FilingState,
    Journal,
    filings,
    unfinished,
)
from photosort.store.journals.operation import Operation, State
from photosort.store.sqlite.database import open_database

RUNS = ("CREATE TABLE runs (id INTEGER PRIMARY KEY)", "INSERT INTO runs VALUES (1), (2)")
ODD = Path("/photos/\udcff\n-rf \u202e.jpg")


ALL = (RUNS, MIGRATION, ADD_CONTENT, ADD_LOOKS, ADD_REPLACES)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_database(tmp_path / "runs.sqlite", ALL, durable=True)
    yield connection
    connection.close()


def begin(connection: sqlite3.Connection, run_id: int = 1) -> Journal:
    operations = [
        Operation(ODD, Path("/out/Dogs/a.jpg"), 3, 5, "d" * 64, 0, True),
        Operation(Path("/photos/a.xmp"), Path("/out/Dogs/a.xmp"), 4, 6, "e" * 64, 0, False),
        Operation(Path("/photos/b.jpg"), Path("/out/Dogs/b.jpg"), 4, 6, "f" * 64, 1, True, State.THERE),
    ]
    return Journal.begin(
        connection, run_id, source=Path("/photos"), destination=Path("/out"), mode="move", operations=operations
    )


def test_everything_is_written_before_the_first_operation(connection: sqlite3.Connection) -> None:
    journal = begin(connection)
    first, second, third = journal.operations(*State)
    assert (first.source, first.destination, first.size, first.mtime_ns, first.digest, first.state) == (
        ODD,
        Path("/out/Dogs/a.jpg"),
        3,
        5,
        "d" * 64,
        State.PLANNED,
    )
    assert (first.main, second.main, third.state) == (True, False, State.THERE)
    assert journal.counts() == {State.PLANNED: 2, State.THERE: 1}
    assert [len(group) for group in journal.groups(*State)] == [2, 1]


def test_states_and_reasons_last(connection: sqlite3.Connection, tmp_path: Path) -> None:
    journal = begin(connection)
    journal.mark(journal.group(0), State.FAILED, "permission denied")
    connection.close()
    again = open_database(tmp_path / "runs.sqlite", ALL, durable=True)
    assert {(op.state, op.reason) for op in Journal(again, 1).group(0)} == {(State.FAILED, "permission denied")}
    again.close()


def test_a_name_that_is_no_text_fails_no_commit(connection: sqlite3.Connection) -> None:
    journal = begin(connection)
    journal.mark(journal.group(0), State.KEPT, "stays with caf\udce9.jpg")
    journal.turn(FilingState.STOPPED, "/caf\udce9 is gone")
    assert {op.reason for op in journal.group(0)} == {r"stays with caf\udce9.jpg"}
    assert journal.filing.problem == r"/caf\udce9 is gone"


def test_unfinished_filings_are_found(connection: sqlite3.Connection) -> None:
    one, two = begin(connection), begin(connection, 2)
    assert [filing.run_id for filing in unfinished(connection)] == [2, 1]
    one.turn(FilingState.DONE)
    two.turn(FilingState.STOPPED, "no space left on device")
    assert [(filing.run_id, filing.problem) for filing in unfinished(connection)] == [(2, "no space left on device")]
    two.turn(FilingState.UNDOING)
    assert [filing.state for filing in unfinished(connection)] == [FilingState.UNDOING]
    two.turn(FilingState.UNDONE)
    assert unfinished(connection) == []
    assert [filing.run_id for filing in filings(connection)] == [2, 1]


def test_two_runs_have_different_temporary_names(connection: sqlite3.Connection) -> None:
    assert begin(connection).filing.token != begin(connection, 2).filing.token


def test_inner_folders_come_first(connection: sqlite3.Connection) -> None:
    journal = begin(connection)
    for path in ("/out", "/out/Dogs", "/out"):
        journal.making(Path(path))
    assert journal.made_folders() == [Path("/out/Dogs"), Path("/out")]


def test_a_run_without_a_filing_has_no_journal(connection: sqlite3.Connection) -> None:
    with pytest.raises(NoSuchRun, match="Run 7 does not exist"):
        Journal(connection, 7)


def test_a_journal_that_cannot_be_written_says_so(connection: sqlite3.Connection) -> None:
    journal = begin(connection)
    connection.execute("PRAGMA query_only=ON")
    with pytest.raises(StoreError, match=r"journal cannot be written.*photosort resume"):
        journal.mark(journal.group(0), State.PLACING)
    connection.execute("PRAGMA query_only=OFF")
    assert journal.counts()[State.PLANNED] == 2


def test_a_full_disk_leaves_the_connection_usable(connection: sqlite3.Connection) -> None:
    journal = begin(connection)
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StoreError, match="full"):
        journal.mark(journal.group(0), State.FAILED, "x" * 100_000)
    connection.execute("PRAGMA max_page_count=1000000")
    journal.mark(journal.group(0), State.DONE)
    assert journal.counts()[State.DONE] == 2


def test_the_history_outlasts_a_power_cut(tmp_path: Path) -> None:
    with open_history(tmp_path) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2
