"""Photos of a preview, kept in one small piece until they are asked for.

A preview of 100,000 photos takes a tenth of what their rows take. So does what a run remembers of photos that stood
before it, once a later run remembers them as well. The rows are those of the tables in `TABLES`, whose
first column is the run; they are put there, and the piece goes, as soon as any photo of the run is read or filed. What
is asked of all runs is read in the piece, and only in the columns that it needs.

A piece is MARK, the length of a list in JSON, that list, and the columns, each compressed alone. The list has for each
table the lengths of its columns. A piece without MARK is from before that: all columns in one JSON, compressed.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import nullcontext
from functools import partial
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from photosort.errors import StoreDamaged
from photosort.store.sqlite.database import storable, transaction

MIGRATION = (
    "CREATE TABLE packed (run INTEGER PRIMARY KEY REFERENCES runs, sizes TEXT NOT NULL, files INTEGER NOT NULL,"
    " content BLOB NOT NULL)",
)
ADD_SUPERSEDED = (
    "ALTER TABLE packed ADD COLUMN superseded INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX members_standing ON members (run) WHERE standing",
)
TABLES = ("members", "companions")
DIGEST, CLUSTER, CAPTION, FACTS, ANSWER, STANDING = 2, 3, 5, 9, 10, 11
"""The columns of a member that are read without unpacking. Older pieces end before the last."""
MARK, LENGTH = b"columns1", 4

_DIGITS = 5
"""Digits of similarities that are kept of what a later run remembers as well."""
_DAMAGES = (zlib.error, ValueError, TypeError, LookupError, AttributeError)

Row = Sequence[Any]


def pack(
    connection: sqlite3.Connection,
    run: int,
    members: Iterable[Row],
    companions: Iterable[Row],
    *,
    superseded: bool = False,
) -> None:
    """Keep these rows of a run, in the transaction that is open."""
    rows = [list(members), list(companions)]
    sizes = Counter(row[CLUSTER] for row in rows[0])
    connection.execute(
        "INSERT INTO packed (run, sizes, files, content, superseded) VALUES (?, ?, ?, ?, ?)",
        (run, json.dumps(sorted(sizes.items())), sum(map(len, rows)), _piece(rows), superseded),
    )


def pack_superseded(connection: sqlite3.Connection, run: int) -> None:
    """Keep small what earlier runs into the destination of `run` remember of photos that stood there before them: `run`
    remembers these photos as they are now. What each run has added stays where it can be looked up.
    """
    query = (
        "SELECT id FROM runs WHERE id < ? AND destination = (SELECT destination FROM runs WHERE id = ?)"
        " AND NOT previewed AND id NOT IN (SELECT run FROM packed)"
        " AND EXISTS (SELECT 1 FROM members WHERE members.run = runs.id AND standing)"
    )
    with transaction(connection):
        for (earlier,) in connection.execute(query, (run, run)).fetchall():
            members = connection.execute("SELECT * FROM members WHERE run = ? AND standing", (earlier,)).fetchall()
            beside = (
                "run = ? AND digest = '' AND photo IN (SELECT path FROM members WHERE members.run = ? AND standing)"
            )
            companions = connection.execute(f"SELECT * FROM companions WHERE {beside}", (earlier, earlier)).fetchall()
            pack(connection, earlier, map(_rounded, members), companions, superseded=True)
            connection.execute(f"DELETE FROM companions WHERE {beside}", (earlier, earlier))
            connection.execute("DELETE FROM members WHERE run = ? AND standing", (earlier,))


def unpack_last(connection: sqlite3.Connection, destination: bytes) -> None:
    """Let what the last run into a destination that stands remembers be read, and looked up among that of all runs."""
    query = "SELECT max(run_id) FROM filings WHERE destination = ? AND state <> 'undone'"
    query += " AND run_id IN (SELECT run FROM clusters)"
    (run,) = connection.execute(query, (destination,)).fetchone()
    if run is not None:
        unpack(connection, run)


def unpack(connection: sqlite3.Connection, run: int) -> None:
    """Put the rows of a run where they can be read; nothing where that was done before.

    Raises StoreDamaged where the piece of the run cannot be read.
    """
    if not connection.execute("SELECT EXISTS (SELECT 1 FROM packed WHERE run = ?)", (run,)).fetchone()[0]:
        return
    with nullcontext() if connection.in_transaction else transaction(connection):
        for (content,) in connection.execute("SELECT content FROM packed WHERE run = ?", (run,)).fetchall():
            try:
                tables = _tables(content)
            except _DAMAGES as error:
                path = connection.execute("PRAGMA database_list").fetchone()[2]
                said = f"The database {path} is damaged (run {run}: {error})"
                raise StoreDamaged(said, "Preview the folder again.", Path(path)) from error
            connection.execute("DELETE FROM packed WHERE run = ?", (run,))
            for table, columns in zip(TABLES, tables, strict=True):
                _insert(connection, table, columns)


def packed_members(
    connection: sqlite3.Connection,
    columns: Sequence[int],
    digests: Collection[str] | None = None,
    run: int | None = None,
) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    """Yield each packed preview, or the run of this number, the newest first, with these columns of its members,
    of all or of those with these digests.

    Nothing is unpacked, and of a run that has none of the photos the digests alone are read. A run whose piece is
    damaged is passed over, so that it hides no other.
    """
    wanted = None if digests is None else frozenset(digests)
    query = "SELECT run FROM packed WHERE (?1 IS NULL AND NOT superseded) OR run = ?1 ORDER BY run DESC"
    for (number,) in connection.execute(query, (run,)).fetchall():
        (content,) = connection.execute("SELECT content FROM packed WHERE run = ?", (number,)).fetchone()
        try:
            rows: Sequence[int] | None = None
            if wanted is not None:
                (known,) = _members(content, (DIGEST,))
                rows = [row for row, digest in enumerate(known) if digest in wanted]
                if not rows:
                    continue
            found = _members(content, columns)
        except _DAMAGES:
            continue
        if rows is not None:
            found = [[column[row] for row in rows] for column in found]
        yield number, list(zip(*found, strict=True))


def packed_sizes(connection: sqlite3.Connection, run: int) -> tuple[dict[int, int], int] | None:
    """Return cluster -> number of members that are packed, and the number of such files; None where none is."""
    row = connection.execute("SELECT sizes, files FROM packed WHERE run = ?", (run,)).fetchone()
    return row and (dict(json.loads(row[0])), int(row[1]))


def packed_standing(connection: sqlite3.Connection, run: int, user: str) -> tuple[int, int] | None:
    """Return how many members lay in their folders before the run, and how many of these `user` has put there; None
    where the run is not packed. A damaged piece counts as nothing, so that it hides no other run from a list.
    """
    row = connection.execute("SELECT content, superseded, sizes FROM packed WHERE run = ?", (run,)).fetchone()
    if row is None:
        return None
    if row[1] and not user:
        return sum(count for _, count in json.loads(row[2])), 0
    try:
        answers, standing = _members(row[0], (ANSWER, STANDING))
        before = [answer for answer, stands in zip(answers, standing, strict=True) if stands]
        yours = sum(count for answer, count in Counter(before).items() if json.loads(answer).get("by") == user)
    except _DAMAGES:
        return 0, 0
    return len(before), yours


def packed_companions(connection: sqlite3.Connection, run: int) -> int:
    """Return how many companions are packed that the run has brought: those with a digest."""
    row = connection.execute("SELECT content FROM packed WHERE run = ? AND NOT superseded", (run,)).fetchone()
    try:
        companions = _tables(row[0])[1] if row else []
        return sum(map(bool, companions[DIGEST])) if companions else 0
    except _DAMAGES:
        return 0


def _piece(rows: Sequence[Sequence[Row]]) -> bytes:
    """Return the rows of each table as one piece."""
    columns = [[json.dumps(_written(column)) for column in zip(*table, strict=True)] for table in rows]
    packed = [[zlib.compress(column.encode()) for column in table] for table in columns]
    lengths = json.dumps([[len(column) for column in table] for table in packed]).encode()
    return b"".join((MARK, len(lengths).to_bytes(LENGTH, "big"), lengths, *(c for table in packed for c in table)))


def _tables(content: bytes) -> list[list[list[Any]]]:
    """Return the columns of each table. Raises one of `_DAMAGES` where the piece does not hold whole tables."""
    tables = [[read() for read in columns] for columns in _columns(content)]
    if len(tables) != len(TABLES) or any(len({len(column) for column in columns}) > 1 for columns in tables):
        raise ValueError("columns are missing")
    return tables


def _members(content: bytes, wanted: Sequence[int]) -> list[list[Any]]:
    """Return these columns of the members; empty where none has the column. Raises one of `_DAMAGES`."""
    columns = _columns(content)[0]
    return [columns[place]() if place < len(columns) else [] for place in wanted]


def _columns(content: bytes) -> list[list[Callable[[], list[Any]]]]:
    """Return for each table what reads each of its columns. Raises one of `_DAMAGES`, as these do."""
    if not content.startswith(MARK):
        return [[partial(_read, column) for column in table] for table in json.loads(zlib.decompress(content))]
    first = len(MARK) + LENGTH
    start = first + int.from_bytes(content[len(MARK) : first], "big")
    lengths = json.loads(content[first:start])
    ends = accumulate((length for table in lengths for length in table), initial=start)
    columns = (partial(_decompressed, content[begin:end]) for begin, end in pairwise(ends))
    return [[next(columns) for _ in table] for table in lengths]


def _decompressed(column: bytes) -> list[Any]:
    return _read(json.loads(zlib.decompress(column)))


def _insert(connection: sqlite3.Connection, table: str, columns: Sequence[Sequence[Any]]) -> None:
    """Add rows to a table; columns that it has got since they were packed come last, and get their defaults."""
    if columns:
        known = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]
        names, marks = ", ".join(known[: len(columns)]), ", ".join("?" * len(columns))
        connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", zip(*columns, strict=True))


def _rounded(row: Row) -> Row:
    return [round(value, _DIGITS) if isinstance(value, float) else value for value in row]


def _written(column: Sequence[Any]) -> dict[str, list[Any]]:
    """Return a column for JSON: texts once each, and which one every row has; bytes become text."""
    kind = "bytes" if column and all(isinstance(value, bytes) for value in column) else "plain"
    if not all(isinstance(value, str | bytes) for value in column):
        return {kind: list(column)}
    places = {value: place for place, value in enumerate(dict.fromkeys(column))}
    texts = [value.decode("utf-8", "surrogateescape") if kind == "bytes" else value for value in places]
    if len(texts) == len(column):
        return {kind: texts}
    return {kind: texts, "rows": [places[value] for value in column]}


def _read(column: dict[str, list[Any]]) -> list[Any]:
    if "bytes" in column:
        values = [value.encode("utf-8", "surrogateescape") for value in column["bytes"]]
    else:
        values = [storable(value) if isinstance(value, str) else value for value in column["plain"]]
    return [values[place] for place in column["rows"]] if "rows" in column else values
