"""What the journal says lies below a folder because an earlier run has put it there."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from photosort.store.operation import State

STANDING = (State.PLACING, State.PLACED, State.DONE, State.UNDOING, State.KEPT)
"""States under which the file of an operation may lie at its destination."""


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


def places_of_others(connection: sqlite3.Connection, run_id: int) -> set[Path]:
    """Return where all runs but this one have put their files, or meant to."""
    rows = connection.execute("SELECT destination FROM operations WHERE run_id <> ?", (run_id,))
    return {Path(os.fsdecode(path)) for (path,) in rows}
