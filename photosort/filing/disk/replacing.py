"""Gives a file new content under its name, so that the name always holds one of both, whole.

The new content lies ready under a temporary name. Where the system can, both names are exchanged in one step; else
the old file steps aside first. Either way the old file is looked at once more after it has left its name: where it is
not the one that was judged, it gets the name back.
"""

from __future__ import annotations

import os
from pathlib import Path

from photosort.filing.disk.copying import Changed
from photosort.filing.disk.place import NOT_OFFERED, InDoubt, is_settled, look_after, reason_of, sync_folder
from photosort.filing.disk.removing import Witness
from photosort.filing.disk.renaming import native_exchange, remove, rename_exclusive


def replace_judged(staged: Path, aside: Path, file: Witness) -> None:
    """Put `staged` in the place of `file`, durably; the old file is removed, for its content is kept elsewhere.

    `aside` is a free name in the same folder. Raises Changed where the file is not as it was judged, and OSError; then
    the file has its name and content, and `staged` is for the caller to remove. Raises InDoubt where the disk cannot be
    looked at, or cannot flush or remove what was exchanged.
    """
    old = _exchange(staged, aside, file)
    try:
        sync_folder(file.path.parent)
        remove(old)
    except OSError as error:
        raise InDoubt(reason_of(error)) from error


def exchange_back(old: Path, aside: Path, place: Path) -> None:
    """Give the file `old` the name that it had, and remove the one that has it now. Raises OSError and InDoubt.

    `aside` is a free name in the same folder.
    """
    replaced = _swap(old, aside, place)
    sync_folder(place.parent)
    remove(replaced)


def _exchange(staged: Path, aside: Path, file: Witness) -> Path:
    """Returns where the old file lies now."""
    old = _swap(staged, aside, file.path)
    if not _is_it(look_after(old), file.seen):
        try:
            _swap(old, staged if old == aside else aside, file.path)
        except OSError as error:
            raise InDoubt(reason_of(error)) from error
        raise Changed
    return old


def _swap(new: Path, aside: Path, place: Path) -> Path:
    """Let `place` be the name of `new`; returns the name that the old file has then: `new`, or `aside`."""
    coming = new.lstat()
    exchange = native_exchange()
    if exchange:
        try:
            exchange(new, place)
        except OSError as error:
            if is_settled(error, lambda: _is_it(place.lstat(), coming)):
                return new
            if error.errno not in NOT_OFFERED:
                raise
        else:
            return new
    rename_exclusive(place, aside)
    try:
        rename_exclusive(new, place)
    except OSError:
        try:
            rename_exclusive(aside, place)
        except OSError as error:
            raise InDoubt(reason_of(error)) from error
        raise
    return aside


def _is_it(now: os.stat_result, seen: os.stat_result) -> bool:
    """Return whether it is the same file with the same content; a new name changes the time of the status alone."""
    names = ("st_dev", "st_ino", "st_size", "st_mtime_ns")
    return all(getattr(now, name) == getattr(seen, name) for name in names)
