"""What can be done with a run that has filed photos: list it, finish it, take it back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from photosort.errors import Interrupted, NoSuchRun
from photosort.filing.apply import Outcome
from photosort.filing.lock import hold, is_held
from photosort.filing.resume import resume
from photosort.filing.undo import UndoOutcome, undo
from photosort.progress import Progress, silent
from photosort.store.history import open_history
from photosort.store.journal import Filing, FilingState, Journal, State, filings, read_filing, unfinished
from photosort.store.runs import Run, Runs


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run, its number of folders, photos, files (companions too), and the state of these.

    The state is the filing's own; "previewed" where it has touched no file, "cut off" or "undo cut off" where nobody
    works on it any more.
    """

    run: Run
    folders: int
    photos: int
    files: int
    state: str


def past_runs(data_dir: Path) -> list[PastRun]:
    """All runs, the newest first."""
    with open_history(data_dir) as connection:
        runs = Runs(connection)
        states = {filing.run_id: _state(filing, data_dir) for filing in filings(connection)}
        sizes = {run.id: runs.sizes(run.id) for run in runs.all()}
        return [
            PastRun(
                run,
                len(sizes[run.id]),
                sum(sizes[run.id].values()),
                runs.files(run.id),
                states.get(run.id, "previewed"),
            )
            for run in runs.all()
        ]


def undo_run(data_dir: Path, number: int | None = None, *, progress: Progress = silent) -> tuple[Filing, UndoOutcome]:
    """Take back this run, or the newest that is not taken back whole.

    A run of which an undo left files in place comes before all older ones: they are tried again. An older run is
    reached over it by its number alone, so that nobody takes back a run that was not meant.

    Raises NoSuchRun, Busy and what `undo` raises.
    """
    with open_history(data_dir) as connection:
        left = (filing for filing in filings(connection) if _is_left(connection, filing))
        filing = _pick(connection, number, left, "There is nothing to take back")
        with hold(filing.destination, data_dir), _resumable(filing):
            return filing, undo(connection, filing.run_id, progress=progress)


def filed_into(data_dir: Path, destination: Path) -> Filing | None:
    """The newest run of which something lies in `destination`."""
    with open_history(data_dir) as connection:
        into = (filing for filing in filings(connection) if filing.destination == destination)
        return next((filing for filing in into if _is_left(connection, filing)), None)


def unfinished_runs(data_dir: Path) -> list[Filing]:
    """The runs that were killed or stopped on their way, forth or back, into any destination; the newest first.

    A run that is on its way now is not among them.
    """
    with open_history(data_dir) as connection:
        return [filing for filing in unfinished(connection) if not is_held(filing.destination, data_dir)]


def resume_run(
    data_dir: Path, number: int | None = None, *, progress: Progress = silent
) -> tuple[Filing, Outcome | UndoOutcome]:
    """Finish this run, or the last one that stopped half-way. Raises NoSuchRun, Busy and what `resume` raises."""
    with open_history(data_dir) as connection:
        filing = _pick(connection, number, unfinished(connection), "No run has stopped half-way")
        with hold(filing.destination, data_dir), _resumable(filing):
            return filing, resume(connection, filing.run_id, progress=progress)


@contextmanager
def _resumable(filing: Filing) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt as error:
        raise Interrupted(
            f"Run {filing.run_id} was stopped on its way", f"Go on: photosort resume {filing.run_id}"
        ) from error


def _state(filing: Filing, data_dir: Path) -> str:
    cut_off = {FilingState.APPLYING: "cut off", FilingState.UNDOING: "undo cut off"}
    if filing.state in cut_off and not is_held(filing.destination, data_dir):
        return cut_off[filing.state]
    return filing.state.value


def _is_left(connection: sqlite3.Connection, filing: Filing) -> bool:
    """Whether there is something to take back: the run put something there, and it was not taken back whole."""
    states = Journal(connection, filing.run_id).counts().keys()
    return State.KEPT in states or (filing.state is not FilingState.UNDONE and bool(states - {State.THERE}))


def _pick(connection: sqlite3.Connection, number: int | None, fitting: Iterable[Filing], none: str) -> Filing:
    """The run of that number, or the first that fits."""
    if number is not None:
        return read_filing(connection, number)
    for filing in fitting:
        return filing
    raise NoSuchRun(none, "photosort runs lists all runs.")
