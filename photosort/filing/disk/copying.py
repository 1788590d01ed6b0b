"""One file copied whole, under a temporary name, or not at all."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_CHUNK = 1 << 20
_FICLONE = 0x40049409
_COPYFILE_METADATA = 7
_BINARY = getattr(os, "O_BINARY", 0)
_NOT_KEPT = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL})
"""What a disk says that keeps no permissions at all, such as a memory card."""

_SYSTEM_NAMESPACES = ("security.", "trusted.", "system.")


class Changed(Exception):
    """The file is not the one that was looked at."""

    def __init__(self, reason: str = "changed since it was looked at") -> None:
        super().__init__(reason)


def check_unchanged(path: Path, size: int, mtime_ns: int, *, link: bool = True) -> os.stat_result:
    """Return the file's status. Raises OSError, and Changed unless it is a file of this size and time, or a `link`."""
    now = path.stat(follow_symlinks=link)
    if stat.S_ISLNK(now.st_mode):
        raise Changed("has become a symbolic link")
    if not stat.S_ISREG(now.st_mode):
        raise Changed("is no longer a file")
    if (now.st_size, now.st_mtime_ns) != (size, mtime_ns):
        raise Changed
    return now


def check_same(now: os.stat_result, seen: os.stat_result, *, status_time: bool = True) -> None:
    """Raise Changed unless both are the same file in the same state.

    `status_time` compares that of the status (ctime) too, which no program can set: it shows an edit that keeps size
    and time. It changes with permissions and links as well.
    """
    for name in ("st_dev", "st_ino", "st_size", "st_mtime_ns", *(["st_ctime_ns"] if status_time else [])):
        if getattr(now, name) != getattr(seen, name):
            raise Changed


def copy_whole(
    source: Path,
    temporary: Path,
    *,
    seen: os.stat_result,
    digest: str,
    mtime_ns: int,
    read_back: bool,
    flush: bool = True,
) -> tuple[str, ...]:
    """Copy `source` to `temporary`, which must not exist.

    The blocks are shared where the file system can (reflink). The content has `digest` when this returns:
    as it was read, or with `read_back` as it comes back from the disk, which a move demands. It is durable
    unless the caller sees to that (`flush` is false). Modification time (`mtime_ns`), access time,
    permissions, owner and extended attributes are kept as far as the disk takes them; returns the names of
    the user's extended attributes that it did not take.

    Whatever goes wrong, `temporary` is removed. Raises Changed where the source is not what was `seen`,
    before or after, or has another digest; OSError otherwise.
    """
    reading = os.open(source, os.O_RDONLY | _BINARY)
    try:
        with _new_file(temporary, 0o600) as writing:
            found = _transfer(reading, writing)
            check_same(os.fstat(reading), seen, status_time=False)
            if read_back or not found:
                os.fsync(writing)
                _forget_cached(writing)
                came_back = _digest(writing)
                if found == digest != came_back:
                    raise OSError(errno.EIO, os.strerror(errno.EIO), str(temporary))
                found = came_back
            if found != digest:
                raise Changed
            lost = _keep_attributes(reading, writing, seen)
            _set_times(writing, temporary, seen.st_atime_ns, mtime_ns)
            if flush:
                os.fsync(writing)
            else:
                _forget_cached(writing)  # on Linux this begins to write, and so shortens the flush to come
        return lost
    finally:
        os.close(reading)


def copy_open(reading: int, temporary: Path) -> None:
    """Copy an open file, whatever it holds now, to `temporary`, which must not exist, durably. Raises OSError."""
    seen = os.fstat(reading)
    os.lseek(reading, 0, os.SEEK_SET)
    with _new_file(temporary, 0o600) as writing:
        _transfer(reading, writing)
        _keep_attributes(reading, writing, seen)
        _set_times(writing, temporary, seen.st_atime_ns, seen.st_mtime_ns)
        os.fsync(writing)


def write_whole(content: bytes, temporary: Path, mode: int = 0o666) -> None:
    """Write `content` to `temporary`, which must not exist, durably or not at all. Raises OSError."""
    with _new_file(temporary, mode) as writing:
        with open(writing, "wb", closefd=False) as file:
            file.write(content)
        os.fsync(writing)


