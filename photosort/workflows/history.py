"""What can be done with a run that has filed photos: list it, finish it, take it back."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from photosort.errors import NoSuchRun, Unfinished
from photosort.filing.disk.lock import hold, is_held
from photosort.filing.journaled.apply import Outcome, Remark
from photosort.filing.journaled.resume import resume
from photosort.filing.journaled.undo import UndoOutcome, is_there, undo
from photosort.filing.plan.model import Mode
from photosort.filing.tagging.take_back import LEFT, Untagged, untag
from photosort.filing.tagging.write import TagOutcome
from photosort.store.history import open_history
from photosort.store.journals.journal import UNFINISHED, Filing, FilingState, Journal, filings, read_filing
from photosort.store.journals.operation import State
from photosort.store.journals.tag_journal import (
    Tagging,
    TagJournal,
    files_of,
    is_tagging,
    runs_tagging_files_of,
    tagged_photos,
    taggings,
)
from photosort.store.placed import left_beside, photos_there
from photosort.store.runs.packed import unpack_last
from photosort.store.runs.previews import no_such_run
from photosort.store.runs.runs import TAGS, Run, Runs
from photosort.support.progress import Progress, silent
from photosort.workflows.earlier_runs.gathering import COMMAND
from photosort.workflows.tag_files import holding, resume_tagging

ALL_RUNS = "photosort runs lists all runs."
_PREVIEWED = "previewed"


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run, its number of folders, photos, files (companions too), and the state of these; of its photos, `there` had
    their places already when it came to them, and `before` lay in their folders before it, which others have made.

    One that wrote tags has no folders. `companions` are those that it has brought.

    The state is the filing's own; "previewed" where it has touched no file, "cut off" or "undo cut off" if it stopped.
    """

    run: Run
    folders: int
    photos: int
    files: int
    state: str
    there: int = 0
    before: int = 0
    companions: int = 0


def past_runs(data_dir: Path) -> list[PastRun]:
    """Return all runs, the newest first."""
    with open_history(data_dir) as connection:
        runs = Runs(connection)
        states = {way.run_id: _state(way, data_dir) for way in _ways(connection)}
        there = photos_there(connection)
        sizes = {run.id: runs.sizes(run.id) for run in runs.all()}
        found = [
            PastRun(
                run,
                len(sizes[run.id]),
                sum(sizes[run.id].values()),
                runs.files(run.id),
                states.get(run.id, _PREVIEWED),
                there[run.id],
                runs.standing(run.id)[0],
                runs.companions_brought(run.id),
            )
            for run in runs.all()
        ]
        tagged = [
            PastRun(run, 0, photos := tagged_photos(connection, run.id), photos, states.get(run.id, _PREVIEWED))
            for run in runs.all(tags=True)
            if run.mode == TAGS
        ]
        return sorted((*found, *tagged), key=lambda past: -past.run.id)


def run_to_refine(data_dir: Path, number: int | None = None, *, beside: bool = False) -> Run:
    """Return the run of this number, or the last one by a criterion, whose photos are still where they were.

    Raises NoSuchRun, and Unfinished for one that has moved its photos, or has filed them and nothing says that the new
    folders may lie `beside` its own.
    """
    past = [one for one in past_runs(data_dir) if one.run.mode != TAGS]
    found = next((one for one in past if (_is_by_criterion(one.run) if number is None else one.run.id == number)), None)
    if found is None and number is not None:
        raise _no_such_run(data_dir, number)
    if found is None:
        raise NoSuchRun("No run was sorted by a criterion yet", 'Start with: photosort organize DIR --by "the mood"')
    if COMMAND in found.run.settings:
        raise NoSuchRun(f"Run {found.run.id} did not sort a folder", f"Name the run that did; {ALL_RUNS}")
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
    past = [one for one in past_runs(data_dir) if one.run.mode != TAGS]
    found = next((one for one in past if (not one.run.of_copies if number is None else one.run.id == number)), None)
    if found is None and number is not None:
        raise _no_such_run(data_dir, number)
    if found is None:
        raise NoSuchRun("Nothing has been organized yet", "Start with: photosort organize DIR --dry-run")
    if _has_filed(found):
        again = f"Take it back first: photosort undo {found.run.id}. Or name a dry run; {ALL_RUNS}"
        raise Unfinished(f"Run {found.run.id} has filed its photos", again)
    return found.run


def undo_run(
    data_dir: Path, number: int | None = None, *, progress: Progress = silent
) -> tuple[Filing, UndoOutcome] | tuple[Tagging, Untagged]:
    """Take back this run, or the last one that put something anywhere or wrote tags.

    Tags that were written beside or into the photos of a run are taken back before it: else they would keep their
    photos from going.

    Where an undo of that one left files in place, they are tried again. Where it is taken back whole, an older run is
    reached by its number alone, so that no other run is taken back by mistake.

    Raises NoSuchRun, Busy and what `undo` raises.
    """
    with open_history(data_dir) as connection:
        way = _last(connection) if number is None else _way(connection, number)
        if isinstance(way, Tagging):
            with holding(connection, way.folder, data_dir):
                return way, untag(connection, way.run_id, progress=progress)
        with hold(way.destination, data_dir):
            removed = not is_there(connection, way.run_id)
            tagged = runs_tagging_files_of(connection, way.run_id)
            kept = _untag_files_of(connection, way.run_id, tagged, removed=removed)
            outcome = undo(connection, way.run_id, again=bool(tagged), progress=progress)
            unpack_last(connection, os.fsencode(way.destination))
            remarks = (*outcome.remarks, *_left_beside(connection, way.run_id))
            return way, replace(outcome, kept=(*outcome.kept, *kept), remarks=remarks)


