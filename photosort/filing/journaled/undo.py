"""Takes a run back."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from photosort.errors import DestinationError, NoSuchRun
from photosort.filing.disk.copying import Changed
from photosort.filing.disk.ground import is_removed
from photosort.filing.disk.opened import OpenedHomes
from photosort.filing.disk.place import InDoubt, is_full, look, reason_of, sync_folder
from photosort.filing.journaled.apply import Remark, batches
from photosort.filing.journaled.leaving import is_handed_over, remove_folders
from photosort.filing.journaled.revert import IN_DOUBT, Kept, Step, Verdict, clear_temporary, judge, relocate, take_back
from photosort.filing.journaled.whereabouts import find_elsewhere
from photosort.filing.plan.model import Mode
from photosort.store.journals.journal import FilingState, Journal
from photosort.store.journals.operation import Operation, State
from photosort.store.placed import STANDING, places_of_others
from photosort.support.printable import printable
from photosort.support.progress import Progress, silent

STAGE = "undoing"
_THREADS = 4
GONE = "was no longer there"


@dataclass(frozen=True, slots=True)
class UndoOutcome:
    """What became of an undo.

    files    taken back, over all its starts, without those that photosort itself has made
    gone     files that were no longer there when they were to be removed
    kept     files that stay, where they are now, with the reason; calling undo again tries them again
    remarks  files about which something has to be said: taken back, or left without the photo that they came after
    folders  removed
    stopped  why it stopped before its end; empty when it did not
    """

    mode: Mode
    files: int
    kept: tuple[Remark, ...]
    remarks: tuple[Remark, ...]
    folders: int
    stopped: str
    gone: int = 0


def undo(
    connection: sqlite3.Connection, run_id: int, *, again: bool = False, progress: Progress = silent
) -> UndoOutcome:
    """Take back what the run has done, last operation first, whether it was finished or not.

    Copies and links are removed where the original still has the content, moved files go back to their
    places. Every digest is compared first, and both files are looked at again directly before one is removed;
    nothing is overwritten; what the user changed since stays, with its companions, and is reported. Folders that
    the run made are removed where they are empty. A destination that the user has removed counts as empty. All of
    it is journalled, so that an undo which is killed can be called again. The caller holds the destination's lock.
    With `again`, a run that is taken back already is accepted: folders of it that have become empty since are removed.

    Raises NoSuchRun where the run has filed nothing, or is taken back already (not with `again`), DestinationError
    where its disk may not be connected, StoreError where the journal cannot be written.
    """
    journal = Journal(connection, run_id)
    groups = [group[::-1] for group in reversed(journal.groups(*STANDING))]
    if journal.filing.state is FilingState.UNDONE and not (groups or again):
        raise NoSuchRun(f"Run {run_id} has been undone already", "photosort runs lists all.")
    if groups:
        _check_there(journal, [operation for group in groups for operation in group])
    journal.turn(FilingState.UNDOING)
    total = sum(len(group) for group in groups)
    done = 0
    stopped = ""
    with ThreadPoolExecutor(_THREADS, "photosort-undo") as pool:
        undoing = _Undo(journal, pool)
        for batch in batches(groups):
            stopped = undoing.take_back(batch, partial(_further, progress, done, total))
            if stopped:
                break
            done += sum(len(group) for group in batch)
    folders = 0
    if stopped:
        journal.turn(FilingState.UNDOING, stopped)
    else:
        progress(STAGE, total, total)
        folders = remove_folders(journal)
        journal.turn(FilingState.UNDONE)
    _say_where(connection, journal)
    return _outcome(journal, folders)


def _further(progress: Progress, before: int, total: int, looked: int) -> None:
    progress(STAGE, before + looked, total)


def is_there(connection: sqlite3.Connection, run_id: int) -> bool:
    """Return whether there is a destination that `undo` can work in; False where the user has removed it.

    Raises NoSuchRun where the run has filed nothing, and DestinationError as `undo` does.
    """
    journal = Journal(connection, run_id)
    operations = [operation for group in journal.groups(*STANDING) for operation in group]
    return not operations or _check_there(journal, operations)


def _check_there(journal: Journal, operations: Sequence[Operation]) -> bool:
    destination = journal.filing.destination
    if destination.is_dir():
        return True
    if is_removed(journal.filing, operations):
        return False
    raise DestinationError(
        f"{destination} is not there",
        "Connect its disk, or mount it again. Where you have removed or renamed the folder: give it back its name, or"
        f" make an empty one of that name, then photosort undo {journal.run_id} ends the run and names what is gone.",
    )


class _Undo:
    def __init__(self, journal: Journal, pool: ThreadPoolExecutor) -> None:
        self._journal = journal
        self._pool = pool
        self._mode = Mode(journal.filing.mode)
        self._token = journal.filing.token

    def take_back(self, groups: Sequence[Sequence[Operation]], looked: Callable[[int], None]) -> str:
        """Take back a batch of groups, each whole or not at all; returns why no more can follow, or ''.

        `looked` gets the number of files that were looked at so far: to compare them takes far longer than the rest.
        """
        groups = [group for group in groups if not is_handed_over(self._journal, group)]
        operations = [operation for group in groups for operation in group]
        judged: dict[int, Verdict | Kept] = {}
        for operation, verdict in zip(operations, self._pool.map(self._judge, operations), strict=True):
            looked(len(judged))
            judged[operation.id] = verdict
        ready = []
        for group in groups:
            blocked = [(op, verdict) for op in group if isinstance(verdict := judged[op.id], Kept)]
            if blocked:
                self._keep(group, {op.id: str(kept) for op, kept in blocked})
            else:
                ready.append(group)
        self._journal.mark((op for group in ready for op in group), State.UNDOING)
        back: list[Operation] = []
        stopped = ""
        with OpenedHomes() as self._homes:
            self._open_homes(op for group in ready for op in group if _returns(judged[op.id]))
            for group in ready:
                stopped = stopped or self._take_back_group(group, judged, back)
        try:
            _sync(back)
        except OSError as error:
            return reason_of(error)  # what is back is judged again by the next start
        nothing = [op for op in back if isinstance(v := judged[op.id], Verdict) and v.step is Step.NOTHING]
        never = [op for op in nothing if op.state is State.PLACING]
        removable = [op for op in nothing if op.content is not None or self._mode is not Mode.MOVE]
        gone = [op for op in removable if op.state not in IN_DOUBT]
        self._journal.mark(back, State.UNDONE)
        self._journal.mark(never, State.PLANNED)
        self._journal.mark(gone, State.UNDONE, GONE)
        return stopped

    def _open_homes(self, operations: Iterable[Operation]) -> None:
        """Open the folders that files go back to before the first one does; what fails is met again, and said, then."""
        for path in {operation.source.parent: operation.source for operation in operations}.values():
            with suppress(OSError, Changed, InDoubt):
                self._homes.at(path)

    def _judge(self, operation: Operation) -> Verdict | Kept:
        in_doubt = operation.state in IN_DOUBT
        try:
            if in_doubt:
                clear_temporary(operation, self._token)
            return judge(operation, self._mode, in_doubt=in_doubt)
        except Kept as kept:
            return kept
        except OSError as error:
            return Kept(reason_of(error))
        except InDoubt as doubt:
            return Kept(str(doubt))

    def _take_back_group(
        self, group: Sequence[Operation], judged: dict[int, Verdict | Kept], back: list[Operation]
    ) -> str:
        """Add the group to `back`; where one file fails, the others of it go to the destination again."""
        done: list[Operation] = []
        for operation in group:
            try:
                self._take_back_one(operation, judged)
            except InDoubt as doubt:
                return str(doubt)  # the next start finds out what has happened
            except (OSError, Changed, Kept) as error:
                reason = printable(reason_of(error) if isinstance(error, OSError) else str(error))
                self._put_forth_again(done, judged, back)
                rest = [op for op in group if op not in back]
                self._keep(
                    rest,
                    {operation.id: "its old place is taken" if isinstance(error, FileExistsError) else reason},
                )
                return reason if is_full(error) else ""
            done.append(operation)
        back += done
        return ""

    def _take_back_one(self, operation: Operation, judged: dict[int, Verdict | Kept]) -> None:
        """Carry the verdict out; where either file was touched since, judge once more from their contents."""
        verdict = judged[operation.id]
        assert isinstance(verdict, Verdict)
        try:
            take_back(operation, verdict, self._token, self._homes)
        except Changed:
            judged[operation.id] = again = judge(operation, self._mode, in_doubt=operation.state in IN_DOUBT)
            take_back(operation, again, self._token, self._homes)

    def _put_forth_again(
        self, done: Iterable[Operation], judged: dict[int, Verdict | Kept], back: list[Operation]
    ) -> None:
        for operation in done:
            try:
                if not _returns(judged[operation.id]):
                    raise Changed
                origin = operation.source
                relocate(origin, operation.destination, operation, self._token, origin.lstat())
            except (OSError, Changed, InDoubt):
                back.append(operation)

    def _keep(self, group: Iterable[Operation], reasons: dict[int, str]) -> None:
        members = list(group)
        names = {op.id: printable(op.destination.name) for op in members}
        cause = next(number for number in reasons)
        for operation in members:
            reason = reasons.get(operation.id) or f"stays with {names[cause]}: {reasons[cause]}"
            self._journal.mark([operation], State.KEPT, reason)


def _returns(verdict: Verdict | Kept) -> bool:
    return isinstance(verdict, Verdict) and verdict.step is Step.RETURN


def _sync(operations: Iterable[Operation]) -> None:
    for folder in {folder for op in operations for folder in (op.source.parent, op.destination.parent)}:
        with suppress(FileNotFoundError):
            sync_folder(folder)


def _say_where(connection: sqlite3.Connection, journal: Journal) -> None:
    """Keep what has only changed its folder's name, and write down where it lies now; undo can try it again."""
    missing = [op for op in journal.operations(State.UNDONE) if op.reason == GONE]
    missing += [op for op in journal.operations(State.KEPT) if _is_gone(op)]
    others = places_of_others(connection, journal.run_id) if missing else set()
    for operation, place in find_elsewhere(journal.filing, missing, others):
        where = printable(os.path.relpath(place, journal.filing.destination.parent))
        journal.mark([operation], State.KEPT, f"its folder has another name now: it lies at {where}")


def _is_gone(operation: Operation) -> bool:
    try:
        return look(operation.destination) is None
    except OSError:
        return False


def _outcome(journal: Journal, folders: int) -> UndoOutcome:
    every = journal.operations(State.UNDONE)
    back = [op for op in every if op.content is None]
    gone = sum(op.reason == GONE for op in back)
    return UndoOutcome(
        mode=Mode(journal.filing.mode),
        files=len(back) - gone,
        kept=tuple(Remark(op.destination, op.reason) for op in journal.operations(State.KEPT)),
        remarks=tuple(Remark(op.destination, op.reason) for op in every if op.reason),
        folders=folders,
        stopped=journal.filing.problem,
        gone=gone,
    )
