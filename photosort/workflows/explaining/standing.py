"""Which run counts: the one whose photos lie on disk, before any that was a preview or was taken back.

A run that put copies apart never counts by itself: it says nothing of why photos lie where they do.
"""

from __future__ import annotations

import sqlite3

from photosort.store.placed import standing_runs
from photosort.store.runs.runs import Run, Runs


def ranked(connection: sqlite3.Connection) -> list[Run]:
    """Return all runs: those that stand on disk, then those that do not, then previews, then those that put copies
    apart; each the newest first.

    Raises NoSuchRun where there is none.
    """
    runs, there = Runs(connection), standing_runs(connection)
    return sorted(runs.all() or [runs.last()], key=lambda run: (run.of_copies, run.id not in there, run.previewed))


def run_meant(connection: sqlite3.Connection, number: int | None) -> tuple[Run, Run | None]:
    """Return the run that counts where no path says which, and a later one that it stands before, None without one.

    That is the last run; but where it is a preview, or was taken back, it is the last one that stands on disk from the
    same source or at the same destination: a dry run does not hide what lies there, and of several runs into one
    destination the newest knows the photos of all. A `number` names the run itself. Raises NoSuchRun.
    """
    runs = Runs(connection)
    if number is not None:
        return runs.get(number), None
    last, there = runs.last(), standing_runs(connection)
    if last.id in there:
        return last, None
    standing = [run for run in runs.all() if run.id in there and not run.of_copies]
    for run in standing:
        if run.source == last.source or run.destination == last.destination:
            return next(one for one in standing if one.destination == run.destination), last
    return last, None