def write_like(content: bytes, temporary: Path, pattern: Path, seen: os.stat_result, mtime_ns: int | None) -> None:
    """Write `content` to `temporary`, which must not exist, durably, with what `pattern` has beside its content.

    Permissions, owner and extended attributes are kept as far as the disk takes them; `seen` is the status of
    `pattern`. The modification time is `mtime_ns`, in nanoseconds; None leaves it at now. Raises OSError, and Changed
    where `pattern` is another file by now.
    """
    reading = os.open(pattern, os.O_RDONLY | _BINARY | getattr(os, "O_NOFOLLOW", 0))
    try:
        check_same(os.fstat(reading), seen)
        with _new_file(temporary, 0o600) as writing:
            with open(writing, "wb", closefd=False) as file:
                file.write(content)
            _keep_attributes(reading, writing, seen)
            if mtime_ns is not None:
                _set_times(writing, temporary, seen.st_atime_ns, mtime_ns)
            os.fsync(writing)
    finally:
        os.close(reading)


@contextmanager
def _new_file(path: Path, mode: int) -> Iterator[int]:
    """Yield a new file, open while the block runs, and removed where that or the closing fails (EDQUOT comes that
    late).
    """
    writing = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _BINARY, mode)
    try:
        try:
            yield writing
        finally:
            os.close(writing)
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise


def _set_times(writing: int, path: Path, atime_ns: int, mtime_ns: int) -> None:
    os.utime(writing if os.utime in os.supports_fd else path, ns=(atime_ns, mtime_ns))


def can_clone(folder: Path, name: str) -> bool:
    """Return whether copies within a file system share blocks. Makes two files in `folder` and removes them."""
    first, second = folder / f"{name}-1", folder / f"{name}-2"
    try:
        with first.open("x+b") as one, second.open("xb") as two:
            one.write(bytes(4096))
            one.flush()
            return _clone(one.fileno(), two.fileno())
    except OSError:
        return False
    finally:
        for path in (first, second):
            with suppress(OSError):
                path.unlink()


def _transfer(reading: int, writing: int) -> str:
    """Copy the content; returns the digest of what was read, or nothing where blocks were shared unread."""
    if _clone(reading, writing):
        return ""
    summed = hashlib.sha256()
    while chunk := os.read(reading, _CHUNK):
        summed.update(chunk)
        rest = memoryview(chunk)
        while rest:
            rest = rest[os.write(writing, rest) :]
    return summed.hexdigest()


def _clone(reading: int, writing: int) -> bool:
    if sys.platform != "linux":
        return False
    import fcntl

    try:
        fcntl.ioctl(writing, _FICLONE, reading)
    except OSError:
        return False
    return True


def _digest(descriptor: int) -> str:
    os.lseek(descriptor, 0, os.SEEK_SET)
    with open(descriptor, "rb", closefd=False) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _forget_cached(descriptor: int) -> None:
    """Ask the system to drop what it holds in memory, so that the next read comes from the disk."""
    if hasattr(os, "posix_fadvise"):
        with suppress(OSError):
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)


def _keep_attributes(reading: int, writing: int, seen: os.stat_result) -> tuple[str, ...]:
    if sys.platform == "darwin":
        library = ctypes.CDLL(None, use_errno=True)
        return () if library.fcopyfile(reading, writing, None, _COPYFILE_METADATA) == 0 else ("metadata",)
    lost = []
    if sys.platform == "linux":
        for name in _attribute_names(reading):
            try:
                os.setxattr(writing, name, os.getxattr(reading, name))
            except OSError:
                if not name.startswith(_SYSTEM_NAMESPACES):
                    lost.append(name)
    if hasattr(os, "fchown"):
        mode = stat.S_IMODE(seen.st_mode)
        with suppress(OSError):
            os.fchown(writing, seen.st_uid, seen.st_gid)
        now = os.fstat(writing)
        if now.st_uid != seen.st_uid:
            mode &= 0o777
        if now.st_gid != seen.st_gid:
            mode &= 0o707 | (mode & 0o007) << 3  # what others may not, another group may not either
        try:
            os.fchmod(writing, mode)
        except OSError as error:
            if error.errno not in _NOT_KEPT:
                lost.append("permissions")
    return tuple(lost)


def _attribute_names(descriptor: int) -> list[str]:
    try:
        return os.listxattr(descriptor)
    except OSError:
        return []
