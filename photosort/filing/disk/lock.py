"""One photosort at a time on one destination."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from photosort.errors import Busy, StoreError
from photosort.naming.folder_name import name_key
from photosort.support.files import FILE, make_private_folder

TRIES, PAUSE = 10, 0.02
"""How often a lock is tried, and the seconds between: one who only looks holds it for far less."""


@contextmanager
def hold(destination: Path, data_dir: Path) -> Iterator[None]:
    """Hold the lock of `destination` for the length of the block.

    The lock is a file in `data_dir`/locks that the operating system frees when its holder ends, however it
    ends. The file itself stays: removing it would let two holders in. It says who holds it.

    Raises Busy, with the holder's process id, where another process (or another block) holds it, and
    StoreError where the lock file cannot be made.
    """
    with _locked(destination, data_dir, sign=True):
        yield


def is_held(destination: Path, data_dir: Path) -> bool:
    """Return whether another process works on `destination` now. Raises StoreError where the lock file cannot be made.

    No system can look at a lock without taking it; this takes it for a moment, and `hold` waits for longer than that.
    """
    try:
        with _locked(destination, data_dir, sign=False):
            return False
    except Busy:
        return True


@contextmanager
def _locked(destination: Path, data_dir: Path, *, sign: bool) -> Iterator[None]:
    path = data_dir / "locks" / f"{_key(destination)}.lock"
    try:
        make_private_folder(path.parent)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), FILE)
    except OSError as error:
        raise _unusable(path, error) from error
    try:
        try:
            _lock_soon(descriptor)
            if sign:
                os.ftruncate(descriptor, 0)
                os.write(descriptor, f"{os.getpid()}\n".encode())
        except (BlockingIOError, PermissionError) as error:
            raise Busy(
                f"Another photosort (process {_holder(path)}) is working on {destination}",
                "Wait until it is done, or name another destination with --out.",
            ) from error
        except OSError as error:
            raise _unusable(path, error) from error
        yield
    finally:
        os.close(descriptor)


def _lock_soon(descriptor: int) -> None:
    """Lock it, at the last of several tries."""
    for _ in range(TRIES - 1):
        with suppress(BlockingIOError, PermissionError):
            _lock(descriptor)
            return
        time.sleep(PAUSE)
    _lock(descriptor)


def _key(destination: Path) -> str:
    """Return a key that is equal for all spellings of a path that some disk takes for the same folder."""
    return hashlib.sha256(os.fsencode(name_key(os.path.realpath(destination)))).hexdigest()[:32]


def _unusable(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"The lock {path} cannot be used ({error.strerror})", "Name another folder in PHOTOSORT_DATA_DIR."
    )


def _holder(path: Path) -> str:
    try:
        return path.read_text().strip() or "unknown"
    except OSError:
        return "unknown"


if sys.platform == "win32":
    import msvcrt

    _BYTE = 1 << 20
    """The byte that is locked: far behind the process id, which others may have to read."""

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, _BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        os.lseek(descriptor, 0, os.SEEK_SET)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
