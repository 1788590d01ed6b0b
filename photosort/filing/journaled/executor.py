"""Carries out groups of operations in one mode, each group whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import chain
from pathlib import Path
from types import TracebackType

from photosort.filing.disk.copying import Changed, check_unchanged, copy_whole, write_whole
from photosort.filing.disk.opened import REPLACED, OpenedFolders
from photosort.filing.disk.permissions import Permissions
from photosort.filing.disk.place import (
    InDoubt,
    behind_links,
    device_of,
    is_full,
    look,
    look_after,
    make_folder,
    reason_of,
    sync_disk,
    sync_file,
    sync_folder,
)
from photosort.filing.disk.renaming import link, link_symbolically, rename_exclusive
from photosort.filing.journaled.giving_up import give_up
from photosort.filing.journaled.originals import Originals, check_original
from photosort.filing.journaled.revert import clear_temporary, relocate
from photosort.filing.journaled.rewriting import check_replaceable, put, temporary_name
from photosort.filing.plan.model import Mode
from photosort.store.journals.journal import Journal
from photosort.store.journals.operation import Operation, State
from photosort.support.printable import printable

Group = Sequence[Operation]
Step = Callable[[Operation, Path], None]
"""Places an operation's file at a path that leads through its opened folder. Raises OSError, Changed and InDoubt."""

_THREADS = 4
"""Copies in flight: reading, hashing and writing overlap, and the disk gathers their flushes."""


class Halt(Exception):
    """Why no further file can be placed now. What is done is done, and the rest can be resumed."""


