"""Who may see what a run makes: at most those who could see the photos before."""

from __future__ import annotations

import os
import stat
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from photosort.filing.disk.place import NOT_OFFERED
from photosort.store.journals.operation import Operation

_PRIVATE = 0o700
_ENTER = 0o1


class Permissions:
    """How wide the folders and files may be that a run makes at its destination.

    A folder is no wider than the source folder, nor than any folder in it that its photos come from. Folders above the
    source count as well, as far as they do not lie above the destination too: whoever cannot enter one of them has not
    seen the photos. A file about a folder is no wider than the photos beside it.
    """

    def __init__(self, source: Path, destination: Path, operations: Iterable[Operation]) -> None:
        self._source, self._destination = source, destination
        self._origins: dict[Path, set[Path]] = defaultdict(set)
        self._photos: dict[Path, list[Path]] = defaultdict(list)
        self._known: dict[tuple[Path, int, bool], int] = {}
        for operation in operations:
            if operation.content is None:
                self._origins[operation.destination.parent].add(operation.source.parent)
                self._photos[operation.destination.parent].append(operation.destination)

    def of_folder(self, folder: Path, group: int) -> int:
        """Return the permission bits of a new folder that belongs to this group."""
        mode = 0o777
        for origin in {self._source, *self._origins.get(folder, ())}:
            for path in (origin, *origin.parents):
                inside = path == self._source or self._source in path.parents
                if not inside and path in self._destination.parents:
                    break
                mode &= self._bits(path, group, entered_only=not inside)
        return mode

    def of_file(self, folder: Path) -> int:
        """Return the permission bits of a new file beside the photos in `folder`."""
        mode = 0o666
        for photo in self._photos.get(folder, ()):
            try:
                mode &= photo.stat().st_mode
            except OSError:
                continue
        return mode | 0o600

    def narrow(self, folder: Path, descriptor: int) -> None:
        """Close an open folder, just made, to those who may not look into it; its group is known only now.

        Raises OSError.
        """
        if os.name == "nt":
            return
        seen = os.fstat(descriptor)
        mode = stat.S_IMODE(seen.st_mode)
        allowed = mode & (self.of_folder(folder, seen.st_gid) | ~0o777)
        if allowed != mode:
            try:
                os.fchmod(descriptor, allowed)
            except OSError as error:
                if error.errno not in NOT_OFFERED:  # as on FAT, which keeps no permissions
                    raise

    def _bits(self, folder: Path, group: int, *, entered_only: bool) -> int:
        key = (folder, group, entered_only)
        if key not in self._known:
            self._known[key] = _bits(folder, group, entered_only=entered_only)
        return self._known[key]


def _bits(folder: Path, group: int, *, entered_only: bool) -> int:
    """Return what a folder lets its owner, the members of `group`, and others do; one that cannot be seen, nothing."""
    try:
        seen = folder.stat()
    except OSError:
        return _PRIVATE
    mode = stat.S_IMODE(seen.st_mode)
    others = mode & 0o7
    members = (mode >> 3) & 0o7 if seen.st_gid == group else others
    if entered_only:
        members, others = (0o7 if bits & _ENTER else 0 for bits in (members, others))
    return _PRIVATE | members << 3 | others
