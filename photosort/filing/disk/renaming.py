"""Gives, takes and changes the names of files. Whatever a call reports, the disk is looked at and believed.

A network disk, or a file system in user space, may carry a step out and report an error all the same. So each step
here ends in one of three ways: it happened; it raises OSError, and has certainly not happened; it raises InDoubt, for
the disk cannot be looked at.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

from photosort.filing.disk.place import NOT_OFFERED, is_settled, look, same_file

_AT_FDCWD = -100
_RENAME_NOREPLACE, _RENAME_EXCHANGE = 1, 2
_RENAME_EXCL, _RENAME_SWAP = 4, 2


def remove(path: Path) -> None:
    """Remove a name; one that is gone already is fine. Raises OSError where it is still there, and InDoubt."""
    try:
        path.unlink()
    except OSError as error:
        if not is_settled(error, lambda: look(path) is None):
            raise


def link(source: Path, destination: Path) -> None:
    """Give a file a second name, which must be free. Raises FileExistsError, OSError and InDoubt."""
    try:
        os.link(source, destination, follow_symlinks=False)
    except OSError as error:
        if not is_settled(error, lambda: same_file(source, destination)):
            raise


def link_symbolically(target: Path, destination: Path) -> None:
    """Make a symbolic link to `target` under a name that must be free. Raises OSError and InDoubt."""
    try:
        destination.symlink_to(target)
    except OSError as error:
        if not is_settled(error, lambda: leads_to(destination, target)):
            raise


def leads_to(path: Path, target: Path) -> bool:
    """Return whether `path` is a symbolic link that says exactly `target`.

    Raises OSError where that cannot be known.
    """
    seen = look(path)
    return seen is not None and stat.S_ISLNK(seen.st_mode) and path.readlink() == target


def rename_exclusive(source: Path, destination: Path, seen: os.stat_result | None = None) -> None:
    """Give the file a new name on its file system, which must be free.

    Keeps the promise that nothing is overwritten. Renames in one step where the system can do so without
    replacing; else links the new name before it removes the old one, and takes the link back where that
    fails; else, on a file system without links (exFAT through FUSE), reserves the name with an empty file
    first. `seen` is the status of the file, where it was looked at directly before.

    Raises FileExistsError, OSError with EXDEV where the destination is on another file system, and InDoubt.
    """
    seen = seen or source.lstat()
    try:
        _rename(source, destination)
    except OSError as error:
        if not is_settled(error, lambda: look(source) is None and _is(destination, seen)):
            raise


def _rename(source: Path, destination: Path) -> None:
    if os.name == "nt":
        source.rename(destination)
        return
    native = _native_rename()
    if native:
        try:
            native(source, destination)
        except OSError as error:
            if error.errno not in NOT_OFFERED:
                raise
        else:
            return
    try:
        link(source, destination)
    except OSError as error:
        if error.errno not in NOT_OFFERED:
            raise
        _reserve_and_rename(source, destination)
        return
    try:
        remove(source)
    except OSError:
        if same_file(source, destination):
            remove(destination)
        raise


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
        left = look(destination)
        if look(source) and left and os.path.samestat(left, reserved) and not left.st_size:
            remove(destination)
        raise


def _is(path: Path, seen: os.stat_result) -> bool:
    """Return whether what has been `seen` under another name lies here; some network disks number their files anew."""
    now = look(path)
    if now is None:
        return False
    return os.path.samestat(now, seen) or (now.st_size, now.st_mtime_ns) == (seen.st_size, seen.st_mtime_ns)


def native_exchange() -> Callable[[Path, Path], None] | None:
    """Return the system's own exchange of two names in one step, or None. It raises OSError."""
    return _native(_RENAME_EXCHANGE, _RENAME_SWAP)


def _native_rename() -> Callable[[Path, Path], None] | None:
    """Return the system's own rename that replaces nothing, or None."""
    return _native(_RENAME_NOREPLACE, _RENAME_EXCL)


@cache
def _native(linux_flag: int, darwin_flag: int) -> Callable[[Path, Path], None] | None:
    library = ctypes.CDLL(None, use_errno=True)

    def checked(result: int, source: Path, destination: Path) -> None:
        if result:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(source), None, str(destination))

    if sys.platform == "linux" and hasattr(library, "renameat2"):

        def linux(source: Path, destination: Path) -> None:
            old, new = os.fsencode(source), os.fsencode(destination)
            checked(library.renameat2(_AT_FDCWD, old, _AT_FDCWD, new, linux_flag), source, destination)

        return linux
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):

        def darwin(source: Path, destination: Path) -> None:
            checked(
                library.renamex_np(os.fsencode(source), os.fsencode(destination), darwin_flag),
                source,
                destination,
            )

        return darwin
    return None
