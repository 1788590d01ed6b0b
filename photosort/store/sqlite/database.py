"""One SQLite file, opened safely and brought up to date by numbered migrations."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from photosort.errors import StoreError
from photosort.store.sqlite.refusals import Database, refused, unusable
from photosort.support.files import make_private_file, make_private_folder

LARGEST_ID = 2**63 - 1
"""SQLite counts no further, and refuses to be asked for more."""
BUSY_SECONDS = 30


def open_database(
    path: Path, migrations: Sequence[Sequence[str]], *, durable: bool, remedy: str = "Move it away."
) -> sqlite3.Connection:
    """Open `path`, creating it and its folder, and run the migrations it has not seen yet.

    `migrations[i]` holds the statements that bring a database from version i to i + 1. All missing ones run
    in one transaction, so that two programs which start together migrate once. `durable` makes every
    commit survive a power cut (synchronous=FULL), which the journal needs and the cache does not. The
    connection is in autocommit mode and may be used from any one thread at a time. All that it raises for the file
    is a StoreError; `remedy` is what the user may do where the file is damaged.

    Raises StoreError where the file cannot be opened or comes from a newer photosort, StoreDamaged where it is not a
    database of photosort's.
    """
    try:
        make_private_folder(path.parent)
        for file in (path, *(log for log in _logs(path) if log.exists())):
            make_private_file(file)
        connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, factory=Database
        )
        connection.path, connection.remedy = path, remedy
        _write_ahead(connection)
        connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        connection.execute("PRAGMA foreign_keys=ON")
        with transaction(connection):
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            for statements in migrations[version:]:
                for statement in statements:
                    connection.execute(statement)
            if version < len(migrations):
                connection.execute(f"PRAGMA user_version={len(migrations)}")
    except StoreError:
        connection.close()
        raise
    except OSError as error:
        raise unusable(path, error) from error
    except sqlite3.Error as error:
        raise refused(path, error, remedy) from error
    if version > len(migrations):
        connection.close()
        raise StoreError(
            f"{path} was written by a newer photosort (schema {version}, this one knows {len(migrations)})",
            "Use that one, or a newer one.",
        )
    return connection


def _logs(path: Path) -> tuple[Path, Path]:
    """Name the files that SQLite keeps beside a database; it makes them with the permissions of the database."""
    return path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to a write-ahead log. SQLite does not wait for others here, whatever its timeout; so this does."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except StoreError as error:
            code = getattr(error.__cause__, "sqlite_errorcode", None)
            if code != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.05)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Open one write transaction: committed at the end, rolled back when the block raises."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def storable(text: str) -> str:
    """No name with broken bytes that slipped into a reason may fail a commit."""
    return text.encode(errors="backslashreplace").decode()
