"""Folders and files that the user alone may read: they hold captions, and the paths of private photos."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TextIO

FOLDER, FILE = 0o700, 0o600
LIBRARY_CACHES = {"MPLCONFIGDIR": "matplotlib", "TORCHINDUCTOR_CACHE_DIR": "torch", "TRITON_CACHE_DIR": "triton"}
"""The variables by which libraries can be told where, read when they are imported, and the folder for each."""
OWN = ("cache.sqlite", "embedding", "history.sqlite", "locks", "logs", "models", "reviews", *LIBRARY_CACHES.values())
"""How the names begin of what photosort keeps in its folders for data and cache."""


def make_private_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for the user alone. Raises OSError.

    A folder that is there already, and holds nothing but photosort's own files, is closed to others too. One that
    holds anything else stays as it is: it was not made for photosort.
    """
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for path in reversed(missing):
        path.mkdir(mode=FOLDER, exist_ok=True)
    if not missing and _is_wide(folder) and all(path.name.startswith(OWN) for path in folder.iterdir()):
        with suppress(OSError):
            folder.chmod(FOLDER)


def make_private_file(path: Path) -> None:
    """Make an empty file that the user alone may read, or close the one that is there to others. Raises OSError."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), FILE))
    if _is_wide(path):
        with suppress(OSError):
            path.chmod(FILE)


def new_private_file(path: Path) -> TextIO:
    """Open a new text file (UTF-8) that the user alone may read; never one that is there. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), FILE)
    return os.fdopen(descriptor, "w", encoding="utf-8", newline="\n")


def keep_caches_below(folder: Path) -> None:
    """Let libraries keep what they work out for themselves in a folder of photosort's, unless the user says where."""
    with suppress(OSError):  # then whoever needs the folder says so
        make_private_folder(folder)
    for variable, name in LIBRARY_CACHES.items():
        os.environ.setdefault(variable, str(folder / name))


def _is_wide(path: Path) -> bool:
    """Return whether others may do anything with what is the user's own."""
    seen = path.stat()
    return hasattr(os, "geteuid") and seen.st_uid == os.geteuid() and bool(stat.S_IMODE(seen.st_mode) & 0o077)
