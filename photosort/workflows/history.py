"""What can be done with a run that has filed photos: list it, finish it, take it back."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from photosort.errors import NoSuchRun, Unfinished
from photosort.filing.disk.lock import hold, is_held
from photosort.filing.journaled.apply import Outcome
from photosort.filing.journaled.resume import resume
from photosort.filing.journaled.undo import UndoOutcome, undo
from photosort.filing.plan.model import Mode
from photosort.store.history import open_history
from photosort.store.journal import Filing, FilingState, Journal, filings, read_filing, unfinished
from photosort.store.operation import State
from photosort.store.placed import photos_there
from photosort.store.previews import no_such_run
from photosort.store.runs import Run, Runs
from photosort.support.progress import Progress, silent

ALL_RUNS = "photosort runs lists all runs."
_PREVIEWED = "previewed"


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run, its number of folders, photos, files (companions too), and the state of these; of its photos, `there` had
    their places already when it came to them.

    The state is the filing's own; "previewed" where it has touched no file, "cut off" or "undo cut off" if it stopped.
    """

    run: Run
    folders: int
    photos: int
    files: int
    state: str
    there: int = 0


def past_runs(data_dir: Path) -> list[PastRun]:
    """Return all runs, the newest first."""
    with open_history(data_dir) as connection:
        runs = Runs(connection)
        states = {filing.run_id: _state(filing, data_dir) for filing in filings(connection)}
        there = photos_there(connection)
        sizes = {run.id: runs.sizes(run.id) for run in runs.all()}
        return [
            PastRun(
                run,
                len(sizes[run.id]),
                sum(sizes[run.id].values()),
                runs.files(run.id),
                states.get(run.id, _PREVIEWED),
                there[run.id],
            )
            for run in runs.all()
        ]


def run_to_refine(data_dir: Path, number: int | None = None, *, beside: bool = False) -> Run:
    """Return the run of this number, or the last one by a criterion, whose photos are still where they were.

    Raises NoSuchRun, and Unfinished for one that has moved its photos, or has filed them and nothing says that the new
    folders may lie `beside` its own.
    """
    past = past_runs(data_dir)
    found = next((one for one in past if (_is_by_criterion(one.run) if number is None else one.run.id == number)), None)
    if found is None and number is not None:
        raise _no_such_run(data_dir, number)
    if found is None:
        raise NoSuchRun("No run was sorted by a criterion yet", 'Start with: photosort organize DIR --by "the mood"')
    if _has_filed(found):
        undo = f"photosort undo {found.run.id}"
        if found.run.mode == Mode.MOVE:
            raise Unfinished(f"Run {found.run.id} has moved its photos", f"Take them back first: {undo}")
        if not beside:
            raise Unfinished(
                f"Run {found.run.id} has filed its photos", f"First: {undo}. Or file elsewhere with --out."
            )
    return found.run


def run_to_review(data_dir: Path, number: int | None = None) -> Run:
    """Return the run of this number, or the last one that organized, whose photos are still where they were.

    Raises NoSuchRun, and Unfinished for one that has filed its photos.
    """
    past = past_runs(data_dir)
    found = next((one for one in past if (not one.run.of_copies if number is None else one.run.id == number)), None)
    if found is None and number is not None:
        raise _no_such_run(data_dir, number)
    if found is None:
        raise NoSuchRun("Nothing has been organized yet", "Start with: photosort organize FOLDER --dry-run")
    if _has_filed(found):
        again = f"Take it back first: photosort undo {found.run.id}. Or name a dry run; {ALL_RUNS}"
        raise Unfinished(f"Run {found.run.id} has filed its photos", again)
    return found.run


def undo_run(data_dir: Path, number: int | None = None, *, progress: Progress = silent) -> tuple[Filing, UndoOutcome]:
    """Take back this run, or the last one that put something anywhere.

    Where an undo of that one left files in place, they are tried again. Where it is taken back whole, an older run is
    reached by its number alone, so that no other run is taken back by mistake.

    Raises NoSuchRun, Busy and what `undo` raises.
    """
    with open_history(data_dir) as connection:
        filing = _last(connection) if number is None else read_filing(connection, number)
        with hold(filing.destination, data_dir):
            return filing, undo(connection, filing.run_id, progress=progress)


def resume_run(
    data_dir: Path, number: int | None = None, *, progress: Progress = silent
) -> tuple[Filing, Outcome | UndoOutcome]:
    """Finish this run, or the last one that stopped half-way. Raises NoSuchRun, Busy and what `resume` raises."""
    with open_history(data_dir) as connection:
        filing = _half_way(connection) if number is None else read_filing(connection, number)
        with hold(filing.destination, data_dir):
            return filing, resume(connection, filing.run_id, progress=progress)


def state_of(connection: sqlite3.Connection, run: Run, data_dir: Path) -> str:
    """Return the state of a run, as `PastRun` has it."""
    try:
        return _state(read_filing(connection, run.id), data_dir)
    except NoSuchRun:
        return _PREVIEWED


def _no_such_run(data_dir: Path, number: int) -> NoSuchRun:
    with open_history(data_dir) as connection:
        return no_such_run(connection, number, ALL_RUNS)


def _state(filing: Filing, data_dir: Path) -> str:
    cut_off = {FilingState.APPLYING: "cut off", FilingState.UNDOING: "undo cut off"}
    if filing.state in cut_off and not is_held(filing.destination, data_dir):
        return cut_off[filing.state]
    return filing.state.value


def _is_by_criterion(run: Run) -> bool:
    return bool(run.settings.get("by")) and not run.of_copies


def _has_filed(past: PastRun) -> bool:
    return past.state not in (_PREVIEWED, FilingState.UNDONE)


def _is_left(connection: sqlite3.Connection, filing: Filing) -> bool:
    """Return whether there is something to take back: the run put something there, and it was not taken back whole."""
    if filing.state is not FilingState.UNDONE:
        return _did_something(connection, filing)
    return State.KEPT in Journal(connection, filing.run_id).counts()


def _last(connection: sqlite3.Connection) -> Filing:
    """Return the last run that put something anywhere.

    Raises NoSuchRun where it is taken back, with the one before it.
    """
    undone = None
    for filing in filings(connection):
        if _is_left(connection, filing):
            if undone is None:
                return filing
            raise NoSuchRun(
                f"Run {undone.run_id}, the last one, is undone already",
                f"The one before put photos into {filing.destination}: photosort undo {filing.run_id}",
            )
        if undone is None and filing.state is FilingState.UNDONE and _did_something(connection, filing):
            undone = filing
    raise NoSuchRun("There is nothing to undo", ALL_RUNS)


def _did_something(connection: sqlite3.Connection, filing: Filing) -> bool:
    return bool(Journal(connection, filing.run_id).counts().keys() - {State.THERE})


def _half_way(connection: sqlite3.Connection) -> Filing:
    for filing in unfinished(connection):
        return filing
    raise NoSuchRun("No run was interrupted", ALL_RUNS)
