"""Carries out a plan. With the modules that it stands on, the only code that touches the user's files.

The order that loses nothing, for one batch of groups:

    journal   every operation was written as `planned` before the first; the batch becomes `placing`
    stage     copies are written under temporary names, compared by digest, flushed to disk
    place     each file gets its name, exclusively; the folders are flushed
    journal   a move across devices becomes `placed`
    remove    only then, and only for a move: originals that are still unchanged
    journal   `done`

What photosort writes about the folders comes last, so that it says what has come into them.

A process that is killed between any two steps leaves a disk that `resume` and `undo` can read. The caller
holds the destination's lock (`filing.lock`) around survey, plan and apply.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from photosort.filing.disk.ground import ground_of
from photosort.filing.disk.place import InDoubt, look, reason_of
from photosort.filing.journaled.executor import Executor, Halt
from photosort.filing.plan.about import without
from photosort.filing.plan.model import Mode
from photosort.filing.plan.plan import Plan
from photosort.photos.files.own_files import ABOUT_DATA, ABOUT_TEXT, DATA_BEGINS
from photosort.store.journals.journal import FilingState, Journal
from photosort.store.journals.operation import Operation, State
from photosort.support.progress import Bytes, Progress, silent

_BATCH_FILES = 256
_BATCH_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class Remark:
    """A file and what has to be said about it."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a run, over all its starts.

    files    placed, companions included; photos: those that are not companions; size: their bytes
    there    files whose equal had the name already
    written  files that photosort itself has made; they count nowhere else, but where one has failed
    failed   files left where they were
    remarks  files placed, but not quite as they should be
    stopped  why the run stopped before its end; empty when it did not
    """

    mode: Mode
    files: int
    photos: int
    size: int
    there: int
    failed: tuple[Remark, ...]
    remarks: tuple[Remark, ...]
    stopped: str
    written: int = 0


def apply(plan: Plan, run_id: int, connection: sqlite3.Connection, *, progress: Progress = silent) -> Outcome:
    """Place every file of the plan, keeping times, permissions and extended attributes.

    Keeps the promises that nothing is lost or overwritten, that each operation is in the journal before it
    happens, and that a group travels whole or not at all. A file that fails stays where it is, with its
    companions, and the rest goes on. A full disk, or one that is gone, stops the run in good order:
    `Outcome.stopped` says so, and `resume` goes on from there.

    Raises StoreError where the journal cannot be written.
    """
    operations = list(plan.files)
    last = max((operation.group for operation in operations), default=0)
    for group, own in enumerate(plan.about, last + 1):
        place, state = own.destination, State.THERE if own.there else State.PLANNED
        known = (len(own.content), own.mtime_ns, own.digest, group)
        about = Operation(place, place, *known, main=False, state=state, content=own.content, replaces=own.replaces)
        operations.append(about)
    journal = Journal.begin(
        connection,
        run_id,
        source=plan.source,
        destination=plan.destination,
        mode=plan.mode,
        operations=operations,
        ground=ground_of(plan.destination),
    )
    return carry_out(journal, progress)


def carry_out(journal: Journal, progress: Progress) -> Outcome:
    """Bring a filing to its end from wherever it is, but for operations that are in doubt (see `resume`)."""
    try:
        if journal.counts():
            with Executor(journal) as worker:
                _perform_all(worker, journal, progress)
                journal.mark(_missing_equals(journal), State.PLANNED)
                _perform_all(worker, journal, progress)
                _leave_out_failed(journal)
                _perform_all(worker, journal, silent, own=True)
    except (Halt, InDoubt, OSError) as stop:
        reason = reason_of(stop) if isinstance(stop, OSError) else str(stop)
        journal.turn(FilingState.STOPPED, reason)
    else:
        journal.turn(FilingState.DONE)
    return read_outcome(journal)


def read_outcome(journal: Journal) -> Outcome:
    """Return what the journal says has become of a filing."""
    every = journal.operations(State.DONE)
    done = [operation for operation in every if operation.content is None]
    return Outcome(
        mode=Mode(journal.filing.mode),
        files=len(done),
        photos=sum(operation.main for operation in done),
        size=sum(operation.size for operation in done),
        there=sum(operation.content is None for operation in journal.operations(State.THERE)),
        failed=tuple(Remark(op.source, op.reason) for op in journal.operations(State.FAILED, State.KEPT)),
        remarks=tuple(Remark(operation.destination, operation.reason) for operation in every if operation.reason),
        stopped=journal.filing.problem,
        written=len(every) - len(done),
    )


def batches(groups: Sequence[Sequence[Operation]]) -> Iterator[list[Sequence[Operation]]]:
    """Whole groups together, up to some number of files and bytes."""
    batch: list[Sequence[Operation]] = []
    files = size = 0
    for group in groups:
        batch.append(group)
        files += len(group)
        size += sum(operation.size for operation in group)
        if files >= _BATCH_FILES or size >= _BATCH_BYTES:
            yield batch
            batch, files, size = [], 0, 0
    if batch:
        yield batch


def _perform_all(worker: Executor, journal: Journal, progress: Progress, *, own: bool = False) -> None:
    """Place the photos that are still to come, or photosort's `own` files."""
    every = journal.groups(State.PLANNED, State.PLACED)
    groups = [group for group in every if (group[0].content is not None) is own]
    files, size = _sum_of(groups)
    meter = _Meter(progress, files, size, written=Mode(journal.filing.mode) in (Mode.COPY, Mode.MOVE))
    for batch in batches(groups):
        done, so_far = meter.files, meter.size
        meter.say()
        worker.perform(batch, meter.came)
        files, size = _sum_of(batch)
        meter.files, meter.size = done + files, so_far + size
    if groups:
        meter.say()


