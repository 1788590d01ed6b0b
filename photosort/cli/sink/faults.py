"""What nothing else has words for: a library that cannot be imported, what the system refuses, and bugs."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import traceback
from contextlib import suppress
from importlib.metadata import packages_distributions
from pathlib import Path

from photosort.errors import LibraryBroken, PhotosortError, StoreError, Unexpected
from photosort.store.journals.touched import FILES
from photosort.support.pip import pip_install

OTHERWISE_CALLED = {"PIL": "pillow", "sklearn": "scikit-learn", "open_clip": "open_clip_torch"}
"""Module -> what pip calls its library; also where it is not installed, and no list of the installed ones knows it."""


def described(error: BaseException) -> PhotosortError:
    """Return the failure for an error that was not expected, with what became of the files."""
    if isinstance(error, sqlite3.Error):
        return StoreError(f"A database failed ({error})", f"{FILES.so_far} Check the free space on its disk.")
    if library := _broken_library(error):
        command = pip_install("--force-reinstall", _package(library))
        again = f"{FILES.so_far} Install it again: {command}"
        return LibraryBroken(f"The library {library} cannot be imported ({_reason(error)})", again)
    if isinstance(error, SystemExit):
        return Unexpected(f"A library ended the command ({error})", FILES.so_far)
    if isinstance(error, OSError):
        where = f" at {error.filename}" if error.filename else ""
        return Unexpected(f"{error.strerror or error}{where}", FILES.so_far)
    kept = _keep_traceback(error)
    return Unexpected(f"A bug of photosort, or of a library ({_reason(error)})", f"{FILES.so_far} {kept}".strip())


def _reason(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _broken_library(error: BaseException) -> str:
    """Return the library that raised this while it was imported; empty where it was no import that failed."""
    if isinstance(error, ImportError) and error.name:
        return _library(error.name)
    if isinstance(error, SyntaxError):
        return _library(_module(error.filename or ""))
    for frame, _ in traceback.walk_tb(error.__traceback__):
        name = _library(frame.f_globals.get("__name__") or "")
        if frame.f_code.co_name == "<module>" and name:
            return name
    return ""


def _library(module: str) -> str:
    """Return the top-level name of a module; empty for those of photosort itself."""
    top = module.partition(".")[0]
    return "" if top in ("photosort", "__main__", "__mp_main__") else top


def _module(file: str) -> str:
    above = [folder for folder in sys.path if folder and Path(file).is_relative_to(folder)]
    return ".".join(Path(file).relative_to(max(above, key=len)).with_suffix("").parts) if above else ""


def _package(library: str) -> str:
    with suppress(Exception):
        return packages_distributions()[library][0]
    return OTHERWISE_CALLED.get(library, library)


def _keep_traceback(error: BaseException) -> str:
    """Write the traceback into a file, and return a sentence that names it."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="photosort-", suffix=".txt", encoding="utf-8", delete=False
        ) as file:
            file.writelines(traceback.format_exception(error))
    except (OSError, ValueError):
        return ""
    return f"The traceback is in {file.name}"