class Executor:
    """Works on one filing. Use it as a context manager; it makes the destination folder on entering."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._mode = Mode(journal.filing.mode)
        self._token = journal.filing.token
        self._destination = journal.filing.destination
        self._permissions = Permissions(journal.filing.source, self._destination, journal.operations(*State))
        self._pool = ThreadPoolExecutor(_THREADS, "photosort-copy")
        self._device = self._disk = -1
        self._halted = ""
        self._in_doubt = False
        self._originals = Originals()
        self._remarks: dict[int, str] = {}

    def __enter__(self) -> Executor:
        try:
            group = os.getegid() if hasattr(os, "getegid") else 0
            new = look(self._destination) is None
            width = self._permissions.of_folder(self._destination, group)
            make_folder(self._destination, self._journal.making, width)
            self._device = self._destination.stat().st_dev
            if os.name != "nt":
                self._disk = os.open(self._destination, os.O_RDONLY)
                if new:
                    self._permissions.narrow(self._destination, self._disk)
        except (OSError, InDoubt) as error:
            self._pool.shutdown()
            reason = reason_of(error) if isinstance(error, OSError) else str(error)
            raise Halt(printable(f"{self._destination}: {reason}")) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)
        if self._disk != -1:
            with suppress(OSError):
                os.close(self._disk)

    def perform(self, groups: Iterable[Group], came: Callable[[Operation], None] = lambda operation: None) -> None:
        """Place one batch of groups: planned files are placed, placed ones finished. `came` is called after each copy.

        A group that fails is left where it was, and the journal says why. Raises Halt at a full disk, where the
        destination is gone, or where the disk does not say whether a step has happened, after everything of the
        batch that could be finished is.
        """
        self._came = came
        self._check_destination()
        with OpenedFolders(
            self._destination, self._disk, self._journal.making, self._permissions.narrow
        ) as self._folders:
            ready = [group for group in groups if self._prepare(group)]
            self._journal.mark(_planned(ready), State.PLACING)
            own = [group for group in ready if group[0].content is not None]
            ready = [group for group in ready if group[0].content is None]
            if self._mode is Mode.COPY:
                self._finish(self._copy(ready, read_back=False))
            elif self._mode is Mode.MOVE:
                self._move(ready)
            else:
                self._finish(self._place(ready, self._hardlink if self._mode is Mode.HARDLINK else self._symlink))
            self._finish(self._place(own, self._write))
        if self._halted:
            raise Halt(self._halted)

    def _check_destination(self) -> None:
        """A disk that was pulled out leaves an empty folder on another: nothing may be written there."""
        try:
            now = self._destination.stat()
        except OSError as error:
            raise Halt(printable(f"{self._destination} is gone")) from error
        if now.st_dev != self._device:
            raise Halt(printable(f"{self._destination} is gone"))
        if self._disk != -1 and not os.path.samestat(now, os.fstat(self._disk)):
            raise Halt(printable(f"{self._destination}: {REPLACED}"))

    def _prepare(self, group: Group) -> bool:
        operation = group[0]
        try:
            for operation in _planned([group]):
                if operation.content is None:
                    check_original(operation, self._mode)
                place = self._folders.at(operation.destination)
                if operation.replaces:
                    check_replaceable(operation, place)
                elif look(place) is not None:
                    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        except InDoubt as doubt:
            self._stop(doubt)
            return False
        except (OSError, Changed) as error:
            self._give_up(group, [], operation, error)
            return False
        return True

    def _place(self, groups: Iterable[Group], step: Step) -> list[Group]:
        """Take the step for each planned file; returns the groups that are placed whole."""
        whole = []
        for group in groups:
            placed: list[Operation] = []
            for operation in _planned([group]):
                try:
                    step(operation, self._folders.at(operation.destination))
                except InDoubt as doubt:
                    self._stop(doubt)
                    break
                except (OSError, Changed) as error:
                    self._give_up(group, placed, operation, error)
                    break
                placed.append(operation)
            else:
                whole.append(group)
            if self._in_doubt:
                break
        for operation in {operation.destination.parent: operation for operation in chain.from_iterable(whole)}.values():
            with suppress(FileNotFoundError, Changed):
                sync_folder(self._folders.at(operation.destination).parent)
        return whole

    def _copy(self, groups: Sequence[Group], *, read_back: bool) -> list[Group]:
        seen: dict[int, os.stat_result] = {}

        def copy(operation: Operation) -> tuple[str, ...]:
            seen[operation.id] = check_unchanged(operation.source, operation.size, operation.mtime_ns)
            return copy_whole(
                operation.source,
                self._temporary(operation),
                seen=seen[operation.id],
                digest=operation.digest,
                mtime_ns=operation.mtime_ns,
                read_back=read_back,
                flush=read_back,
            )

        def stage(operation: Operation) -> OSError | Changed | InDoubt | None:
            try:
                try:
                    lost = copy(operation)
                except FileExistsError:
                    clear_temporary(operation, self._token)
                    lost = copy(operation)
            except (OSError, Changed, InDoubt) as error:
                return error
            if lost:
                self._remarks[operation.id] = f"attributes not kept: {printable(', '.join(lost))}"
            return None

        operations = _planned(groups)
        errors: dict[int, OSError | Changed | InDoubt | None] = {}
        for operation, error in zip(operations, self._pool.map(stage, operations), strict=True):
            errors[operation.id] = error
            self._came(operation)
        if not read_back:
            self._flush([operation for operation in operations if not errors[operation.id]], errors)

        def settle(operation: Operation, place: Path) -> None:
            if error := errors[operation.id]:
                raise error
            rename_exclusive(place.parent / temporary_name(operation, self._token), place)
            if read_back:
                self._originals.copied(operation, seen[operation.id], look_after(place))

        return self._place(groups, settle)

    def _flush(self, operations: Sequence[Operation], errors: dict[int, OSError | Changed | InDoubt | None]) -> None:
        """Make staged copies durable together; where that fails, one by one, to know which of them fails."""
        if sync_disk(self._disk):
            return
        for operation in operations:
            try:
                sync_file(self._temporary(operation))
            except (OSError, Changed) as error:
                errors[operation.id] = error

    def _move(self, groups: Sequence[Group]) -> None:
        def rename(operation: Operation, place: Path) -> None:
            now = check_original(operation, self._mode)
            relocate(operation.source, place, operation, self._token, now)

        near: list[Group] = []
        far: list[Group] = []
        for group in groups:
            (near if device_of(group[0].source.parent) == self._device else far).append(group)
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
                if self._mode is Mode.MOVE and operation.content is None:
                    judged = [(operation, self._originals.judge(operation)) for operation in group]
                    for operation, files in judged:
                        self._originals.remove(operation, files)
            except InDoubt as doubt:
                self._stop(doubt)
            except (OSError, Changed) as error:
                self._give_up(group, list(group), operation, error)
            else:
                finished.append(group)
        if self._mode is Mode.MOVE:
            for folder in {operation.source.parent for operation in chain.from_iterable(finished)}:
                with suppress(FileNotFoundError):
                    sync_folder(folder)
        plain = [operation for operation in chain.from_iterable(finished) if operation.id not in self._remarks]
        self._journal.mark(plain, State.DONE)
        for operation in chain.from_iterable(finished):
            if operation.id in self._remarks:
                self._journal.mark([operation], State.DONE, self._remarks[operation.id])

    def _stop(self, doubt: InDoubt) -> None:
        """Place no more: what the disk does not tell now, `resume` finds out."""
        self._halted, self._in_doubt = printable(f"{self._destination}: {doubt}"), True

    def _give_up(self, group: Group, placed: Sequence[Operation], failed: Operation, error: Exception) -> None:
        """Take back what of the group is placed, and write down why; at a full disk it may be tried again."""
        reason = printable(reason_of(error) if isinstance(error, OSError) else str(error))
        full = is_full(error)
        if full:
            self._halted = reason
        try:
            give_up(self._journal, group, placed, failed, reason, again=full)
        except InDoubt as doubt:
            self._stop(doubt)

    def _hardlink(self, operation: Operation, place: Path) -> None:
        check_original(operation, self._mode)
        link(behind_links(operation.source), place)

    def _symlink(self, operation: Operation, place: Path) -> None:
        link_symbolically(operation.source, place)

    def _write(self, operation: Operation, place: Path) -> None:
        if operation.replaces:
            return put(operation, self._token, place)
        temporary = self._temporary(operation)
        write_whole(operation.content or b"", temporary, self._permissions.of_file(operation.destination.parent))
        return rename_exclusive(temporary, place)

    def _temporary(self, operation: Operation) -> Path:
        return self._folders.at(operation.destination).parent / temporary_name(operation, self._token)


def _planned(groups: Iterable[Group]) -> list[Operation]:
    return [operation for operation in chain.from_iterable(groups) if operation.state is State.PLANNED]
