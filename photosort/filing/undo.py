"""Takes a run back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

from photosort.errors import DestinationError, NoSuchRun
from photosort.filing.apply import Remark, batches
from photosort.filing.copying import Changed
from photosort.filing.facts import Mode
from photosort.filing.place import is_full, reason_of, sync_folder
from photosort.filing.takeback import IN_DOUBT, Kept, Step, clear_temporary, judge, relocate, take_back
from photosort.printable import printable
from photosort.progress import Progress, silent
from photosort.store.journal import FilingState, Journal, Operation, State
from photosort.store.placed import STANDING

_THREADS = 4


@dataclass(frozen=True, slots=True)
class UndoOutcome:
    """What became of an undo.

    files    taken back, over all its starts, without those that photosort itself has made
    kept     files that stay at the destination, with the reason; calling undo again tries them again
    remarks  files taken back about which something has to be said
    folders  removed
    stopped  why it stopped before its end; empty when it did not
    """

    mode: Mode
    files: int
    kept: tuple[Remark, ...]
    remarks: tuple[Remark, ...]
    folders: int
    stopped: str


def undo(connection: sqlite3.Connection, run_id: int, *, progress: Progress = silent) -> UndoOutcome:
    """Take back what the run has done, last operation first, whether it was finished or not.

    Copies and links are removed where the original still has the content, moved files go back to their
    places. Every digest is compared first; nothing is overwritten; what the user changed since stays, with
    its companions, and is reported. Folders that the run made are removed where they are empty. All of it
    is journalled, so that an undo which is killed can be called again. The caller holds the destination's
    lock.

    Raises NoSuchRun where the run has filed nothing or is taken back already, DestinationError where the
    destination is not there, StoreError where the journal cannot be written.
    """
    journal = Journal(connection, run_id)
    groups = [group[::-1] for group in reversed(journal.groups(*STANDING))]
    if journal.filing.state is FilingState.UNDONE and not groups:
        raise NoSuchRun(f"Run {run_id} has been taken back already", "photosort runs lists all.")
    if groups and not journal.filing.destination.is_dir():
        raise DestinationError(f"{journal.filing.destination} is not there", "Connect its disk, or mount it again.")
    journal.turn(FilingState.UNDOING)
    total = sum(len(group) for group in groups)
    done = 0
    stopped = ""
    with ThreadPoolExecutor(_THREADS, "photosort-undo") as pool:
        undoing = _Undo(journal, pool)
        for batch in batches(groups):
            progress("undoing", done, total)
            stopped = undoing.take_back(batch)
            if stopped:
                break
            done += sum(len(group) for group in batch)
    folders = 0
    if stopped:
        journal.turn(FilingState.UNDOING, stopped)
    else:
        progress("undoing", total, total)
        folders = _remove_folders(journal)
        journal.turn(FilingState.UNDONE)
    return _outcome(journal, folders)


class _Undo:
    def __init__(self, journal: Journal, pool: ThreadPoolExecutor) -> None:
        self._journal = journal
        self._pool = pool
        self._mode = Mode(journal.filing.mode)
        self._token = journal.filing.token

    def take_back(self, groups: Sequence[Sequence[Operation]]) -> str:
        """Take back a batch of groups, each whole or not at all; returns why no more can follow, or ''."""
        operations = [operation for group in groups for operation in group]
        judged = dict(zip([op.id for op in operations], self._pool.map(self._judge, operations), strict=True))
        ready = []
        for group in groups:
            blocked = [(op, judged[op.id]) for op in group if isinstance(judged[op.id], Kept)]
            if blocked:
                self._keep(group, {op.id: str(kept) for op, kept in blocked})
            else:
                ready.append(group)
        self._journal.mark((op for group in ready for op in group), State.UNDOING)
        back: list[Operation] = []
        stopped = ""
        for group in ready:
            stopped = stopped or self._take_back_group(group, judged, back)
        _sync(back)
        gone = [
            op
            for op in back
            if judged[op.id] is Step.NOTHING and op.state not in IN_DOUBT and self._mode is not Mode.MOVE
        ]
        self._journal.mark(back, State.UNDONE)
        self._journal.mark(gone, State.UNDONE, "was no longer there")
        return stopped

    def _judge(self, operation: Operation) -> Step | Kept:
        in_doubt = operation.state in IN_DOUBT
        try:
            if in_doubt:
                clear_temporary(operation, self._token)
            return judge(operation, self._mode, in_doubt=in_doubt)
        except Kept as kept:
            return kept
        except OSError as error:
            return Kept(reason_of(error))

    def _take_back_group(
        self, group: Sequence[Operation], judged: dict[int, Step | Kept], back: list[Operation]
    ) -> str:
        """Add the group to `back`; where one file fails, the others of it go to the destination again."""
        done: list[Operation] = []
        for operation in group:
            step = judged[operation.id]
            assert isinstance(step, Step)
            try:
                take_back(operation, step, self._token)
            except (OSError, Changed) as error:
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

    def _put_forth_again(
        self, done: Iterable[Operation], judged: dict[int, Step | Kept], back: list[Operation]
    ) -> None:
        for operation in done:
            try:
                if judged[operation.id] is not Step.RETURN:
                    raise Changed
                relocate(operation.source, operation.destination, operation, self._token)
            except (OSError, Changed):
                back.append(operation)

    def _keep(self, group: Iterable[Operation], reasons: dict[int, str]) -> None:
        members = list(group)
        names = {op.id: printable(op.destination.name) for op in members}
        cause = next(number for number in reasons)
        for operation in members:
            reason = reasons.get(operation.id) or f"stays with {names[cause]}: {reasons[cause]}"
            self._journal.mark([operation], State.KEPT, reason)


def _sync(operations: Iterable[Operation]) -> None:
    for folder in {folder for op in operations for folder in (op.source.parent, op.destination.parent)}:
        with suppress(FileNotFoundError):
            sync_folder(folder)


def _remove_folders(journal: Journal) -> int:
    """Remove the folders that the run made and that are empty; returns how many."""
    removed = 0
    for folder in journal.made_folders():
        with suppress(OSError):
            if not folder.is_symlink():
                folder.rmdir()
                removed += 1
    return removed


def _outcome(journal: Journal, folders: int) -> UndoOutcome:
    back = journal.operations(State.UNDONE)
    return UndoOutcome(
        mode=Mode(journal.filing.mode),
        files=sum(op.content is None for op in back),
        kept=tuple(Remark(op.destination, op.reason) for op in journal.operations(State.KEPT)),
        remarks=tuple(Remark(op.destination, op.reason) for op in back if op.reason),
        folders=folders,
        stopped=journal.filing.problem,
    )
