"""Puts one file back where it was, or says why not. Used by undo, and when a group cannot be placed whole."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from photosort.filing.disk.copying import Changed, check_same, copy_whole
from photosort.filing.disk.opened import OpenedHomes
from photosort.filing.disk.place import (
    InDoubt,
    behind_links,
    is_one_entry,
    look,
    look_after,
    reason_of,
    sync_folder,
)
from photosort.filing.disk.removing import Witness, remove_judged, witness
from photosort.filing.disk.renaming import leads_to, remove, rename_exclusive
from photosort.filing.journaled.rewriting import clear_rewritten, give_back, is_as_before, temporary_name
from photosort.filing.plan.model import Mode
from photosort.store.journals.operation import Operation, State

IN_DOUBT = frozenset({State.PLACING, State.PLACED, State.UNDOING})
"""States under which either name of a file, or both, may be in use."""


class Kept(Exception):
    """Why a file stays at its destination."""


class Step(Enum):
    """What taking a file back comes down to."""

    NOTHING = auto()
    REMOVE = auto()
    RETURN = auto()
    REWRITE = auto()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What takes an operation back, and the files as they were judged: its own, and one of equal content."""

    step: Step
    file: Witness | None = None
    keeper: Witness | None = None


def holds(path: Path, operation: Operation) -> bool:
    """Return whether `path` is a file with the operation's content. Raises OSError where it cannot be read."""
    return _witness(path, look(path), operation) is not None


def clear_temporary(operation: Operation, token: str) -> None:
    """Remove what a stopped process left half done; a whole file that has no other name left takes its place.

    Raises OSError and InDoubt.
    """
    if operation.replaces:
        clear_rewritten(operation, token)
        return
    for place in (operation.destination, operation.source):
        temporary = place.parent / temporary_name(operation, token)
        if look(temporary) is None:
            continue
        elsewhere = holds(operation.destination, operation) or holds(operation.source, operation)
        if not elsewhere and holds(temporary, operation):
            rename_exclusive(temporary, place)
        else:
            remove(temporary)
        sync_folder(place.parent)


def judge(operation: Operation, mode: Mode, *, in_doubt: bool) -> Verdict:
    """Find out from the disk what takes the operation back without the loss of any content.

    `in_doubt` says that a process was stopped in the middle of this operation, so that both names may hold
    the file. Raises Kept where the user has changed something, where the copy may be the last one, or where the disk
    cannot be looked at.
    """
    try:
        if operation.content is not None:
            return _judge_own(operation)
        if mode is Mode.SYMLINK:
            return _judge_symlink(operation)
        if mode is Mode.MOVE:
            return _judge_move(operation, in_doubt=in_doubt)
        return _judge_copy(operation, mode)
    except OSError as error:
        raise Kept(reason_of(error)) from error


def take_back(operation: Operation, verdict: Verdict, token: str, homes: OpenedHomes) -> None:
    """Carry out what `judge` found, if both files are still as they were judged; a file goes back through `homes`.

    Raises OSError, Changed and InDoubt; then the file is where it was.
    """
    if verdict.step is Step.NOTHING:
        return
    assert verdict.file
    if verdict.step is Step.REWRITE:
        give_back(operation, token, homes.at(operation.destination))
    elif verdict.step is Step.REMOVE:
        remove_judged(verdict.file, verdict.keeper)
    else:
        home = homes.at(operation.source)
        check_same(now := operation.destination.lstat(), verdict.file.seen)
        relocate(operation.destination, home, operation, token, now)


