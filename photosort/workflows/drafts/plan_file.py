"""The plan as a file: written from a run, read again, and carried out."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from photosort.errors import PlanRefused
from photosort.filing.plan.draft import Draft, DraftFolder, DraftPhoto, meeting_faults
from photosort.filing.plan.draft_text import Reading, as_text, read_text
from photosort.filing.plan.model import Mode
from photosort.store.history import open_history
from photosort.store.runs.previews import keep
from photosort.store.runs.runs import Runs
from photosort.support.files import new_private_file
from photosort.support.progress import Progress, silent
from photosort.workflows.drafts.filed import Edited, file_draft, refusal

LARGEST = 256 << 20
"""Bytes of a plan file: more than a million photos need."""


def draft_of(data_dir: Path, number: int | None = None) -> Draft:
    """Return the plan of a run, of the last one without a number, as it was made: of a run that continues others only
    the photos that are new, and last the folders to which it brings nothing. A preview is kept from now on.

    Raises NoSuchRun.
    """
    with open_history(data_dir) as connection:
        runs = Runs(connection)
        run = runs.last() if number is None else runs.get(number)
        keep(connection, run.id)
        photos: dict[int, list[DraftPhoto]] = {}
        for member in runs.members(run.id, new=True):
            photos.setdefault(member.cluster, []).append(DraftPhoto(member.path, member.digest))
        there = runs.standing_sizes(run.id)
        every = [
            DraftFolder(
                cluster.folder,
                cluster.title,
                cluster.summary,
                tuple(word for word, _ in cluster.keywords),
                tuple(photos.get(cluster.number, ())),
                (cluster.number,),
                there=there[cluster.number],
            )
            for cluster in runs.clusters(run.id)
            if cluster.number in photos or (cluster.folder and there[cluster.number])
        ]
        folders = [folder for folder in every if folder.photos]
        for folder in every:
            if not folder.photos and not meeting_faults([*(other.name for other in folders), folder.name]):
                folders.append(folder)
        return Draft(run.id, run.source, run.destination, Mode(run.mode), tuple(folders))


def check_free(path: Path) -> None:
    """Raise PlanRefused where no new plan file can be written to `path`: something has that name, or no folder is
    there.
    """
    if os.path.lexists(path):
        raise PlanRefused(f"{path} exists already", "Name another file with --plan, or remove this one.")
    if not path.absolute().parent.is_dir():
        raise PlanRefused(f"The folder {path.absolute().parent} does not exist", "Make it, or name another file.")


def write_plan(path: Path, draft: Draft) -> None:
    """Write the draft to a new file that the user alone may read, whole or not at all. Raises PlanRefused."""
    check_free(path)
    try:
        file = new_private_file(path)
    except OSError as error:
        raise _unwritten(path, error) from error
    try:
        with file:
            file.writelines(as_text(draft))
    except OSError as error:
        with suppress(OSError):
            path.unlink()
        raise _unwritten(path, error) from error


def read_plan(path: Path) -> Reading:
    """Return what a plan file says, with all that is wrong with its text.

    Raises PlanRefused where it cannot be read.
    """
    try:
        if path.is_file() and path.stat().st_size > LARGEST:
            raise PlanRefused(f"{path} is too large for a plan", "Name the file that --plan has written.")
        return read_text(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise PlanRefused(f"{path} is not a plan: it is not UTF-8", "Name the file that --plan has written.") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise PlanRefused(f"{path} cannot be read ({reason})", "Name the file that --plan has written.") from error


def apply_plan(
    path: Path,
    data_dir: Path,
    cache_dir: Path,
    *,
    mode: str | None = None,
    dry_run: bool = False,
    review: Callable[[Edited], None] = lambda edited: None,
    progress: Progress = silent,
) -> Edited:
    """Carry out the plan in a file; `mode` stands in for the one that it names.

    Raises PlanRefused with a line for each fault of the file, of the photos and of the folders, and what `file_draft`
    raises; nothing has been touched then.
    """
    reading = read_plan(path)
    if reading.draft is None:
        raise refusal(str(path), reading.faults)
    draft = replace(reading.draft, mode=Mode(mode)) if mode else reading.draft
    return file_draft(
        draft,
        data_dir,
        cache_dir,
        called=str(path),
        faults=reading.faults,
        dry_run=dry_run,
        review=review,
        progress=progress,
    )


def _unwritten(path: Path, error: OSError) -> PlanRefused:
    reason = (error.strerror or str(error)).lower()
    return PlanRefused(f"{path} cannot be written ({reason})", "Name another file with --plan.")
