"""Leaves a group of files where it was, when one of them cannot be placed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from photosort.filing.disk.copying import Changed
from photosort.filing.disk.opened import OpenedHomes
from photosort.filing.disk.place import InDoubt, look, reason_of, sync_folder
from photosort.filing.disk.renaming import remove
from photosort.filing.journaled.revert import Kept, judge, take_back
from photosort.filing.journaled.rewriting import temporary_name
from photosort.filing.plan.model import Mode
from photosort.store.journals.journal import Journal
from photosort.store.journals.operation import Operation, State
from photosort.support.printable import printable

_OPEN = (State.PLANNED, State.PLACING, State.PLACED, State.DONE)


def give_up(
    journal: Journal,
    group: Sequence[Operation],
    placed: Sequence[Operation],
    failed: Operation,
    reason: str,
    *,
    again: bool,
) -> None:
    """Take back what of the group is `placed`, or was by an earlier start, and write down why.

    With `again` the group is planned once more; else it has failed for `reason`, a text that can be shown. Raises
    InDoubt, with the group's operations in doubt, where the disk does not say what lies where.
    """
    members = journal.group(group[0].group)
    known = {operation.id for operation in placed}
    earlier = [op for op in members if op.state in (State.PLACED, State.DONE) and op.id not in known]
    stuck = _take_back(journal, [*earlier, *placed])
    for operation in (member for member in members if member.state in _OPEN):
        told = reason if operation.id == failed.id else f"stays with {printable(failed.source.name)}: {reason}"
        told += _leftover(operation, journal.filing.token)
        if operation.id in stuck:
            _mark_stuck(journal, operation, told, stuck[operation.id])
        else:
            journal.mark([operation], State.PLANNED if again else State.FAILED, "" if again else told)
    for folder in {folder for op in placed for folder in (op.source.parent, op.destination.parent)}:
        if look(folder) is not None:
            sync_folder(folder)


def _take_back(journal: Journal, operations: Sequence[Operation]) -> dict[int, str]:
    """Returns why some of them stay where they are, by their numbers."""
    stuck: dict[int, str] = {}
    with OpenedHomes() as homes:
        for operation in operations:
            try:
                verdict = judge(operation, Mode(journal.filing.mode), in_doubt=True)
                take_back(operation, verdict, journal.filing.token, homes)
            except (Kept, Changed) as kept:
                stuck[operation.id] = printable(str(kept))
            except OSError as held:
                stuck[operation.id] = reason_of(held)
    return stuck


def _leftover(operation: Operation, token: str) -> str:
    """Remove the unfinished copy; returns what has to be said of one that stays."""
    temporary = operation.destination.parent / temporary_name(operation, token)
    try:
        remove(temporary)
    except (OSError, InDoubt):
        return f"; an unfinished copy lies at {printable(str(temporary))}"
    return ""


def _mark_stuck(journal: Journal, operation: Operation, told: str, why: str) -> None:
    """A moved file that cannot go back is done; a copy that cannot be removed is kept, and undo tries it again."""
    lies, there = _is_there(operation.destination), _is_there(operation.source)
    if journal.filing.mode == Mode.MOVE and not there:
        journal.mark([operation], State.DONE, f"could not be put back: {why}")
    elif lies:
        journal.mark([operation], State.KEPT, f"{told}; a copy lies at {printable(str(operation.destination))}, {why}")
    else:
        journal.mark([operation], State.FAILED, f"{told}; {why}")


def _is_there(path: Path) -> bool:
    try:
        return look(path) is not None
    except OSError as error:
        raise InDoubt(reason_of(error)) from error
