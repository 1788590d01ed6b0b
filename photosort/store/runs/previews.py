"""Which previews are kept: the last few, and those that something else was made from."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from photosort.errors import NoSuchRun
from photosort.store.runs.records import TAGS
from photosort.store.sqlite.database import transaction

MIGRATION = ("CREATE TABLE wanted (run INTEGER PRIMARY KEY REFERENCES runs)",)
KEPT = 5
"""Previews that are kept, the newest ones, beside those that are wanted."""
NAMES_A_RUN = "(key = 'names_from' OR key GLOB '*_run')"
"""Whether a setting of a run is the number of another one."""


def keep(connection: sqlite3.Connection, run: int) -> None:
    """Never drop this run: a plan was made of it that may be applied on any later day."""
    with transaction(connection):
        connection.execute("INSERT OR IGNORE INTO wanted SELECT id FROM runs WHERE id = ?", (run,))


@contextmanager
def kept_meanwhile(connection: sqlite3.Connection, run: int) -> Iterator[None]:
    """Keep this run while the user looks at it, however many other previews are made in that time."""
    kept = connection.execute("SELECT 1 FROM wanted WHERE run = ?", (run,)).fetchone()
    keep(connection, run)
    try:
        yield
    finally:
        if not kept:
            with transaction(connection):
                connection.execute("DELETE FROM wanted WHERE run = ?", (run,))


def drop_old_previews(connection: sqlite3.Connection) -> list[int]:
    """Drop the previews that are neither among the newest nor wanted, and return their numbers.

    Wanted are those of which a plan was made, and those that the settings of another run name. A run that has filed
    anything is no preview. The space is used by the next run.
    """
    query = (
        "SELECT id FROM runs WHERE previewed AND id NOT IN (SELECT run FROM wanted)"
        " AND id NOT IN (SELECT run_id FROM filings)"
        f" AND id NOT IN (SELECT value FROM runs, json_each(settings) WHERE {NAMES_A_RUN} AND value IS NOT NULL)"
        " ORDER BY id DESC LIMIT -1 OFFSET ?"
    )
    with transaction(connection):
        old = [run for (run,) in connection.execute(query, (KEPT,))]
        for table, column in _referring(connection) if old else ():
            connection.executemany(f"DELETE FROM {table} WHERE {column} = ?", [(run,) for run in old])
        connection.executemany("DELETE FROM runs WHERE id = ?", [(run,) for run in old])
    return old


def no_such_run(connection: sqlite3.Connection, run: int, hint: str = "photosort runs lists all runs.") -> NoSuchRun:
    """Return the error for a run that is not there, or that sorted nothing: numbers are given in order and the newest
    run is never dropped, so that an older number is that of a preview.
    """
    newest = connection.execute("SELECT coalesce(max(id), 0) FROM runs").fetchone()[0]
    if 0 < run <= newest and connection.execute("SELECT mode FROM runs WHERE id = ?", (run,)).fetchone() == (TAGS,):
        return NoSuchRun(f"Run {run} wrote tags and sorted nothing", "photosort runs lists all.")
    if 0 < run < newest:
        return NoSuchRun(
            f"Run {run} was a preview and is no longer kept",
            f"photosort keeps the last {KEPT} previews: photosort runs lists them.",
        )
    return NoSuchRun(f"Run {run} does not exist", hint)


def _referring(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return the tables that hold something of runs, and the column that names the run."""
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return [
        (table, column)
        for table in tables
        for _, _, parent, column, *_ in connection.execute(f"PRAGMA foreign_key_list({table})")
        if parent == "runs"
    ]
