"""Puts one file back where it was, or says why not. Used by undo, and when a group cannot be placed whole."""

from __future__ import annotations

import errno
import os
import stat
from enum import Enum, auto
from pathlib import Path

from photosort.filing.copying import Changed, check_same, copy_whole
from photosort.filing.facts import Mode
from photosort.filing.place import (
    is_one_entry,
    make_folder,
    reason_of,
    remove_if_same,
    rename_exclusive,
    same_file,
    sync_folder,
)
from photosort.photos.digest import digest_of
from photosort.store.journal import Operation, State

IN_DOUBT = frozenset({State.PLACING, State.PLACED, State.UNDOING})
"""States under which either name of a file, or both, may be in use."""


class Kept(Exception):
    """Why a file stays at its destination."""


class Step(Enum):
    """What taking a file back comes down to."""

    NOTHING = auto()
    REMOVE = auto()
    RETURN = auto()


def temporary_name(operation: Operation, token: str) -> str:
    """The name under which the operation's file lies while it is not whole; no other run uses it."""
    return f".photosort-{token}-{operation.id}.part"


def holds(path: Path, operation: Operation) -> bool:
    """Whether `path` is a file with the operation's content. Raises OSError where it cannot be read."""
    try:
        seen = path.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISREG(seen.st_mode) and seen.st_size == operation.size and digest_of(path) == operation.digest


def clear_temporary(operation: Operation, token: str) -> None:
    """Remove what a killed process left half done; a whole file that has no other name left takes its place.

    Raises OSError.
    """
    for place in (operation.destination, operation.source):
        temporary = place.parent / temporary_name(operation, token)
        if not os.path.lexists(temporary):
            continue
        elsewhere = os.path.lexists(operation.source) or os.path.lexists(operation.destination)
        if not elsewhere and holds(temporary, operation):
            rename_exclusive(temporary, place)
        else:
            temporary.unlink()
        sync_folder(place.parent)


def judge(operation: Operation, mode: Mode, *, in_doubt: bool) -> Step:
    """Find out from the disk what takes the operation back without the loss of any content.

    `in_doubt` says that a process was stopped in the middle of this operation, so that both names may hold
    the file. Raises Kept where the user has changed something, or where the copy may be the last one.
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


def take_back(operation: Operation, step: Step, token: str) -> None:
    """Carry out what `judge` found. Raises OSError and Changed; then the file is where it was."""
    if step is Step.REMOVE:
        operation.destination.unlink()
    elif step is Step.RETURN:
        make_folder(operation.source.parent)
        relocate(operation.destination, operation.source, operation, token)


def relocate(origin: Path, target: Path, operation: Operation, token: str) -> None:
    """Move one file, by renaming, or across devices by a verified and durable copy.

    Keeps the promise that the original is removed only after its copy is whole, durable and compared, and
    only if it is unchanged since. Raises FileExistsError where `target` is taken, OSError and Changed
    otherwise.
    """
    try:
        rename_exclusive(origin, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
    else:
        return
    seen = origin.lstat()
    if not stat.S_ISREG(seen.st_mode):
        raise Changed("is no longer a file")
    temporary = target.parent / temporary_name(operation, token)
    copy_whole(origin, temporary, seen=seen, digest=operation.digest, mtime_ns=operation.mtime_ns, read_back=True)
    try:
        rename_exclusive(temporary, target)
    except OSError:
        temporary.unlink()
        raise
    sync_folder(target.parent)
    placed = target.lstat()
    try:
        check_same(origin.lstat(), seen)
        origin.unlink()
    except Changed as changed:
        raise Changed(f"changed while it was moved; its earlier content is at {target}") from changed
    except OSError:
        remove_if_same(target, placed)
        raise


def _judge_own(operation: Operation) -> Step:
    if not os.path.lexists(operation.destination):
        return Step.NOTHING
    if holds(operation.destination, operation):
        return Step.REMOVE
    raise Kept("changed since")


def _judge_symlink(operation: Operation) -> Step:
    if not os.path.lexists(operation.destination):
        return Step.NOTHING
    if operation.destination.is_symlink() and operation.destination.readlink() == operation.source:
        return Step.REMOVE
    raise Kept("changed since")


def _judge_copy(operation: Operation, mode: Mode) -> Step:
    if not os.path.lexists(operation.destination):
        return Step.NOTHING
    original = Path(os.path.realpath(operation.source))
    if is_one_entry(original, operation.destination):
        raise Kept("it and its original are one file now, so this is the last copy")
    if mode is Mode.HARDLINK and same_file(original, operation.destination):
        return Step.REMOVE
    if not holds(operation.destination, operation):
        raise Kept("changed since")
    if not holds(original, operation):
        raise Kept("its original is gone or has changed, so this is the last copy")
    return Step.REMOVE


def _judge_move(operation: Operation, *, in_doubt: bool) -> Step:
    origin, now = operation.source, operation.destination
    if not os.path.lexists(now):
        if os.path.lexists(origin) and (in_doubt or holds(origin, operation)):
            return Step.NOTHING
        raise Kept("no longer there")
    if not os.path.lexists(origin):
        if holds(now, operation):
            return Step.RETURN
        raise Kept("changed since")
    if is_one_entry(origin, now):
        raise Kept("its old place is a link to where it lies")
    if same_file(origin, now) or (in_doubt and holds(origin, operation) and holds(now, operation)):
        return Step.REMOVE
    raise Kept("its old place is taken")
