"""Where a report is written: a file of its own, with a folder of thumbnails beside it where these are many."""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from photosort.errors import ReportRefused
from photosort.filing.disk.place import look
from photosort.filing.disk.renaming import rename_exclusive
from photosort.report.html import SIGNATURE
from photosort.support.files import FILE, FOLDER

_HINT = "Name another file with --out."
_THUMBNAIL = re.compile(r"[0-9a-f]{64}")


def report_path(destination: Path, out: Path | None = None) -> Path:
    """Return the file of a run's report: `out`, a file in it where that is a folder, or one beside the destination.

    Where the folder of the destination does not exist, it is the current one.
    """
    name = f"{destination.name}-report.html"
    if out is not None:
        return out / name if out.is_dir() else out
    return destination.with_name(name) if destination.parent.is_dir() else Path(name)


def check_report_path(path: Path) -> None:
    """Raise ReportRefused unless the name is free, or that of an earlier report, in a folder that exists."""
    if not path.absolute().parent.is_dir():
        raise ReportRefused(f"The folder {path.absolute().parent} does not exist", _HINT)
    try:
        seen = look(path)
        if seen is None:
            return
        if stat.S_ISREG(seen.st_mode):
            with path.open("rb") as file:
                if file.read(len(SIGNATURE)) == SIGNATURE.encode():
                    return
    except OSError as error:
        raise _refused(path, error) from error
    raise ReportRefused(f"{path} exists and is not a report of photosort", _HINT)


def write_report_file(path: Path, text: str) -> None:
    """Write the report whole or not at all, for the user alone; an earlier one is replaced. Raises ReportRefused."""
    check_report_path(path)
    try:
        with _PrivateFile(path.parent) as temporary:
            temporary.write(text.encode())
            check_report_path(path)
            temporary.become(path)
    except OSError as error:
        raise _refused(path, error) from error


def thumbnail_folder(path: Path) -> Path:
    """Return the folder of the thumbnails that do not fit into a report."""
    return path.with_name(f"{path.stem}-thumbnails")


def write_thumbnails(folder: Path, thumbnails: Iterable[tuple[str, bytes]]) -> None:
    """Write (digest, WebP) into a folder for the user alone, each under its digest; those that are there stay.

    Without a suffix no later run takes them for photos. Raises ReportRefused where the folder holds anything else.
    """
    try:
        with suppress(FileExistsError):
            folder.mkdir(mode=FOLDER)
        seen = folder.lstat()
        there = set(os.listdir(folder)) if stat.S_ISDIR(seen.st_mode) else {"a file"}  # noqa: PTH208 (names alone)
        if not all(map(_is_own, there)):
            raise ReportRefused(f"{folder} exists and holds other files", _HINT)
        for digest, content in thumbnails:
            if digest not in there:
                with _PrivateFile(folder) as temporary:
                    temporary.write(content)
                    temporary.become(folder / digest)
    except OSError as error:
        raise _refused(folder, error) from error


def _is_own(name: str) -> bool:
    return _THUMBNAIL.fullmatch(name) is not None or name.startswith(".photosort-")


class _PrivateFile:
    """A file under a temporary name, gone at the end of the block unless it has become another."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / f".photosort-{secrets.token_hex(4)}-0.part"
        self._there = False

    def __enter__(self) -> _PrivateFile:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        self._file = os.fdopen(os.open(self._path, flags, FILE), "wb")
        self._there = True
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        if self._there:
            with suppress(OSError):
                self._path.unlink()

    def write(self, content: bytes) -> None:
        self._file.write(content)
        self._file.close()

    def become(self, path: Path) -> None:
        """Take the name of `path`, in place of a report that has it."""
        if look(path) is None:
            rename_exclusive(self._path, path)
        else:
            self._path.replace(path)
        self._there = False


def _refused(path: Path, error: OSError) -> ReportRefused:
    reason = (error.strerror or str(error)).lower()
    return ReportRefused(f"{path} cannot be written ({reason})", _HINT)
