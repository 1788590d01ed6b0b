"""The names of one write of tags on disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from photosort.errors import DestinationError
from photosort.filing.disk.copying import Changed
from photosort.filing.disk.exchanged import Names
from photosort.filing.disk.opened import REPLACED, OpenedHomes
from photosort.filing.disk.renaming import remove
from photosort.store.journals.tag_journal import Tagging, TagWrite
from photosort.support.printable import printable


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

    @property
    def names(self) -> Names:
        """The names that `exchanged.clear` looks at."""
        return Names(self.path, self.new, self.aside)

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
