"""The journal: every file operation of a run, written before it happens.

A row's state says what may be true of the disk, so that a later start can find out what is:

    planned   the destination has not been touched
    placing   the destination was seen to be free; the file may or may not lie there by now
    placed    the destination holds the whole file, durably; a move may not have removed the original yet
    done      finished
    there     an equal file had the name already; nothing to do
    failed    left where it was, with the reason
    undoing   on its way back; it may or may not be there by now
    undone    taken back
    kept      undo left it, with the reason

Rows of one group belong together: they are done together or not at all.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from photosort.errors import NoSuchRun, StoreError
from photosort.store.journals.operation import Operation, State
from photosort.store.journals.own_texts import packed_text, plain_text, replaced_since
from photosort.store.journals.touched import FILES
from photosort.store.runs.previews import no_such_run
from photosort.store.sqlite.database import LARGEST_ID, storable, transaction

ALL_RUNS = "List all runs: photosort runs"

MIGRATION = (
    "CREATE TABLE filings (run_id INTEGER PRIMARY KEY REFERENCES runs, token TEXT NOT NULL,"
    " source BLOB NOT NULL, destination BLOB NOT NULL, mode TEXT NOT NULL, state TEXT NOT NULL,"
    " problem TEXT NOT NULL DEFAULT '')",
    "CREATE TABLE operations (id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL REFERENCES filings,"
    " grp INTEGER NOT NULL, main INTEGER NOT NULL, source BLOB NOT NULL, destination BLOB NOT NULL,"
    " size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, digest TEXT NOT NULL,"
    " state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '')",
    "CREATE INDEX operations_by_group ON operations (run_id, grp)",
    "CREATE TABLE made_folders (run_id INTEGER NOT NULL REFERENCES filings, path BLOB NOT NULL,"
    " PRIMARY KEY (run_id, path))",
)

ADD_CONTENT = ("ALTER TABLE operations ADD COLUMN content BLOB",)
ADD_LOOKS = (
    "ALTER TABLE operations ADD COLUMN ctime_ns INTEGER",
    "ALTER TABLE filings ADD COLUMN ground TEXT NOT NULL DEFAULT ''",
)

ADD_REPLACES = (
    "ALTER TABLE operations ADD COLUMN replaces INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX operations_replacing ON operations (replaces) WHERE replaces <> 0",
)

INDEX_DESTINATIONS = "CREATE INDEX operations_by_destination ON operations (destination)"


class FilingState(StrEnum):
    """Where the filing of a whole run stands. `stopped` is a stop in good order, such as at a full disk."""

    APPLYING = "applying"
    STOPPED = "stopped"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


UNFINISHED = (FilingState.APPLYING, FilingState.STOPPED, FilingState.UNDOING)


@dataclass(frozen=True, slots=True)
class Filing:
    """The filing of one run.

    token    a part of the names of its temporary files, unlike that of any other run
    problem  why it stopped, for a stopped one
    ground   the folder above the destination when the run began, as `filing.ground` names it
    """

    run_id: int
    token: str
    source: Path
    destination: Path
    mode: str
    state: FilingState
    problem: str
    ground: str = ""


class Journal:
    """The journal of one run. Every change is durable when the method returns.

    Methods that write raise StoreError where the database cannot be written: then nothing more may be done
    to files.
    """

    def __init__(self, connection: sqlite3.Connection, run_id: int) -> None:
        """Open the journal of a run. Raises NoSuchRun where the run has filed nothing."""
        self._db, self.run_id = connection, run_id
        self._paths: dict[bytes, Path] = {}
        self.filing = read_filing(connection, run_id)

    @classmethod
    def begin(
        cls,
        connection: sqlite3.Connection,
        run_id: int,
        *,
        source: Path,
        destination: Path,
        mode: str,
        operations: Iterable[Operation],
        ground: str = "",
    ) -> Journal:
        """Write all operations of a run, planned or there already, in one transaction."""
        with _writing(connection):
            connection.execute(
                "INSERT INTO filings (run_id, token, source, destination, mode, state, ground)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (run_id, secrets.token_hex(4), *_encoded(source, destination), mode, FilingState.APPLYING, ground),
            )
            connection.executemany(
                "INSERT INTO operations"
                " (run_id, grp, main, source, destination, size, mtime_ns, digest, state, content, ctime_ns, replaces)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                ((run_id, *_row(operation)) for operation in operations),
            )
        FILES.turned(run_id, FilingState.APPLYING)
        return cls(connection, run_id)

    def groups(self, *states: State) -> list[tuple[Operation, ...]]:
        """Return the operations in these states, by group, in the order of the plan; a group may be part only."""
        groups: dict[int, list[Operation]] = {}
        for operation in self._operations(f"state IN ({', '.join('?' * len(states))})", *states):
            groups.setdefault(operation.group, []).append(operation)
        return [tuple(group) for group in groups.values()]

    def operations(self, *states: State) -> list[Operation]:
        """Return the operations in these states, in the order of the plan."""
        return [operation for group in self.groups(*states) for operation in group]

    def group(self, number: int) -> list[Operation]:
        """Return all operations of one group, whatever their state."""
        return self._operations("grp = ?", number)

    def counts(self) -> dict[State, int]:
        """Count the files in each state; states without a file are left out."""
        query = "SELECT state, count(*) FROM operations WHERE run_id = ? GROUP BY state"
        return {State(state): number for state, number in self._db.execute(query, (self.run_id,))}

    def mark(self, operations: Iterable[Operation], state: State, reason: str = "") -> None:
        """Give these operations a new state, all in one transaction."""
        rows = [(state, storable(reason), operation.id) for operation in operations]
        if rows:
            with _writing(self._db):
                self._db.executemany("UPDATE operations SET state = ?, reason = ? WHERE id = ?", rows)

    def rewrite(self, operation: Operation, content: bytes) -> None:
        """Let a file of photosort's own, which is still planned, say something else."""
        values = (packed_text(content), len(content), hashlib.sha256(content).hexdigest(), operation.id)
        with _writing(self._db):
            self._db.execute("UPDATE operations SET content = ?, size = ?, digest = ? WHERE id = ?", values)

    def hand_over(self, operation: Operation) -> bool:
        """Take a text back that a later run has put another one in the place of: an undo of that run gives back what
        was there before both. False where no later run has done so.
        """
        later = replaced_since(self._db, operation)
        if later:
            with _writing(self._db):
                before = (operation.replaces, operation.mtime_ns, later)
                self._db.execute("UPDATE operations SET replaces = ?, mtime_ns = ? WHERE id = ?", before)
                values = (State.UNDONE, operation.id)
                self._db.execute("UPDATE operations SET state = ?, reason = '' WHERE id = ?", values)
        return bool(later)

    def turn(self, state: FilingState, problem: str = "") -> None:
        """Give the whole filing a new state."""
        with _writing(self._db):
            values = (state, storable(problem), self.run_id)
            self._db.execute("UPDATE filings SET state = ?, problem = ? WHERE run_id = ?", values)
        FILES.turned(self.run_id, state)
        self.filing = read_filing(self._db, self.run_id)

    def making(self, folder: Path) -> None:
        """Write down that this run is about to make `folder`, which does not exist."""
        with _writing(self._db):
            self._db.execute("INSERT OR IGNORE INTO made_folders VALUES (?, ?)", (self.run_id, os.fsencode(folder)))

    def made_folders(self) -> list[Path]:
        """Return the folders that this run made, inner ones first."""
        rows = self._db.execute("SELECT path FROM made_folders WHERE run_id = ?", (self.run_id,)).fetchall()
        return sorted((Path(os.fsdecode(path)) for (path,) in rows), key=lambda path: len(path.parts), reverse=True)

    def folders_left(self) -> list[Path]:
        """Return folders that runs made which are undone by now, and into which this run has filed, inner ones first:
        they were not empty then.
        """
        rows = self._db.execute(
            "SELECT DISTINCT path FROM made_folders JOIN filings USING (run_id)"
            " WHERE state = ? AND destination = ? AND run_id <> ?",
            (FilingState.UNDONE, os.fsencode(self.filing.destination), self.run_id),
        )
        made = {Path(os.fsdecode(path)) for (path,) in rows}
        query = "SELECT DISTINCT destination FROM operations WHERE run_id = ?" if made else "SELECT 0 WHERE ? IS NULL"
        own = {Path(os.fsdecode(path)).parent for (path,) in self._db.execute(query, (self.run_id,))}
        inside = {above for folder in own for above in (folder, *folder.parents)}
        return sorted(made & inside, key=lambda path: len(path.parts), reverse=True)

    def _operations(self, where: str, *values: object) -> list[Operation]:
        query = (
            "SELECT source, destination, size, mtime_ns, digest, grp, main, state, reason, content, ctime_ns, id,"
            " replaces, (SELECT content FROM operations AS other WHERE other.id = operations.replaces)"
            f" FROM operations WHERE run_id = ? AND {where} ORDER BY id"
        )
        rows = self._db.execute(query, (self.run_id, *values)).fetchall()
        return [self._operation(row) for row in rows]

    def _operation(self, row: tuple[Any, ...]) -> Operation:
        source, destination, size, mtime_ns, digest, group, main, state, reason, content, ctime_ns, *rest = row
        paths = self._path(source), self._path(destination)
        number, replaces, before = rest
        placed = Operation(*paths, size, mtime_ns, digest, group, bool(main), State(state), reason)
        texts = (plain_text(content), plain_text(before))
        return replace(placed, content=texts[0], ctime_ns=ctime_ns, id=number, replaces=replaces, before=texts[1])

    def _path(self, encoded: bytes) -> Path:
        """Return the same object for equal paths: each is read some five times, and parsing costs more than a look at
        the disk.
        """
        known = self._paths.get(encoded)
        return known or self._paths.setdefault(encoded, Path(os.fsdecode(encoded)))


