"""What is asked often is looked up, not searched for in all rows."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from photosort.store.history import open_history
from photosort.store.journals.tag_journal import untagged_digests
from photosort.store.placed import placed_below, run_at, states_at
from photosort.store.remembered import filed_at, remembered
from photosort.store.runs.runs import Runs

PLACE = Path("/photos/a.jpg")


@pytest.fixture
def history(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with open_history(tmp_path) as connection:
        yield connection


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda history: Runs(history).reason_left(1, PLACE), "left_behind_by_path (run=? AND path=?)"),
        (lambda history: states_at(history, PLACE), "operations_by_destination (destination=?)"),
        (lambda history: run_at(history, PLACE), "operations_by_destination (destination=?)"),
        (lambda history: placed_below(history, PLACE), "operations_by_destination (destination>? AND destination<?)"),
        (lambda history: filed_at(history, [1, 2], [PLACE]), "operations_by_destination (destination=?)"),
        (lambda history: remembered(history, [1, 2], ["aa"], "you"), "members_by_digest (digest=?)"),
        (untagged_digests, "tag_writes_embedded"),
    ],
)
def test_an_index_finds_it(
    history: sqlite3.Connection, ask: Callable[[sqlite3.Connection], object], index: str
) -> None:
    asked: list[str] = []
    history.set_trace_callback(asked.append)
    ask(history)
    history.set_trace_callback(None)
    plans = [row[3] for query in asked for row in history.execute(f"EXPLAIN QUERY PLAN {query}")]
    assert any(index in plan for plan in plans), plans
