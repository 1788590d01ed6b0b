"""Migrations run once, in order, and a database that cannot be used says why."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from photosort.errors import StoreError
from photosort.store.database import open_database, transaction

FIRST = ("CREATE TABLE a (x)", "INSERT INTO a VALUES (1)")
SECOND = ("ALTER TABLE a ADD y", "UPDATE a SET y = 2")


def test_an_older_database_is_brought_up_to_date_and_keeps_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "x.sqlite"
    open_database(path, [FIRST], durable=True).close()
    connection = open_database(path, [FIRST, SECOND], durable=True)
    assert connection.execute("SELECT x, y FROM a").fetchall() == [(1, 2)]
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_programs_that_start_together_migrate_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        for number in range(100):  # SQLite refused one of them in about two of a hundred
            path = tmp_path / f"{number}.sqlite"
            together = partial(open_database, path, [FIRST, SECOND], durable=False)
            for opened in [pool.submit(together) for _ in range(8)]:
                opened.result().close()
            with closing(sqlite3.connect(path)) as connection:
                assert connection.execute("SELECT count(*) FROM a").fetchone() == (1,)


def test_a_migration_that_fails_leaves_the_old_version(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    open_database(path, [FIRST], durable=False).close()
    with pytest.raises(StoreError):
        open_database(path, [FIRST, ("UPDATE a SET x = 9", "nonsense")], durable=False)
    assert open_database(path, [FIRST], durable=False).execute("SELECT x FROM a").fetchall() == [(1,)]


def test_a_newer_database_a_damaged_one_and_a_folder_are_refused(tmp_path: Path) -> None:
    open_database(tmp_path / "new.sqlite", [FIRST, SECOND], durable=False).close()
    with pytest.raises(StoreError, match="newer photosort"):
        open_database(tmp_path / "new.sqlite", [FIRST], durable=False)
    (tmp_path / "damaged.sqlite").write_bytes(b"this is no database, whatever its name says" * 50)
    with pytest.raises(StoreError, match="cannot be opened"):
        open_database(tmp_path / "damaged.sqlite", [FIRST], durable=False)
    with pytest.raises(StoreError, match="cannot be opened"):
        open_database(tmp_path, [FIRST], durable=False)


def test_a_transaction_that_raises_changes_nothing(tmp_path: Path) -> None:
    connection = open_database(tmp_path / "x.sqlite", [FIRST], durable=False)
    with pytest.raises(ZeroDivisionError), transaction(connection):
        connection.execute("DELETE FROM a")
        raise ZeroDivisionError
    assert connection.execute("SELECT count(*) FROM a").fetchone() == (1,)
