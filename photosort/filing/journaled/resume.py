"""Finishes a run that was killed or stopped on its way."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from photosort.errors import DestinationError, NoSuchRun
from photosort.filing.disk.ground import is_removed
from photosort.filing.disk.place import InDoubt, look, reason_of, same_file, sync_folder
from photosort.filing.disk.renaming import leads_to
from photosort.filing.journaled.apply import Outcome, carry_out, read_outcome
from photosort.filing.journaled.revert import clear_temporary, holds
from photosort.filing.journaled.undo import UndoOutcome, undo
from photosort.filing.plan.model import Mode
from photosort.store.journals.journal import UNFINISHED, FilingState, Journal
from photosort.store.journals.operation import Operation, State
from photosort.support.progress import Progress, silent


def resume(connection: sqlite3.Connection, run_id: int, *, progress: Progress = silent) -> Outcome | UndoOutcome:
    """Go on where the run was cut off: forth, or back where it was an undo that was cut off.

    Operations in doubt are settled by what the disk shows, so that none is done twice; where it cannot be read,
    the run stays stopped with the operation in doubt, and nothing is guessed. The caller holds the
    destination's lock. The outcome counts the whole run, not only its last part.

    Raises NoSuchRun where there is nothing to resume, DestinationError where the disk is not connected, and
    StoreError where the journal cannot be written.
    """
    journal = Journal(connection, run_id)
    if journal.filing.state not in UNFINISHED:
        raise NoSuchRun(
            f"Run {run_id} is {journal.filing.state}: there is nothing to resume", "photosort runs lists all."
        )
    if journal.filing.state is FilingState.UNDOING:
        return undo(connection, run_id, progress=progress)
    in_doubt = journal.operations(State.PLACING)
    _check_there(journal, [*in_doubt, *journal.operations(State.PLACED, State.DONE)])
    journal.turn(FilingState.APPLYING)
    for operation in in_doubt:
        try:
            state = _settle(operation, journal)
        except (OSError, InDoubt) as error:
            reason = reason_of(error) if isinstance(error, OSError) else str(error)
            journal.turn(FilingState.STOPPED, f"{operation.destination}: {reason}")
            return read_outcome(journal)
        journal.mark([operation], state)
    return carry_out(journal, progress)


def _check_there(journal: Journal, operations: Sequence[Operation]) -> None:
    destination = journal.filing.destination
    if not operations or destination.is_dir():
        return
    if is_removed(journal.filing, operations):
        raise DestinationError(
            f"{destination} is not there any more",
            f"Give the folder its name back, or end the run: photosort undo {journal.run_id}",
        )
    raise DestinationError(
        f"{destination} is not there",
        f"Connect its disk, or mount it again. Where you have removed it: photosort undo {journal.run_id}",
    )


def _settle(operation: Operation, journal: Journal) -> State:
    """Return what the disk says about an operation that a process was stopped in."""
    clear_temporary(operation, journal.filing.token)
    if not _happened(operation, Mode(journal.filing.mode)):
        return State.PLANNED
    sync_folder(operation.destination.parent)
    moves = journal.filing.mode == Mode.MOVE and operation.content is None
    moved_half = moves and look(operation.source) is not None
    return State.PLACED if moved_half else State.DONE


def _happened(operation: Operation, mode: Mode) -> bool:
    """Return whether the operation happened.

    The destination was free when it began: its content lies there only by it.
    """
    if operation.content is not None:
        return holds(operation.destination, operation)
    if mode is Mode.SYMLINK:
        return leads_to(operation.destination, operation.source)
    if mode is Mode.HARDLINK and same_file(Path(os.path.realpath(operation.source)), operation.destination):
        return True
    return holds(operation.destination, operation)
