"""Keeps the folders of a destination open, so that nothing is written through one that is swapped for a link."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

from photosort.filing.copying import Changed
from photosort.filing.place import is_settled, look, make_folder, sync_folder

_THROUGH = Path("/proc/self/fd")
"""Where Linux shows what a process has open: a path through it leads to the folder that was opened, wherever it is."""
REPLACED = "its folder was replaced while the run was on"

Made = Callable[[Path, int], None]


class OpenedFolders(AbstractContextManager["OpenedFolders"]):
    """The folders at and below `root`, made where they are missing and each opened once.

    Where the system cannot reach a file through an open folder (macOS, Windows), a folder is compared with what it
    was, before each use.

    root      the open destination; it stays the caller's
    about_to  called with the path of each folder before it is made
    made      called with its path and descriptor after that
    """

    def __init__(self, path: Path, root: int, about_to: Callable[[Path], None], made: Made) -> None:
        self._root, self._about_to, self._made = path, about_to, made
        self._open = {path: root}

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all but the root."""
        for path, descriptor in self._open.items():
            if path != self._root:
                os.close(descriptor)
        self._open = {self._root: self._open[self._root]}

    def at(self, path: Path) -> Path:
        """Return `path` as it is reached through its opened folder.

        Raises Changed where the folder is not the one that was opened, or is a link; OSError where it cannot be made.
        """
        folder = path.parent
        if os.name == "nt":
            make_folder(folder, self._about_to)
            return path
        return self._reached(folder, self._descriptor(folder)) / path.name

    def _descriptor(self, folder: Path) -> int:
        if folder not in self._open:
            above = self._descriptor(folder.parent)
            self._open[folder] = self._opened(folder, self._reached(folder.parent, above) / folder.name)
        descriptor = self._open[folder]
        now = folder.stat() if folder == self._root else look(folder)
        if now is None or not os.path.samestat(now, os.fstat(descriptor)):
            raise Changed(REPLACED)
        return descriptor

    def _opened(self, folder: Path, reached: Path) -> int:
        new = look(reached) is None
        if new:
            self._about_to(folder)
            try:
                reached.mkdir()
            except OSError as error:
                if not is_settled(error, reached.is_dir):
                    raise
        seen = reached.lstat()
        if not stat.S_ISDIR(seen.st_mode):
            raise Changed(REPLACED)
        descriptor = os.open(reached, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        if new:
            self._made(folder, descriptor)
            sync_folder(reached.parent)
        return descriptor

    @staticmethod
    def _reached(folder: Path, descriptor: int) -> Path:
        through = _THROUGH / str(descriptor)
        return through if _leads_through() else folder


def _leads_through() -> bool:
    return _THROUGH.is_dir()
