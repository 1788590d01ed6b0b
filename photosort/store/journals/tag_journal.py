"""The journal of `photosort tag`: every file that tags are written into, written down before it happens.

The states are those of `store.journal`, as far as they apply:

    planned   the file has not been touched
    placing   the file holds what it held, or what it is to hold; whole in both cases
    done      it holds what it is to hold
    failed    left as it was, with the reason
    undoing   as placing, on the way back
    undone    as it was before, or gone where it was new
    kept      undo left it, with the reason
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from photosort.errors import NoSuchRun
from photosort.store.journals.journal import FilingState
from photosort.store.journals.operation import State
from photosort.store.journals.touched import FILES
from photosort.store.sqlite.database import LARGEST_ID, storable, transaction

MIGRATION = (
    "CREATE TABLE taggings (run_id INTEGER PRIMARY KEY REFERENCES runs, token TEXT NOT NULL, folder BLOB NOT NULL,"
    " state TEXT NOT NULL, problem TEXT NOT NULL DEFAULT '')",
    "CREATE TABLE tag_writes (id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL REFERENCES taggings, photo BLOB NOT NULL,"
    " path BLOB NOT NULL, tags TEXT NOT NULL, size INTEGER, mtime_ns INTEGER, digest TEXT NOT NULL, before BLOB,"
    " cut TEXT NOT NULL DEFAULT '', after BLOB, after_digest TEXT NOT NULL, state TEXT NOT NULL,"
    " reason TEXT NOT NULL DEFAULT '')",
    "CREATE INDEX tag_writes_by_run ON tag_writes (run_id)",
    "CREATE INDEX tag_writes_by_photo ON tag_writes (photo)",
    "CREATE INDEX tag_writes_by_digest ON tag_writes (after_digest)",
)
INDEX_EMBEDDED = (
    "CREATE INDEX tag_writes_embedded ON tag_writes (id, after_digest, digest)"
    " WHERE photo = path AND after_digest <> ''"
)

STANDING = (State.PLACING, State.DONE, State.UNDOING, State.KEPT)
"""States under which a file may hold the tags."""
_STATES = {
    FilingState.APPLYING: "tagging",
    FilingState.STOPPED: "tagging",
    FilingState.DONE: "tagged",
    FilingState.UNDOING: "untagging",
    FilingState.UNDONE: "untagged",
}


@dataclass(frozen=True, slots=True)
class TagWrite:
    """One file that tags are written into: a sidecar, or the photo itself.

    photo         the photo that the tags are of
    path          the file; the photo itself where the tags are embedded
    tags          what is written, for an embedded write: description, keywords, hierarchy
    size          bytes of the file before; None for a sidecar that was not there. So are `mtime_ns` (nanoseconds)
    digest        SHA-256 of the file before, empty for one that was not there
    before        what undo needs: the whole sidecar, or the part of a photo that was replaced
    cut           for a photo: where that part begins, and how many bytes have taken its place
    after         what a sidecar is to hold; None once it holds it
    after_digest  SHA-256 of that; empty for a photo that has not been prepared
    id            the row of the journal; 0 in a plan
    """

    photo: Path
    path: Path
    tags: dict[str, Any]
    size: int | None = None
    mtime_ns: int | None = None
    digest: str = ""
    before: bytes | None = None
    cut: tuple[int, int] | None = None
    after: bytes | None = None
    after_digest: str = ""
    state: State = State.PLANNED
    reason: str = ""
    id: int = 0

    @property
    def embedded(self) -> bool:
        """Whether the tags go into the photo itself."""
        return self.path == self.photo


@dataclass(frozen=True, slots=True)
class Tagging:
    """One run of `photosort tag`; `folder` holds all photos, `token` is a part of the names of its temporary files."""

    run_id: int
    token: str
    folder: Path
    state: FilingState
    problem: str = ""

    @property
    def destination(self) -> Path:
        """What is locked while it works."""
        return self.folder


class TagJournal:
    """The journal of one run of `photosort tag`. Every change is durable when the method returns.

    Methods that write raise StoreError where the database cannot be written: then nothing more may be done to files.
    """

    def __init__(self, connection: sqlite3.Connection, run_id: int) -> None:
        """Open the journal of a run. Raises NoSuchRun where the run has written no tags."""
        self._db, self.run_id = connection, run_id
        found = _taggings(connection, "run_id = ?", run_id)
        if not found:
            raise NoSuchRun(f"Run {run_id} has written no tags", "List all runs: photosort runs")
        self.tagging = found[0]

    @classmethod
    def begin(
        cls, connection: sqlite3.Connection, run_id: int, *, folder: Path, writes: Iterable[TagWrite]
    ) -> TagJournal:
        """Write down all that is to be written, in one transaction."""
        with transaction(connection):
            connection.execute(
                "INSERT INTO taggings (run_id, token, folder, state) VALUES (?, ?, ?, ?)",
                (run_id, secrets.token_hex(4), os.fsencode(folder), FilingState.APPLYING),
            )
            connection.executemany(
                "INSERT INTO tag_writes"
                " (run_id, photo, path, tags, size, mtime_ns, digest, before, after, after_digest, state)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                ((run_id, *_row(write)) for write in writes),
            )
        FILES.turned(run_id, _STATES[FilingState.APPLYING])
        return cls(connection, run_id)

    def writes(self, *states: State) -> list[TagWrite]:
        """Return the writes in these states, in the order of the plan."""
        query = (
            "SELECT photo, path, tags, size, mtime_ns, digest, before, cut, after, after_digest, state, reason, id"
            f" FROM tag_writes WHERE run_id = ? AND state IN ({', '.join('?' * len(states))}) ORDER BY id"
        )
        return [_write(*row) for row in self._db.execute(query, (self.run_id, *states))]

    def count(self, *states: State) -> int:
        """Count the writes in these states."""
        query = f"SELECT count(*) FROM tag_writes WHERE run_id = ? AND state IN ({', '.join('?' * len(states))})"
        return int(self._db.execute(query, (self.run_id, *states)).fetchone()[0])

    def written(self) -> tuple[int, int]:
        """Return how many files hold their tags, and of how many photos."""
        query = "SELECT count(*), count(DISTINCT photo) FROM tag_writes WHERE run_id = ? AND state = ?"
        files, photos = self._db.execute(query, (self.run_id, State.DONE)).fetchone()
        return int(files), int(photos)

    def mark(self, writes: Sequence[TagWrite], state: State, reason: str = "") -> None:
        """Give these writes a new state, all in one transaction."""
        if not writes:
            return
        with transaction(self._db):
            rows = [(state, storable(reason), write.id) for write in writes]
            self._db.executemany("UPDATE tag_writes SET state = ?, reason = ? WHERE id = ?", rows)
            if state is State.DONE:
                self._db.executemany("UPDATE tag_writes SET after = NULL WHERE id = ?", [(w.id,) for w in writes])

    def prepared(self, write: TagWrite, before: bytes, cut: tuple[int, int], after_digest: str) -> None:
        """Write down how an embedded write is taken back, and that it happens now."""
        with transaction(self._db):
            self._db.execute(
                "UPDATE tag_writes SET before = ?, cut = ?, after_digest = ?, state = ? WHERE id = ?",
                (before, json.dumps(cut), after_digest, State.PLACING, write.id),
            )

    def turn(self, state: FilingState, problem: str = "") -> None:
        """Give the whole run a new state."""
        with transaction(self._db):
            self._db.execute(
                "UPDATE taggings SET state = ?, problem = ? WHERE run_id = ?", (state, storable(problem), self.run_id)
            )
        FILES.turned(self.run_id, _STATES[state])
        (self.tagging,) = _taggings(self._db, "run_id = ?", self.run_id)


def taggings(connection: sqlite3.Connection) -> list[Tagging]:
    """Return all runs that wrote tags, the newest first."""
    return _taggings(connection, "1")


def is_tagging(connection: sqlite3.Connection, run_id: int) -> bool:
    """Return whether this run wrote tags."""
    return 0 < run_id <= LARGEST_ID and bool(_taggings(connection, "run_id = ?", run_id))


def tagged_photos(connection: sqlite3.Connection, run_id: int) -> int:
    """Count the photos that a run has written tags for, or was to."""
    query = "SELECT count(DISTINCT photo) FROM tag_writes WHERE run_id = ?"
    return int(connection.execute(query, (run_id,)).fetchone()[0])


def runs_tagging_files_of(connection: sqlite3.Connection, run_id: int) -> list[int]:
    """Return the runs whose tags stand beside or in files that the run `run_id` has put in their places, the newest
    first.
    """
    query = (
        f"SELECT DISTINCT run_id FROM tag_writes WHERE state IN ({', '.join('?' * len(STANDING))})"
        " AND photo IN (SELECT destination FROM operations WHERE run_id = ? AND content IS NULL) ORDER BY run_id DESC"
    )
    return [run for (run,) in connection.execute(query, (*STANDING, run_id))]


def files_of(connection: sqlite3.Connection, run_id: int) -> set[Path]:
    """Return where a run has put its files, or meant to."""
    query = "SELECT destination FROM operations WHERE run_id = ? AND content IS NULL"
    return {Path(os.fsdecode(path)) for (path,) in connection.execute(query, (run_id,))}


def untagged_digests(connection: sqlite3.Connection) -> dict[str, str]:
    """Map the digest of each photo that tags were embedded into to the one that it had before the first of them."""
    query = "SELECT after_digest, digest FROM tag_writes WHERE photo = path AND after_digest <> '' ORDER BY id"
    first = dict[str, str]()
    for after, before in connection.execute(query):
        first[after] = first.get(before, before)
    return first


def _taggings(connection: sqlite3.Connection, where: str, *values: object) -> list[Tagging]:
    query = f"SELECT run_id, token, folder, state, problem FROM taggings WHERE {where} ORDER BY run_id DESC"
    return [
        Tagging(run_id, token, Path(os.fsdecode(folder)), FilingState(state), problem)
        for run_id, token, folder, state, problem in connection.execute(query, values)
    ]


def _row(write: TagWrite) -> tuple[object, ...]:
    paths = (os.fsencode(write.photo), os.fsencode(write.path), json.dumps(write.tags))
    known = (write.size, write.mtime_ns, write.digest, write.before)
    return (*paths, *known, write.after, write.after_digest, write.state)


def _write(photo: bytes, path: bytes, tags: str, *rest: Any) -> TagWrite:
    size, mtime_ns, digest, before, cut, after, after_digest, state, reason, number = rest
    return TagWrite(
        Path(os.fsdecode(photo)),
        Path(os.fsdecode(path)),
        json.loads(tags),
        size,
        mtime_ns,
        digest,
        before,
        tuple(json.loads(cut)) if cut else None,
        after,
        after_digest,
        State(state),
        reason,
        number,
    )