def _encoded(*paths: Path) -> tuple[bytes, ...]:
    return tuple(os.fsencode(path) for path in paths)


def _row(operation: Operation) -> tuple[object, ...]:
    paths = _encoded(operation.source, operation.destination)
    known = (operation.size, operation.mtime_ns, operation.digest)
    own = (operation.state, packed_text(operation.content), operation.ctime_ns, operation.replaces)
    return (operation.group, operation.main, *paths, *known, *own)


def read_filing(connection: sqlite3.Connection, run_id: int) -> Filing:
    """Return the filing of a run.

    Raises NoSuchRun where the run has filed nothing: it was a preview, or does not exist.
    """
    found = _filings(connection, "run_id = ?", run_id) if 0 < run_id <= LARGEST_ID else []
    if not found:
        known = 0 < run_id <= LARGEST_ID and connection.execute("SELECT 1 FROM runs WHERE id = ?", (run_id,)).fetchone()
        if not known:
            raise no_such_run(connection, run_id, ALL_RUNS)
        raise NoSuchRun(f"Run {run_id} was a preview and filed nothing", ALL_RUNS)
    return found[0]


def filings(connection: sqlite3.Connection) -> list[Filing]:
    """Return the filings of all runs, the newest first."""
    return _filings(connection, "1")


def unfinished(connection: sqlite3.Connection) -> list[Filing]:
    """Return the filings that were killed or stopped on their way, forth or back, the newest first."""
    return _filings(connection, f"state IN ({', '.join('?' * len(UNFINISHED))})", *UNFINISHED)


def _filings(connection: sqlite3.Connection, where: str, *values: object) -> list[Filing]:
    query = (
        "SELECT run_id, token, source, destination, mode, state, problem, ground FROM filings"
        f" WHERE {where} ORDER BY run_id DESC"
    )
    rows = connection.execute(query, values).fetchall()
    return [
        Filing(
            run_id, token, Path(os.fsdecode(source)), Path(os.fsdecode(destination)), mode, FilingState(state), *rest
        )
        for run_id, token, source, destination, mode, state, *rest in rows
    ]


@contextmanager
def _writing(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        with transaction(connection):
            yield
    except StoreError as error:
        problem = f"The journal cannot be written, so no file was touched after that: {error.problem}"
        raise type(error)(problem, f"{error.hint} {FILES.so_far}") from error
