"""Keeps folders open while files come into them, so that nothing is written through one that is swapped for a link."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

from photosort.filing.disk.copying import Changed
from photosort.filing.disk.place import is_settled, look, make_folder, sync_folder

_THROUGH = "/proc/self/fd"
"""Where Linux shows what a process has open: a path through it leads to the folder that was opened, wherever it is."""
REPLACED = "its folder was replaced while the run was on"

Made = Callable[[Path, int], None]


class _Opened(AbstractContextManager["_Opened"]):
    """Folders that are open as long as the block runs.

    Where the system cannot reach a file through an open folder (macOS, Windows), a folder is compared with what it
    was, before each use.
    """

    def __init__(self) -> None:
        self._open: dict[Path, int] = {}
        self._identities: dict[Path, tuple[int, int]] = {}
        self._ways: dict[Path, Path] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close them all."""
        for descriptor in self._open.values():
            with suppress(OSError):
                os.close(descriptor)
        self._open.clear()

    def _keep(self, folder: Path, descriptor: int) -> int:
        seen = os.fstat(descriptor)
        self._open[folder], self._identities[folder] = descriptor, (seen.st_dev, seen.st_ino)
        return descriptor

    def _reach(self, folder: Path, name: str, descriptor: int) -> Path:
        """Return the status of the entry with this name in an open folder."""
        if folder not in self._ways:
            self._ways[folder] = Path(f"{_THROUGH}/{descriptor}") if _leads_through() else folder
        return self._ways[folder] / name


class OpenedFolders(_Opened):
    """The folders at and below a destination, made where they are missing.

    root      the open destination; it stays the caller's
    about_to  called with the path of each folder before it is made
    made      called with its path and descriptor after that
    """

    def __init__(self, path: Path, root: int, about_to: Callable[[Path], None], made: Made) -> None:
        super().__init__()
        self._path, self._root, self._about_to, self._made = path, root, about_to, made

    def at(self, path: Path) -> Path:
        """Return `path` as it is reached through its opened folder.

        Raises Changed where the folder is not the one that was opened, or is a link; OSError where it cannot be made.
        """
        folder = path.parent
        if os.name == "nt":
            make_folder(folder, self._about_to)
            return path
        return self._reach(folder, path.name, self._descriptor(folder))

    def _descriptor(self, folder: Path) -> int:
        if folder == self._path:
            return self._root
        if folder not in self._open:
            reached = self._reach(folder.parent, folder.name, self._descriptor(folder.parent))
            self._keep(folder, self._opened(folder, reached))
        try:
            now = folder.lstat()
        except FileNotFoundError as error:
            raise Changed(REPLACED) from error
        if (now.st_dev, now.st_ino) != self._identities[folder]:
            raise Changed(REPLACED)
        return self._open[folder]

    def _opened(self, folder: Path, reached: Path) -> int:
        new = look(reached) is None
        if new:
            self._about_to(folder)
            try:
                reached.mkdir()
            except OSError as error:
                if not is_settled(error, reached.is_dir):
                    raise
        if not stat.S_ISDIR(reached.lstat().st_mode):
            raise Changed(REPLACED)
        descriptor = os.open(reached, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        if new:
            self._made(folder, descriptor)
            sync_folder(reached.parent)
        return descriptor


class OpenedHomes(_Opened):
    """The folders that files go back to. A link that is one when the undo begins is the user's; it is followed."""

    def at(self, path: Path) -> Path:
        """Return `path` as it is reached through its folder, which is made and opened when it is first asked for.

        Raises Changed where the folder is another one by now, OSError where it cannot be made.
        """
        folder = path.parent
        if folder not in self._open:
            make_folder(folder)
            if os.name == "nt":
                return path
            self._keep(folder, os.open(folder, os.O_RDONLY | os.O_DIRECTORY))
        now = folder.stat()
        if (now.st_dev, now.st_ino) != self._identities[folder]:
            raise Changed(REPLACED)
        return self._reach(folder, path.name, self._open[folder])


@cache
def _leads_through() -> bool:
    return Path(_THROUGH).is_dir()
