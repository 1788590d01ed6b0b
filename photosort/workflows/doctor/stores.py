"""What photosort keeps: room on the disks, the two databases, and runs that were not finished."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from photosort.errors import StoreDamaged, StoreError
from photosort.filing.disk.lock import is_held
from photosort.settings.settings import Settings
from photosort.store.cache import REMEDY as CACHE_REMEDY
from photosort.store.cache import cache_file
from photosort.store.history import REMEDY as HISTORY_REMEDY
from photosort.store.history import history_file, open_history
from photosort.store.journals.journal import unfinished
from photosort.store.sqlite.quick_check import damage
from photosort.store.upkeep import damaged_files
from photosort.workflows.doctor.finding import Finding, State

LITTLE, LEAST = 1e9, 50e6
"""Bytes free on a disk below which it is noted, and below which photosort cannot work."""


def room(settings: Settings) -> Iterator[Finding]:
    """Yield the free space where photosort keeps its data, and whether it may write there."""
    for subject, folder in (("data folder", settings.data_dir), ("cache folder", settings.cache_dir)):
        yield _room(subject, folder)


def _room(subject: str, folder: Path) -> Finding:
    nearest = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        variable = "PHOTOSORT_DATA_DIR" if subject.startswith("data") else "PHOTOSORT_CACHE_DIR"
        return Finding(
            subject, State.WRONG, f"{folder} cannot be written", f"Check its permissions, or set {variable}."
        )
    try:
        free = shutil.disk_usage(nearest).free
    except OSError as error:
        return Finding(subject, State.WRONG, f"{folder} cannot be used ({error.strerror})", "Check its disk.")
    state = State.WRONG if free < LEAST else State.NOTE if free < LITTLE else State.GOOD
    return Finding(subject, state, f"{folder}, {free / 1e9:.1f} GB free", "" if state is State.GOOD else "Make room.")


def databases(settings: Settings) -> Iterator[Finding]:
    """Yield whether cache and history are sound, and how many damaged caches were set aside. Makes and changes no
    file.
    """
    yield _database("cache", cache_file(settings.cache_dir), CACHE_REMEDY)
    yield _database("history", history_file(settings.data_dir), HISTORY_REMEDY)
    aside = [path for path in damaged_files(settings.cache_dir) if not path.name.endswith(("-wal", "-shm"))]
    if aside:
        yield Finding("cache", State.NOTE, f"damaged ones set aside: {len(aside)}", "photosort cache clean damaged")


def _database(subject: str, file: Path, remedy: str) -> Finding:
    if not os.path.lexists(file):
        return Finding(subject, State.GOOD, "not there yet")
    try:
        problem = damage(file)
        size = file.stat().st_size
    except sqlite3.OperationalError as error:
        return Finding(
            subject, State.WRONG, f"{file} cannot be used ({error})", "Check its permissions, and try again."
        )
    except (sqlite3.Error, OSError) as error:
        return Finding(subject, State.WRONG, f"{file} is damaged ({error})", remedy)
    if problem:
        return Finding(subject, State.WRONG, f"{file} is damaged ({problem})", remedy)
    return Finding(subject, State.GOOD, f"sound, {size / 1e6:.1f} MB")


def runs(settings: Settings) -> Iterator[Finding]:
    """Yield the runs that stopped on their way; nothing where the history is damaged, which `databases` says."""
    if not history_file(settings.data_dir).is_file():
        return
    try:
        with open_history(settings.data_dir) as connection:
            numbers = [
                filing.run_id for filing in unfinished(connection) if not is_held(filing.destination, settings.data_dir)
            ]
    except StoreDamaged:
        return
    except StoreError as error:
        yield Finding("runs", State.WRONG, error.problem, error.hint)
        return
    if numbers:
        said = ", ".join(str(number) for number in sorted(numbers))
        yield Finding(
            "runs", State.NOTE, f"not finished: {said}", f"photosort resume {numbers[0]}, or undo {numbers[0]}"
        )
    else:
        yield Finding("runs", State.GOOD, "none was left unfinished")
