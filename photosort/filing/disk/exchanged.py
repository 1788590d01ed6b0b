"""What a process that was stopped while it gave a file new content has left there.

See `replacing`: the new content lies ready under one name, and on some file systems the old file steps aside to
another.
"""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path
from typing import NamedTuple

from photosort.filing.disk.copying import Changed
from photosort.filing.disk.place import look, sync_folder
from photosort.filing.disk.removing import Witness
from photosort.filing.disk.renaming import remove, rename_exclusive
from photosort.filing.disk.replacing import exchange_back
from photosort.photos.files.digest import digest_of

MISSING = ""
"""Stands for the digest of a file that is not there."""
NO_FILE = "no file"
"""Stands for a digest where something other than a file has the name."""


class Names(NamedTuple):
    """The names of one replacement.

    path   the file that gets new content
    new    the name of the new content until it is in its place
    aside  the name of the old content on file systems that cannot exchange two names
    """

    path: Path
    new: Path
    aside: Path


def digest_at(path: Path) -> str:
    """Return the digest of what has this name now, MISSING or NO_FILE. Raises OSError where it cannot be read."""
    seen = look(path)
    if seen is None:
        return MISSING
    return digest_of(path) if stat.S_ISREG(seen.st_mode) else NO_FILE


def judged(path: Path, digest: str) -> Witness:
    """Return the file at `path` as it is now. Raises Changed unless it has this digest, and OSError."""
    seen = look(path)
    if seen is None or not stat.S_ISREG(seen.st_mode) or digest_of(path) != digest:
        raise Changed
    return Witness(path, seen)


def clear(places: Names, origin: str, target: str, staged: bytes | None) -> None:
    """Remove what a stopped process has left, and give a file back its name where it has lost it.

    A file that somebody has edited at the very moment in which it was replaced gets its name back as well. `origin` is
    the digest before the step that was stopped, `target` the one after it, `staged` what was to be written, where that
    is known. Raises OSError and InDoubt.
    """
    if digest_at(places.aside) != MISSING:
        if digest_at(places.path) == MISSING:
            rename_exclusive(places.aside, places.path)
        elif digest_at(places.aside) == origin:
            remove(places.aside)
        elif digest_at(places.path) == target and digest_at(places.new) == MISSING:
            exchange_back(places.aside, places.new, places.path)
    left = digest_at(places.new)
    if left != MISSING:
        now = digest_at(places.path)
        if now == origin or left in (origin, target) or _begins(places.new, staged):
            remove(places.new)
        elif now == target and digest_at(places.aside) == MISSING:
            exchange_back(places.new, places.aside, places.path)
    sync_folder(places.path.parent)


def sha(content: bytes) -> str:
    """Return the SHA-256 of bytes as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _begins(path: Path, staged: bytes | None) -> bool:
    """Return whether a file is a part of what was to be written, cut off by the end of the process."""
    if staged is None or path.lstat().st_size > len(staged):
        return False
    return staged.startswith(path.read_bytes())