def relocate(origin: Path, target: Path, operation: Operation, token: str, now: os.stat_result) -> None:
    """Move one file, by renaming, or across devices by a verified and durable copy.

    `now` is the status of the original, looked at directly before. Keeps the promise that the original is removed only
    after its copy is whole, durable and compared, and only if both are unchanged since. Raises FileExistsError where
    `target` is taken, OSError, Changed and InDoubt otherwise.
    """
    try:
        rename_exclusive(origin, target, now)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
    else:
        _check_moved(origin, target, now)
        return
    if not stat.S_ISREG(now.st_mode):
        raise Changed("is no longer a file")
    temporary = target.parent / temporary_name(operation, token)
    if look(temporary) is not None:
        clear_temporary(operation, token)
    copy_whole(origin, temporary, seen=now, digest=operation.digest, mtime_ns=operation.mtime_ns, read_back=True)
    try:
        rename_exclusive(temporary, target)
    except OSError:
        with suppress(OSError):
            remove(temporary)
        raise
    placed = Witness(target, look_after(target))
    sync_folder(target.parent)
    try:
        remove_judged(Witness(origin, now), placed)
    except Changed as changed:
        place = operation.source if origin == operation.destination else operation.destination
        raise Changed(f"changed while it was moved; its earlier content is at {place}") from changed
    except OSError:
        with suppress(OSError, Changed):
            remove_judged(placed, Witness(origin, now))
        raise


def _check_moved(origin: Path, target: Path, seen: os.stat_result) -> None:
    """Put a file back that was changed at the very moment in which it was renamed. Raises Changed."""
    now = look_after(target)
    if (now.st_size, now.st_mtime_ns) != (seen.st_size, seen.st_mtime_ns):
        try:
            rename_exclusive(target, origin)
        except OSError as error:
            raise InDoubt(reason_of(error)) from error
        raise Changed


def _witness(path: Path, seen: os.stat_result | None, operation: Operation) -> Witness | None:
    return witness(path, seen, operation.size, operation.digest)


def _judge_own(operation: Operation) -> Verdict:
    seen = look(operation.destination)
    if seen is None:
        return Verdict(Step.NOTHING)
    if file := _witness(operation.destination, seen, operation):
        return Verdict(Step.REWRITE if operation.replaces else Step.REMOVE, file)
    if operation.replaces and is_as_before(operation):
        return Verdict(Step.NOTHING)
    raise Kept("changed since")


def _judge_symlink(operation: Operation) -> Verdict:
    seen = look(operation.destination)
    if seen is None:
        return Verdict(Step.NOTHING)
    if leads_to(operation.destination, operation.source):
        return Verdict(Step.REMOVE, Witness(operation.destination, seen))
    raise Kept("changed since")


def _judge_copy(operation: Operation, mode: Mode) -> Verdict:
    place = operation.destination
    seen = look(place)
    if seen is None:
        return Verdict(Step.NOTHING)
    original = behind_links(operation.source)
    there = look(original)
    if there and os.path.samestat(there, seen):
        if is_one_entry(original, place):
            raise Kept("it and its original are one file now, so this is the last copy")
        if mode is Mode.HARDLINK:
            return Verdict(Step.REMOVE, Witness(place, seen), Witness(original, there))
    file = _witness(place, seen, operation)
    if file is None:
        raise Kept("changed since")
    keeper = _witness(original, there, operation)
    if keeper is None:
        raise Kept("its original is gone or has changed, so this is the last copy")
    return Verdict(Step.REMOVE, file, keeper)


def _judge_move(operation: Operation, *, in_doubt: bool) -> Verdict:
    origin, now = operation.source, operation.destination
    here, there = look(now), look(origin)
    if here is None:
        if there is not None and (in_doubt or holds(origin, operation)):
            return Verdict(Step.NOTHING)
        raise Kept("no longer there")
    if there is None:
        if file := _witness(now, here, operation):
            return Verdict(Step.RETURN, file)
        raise Kept("changed since")
    if os.path.samestat(here, there):
        if is_one_entry(origin, now):
            raise Kept("its old place is a link to where it lies")
        return Verdict(Step.REMOVE, Witness(now, here), Witness(origin, there))
    if (keeper := _witness(origin, there, operation)) and (file := _witness(now, here, operation)):
        return Verdict(Step.REMOVE, file, keeper)
    raise Kept("its old place is taken")