def _sum_of(groups: Iterable[Sequence[Operation]]) -> tuple[int, int]:
    """Return how many files some groups have, and how many bytes."""
    sizes = [operation.size for group in groups for operation in group]
    return len(sizes), sum(sizes)


class _Meter:
    """Tells how many files and bytes of a filing are placed; `written` is whether their bytes say how far it is."""

    def __init__(self, progress: Progress, files: int, size: int, *, written: bool) -> None:
        self.files = self.size = 0
        self._progress, self._all, self._whole, self._written = progress, files, size, written

    def came(self, operation: Operation) -> None:
        """Count a file that was copied."""
        self.files, self.size = self.files + 1, self.size + operation.size
        self.say()

    def say(self) -> None:
        """Report how far it is."""
        of_bytes = Bytes(self.size, self._whole) if self._written else None
        self._progress("filing", self.files, self._all, of_bytes)


def _leave_out_failed(journal: Journal) -> None:
    """Let what is to be written about a folder say nothing of photos that did not come into it."""
    failed: dict[Path, set[tuple[str, str]]] = defaultdict(set)
    for operation in journal.operations(State.FAILED):
        failed[operation.destination.parent].add((operation.destination.name, str(operation.source)))
    own = [operation for operation in journal.operations(*State) if operation.content is not None] if failed else []
    told = {op.destination.parent: op.content for op in own if op.content and op.content.startswith(DATA_BEGINS)}
    for operation in own:
        folder = operation.destination.parent
        if operation.state is State.PLANNED and folder in told and folder in failed:
            content = without(told[folder], failed[folder])
            if not content:
                journal.mark([operation], State.FAILED, "no photo has come into its folder")
                continue
            journal.rewrite(operation, content[ABOUT_DATA if operation.content == told[folder] else ABOUT_TEXT])


def _missing_equals(journal: Journal) -> list[Operation]:
    """Return files that counted as there already, but whose equal has gone, or has failed to come, since."""
    missing = []
    for group in journal.groups(State.THERE):
        gone = [operation for operation in group if look(operation.destination) is None]
        if journal.filing.mode != Mode.MOVE or len(gone) == len(group):
            missing += gone
    return missing