def resume_run(
    data_dir: Path, number: int | None = None, *, cache_dir: Path | None = None, progress: Progress = silent
) -> tuple[Filing, Outcome | UndoOutcome] | tuple[Tagging, TagOutcome | Untagged]:
    """Finish this run, or the last one that stopped half-way. The cache learns of photos that tags went into.

    Raises NoSuchRun, Busy, what `resume` raises, and ExifToolMissing where tags were to be embedded.
    """
    with open_history(data_dir) as connection:
        way = _half_way(connection) if number is None else _way(connection, number)
        if isinstance(way, Tagging):
            with holding(connection, way.folder, data_dir):
                if way.state is FilingState.UNDOING:
                    return way, untag(connection, way.run_id, progress=progress)
                return way, resume_tagging(connection, way.run_id, data_dir, cache_dir, progress=progress)
        with hold(way.destination, data_dir):
            return way, resume(connection, way.run_id, progress=progress)


def state_of(connection: sqlite3.Connection, run: Run, data_dir: Path) -> str:
    """Return the state of a run, as `PastRun` has it."""
    try:
        return _state(read_filing(connection, run.id), data_dir)
    except NoSuchRun:
        return _PREVIEWED


def _no_such_run(data_dir: Path, number: int) -> NoSuchRun:
    with open_history(data_dir) as connection:
        return no_such_run(connection, number, ALL_RUNS)


def _untag_files_of(
    connection: sqlite3.Connection, run: int, taggings: Sequence[int], *, removed: bool
) -> list[Remark]:
    """Take back the tags of the files of a run, which these runs have written; returns the sidecars that stay."""
    files = files_of(connection, run)
    return [
        kept
        for tagging in taggings
        for kept in untag(connection, tagging, of=files, removed=removed).kept
        if kept.path not in files
    ]


def _left_beside(connection: sqlite3.Connection, run: int) -> list[Remark]:
    """Return the files that came after photos which are taken back now, and stay, with what takes each back."""
    return [
        Remark(path, f"came after its photo, which is taken back; to take it back too: photosort undo {later}")
        for path, later in left_beside(connection, run)
        if os.path.lexists(path)
    ]


def _way(connection: sqlite3.Connection, number: int) -> Filing | Tagging:
    """Return what the journals say of a run. Raises NoSuchRun."""
    if is_tagging(connection, number):
        return TagJournal(connection, number).tagging
    return read_filing(connection, number)


def _ways(connection: sqlite3.Connection) -> list[Filing | Tagging]:
    """Return all runs that touched files, the newest first."""
    ways: list[Filing | Tagging] = [*filings(connection), *taggings(connection)]
    return sorted(ways, key=lambda way: -way.run_id)


def _state(filing: Filing | Tagging, data_dir: Path) -> str:
    cut_off = {FilingState.APPLYING: "cut off", FilingState.UNDOING: "undo cut off"}
    if filing.state in cut_off and not is_held(filing.destination, data_dir):
        return cut_off[filing.state]
    return filing.state.value


def _is_by_criterion(run: Run) -> bool:
    return bool(run.settings.get("by")) and not run.of_copies and COMMAND not in run.settings


def _has_filed(past: PastRun) -> bool:
    return past.state not in (_PREVIEWED, FilingState.UNDONE)


def _is_left(connection: sqlite3.Connection, filing: Filing | Tagging) -> bool:
    """Return whether there is something to take back: the run put something there, and it was not taken back whole."""
    if filing.state is not FilingState.UNDONE:
        return _did_something(connection, filing)
    return not _states(connection, filing).isdisjoint(LEFT if isinstance(filing, Tagging) else {State.KEPT})


def _last(connection: sqlite3.Connection) -> Filing | Tagging:
    """Return the last run that put something anywhere.

    Raises NoSuchRun where it is taken back, with the one before it.
    """
    undone = None
    for filing in _ways(connection):
        if _is_left(connection, filing):
            if undone is None:
                return filing
            raise NoSuchRun(
                f"Run {undone.run_id}, the last one, is undone already",
                f"The one before {_did(filing)}: photosort undo {filing.run_id}",
            )
        if undone is None and filing.state is FilingState.UNDONE and _did_something(connection, filing):
            undone = filing
    if undone is not None:
        raise NoSuchRun(
            f"Run {undone.run_id}, the last one, is undone already",
            f"No run before it has put anything anywhere. {ALL_RUNS}",
        )
    raise NoSuchRun("There is nothing to undo", ALL_RUNS)


def _did(way: Filing | Tagging) -> str:
    return f"{'wrote tags in' if isinstance(way, Tagging) else 'put photos into'} {way.destination}"


def _did_something(connection: sqlite3.Connection, filing: Filing | Tagging) -> bool:
    return bool(_states(connection, filing) - {State.THERE})


def _states(connection: sqlite3.Connection, way: Filing | Tagging) -> set[State]:
    if isinstance(way, Tagging):
        return {state for state in State if TagJournal(connection, way.run_id).count(state)}
    return set(Journal(connection, way.run_id).counts())


def _half_way(connection: sqlite3.Connection) -> Filing | Tagging:
    for way in _ways(connection):
        if way.state in UNFINISHED:
            return way
    raise NoSuchRun("No run was interrupted", ALL_RUNS)
