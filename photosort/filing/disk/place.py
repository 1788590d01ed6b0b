"""Look at names on a disk, make folders, flush: what every step on the user's files begins or ends with."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

NOT_OFFERED = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM, errno.EMLINK})
"""What a file system says to a call that it does not have."""
_FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})

_REASONS = {
    errno.ENOENT: "no longer there",
    errno.EACCES: "permission denied",
    errno.EPERM: "operation not permitted",
    errno.EEXIST: "a file of that name has appeared at its new place",
    errno.EFBIG: "too large for that file system",
    errno.EXDEV: "lies on another disk, where hard links do not reach",
    errno.EILSEQ: "the file system there does not take its name",
    errno.ENAMETOOLONG: "its name or path is too long there",
    errno.EROFS: "the disk is read-only",
    errno.EIO: "the disk reports an error",
    errno.ESTALE: "the disk has lost sight of it",
}


class InDoubt(Exception):
    """A step reported an error, and the disk cannot be looked at to see whether it happened all the same."""


def reason_of(error: OSError) -> str:
    """Return why a file could not be filed, in a few words for the summary."""
    return _REASONS.get(error.errno or 0) or (error.strerror or str(error) or "unknown error").lower()


def is_full(error: BaseException) -> bool:
    """Return whether the disk, or the user's share of it, is used up: then the next file would fail as well."""
    return isinstance(error, OSError) and error.errno in _FULL


def look(path: Path) -> os.stat_result | None:
    """Return the status of what has this name (of a link itself), or None where the name is certainly free.

    Raises OSError where that cannot be known: a folder that may not be entered, or a disk that does not answer.
    """
    try:
        return path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None


def look_after(path: Path) -> os.stat_result:
    """Return the status of what a step has just placed. Raises InDoubt where it cannot be seen."""
    try:
        return path.lstat()
    except OSError as error:
        raise InDoubt(reason_of(error)) from error


def is_settled(error: OSError, happened: Callable[[], bool]) -> bool:
    """Return whether a step happened that has reported `error`, as the disk shows; network disks report both ways.

    Raises InDoubt where the disk cannot be looked at.
    """
    try:
        return happened()
    except OSError:
        raise InDoubt(reason_of(error)) from error


def behind_links(path: Path) -> Path:
    """Return the path itself, or where the symbolic link leads that lies there. Raises OSError."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def same_file(first: Path, second: Path) -> bool:
    """Return whether both names exist and lead to one file on disk, without following symbolic links.

    Raises OSError.
    """
    one, other = look(first), look(second)
    return one is not None and other is not None and os.path.samestat(one, other)


def is_one_entry(first: Path, second: Path) -> bool:
    """Return whether both paths lead to one name of one file: to remove either would be to remove the other.

    That is so where a user has put a link, or a mount, in the place of a folder that the file has been in. Raises
    OSError.
    """
    if not same_file(first, second):
        return False
    real = [Path(os.path.realpath(path.parent), path.name) for path in (first, second)]
    return real[0] == real[1] or first.lstat().st_nlink < 2


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable, where the file system can. Raises OSError."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in NOT_OFFERED:
            raise
    finally:
        os.close(descriptor)


def make_folder(folder: Path, about_to: Callable[[Path], None] = lambda folder: None, mode: int = 0o777) -> None:
    """Make a folder and those above it, durably; calls `about_to` before each one.

    Raises OSError, and InDoubt where it cannot be seen whether one was made.
    """
    missing = []
    while look(folder) is None:
        missing.append(folder)
        folder = folder.parent
    for path in reversed(missing):
        about_to(path)
        try:
            path.mkdir(mode)
        except OSError as error:
            if not is_settled(error, path.is_dir):
                raise
        sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Make the content of a file durable. Raises OSError where the disk does not take it."""
    descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_disk(descriptor: int) -> bool:
    """Make everything on the file system of an open folder durable; false where that failed.

    One flush for many small files costs what one of them would. The folder has to be opened before they are
    written: the system reports what has gone wrong since then (Linux 5.8 and later).
    """
    if sys.platform != "linux":
        return False
    library = ctypes.CDLL(None)
    return hasattr(library, "syncfs") and library.syncfs(descriptor) == 0


def device_of(folder: Path) -> int:
    """Return the number of the disk that a folder lies on; -1 where it cannot be looked at."""
    try:
        return folder.stat().st_dev
    except OSError:
        return -1
