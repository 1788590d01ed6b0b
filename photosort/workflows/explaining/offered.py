"""Runs and folders that a shell can offer. The history is only read, and whatever is wrong with it offers nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from photosort.errors import NoSuchRun
from photosort.store.history import history_file
from photosort.store.journals.journal import Filing, FilingState, filings
from photosort.store.journals.tag_journal import Tagging, taggings
from photosort.store.placed import standing_runs
from photosort.store.runs.runs import TAGS, Run, Runs
from photosort.workflows.explaining.standing import run_meant

Offer = TypeVar("Offer")
SECONDS = 1
"""How long another photosort that writes is waited for."""


def runs_offered(data_dir: Path) -> list[tuple[str, str]]:
    """Return the number of each run, the newest first, with when it was and what it sorted."""
    return _read(data_dir, lambda connection: [(str(run.id), _about(run)) for run in Runs(connection).all()])


def runs_that_touched(data_dir: Path, states: Collection[FilingState]) -> list[tuple[str, str]]:
    """Return the same of the runs that filed photos or wrote tags and are in one of these states."""

    def runs(connection: sqlite3.Connection) -> list[tuple[str, str]]:
        ways: list[Filing | Tagging] = [*filings(connection), *taggings(connection)]
        numbers = {way.run_id for way in ways if way.state in states}
        return [(str(run.id), _about(run)) for run in Runs(connection).all(tags=True) if run.id in numbers]

    return _read(data_dir, runs)


def runs_to_tag(data_dir: Path) -> list[tuple[str, str]]:
    """Return the same of the runs whose photos lie on disk."""

    def runs(connection: sqlite3.Connection) -> list[tuple[str, str]]:
        there = standing_runs(connection)
        found = (run for run in Runs(connection).all() if run.id in there and not run.of_copies)
        return [(str(run.id), _about(run)) for run in found]

    return _read(data_dir, runs)


def folders_offered(data_dir: Path, run: int | None) -> list[str]:
    """Return the names of the folders of a run, or of the one that counts, in the order of `photosort explain`."""

    def folders(connection: sqlite3.Connection) -> list[str]:
        meant, _ = run_meant(connection, run)
        return [cluster.folder for cluster in Runs(connection).clusters(meant.id)]

    return _read(data_dir, folders)


def _read(data_dir: Path, found: Callable[[sqlite3.Connection], list[Offer]]) -> list[Offer]:
    address = f"{history_file(data_dir).absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=SECONDS)) as connection:
            return found(connection)
    except (sqlite3.Error, OSError, ValueError, NoSuchRun):
        return []


def _about(run: Run) -> str:
    ways = "copies apart" if run.of_copies else "dry run" if run.previewed else run.mode
    between = run.source.name if run.mode == TAGS else f"{run.source.name} to {run.destination.name}"
    return f"{run.started.astimezone():%Y-%m-%d %H:%M}  {between}, {ways}"
