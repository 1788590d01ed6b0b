"""What earlier runs mean for a run that begins."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from photosort.errors import Unfinished
from photosort.filing.disk.lock import is_held
from photosort.filing.plan.plan import Plan
from photosort.store.journals.journal import Filing, FilingState, filings, unfinished
from photosort.store.journals.tag_journal import untagged_digests
from photosort.store.placed import placed_below
from photosort.workflows.earlier_runs.standing import Standing


def refuse_over_unfinished(connection: sqlite3.Connection, destination: Path) -> None:
    """Raise Unfinished where a run into this destination stopped before it was done."""
    for filing in unfinished(connection):
        if filing.destination == destination:
            raise Unfinished(
                f"Run {filing.run_id} into {destination} stopped before it was done",
                f"Finish it: photosort resume {filing.run_id}. Or take it back: photosort undo {filing.run_id}",
            )


def unfinished_runs(connection: sqlite3.Connection, data_dir: Path) -> list[Filing]:
    """Return the runs that stopped half-way, into any destination, the newest first; without those in progress now."""
    return [filing for filing in unfinished(connection) if not is_held(filing.destination, data_dir)]


def lying_twice(connection: sqlite3.Connection, plan: Plan) -> Counter[int]:
    """Count, by run, the photos of a plan that the run has put into another folder of the same destination.

    What an undo has kept is not counted: the user has changed it.
    """
    undone = {filing.run_id for filing in filings(connection) if filing.state is FilingState.UNDONE}
    placed = placed_below(connection, plan.destination)
    runs = {
        copy.origin: copy.run_id
        for path, copy in placed.items()
        if not copy.own and copy.run_id not in undone and os.path.lexists(path)
    }
    coming = (photo for folder in plan.folders for photo in folder.photos if not photo.there)
    return Counter(runs[photo.source] for photo in coming if photo.source in runs)


def lying_again(
    standing: Standing, plan: Plan, digest: Callable[[Path], str], connection: sqlite3.Connection
) -> Counter[int]:
    """Count the photos of a plan that stand at the destination already, wherever the user has put them there, with or
    without tags in them; under the last run that filed there. `digest` reads a file, and may raise OSError for it.
    """
    was, there = untagged_digests(connection), set[str]()
    for photo in standing.photos:
        with suppress(OSError):
            now = digest(photo.path)
            there.add(was.get(now, now))
    coming = (photo.digest for folder in plan.folders for photo in folder.photos if not photo.there)
    count = sum(was.get(now, now) in there for now in coming)
    return Counter({standing.run: count} if count else {})
