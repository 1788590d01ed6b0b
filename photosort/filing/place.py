"""The smallest steps on somebody's files, each of which loses nothing wherever it is cut off."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

_AT_FDCWD = -100
_RENAME_NOREPLACE = 1
_RENAME_EXCL = 4
_NOT_OFFERED = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM, errno.EMLINK})
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
}


def reason_of(error: OSError) -> str:
    """Why a file could not be filed, in a few words for the summary."""
    return _REASONS.get(error.errno or 0) or (error.strerror or str(error) or "unknown error").lower()


def is_full(error: BaseException) -> bool:
    """Whether the disk, or the user's share of it, is used up: then the next file would fail as well."""
    return isinstance(error, OSError) and error.errno in _FULL


def same_file(first: Path, second: Path) -> bool:
    """Whether both names exist and lead to one file on disk, without following symbolic links."""
    try:
        return os.path.samestat(first.lstat(), second.lstat())
    except OSError:
        return False


def is_one_entry(first: Path, second: Path) -> bool:
    """Whether both paths lead to one name of one file: to remove either would be to remove the other.

    So it is where somebody has put a link, or a mount, in the place of a folder that the file has been in.
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
        if error.errno not in _NOT_OFFERED:
            raise
    finally:
        os.close(descriptor)


def make_folder(folder: Path, about_to: Callable[[Path], None] = lambda folder: None) -> None:
    """Make a folder and those above it, durably; calls `about_to` before each one. Raises OSError."""
    missing = []
    while not os.path.lexists(folder):
        missing.append(folder)
        folder = folder.parent
    for path in reversed(missing):
        about_to(path)
        path.mkdir(exist_ok=True)
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


def rename_exclusive(source: Path, destination: Path) -> None:
    """Give the file a new name on its file system, which nothing may have yet.

    Keeps the promise that nothing is overwritten. Renames in one step where the system can do so without
    replacing; else links the new name before it removes the old one, and takes the link back where that
    fails; else, on a file system without links (exFAT through FUSE), reserves the name with an empty file
    first.

    Raises FileExistsError, and OSError with EXDEV where the destination is on another file system.
    """
    if os.name == "nt":
        source.rename(destination)
        return
    native = _native_rename()
    if native:
        try:
            native(source, destination)
        except OSError as error:
            if error.errno not in _NOT_OFFERED:
                raise
        else:
            return
    try:
        os.link(source, destination, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NOT_OFFERED:
            raise
        _reserve_and_rename(source, destination)
        return
    try:
        source.unlink()
    except OSError:
        if same_file(source, destination):
            destination.unlink()
        raise


def remove_if_same(path: Path, seen: os.stat_result) -> None:
    """Remove what this process has placed, if it is still that very file. Raises OSError."""
    with suppress(FileNotFoundError):
        if os.path.samestat(path.lstat(), seen):
            path.unlink()


def _reserve_and_rename(source: Path, destination: Path) -> None:
    descriptor = os.open(destination, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    reserved = os.fstat(descriptor)
    os.close(descriptor)
    try:
        now = destination.lstat()
        if not os.path.samestat(now, reserved) or now.st_size:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(destination))
        source.rename(destination)
    except OSError:
        with suppress(OSError):
            now = destination.lstat()
            if os.path.samestat(now, reserved) and not now.st_size:
                destination.unlink()
        raise


@cache
def _native_rename() -> Callable[[Path, Path], None] | None:
    """The system's own rename that replaces nothing, or None."""
    library = ctypes.CDLL(None, use_errno=True)

    def checked(result: int, source: Path, destination: Path) -> None:
        if result:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(source), None, str(destination))

    if sys.platform == "linux" and hasattr(library, "renameat2"):

        def linux(source: Path, destination: Path) -> None:
            old, new = os.fsencode(source), os.fsencode(destination)
            checked(library.renameat2(_AT_FDCWD, old, _AT_FDCWD, new, _RENAME_NOREPLACE), source, destination)

        return linux
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):

        def darwin(source: Path, destination: Path) -> None:
            checked(
                library.renamex_np(os.fsencode(source), os.fsencode(destination), _RENAME_EXCL),
                source,
                destination,
            )

        return darwin
    return None
