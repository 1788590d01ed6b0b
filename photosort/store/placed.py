"""What the journal says lies below a folder because an earlier run has put it there."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from photosort.store.journals.journal import FilingState
from photosort.store.journals.operation import State
from photosort.store.runs.packed import unpack
from photosort.store.runs.records import FOLLOWING

STANDING = (State.PLACING, State.PLACED, State.DONE, State.UNDOING, State.KEPT)
"""States under which the file of an operation may lie at its destination."""
LOOKUP = 500
"""Paths that are asked for at once."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A copy of or a link to `origin`, or a file about its folder that photosort has written.

    Size in bytes, time and digest are what the run has given it, or seen of the origin; `folder` is where the run
    filed to.
    """

    origin: Path
    size: int
    mtime_ns: int
    digest: str
    own: bool
    run_id: int
    folder: Path


def standing_runs(connection: sqlite3.Connection) -> set[int]:
    """Return the runs that have filed photos and were not taken back.

    A run that found photos at their places stands as long as another run that has put them there.
    """
    put = f"state IN ({', '.join('?' * len(STANDING))})"
    query = (
        "SELECT run_id FROM filings f WHERE f.state <> ? AND EXISTS (SELECT 1 FROM operations o"
        f" WHERE o.run_id = f.run_id AND content IS NULL AND (o.{put} OR o.state = ?"
        f" AND destination IN (SELECT destination FROM operations WHERE content IS NULL AND {put})))"
    )
    values = (FilingState.UNDONE, *STANDING, State.THERE, *STANDING)
    return {run for (run,) in connection.execute(query, values)}


def following_runs(connection: sqlite3.Connection) -> set[int]:
    """Return the runs that only put files beside photos which were there already."""
    rows = connection.execute("SELECT id FROM runs WHERE json_extract(settings, '$.command') = ?", (FOLLOWING,))
    return {run for (run,) in rows}


def states_at(connection: sqlite3.Connection, path: Path) -> set[State]:
    """Return the states of all operations, of whatever run, that have this destination."""
    rows = connection.execute("SELECT DISTINCT state FROM operations WHERE destination = ?", (os.fsencode(path),))
    return {State(state) for (state,) in rows}


def photos_there(connection: sqlite3.Connection) -> Counter[int]:
    """Count, by run, the photos that were at their places already when the run came to them."""
    query = "SELECT run_id, count(*) FROM operations WHERE main AND content IS NULL AND state = ? GROUP BY run_id"
    return Counter(dict(connection.execute(query, (State.THERE,))))


def placed_below(connection: sqlite3.Connection, folder: Path) -> dict[Path, Placed]:
    """Map each file below `folder` that a run has put there and not taken back to what it is.

    What a move has put there is not among them: it is not a copy. The files may be gone by now.
    """
    below = os.fsencode(folder).rstrip(b"/") + b"/"
    query = (
        "SELECT o.destination, o.source, o.size, o.mtime_ns, o.digest, o.content IS NOT NULL, run_id, f.destination"
        " FROM operations o JOIN filings f USING (run_id)"
        f" WHERE o.destination >= ? AND o.destination < ? AND o.state IN ({', '.join('?' * len(STANDING))})"
        " AND (f.mode <> 'move' OR o.content IS NOT NULL) ORDER BY o.id"
    )
    rows = connection.execute(query, (below, below[:-1] + b"0", *STANDING))
    return {
        Path(os.fsdecode(place)): Placed(
            Path(os.fsdecode(origin)), size, mtime_ns, digest, bool(own), run_id, Path(os.fsdecode(into))
        )
        for place, origin, size, mtime_ns, digest, own, run_id, into in rows
    }


def moved_from(connection: sqlite3.Connection, destination: Path, folders: Iterable[Path]) -> dict[Path, list[Placed]]:
    """Map each of these folders to the photos that runs have moved out of it, and not out of one inside, to a
    destination.
    """
    wanted = {os.fsencode(folder): folder for folder in folders}
    query = (
        "SELECT o.source, o.size, o.mtime_ns, o.digest, run_id FROM operations o JOIN filings f USING (run_id)"
        " WHERE f.destination = ? AND f.mode = 'move' AND o.main AND o.content IS NULL"
        f" AND o.state IN ({', '.join('?' * len(STANDING))})"
    )
    found: dict[Path, list[Placed]] = {}
    for source, size, mtime_ns, digest, run in connection.execute(query, (os.fsencode(destination), *STANDING)):
        if folder := wanted.get(os.path.dirname(source)):  # noqa: PTH120 (bytes, of which most are not wanted)
            photo = Placed(Path(os.fsdecode(source)), size, mtime_ns, digest, False, run, destination)
            found.setdefault(folder, []).append(photo)
    return found


def taken_back(connection: sqlite3.Connection, destination: Path, command: str) -> dict[Path, tuple[int, int]]:
    """Return the files that runs of this command have put into a destination, and that an undo has taken back, by their
    origins: size in bytes, and modification time in nanoseconds. So are files that followed their photos.
    """
    query = (
        "SELECT o.source, o.size, o.mtime_ns FROM operations o JOIN filings f USING (run_id)"
        " JOIN runs r ON r.id = run_id WHERE f.destination = ? AND o.content IS NULL AND o.state = ?"
        " AND json_extract(r.settings, '$.command') IN (?, ?)"
    )
    rows = connection.execute(query, (os.fsencode(destination), State.UNDONE, command, FOLLOWING))
    return {Path(os.fsdecode(source)): (size, mtime_ns) for source, size, mtime_ns in rows}


def left_beside(connection: sqlite3.Connection, run_id: int) -> list[tuple[Path, int]]:
    """Return the files that other runs have put beside photos of this run which are taken back by now, and the run of
    each. The files may be gone by now.
    """
    standing = f"({', '.join('?' * len(STANDING))})"
    query = (
        "SELECT o.destination, o.run_id FROM operations o JOIN companions c ON c.run = o.run_id AND c.path = o.source"
        f" WHERE o.run_id <> ? AND NOT o.main AND o.content IS NULL AND o.state IN {standing} AND c.photo IN"
        " (SELECT destination FROM operations WHERE run_id = ? AND main AND state = ?) ORDER BY o.id"
    )
    rows = connection.execute(query, (run_id, *STANDING, run_id, State.UNDONE))
    return [(Path(os.fsdecode(path)), run) for path, run in rows]


def places_of_others(connection: sqlite3.Connection, run_id: int) -> set[Path]:
    """Return where all runs but this one have put their files, or meant to."""
    rows = connection.execute("SELECT destination FROM operations WHERE run_id <> ?", (run_id,))
    return {Path(os.fsdecode(path)) for (path,) in rows}


def run_at(connection: sqlite3.Connection, path: Path) -> tuple[int, Path] | None:
    """Return the last run that has put a file at `path`, or found it there, with the file that it comes from."""
    states = (*STANDING, State.THERE)
    row = connection.execute(
        "SELECT run_id, source FROM operations WHERE destination = ? AND content IS NULL"
        f" AND state IN ({', '.join('?' * len(states))}) ORDER BY id DESC LIMIT 1",
        (os.fsencode(path), *states),
    ).fetchone()
    return row and (int(row[0]), Path(os.fsdecode(row[1])))


def places_of(connection: sqlite3.Connection, run_id: int, origins: Iterable[Path]) -> dict[Path, Path]:
    """Map photos to where a run has put them, without those that it has not put anywhere, or has taken back."""
    states, wanted = (*STANDING, State.THERE), [os.fsencode(origin) for origin in origins]
    found: dict[Path, Path] = {}
    for start in range(0, len(wanted), LOOKUP):
        part = wanted[start : start + LOOKUP]
        query = (
            "SELECT source, destination FROM operations WHERE run_id = ?"
            f" AND state IN ({', '.join('?' * len(states))}) AND source IN ({', '.join('?' * len(part))})"
        )
        rows = connection.execute(query, (run_id, *states, *part))
        found |= {Path(os.fsdecode(source)): Path(os.fsdecode(place)) for source, place in rows}
    return found


def sizes_placed(connection: sqlite3.Connection, run_id: int) -> set[int]:
    """Return the sizes, in bytes, of the files that a run has put anywhere, or that earlier ones have put where they
    stood.
    """
    unpack(connection, run_id)
    query = (
        "SELECT DISTINCT size FROM operations WHERE content IS NULL AND (run_id = ?"
        " OR digest IN (SELECT digest FROM members WHERE run = ? AND standing))"
    )
    rows = connection.execute(query, (run_id, run_id))
    return {int(size) for (size,) in rows}
