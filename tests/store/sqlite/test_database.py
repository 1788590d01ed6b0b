"""Migrations run once, in order, and a database that cannot be used says why."""

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from photosort.errors import StoreDamaged, StoreError
from photosort.store.sqlite.database import open_database, transaction

FIRST = ("CREATE TABLE a (x)", "INSERT INTO a VALUES (1)")
SECOND = ("ALTER TABLE a ADD y", "UPDATE a SET y = 2")


def test_an_older_database_is_migrated_with_its_rows(tmp_path: Path) -> None:
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


def test_newer_damaged_and_foreign_databases_are_refused(tmp_path: Path) -> None:
    open_database(tmp_path / "new.sqlite", [FIRST, SECOND], durable=False).close()
    with pytest.raises(StoreError, match="newer photosort"):
        open_database(tmp_path / "new.sqlite", [FIRST], durable=False)
    (tmp_path / "damaged.sqlite").write_bytes(b"this is no database, whatever its name says" * 50)
    with pytest.raises(StoreDamaged, match=r"damaged\.sqlite is damaged \(file is not a database\)\. Repair it\."):
        open_database(tmp_path / "damaged.sqlite", [FIRST], durable=False, remedy="Repair it.")
    with pytest.raises(StoreError, match=f"A folder lies where the database {tmp_path} belongs") as caught:
        open_database(tmp_path, [FIRST], durable=False)
    assert caught.type is StoreError


def test_damage_that_shows_late_names_the_file_and_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    many = [
        FIRST,
        (
            "CREATE TABLE b (x)",
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 9000)"
            " INSERT INTO b SELECT i || ' is a number of some length' FROM n",
        ),
    ]
    open_database(path, many, durable=False).close()
    content = bytearray(path.read_bytes())
    for page in range(10 * 4096, len(content), 4096):
        content[page : page + 64] = b"\xaa" * 64
    path.write_bytes(content)
    connection = open_database(path, many, durable=False, remedy="Repair it.")
    for read in (
        lambda: connection.execute("SELECT count(*) FROM b WHERE x = 0").fetchone(),
        lambda: connection.execute("SELECT x FROM b").fetchall(),
        lambda: list(connection.execute("SELECT x FROM b")),
        lambda: connection.execute("UPDATE b SET x = 1"),
        lambda: connection.executemany("DELETE FROM b WHERE x = ?", [(1,)]),
    ):
        with pytest.raises(StoreDamaged, match=rf"{path} is damaged \(database disk image is malformed\)\. Repair it"):
            read()


@pytest.mark.parametrize("statement", ["SELECT y FROM a", "SELECT x FROM c", "SELECT CAST(x'ff' AS TEXT)"])
def test_another_schema_or_encoding_than_photosorts_is_damage(tmp_path: Path, statement: str) -> None:
    connection = open_database(tmp_path / "x.sqlite", [FIRST], durable=False)
    with pytest.raises(StoreDamaged, match=r"x\.sqlite is damaged"):
        connection.execute(statement).fetchone()


@pytest.mark.parametrize(
    ("pragma", "said"),
    [("max_page_count=2", "full.*Make room on its disk"), ("query_only=ON", "readonly.*Check the permissions")],
)
def test_full_disks_and_read_only_databases_have_own_advice(tmp_path: Path, pragma: str, said: str) -> None:
    connection = open_database(tmp_path / "x.sqlite", [FIRST], durable=False)
    connection.execute(f"PRAGMA {pragma}")
    with pytest.raises(StoreError, match=rf"x\.sqlite cannot be used \(.*{said}") as caught:
        connection.execute("INSERT INTO a VALUES (zeroblob(100000))")
    assert caught.type is StoreError


def test_a_database_held_by_another_program_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("photosort.store.sqlite.database.BUSY_SECONDS", 0.1)
    path = tmp_path / "x.sqlite"
    first, second = (open_database(path, [FIRST], durable=False) for _ in range(2))
    with (
        transaction(first),
        pytest.raises(StoreError, match=r"x\.sqlite cannot be used \(database is locked\)\. Another program"),
        transaction(second),
    ):
        pass


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become somebody else")
def test_permissions_are_no_damage(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    path = tmp_path / "x.sqlite"
    open_database(path, [FIRST], durable=False).close()
    path.chmod(0o444)
    os.seteuid(65534)
    try:
        with pytest.raises(
            StoreError, match=r"x\.sqlite cannot be opened \(Permission denied\)\. Check the perm"
        ) as caught:
            open_database(path, [FIRST], durable=False)
    finally:
        os.seteuid(0)
    assert caught.type is StoreError


def test_a_mistake_of_the_caller_is_none_of_the_file(tmp_path: Path) -> None:
    connection = open_database(tmp_path / "x.sqlite", [("CREATE TABLE a (x UNIQUE)",)], durable=False)
    connection.execute("INSERT INTO a VALUES (1)")
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute("INSERT INTO a VALUES (1)")
    with pytest.raises(sqlite3.ProgrammingError):
        connection.execute("SELECT ?")


def test_a_transaction_that_raises_changes_nothing(tmp_path: Path) -> None:
    connection = open_database(tmp_path / "x.sqlite", [FIRST], durable=False)
    with pytest.raises(ZeroDivisionError), transaction(connection):
        connection.execute("DELETE FROM a")
        raise ZeroDivisionError
    assert connection.execute("SELECT count(*) FROM a").fetchone() == (1,)
