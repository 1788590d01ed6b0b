"""Carries out groups of operations in one mode, each group whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from photosort.filing.copying import Changed, check_same, check_unchanged, copy_whole, write_whole
from photosort.filing.facts import Mode
from photosort.filing.place import (
    is_full,
    is_one_entry,
    make_folder,
    reason_of,
    rename_exclusive,
    same_file,
    sync_disk,
    sync_file,
    sync_folder,
)
from photosort.filing.takeback import Kept, holds, judge, relocate, take_back, temporary_name
from photosort.printable import printable
from photosort.store.journal import Journal, Operation, State

Group = Sequence[Operation]

_THREADS = 4
"""Copies in flight: reading, hashing and writing overlap, and the disk gathers their flushes."""


class Halt(Exception):
    """Why no further file can be placed now. What is done is done, and the rest can be resumed."""


class Worker:
    """Works on one filing. Use it as a context manager; it makes the destination folder on entering."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._mode = Mode(journal.filing.mode)
        self._token = journal.filing.token
        self._destination = journal.filing.destination
        self._pool = ThreadPoolExecutor(_THREADS, "photosort-copy")
        self._device = self._disk = -1
        self._halted = ""
        self._seen: dict[int, os.stat_result] = {}
        self._remarks: dict[int, str] = {}

    def __enter__(self) -> Worker:
        try:
            make_folder(self._destination, self._journal.making)
            self._device = self._destination.stat().st_dev
            if os.name != "nt":
                self._disk = os.open(self._destination, os.O_RDONLY)
        except OSError as error:
            self._pool.shutdown()
            raise Halt(printable(f"{self._destination}: {reason_of(error)}")) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)
        if self._disk != -1:
            os.close(self._disk)

    def perform(self, groups: Iterable[Group]) -> None:
        """Place one batch of groups: planned files are placed, placed ones finished.

        A group that fails is left where it was, and the journal says why. Raises Halt at a full disk or
        where the destination is gone, after everything of the batch that could be finished is.
        """
        self._check_destination()
        ready = [group for group in groups if self._prepare(group)]
        self._journal.mark(_planned(ready), State.PLACING)
        own = [group for group in ready if group[0].content is not None]
        ready = [group for group in ready if group[0].content is None]
        if self._mode is Mode.COPY:
            self._finish(self._copy(ready, read_back=False))
        elif self._mode is Mode.MOVE:
            self._move(ready)
        else:
            link = self._hardlink if self._mode is Mode.HARDLINK else self._symlink
            self._finish(self._place(ready, link))
        self._finish(self._place(own, self._write))
        if self._halted:
            raise Halt(self._halted)

    def _check_destination(self) -> None:
        """A disk that was pulled out leaves an empty folder on another: nothing may be written there."""
        try:
            if self._destination.stat().st_dev == self._device:
                return
        except OSError:
            pass
        raise Halt(printable(f"{self._destination} is gone"))

    def _prepare(self, group: Group) -> bool:
        operation = group[0]
        try:
            for operation in _planned([group]):
                if operation.content is None:
                    check_unchanged(operation.source, operation.size, operation.mtime_ns)
                    if self._mode is Mode.MOVE and operation.source.is_symlink():
                        raise Changed("has become a symbolic link")
                make_folder(operation.destination.parent, self._journal.making)
                if os.path.lexists(operation.destination):
                    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        except (OSError, Changed) as error:
            self._give_up(group, [], operation, error)
            return False
        return True

    def _place(self, groups: Iterable[Group], step: Callable[[Operation], None]) -> list[Group]:
        """Take the step for each planned file; returns the groups that are placed whole."""
        whole = []
        for group in groups:
            placed: list[Operation] = []
            for operation in _planned([group]):
                try:
                    step(operation)
                except (OSError, Changed) as error:
                    self._give_up(group, placed, operation, error)
                    break
                placed.append(operation)
            else:
                whole.append(group)
        _sync({operation.destination.parent for group in whole for operation in group})
        return whole

    def _copy(self, groups: Sequence[Group], *, read_back: bool) -> list[Group]:
        def stage(operation: Operation) -> OSError | Changed | None:
            try:
                seen = check_unchanged(operation.source, operation.size, operation.mtime_ns)
                lost = copy_whole(
                    operation.source,
                    self._temporary(operation),
                    seen=seen,
                    digest=operation.digest,
                    mtime_ns=operation.mtime_ns,
                    read_back=read_back,
                    flush=read_back,
                )
            except (OSError, Changed) as error:
                return error
            self._seen[operation.id] = seen
            if lost:
                self._remarks[operation.id] = f"attributes not kept: {printable(', '.join(lost))}"
            return None

        operations = _planned(groups)
        errors = {op.id: error for op, error in zip(operations, self._pool.map(stage, operations), strict=True)}

        if not read_back:
            self._flush([operation for operation in operations if not errors[operation.id]], errors)

        def settle(operation: Operation) -> None:
            if error := errors[operation.id]:
                raise error
            rename_exclusive(self._temporary(operation), operation.destination)

        return self._place(groups, settle)

    def _flush(self, operations: Sequence[Operation], errors: dict[int, OSError | Changed | None]) -> None:
        """Make staged copies durable together; where that fails, one by one, to know which of them fails."""
        if sync_disk(self._disk):
            return
        for operation in operations:
            try:
                sync_file(self._temporary(operation))
            except OSError as error:
                errors[operation.id] = error

    def _move(self, groups: Sequence[Group]) -> None:
        def rename(operation: Operation) -> None:
            relocate(operation.source, operation.destination, operation, self._token)

        near: list[Group] = []
        far: list[Group] = []
        for group in groups:
            (near if _device(group[0].source.parent) == self._device else far).append(group)
        renamed = self._place(near, rename)
        copied = self._copy(far, read_back=True)
        self._journal.mark(_planned(copied), State.PLACED)
        self._finish([*renamed, *copied])

    def _finish(self, groups: Iterable[Group]) -> None:
        """Remove the originals that a move has copied, and mark the groups as done."""
        finished = []
        for group in groups:
            operation = group[0]
            try:
                originals = []
                for operation in group:
                    if self._mode is Mode.MOVE and operation.content is None and self._may_go(operation):
                        originals.append(operation)
                for operation in originals:
                    operation.source.unlink()
            except (OSError, Changed) as error:
                self._give_up(group, list(group), operation, error)
            else:
                finished.append(group)
        if self._mode is Mode.MOVE:
            _sync({operation.source.parent for operation in _all(finished)})
        plain = [operation for operation in _all(finished) if operation.id not in self._remarks]
        self._journal.mark(plain, State.DONE)
        for operation in _all(finished):
            if operation.id in self._remarks:
                self._journal.mark([operation], State.DONE, self._remarks[operation.id])

    def _may_go(self, operation: Operation) -> bool:
        """Whether an original has to go. Raises Changed where its content is not at the destination too."""
        origin, now = operation.source, operation.destination
        seen = self._seen.get(operation.id)
        if seen is not None:
            check_same(origin.lstat(), seen)
            return True
        if operation.state is not State.PLACED or not os.path.lexists(origin) or is_one_entry(origin, now):
            return False
        if same_file(origin, now) or (holds(origin, operation) and holds(now, operation)):
            return True
        raise Changed

    def _give_up(self, group: Group, placed: list[Operation], failed: Operation, error: Exception) -> None:
        """Take back what of the group is placed, and write down why; at a full disk it may be tried again."""
        full = is_full(error)
        reason = printable(reason_of(error) if isinstance(error, OSError) else str(error))
        if full:
            self._halted = reason
        members = self._journal.group(group[0].group)
        earlier = [
            op for op in members if op.state in (State.PLACED, State.DONE) and op.id not in {p.id for p in placed}
        ]
        stuck: dict[int, str] = {}
        for operation in [*earlier, *placed]:
            try:
                take_back(operation, judge(operation, self._mode, in_doubt=True), self._token)
            except (Kept, Changed) as kept:
                stuck[operation.id] = printable(str(kept))
            except OSError as held:
                stuck[operation.id] = reason_of(held)
        for operation in members:
            if operation.state not in (State.PLANNED, State.PLACING, State.PLACED, State.DONE):
                continue
            with suppress(OSError):
                self._temporary(operation).unlink(missing_ok=True)
            told = reason if operation.id == failed.id else f"stays with {printable(failed.source.name)}: {reason}"
            if operation.id in stuck:
                self._mark_stuck(operation, told, stuck[operation.id])
            else:
                self._journal.mark([operation], State.PLANNED if full else State.FAILED, "" if full else told)
        _sync({folder for op in placed for folder in (op.source.parent, op.destination.parent)})

    def _mark_stuck(self, operation: Operation, told: str, why: str) -> None:
        moved = self._mode is Mode.MOVE and not os.path.lexists(operation.source)
        if moved:
            self._journal.mark([operation], State.DONE, f"could not be put back: {why}")
        else:
            place = operation.destination
            where = f"a copy lies at {printable(str(place))}, {why}" if os.path.lexists(place) else why
            self._journal.mark([operation], State.FAILED, f"{told}; {where}")

    def _hardlink(self, operation: Operation) -> None:
        os.link(os.path.realpath(operation.source), operation.destination)

    def _symlink(self, operation: Operation) -> None:
        operation.destination.symlink_to(operation.source)

    def _write(self, operation: Operation) -> None:
        write_whole(operation.content or b"", self._temporary(operation))
        rename_exclusive(self._temporary(operation), operation.destination)

    def _temporary(self, operation: Operation) -> Path:
        return operation.destination.parent / temporary_name(operation, self._token)


def _planned(groups: Iterable[Group]) -> list[Operation]:
    return [operation for group in groups for operation in group if operation.state is State.PLANNED]


def _all(groups: Iterable[Group]) -> list[Operation]:
    return [operation for group in groups for operation in group]


def _device(folder: Path) -> int:
    try:
        return folder.stat().st_dev
    except OSError:
        return -1


def _sync(folders: Iterable[Path]) -> None:
    for folder in folders:
        with suppress(FileNotFoundError):
            sync_folder(folder)
