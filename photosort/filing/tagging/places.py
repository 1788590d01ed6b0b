"""The names of one write on disk, and what a process that was stopped in it has left there."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from photosort.errors import DestinationError
from photosort.filing.disk.copying import Changed
from photosort.filing.disk.opened import REPLACED, OpenedHomes
from photosort.filing.disk.place import look, sync_folder
from photosort.filing.disk.removing import Witness
from photosort.filing.disk.renaming import remove, rename_exclusive
from photosort.filing.disk.replacing import exchange_back
from photosort.photos.files.digest import digest_of
from photosort.photos.tags.xmp import LARGEST
from photosort.store.journals.tag_journal import Tagging, TagWrite
from photosort.support.printable import printable

MISSING = ""
"""Stands for the digest of a file that is not there."""
NO_FILE = "no file"
"""Stands for a digest where something other than a file has the name."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where a write happens, as reached through its opened folder.

    path   the file that the tags are written into
    photo  the photo that they are of
    new    the name of the new content until it is in its place
    aside  the name of the old content on file systems that cannot exchange two names
    """

    path: Path
    photo: Path
    new: Path
    aside: Path

    @classmethod
    def of(cls, write: TagWrite, token: str, homes: OpenedHomes) -> Places:
        """Open the folder of a write. Raises Changed where it is gone or was replaced, and OSError."""
        folder = write.path.parent
        if not folder.is_dir():
            raise Changed("its folder is no longer there")
        if os.path.realpath(folder) != os.fspath(folder):  # the plan names folders without links
            raise Changed(REPLACED)
        path = homes.at(write.path)
        names = (f".photosort-{token}-{2 * write.id + odd}.part" for odd in (0, 1))
        return cls(path, path.with_name(write.photo.name), *(path.with_name(name) for name in names))

    @contextmanager
    def staging(self) -> Iterator[None]:
        """Remove the new content where the block fails; a file in doubt is left for `clear`."""
        try:
            yield
        except (OSError, Changed):
            with suppress(OSError):
                remove(self.new)
            raise


def require_folder(tagging: Tagging, command: str) -> None:
    """Raise DestinationError where the folder that was tagged is not there; `command` is what to call again then."""
    if is_away(tagging.folder):
        raise DestinationError(
            f"{printable(str(tagging.folder))} is not there",
            "Connect its disk, or mount it again. Where you have removed or renamed the folder: give it back its name."
            f" Then: photosort {command} {tagging.run_id}",
        )


def is_away(folder: Path) -> bool:
    """Return whether no folder has this name; False where the disk does not say."""
    try:
        return not folder.is_dir()
    except OSError:
        return False


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


def clear(places: Places, origin: str, target: str, staged: bytes | None) -> None:
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
    if staged is None or path.lstat().st_size > LARGEST:
        return False
    return staged.startswith(path.read_bytes())
