"""What can be done with a run that has filed photos: list it, finish it, take it back."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from photosort.errors import NoSuchRun
from photosort.filing.apply import Outcome
from photosort.filing.lock import hold
from photosort.filing.resume import resume
from photosort.filing.undo import UndoOutcome, undo
from photosort.progress import Progress, silent
from photosort.store.history import open_history
from photosort.store.journal import UNFINISHED, Filing, FilingState, filings, read_filing
from photosort.store.runs import Run, Runs

UNDOABLE = (*UNFINISHED, FilingState.DONE)


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run, its number of folders and photos, and the state of its files ("previewed" where it has touched none)."""

    run: Run
    folders: int
    photos: int
    state: str


def past_runs(data_dir: Path) -> list[PastRun]:
    """All runs, the newest first."""
    with open_history(data_dir) as connection:
        runs = Runs(connection)
        states = {filing.run_id: filing.state.value for filing in filings(connection)}
        sizes = {run.id: runs.sizes(run.id) for run in runs.all()}
        return [
            PastRun(run, len(sizes[run.id]), sum(sizes[run.id].values()), states.get(run.id, "previewed"))
            for run in runs.all()
        ]


def undo_run(data_dir: Path, number: int | None = None, *, progress: Progress = silent) -> tuple[Filing, UndoOutcome]:
    """Take back this run, or the last that was not. Raises NoSuchRun, Busy and what `undo` raises."""
    with open_history(data_dir) as connection:
        filing = _pick(connection, number, UNDOABLE, "There is nothing to take back")
        with hold(filing.destination, data_dir):
            return filing, undo(connection, filing.run_id, progress=progress)


def resume_run(
    data_dir: Path, number: int | None = None, *, progress: Progress = silent
) -> tuple[Filing, Outcome | UndoOutcome]:
    """Finish this run, or the last one that stopped half-way. Raises NoSuchRun, Busy and what `resume` raises."""
    with open_history(data_dir) as connection:
        filing = _pick(connection, number, UNFINISHED, "No run has stopped half-way")
        with hold(filing.destination, data_dir):
            return filing, resume(connection, filing.run_id, progress=progress)


def _pick(connection: sqlite3.Connection, number: int | None, states: Collection[FilingState], none: str) -> Filing:
    if number is not None:
        return read_filing(connection, number)
    fitting = [filing for filing in filings(connection) if filing.state in states]
    if not fitting:
        raise NoSuchRun(none, "photosort runs lists all runs.")
    return max(fitting, key=lambda filing: filing.run_id)
