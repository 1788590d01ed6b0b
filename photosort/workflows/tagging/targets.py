"""Which photos `photosort tag` is about: those of a run, of one of its folders, or of a folder on disk."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from photosort.errors import NothingToTag, SettingsError, SourceMissing, Unfinished
from photosort.store.journals.journal import unfinished
from photosort.store.placed import standing_runs
from photosort.store.runs.runs import Run, Runs
from photosort.support.printable import printable
from photosort.workflows.explaining.finding import is_path
from photosort.workflows.explaining.standing import run_meant
from photosort.workflows.tag_files import overlap

WHERE_THEY_LIE = "To tag photos where they lie now, name the folder that holds them: photosort tag DIR"


@dataclass(frozen=True, slots=True)
class Target:
    """The photos to tag.

    folder        what is scanned
    run           the run whose words count first; None where no run has filed to the folder
    digests       the contents that are meant; None for all
    follow_links  whether the photos are links that the run has made
    """

    folder: Path
    run: int | None = None
    digests: frozenset[str] | None = None
    follow_links: bool = False


def target_of(connection: sqlite3.Connection, argument: str | None) -> Target:
    """Return what an argument means: a folder on disk, the number of a run, or a folder of the last run by its name.

    Nothing is the last run that has filed photos. Of a folder that lies in the destination of a run, the words of that
    run count first. Raises NoSuchRun, SourceMissing, SettingsError where several folders are meant, and
    NothingToTag where the run has put no photo anywhere.
    """
    if argument is not None and is_path(argument):
        folder = Path(os.path.realpath(argument))
        if not folder.is_dir():
            raise SourceMissing(
                f"{printable(str(folder))} is not a folder", "Name a folder, a run, or a folder of the last run."
            )
        above = next((run for run in _standing(connection) if folder.is_relative_to(run.destination)), None)
        return Target(folder, above.id if above else None)
    number = int(argument) if argument is not None and argument.isdecimal() else None
    last = next(_standing(connection), None) if number is None else None
    run = last or run_meant(connection, number)[0]
    if run.of_copies:
        raise NothingToTag(f"Run {run.id} put duplicates apart and described no photo", WHERE_THEY_LIE)
    if run.id not in standing_runs(connection):
        what = "was a preview and has" if run.previewed else "has, as it stands now,"
        raise NothingToTag(f"Run {run.id} {what} put no photo anywhere", WHERE_THEY_LIE)
    if not run.destination.is_dir():
        raise SourceMissing(f"{printable(str(run.destination))} is not there", "Connect its disk, or name a folder.")
    digests = None if argument is None or number is not None else _folder_of(connection, run, argument)
    return Target(run.destination, run.id, digests, follow_links=run.mode == "symlink")


def _standing(connection: sqlite3.Connection) -> Iterator[Run]:
    """Yield the runs that have filed photos which lie on disk, the newest first."""
    there = standing_runs(connection)
    return (run for run in Runs(connection).all() if run.id in there and not run.of_copies)


def _folder_of(connection: sqlite3.Connection, run: Run, name: str) -> frozenset[str]:
    """Return the photos of the folder with this name, or with this part in its name or title."""
    sought, runs = name.casefold(), Runs(connection)
    clusters = runs.clusters(run.id)
    names = {cluster.number: (cluster.folder.casefold(), cluster.title.casefold()) for cluster in clusters}
    found = [number for number, known in names.items() if sought in known]
    found = found or [number for number, known in names.items() if any(sought in one for one in known)]
    if len(found) == 1:
        return frozenset(member.digest for member in runs.members(run.id, found[0]))
    if found:
        shown = ", ".join(cluster.folder for cluster in clusters if cluster.number in found)
        raise SettingsError(
            f"“{printable(name)}” may be {len(found)} folders: {printable(shown)}", "Give the whole name."
        )
    raise NothingToTag(
        f"There is no path “{printable(name)}”, and no folder of run {run.id} with this name",
        "photosort explain lists the folders.",
    )


def refuse_unfinished(connection: sqlite3.Connection, folder: Path) -> None:
    """Raise Unfinished where a run that files photos into or below `folder`, or above it, has stopped half-way."""
    for filing in unfinished(connection):
        if overlap(filing.destination, folder):
            raise Unfinished(
                f"Run {filing.run_id} into {printable(str(filing.destination))} stopped before it was done",
                f"Finish it: photosort resume {filing.run_id}. Or take it back: photosort undo {filing.run_id}",
            )
