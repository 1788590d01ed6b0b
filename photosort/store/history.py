"""The database that must not be lost: runs, and the journal of what was done to files."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from photosort.store.journals import journal, tag_journal
from photosort.store.runs import packed, previews, runs
from photosort.store.sqlite.database import open_database

MIGRATIONS = (
    (*runs.MIGRATION, *journal.MIGRATION),
    runs.ADD_NOTES,
    journal.ADD_CONTENT,
    journal.ADD_LOOKS,
    runs.ADD_FACTS,
    runs.ADD_SUPPORT,
    runs.ADD_ANSWERS,
    (*packed.MIGRATION, *previews.MIGRATION),
    tag_journal.MIGRATION,
    runs.ADD_STANDING,
    (runs.INDEX_LEFT, journal.INDEX_DESTINATIONS, tag_journal.INDEX_EMBEDDED),
    journal.ADD_REPLACES,
    packed.ADD_SUPERSEDED,
)

REMEDY = (
    "Your photos are not touched by that, but without it no earlier run can be taken back, finished or explained. "
    "Put a backup of the file there, or move it away to begin a new one."
)
"""What to do where the file is damaged: photosort never sets it aside by itself."""


def history_file(data_dir: Path) -> Path:
    """Return the file of the history inside photosort's data folder."""
    return data_dir / "history.sqlite"


@contextmanager
def open_history(data_dir: Path) -> Iterator[sqlite3.Connection]:
    """Open the connection that `Runs` and `Journal` work on, closed at the end of the block. Raises StoreError."""
    connection = open_database(history_file(data_dir), MIGRATIONS, durable=True, remedy=REMEDY)
    try:
        yield connection
    finally:
        connection.close()
