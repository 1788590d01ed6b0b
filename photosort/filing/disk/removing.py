"""Removes a file, and only while another one that was judged with it keeps its content."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from photosort.filing.disk.copying import Changed, check_same, copy_open
from photosort.filing.disk.place import look, sync_folder
from photosort.filing.disk.renaming import remove, rename_exclusive
from photosort.photos.files.digest import digest_of


@dataclass(frozen=True, slots=True)
class Witness:
    """A file, and the status in which it was judged: device, inode, size and both times."""

    path: Path
    seen: os.stat_result


def witness(path: Path, seen: os.stat_result | None, size: int, digest: str) -> Witness | None:
    """Read a file that was `seen` directly before; returns None where it was not there or has another content.

    An edit while it is read shows when the witness is compared with the file once more, before anything is removed.
    Raises OSError where it cannot be read: that is not known to be either.
    """
    if seen is None or not stat.S_ISREG(seen.st_mode) or seen.st_size != size or digest_of(path) != digest:
        return None
    return Witness(path, seen)


def remove_judged(file: Witness, keeper: Witness | None) -> None:
    """Remove `file`, whose content `keeper` has as well; None for what can be made again.

    Looks at both directly before, and once more after, while what was removed is still open: where either was changed
    or removed in between, the content gets a name again. Raises Changed where either is not as it was judged, OSError
    where the file cannot be removed, and InDoubt; the file is there then.
    """
    with _open(file) as descriptor:
        if keeper:
            check_same(_there(keeper.path), keeper.seen)
        check_same(file.path.lstat(), file.seen)  # last, for of the two only this one can lose an edit
        remove(file.path)
        if descriptor is not None and not _is_kept(descriptor, file, keeper):
            _put_back(descriptor, file.path)
            raise Changed


@contextmanager
def _open(file: Witness) -> Iterator[int | None]:
    """Yield the file, open for reading as long as the block runs; None where it is a link, or the system locks open
    files.
    """
    if os.name == "nt" or not stat.S_ISREG(file.seen.st_mode):
        yield None
        return
    descriptor = os.open(file.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        check_same(os.fstat(descriptor), file.seen)
        yield descriptor
    finally:
        os.close(descriptor)


def _is_kept(descriptor: int, file: Witness, keeper: Witness | None) -> bool:
    """Return whether nothing but the name has gone.

    The removal changes the time of the status, of a hard link's too.
    """
    now = os.fstat(descriptor)
    if (now.st_size, now.st_mtime_ns) != (file.seen.st_size, file.seen.st_mtime_ns):
        return False
    if keeper is None:
        return True
    try:
        return _is_as_seen(keeper.path, keeper.seen, status_time=os.path.samestat(keeper.seen, file.seen))
    except OSError:
        return False


def _put_back(descriptor: int, path: Path) -> None:
    temporary = path.with_name(f".photosort-{secrets.token_hex(4)}-0.part")
    copy_open(descriptor, temporary)
    rename_exclusive(temporary, path)
    sync_folder(path.parent)


def _is_as_seen(path: Path, seen: os.stat_result, *, status_time: bool = False) -> bool:
    """Return whether a file is as it was seen, but for what else may change its status where `status_time` says so."""
    now = look(path)
    if now is None:
        return False
    try:
        check_same(now, seen, status_time=not status_time)
    except Changed:
        return False
    return True


def _there(path: Path) -> os.stat_result:
    try:
        return path.lstat()
    except FileNotFoundError as error:
        raise Changed("the file that would keep its content is gone") from error
