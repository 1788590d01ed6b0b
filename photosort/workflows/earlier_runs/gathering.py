"""What a run looks at: a whole folder, or some folders and files that join what earlier runs have filed."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from photosort.errors import EmptyFolder, NoPhotos, OwnDestination, SourceMissing
from photosort.photos.files.digest import digest_of
from photosort.photos.files.picking import groups_with, pick
from photosort.photos.files.scan import Scan, scan
from photosort.store.cache import Cache
from photosort.store.placed import placed_below
from photosort.store.runs.runs import Run
from photosort.support.printable import printable
from photosort.support.progress import Progress, silent

COMMAND, SOURCES = "command", "sources"
"""What a run that adds keeps of itself among its settings: which command it was, and what it was given."""


@dataclass(frozen=True, slots=True)
class New:
    """What joins the folders of an earlier run; all paths are absolute and real.

    source   the folder above all of it; the first one where that would hold the destination as well
    folders  are scanned
    files    are taken alone: photos, and what travels with them
    command  the command that adds them
    given    what the user has named; kept with the run
    """

    source: Path
    folders: tuple[Path, ...]
    files: tuple[Path, ...]
    given: tuple[Path, ...]
    command: str = "add"

    @property
    def asked(self) -> frozenset[Path]:
        """The photos that the user has named one by one."""
        return frozenset(self.files) if self.command == "add" else frozenset()

    @property
    def kept(self) -> dict[str, Any]:
        """What is kept with the run."""
        return {COMMAND: self.command, SOURCES: [str(path) for path in self.given]}


def new_photos(named: Sequence[Path], destination: Path) -> New:
    """Return what the user has named, folders and single files; with a photo comes what travels with it.

    Raises SourceMissing where nothing has that name, OwnDestination where it is the destination or lies inside it, and
    NoPhotos for a file that is no photo. A folder in which another one lies stands for both.
    """
    given = tuple(dict.fromkeys(Path(os.path.realpath(path)) for path in named))
    for path in given:
        _check(path, destination)
    folders = {path for path in given if path.is_dir()}
    apart = [path for path in given if folders.isdisjoint(path.parents)]
    outer = [path for path in apart if path in folders]
    files = _together([path for path in apart if path not in folders])
    above = [*outer, *(path.parent for path in files)]
    common = Path(os.path.commonpath(above))
    source = above[0] if destination.is_relative_to(common) else common
    return New(source, tuple(outer), tuple(files), given)


def gather(
    folders: Iterable[Path],
    files: Iterable[Path],
    connection: sqlite3.Connection,
    cache: Cache,
    *,
    skip: Path,
    exclude: Sequence[str] = (),
    follow_links: bool = False,
    progress: Progress = silent,
    needed: bool = True,
) -> Scan:
    """Scan folders, without the folder `skip`, and pick single files, as one scan. Raises what `scan` raises.

    A folder without photos is passed over where other parts have some.
    """
    files = tuple(files)
    scans: list[Scan] = [pick(files)] if files else []
    refused: EmptyFolder | NoPhotos | None = None
    for folder in folders:
        try:
            scans.append(
                scan(
                    folder,
                    skip=skip,
                    exclude=exclude,
                    follow_links=follow_links,
                    placed=placed_below(connection, folder),
                    digest=partial(cache.digest_of, read=digest_of),
                    progress=progress,
                    needed=needed,
                )
            )
        except (EmptyFolder, NoPhotos) as error:
            refused = error
    if refused and not scans:
        raise refused
    return _merged(scans)


def sources_of(run: Run) -> tuple[list[Path], list[Path]]:
    """Return the folders that a run was given to look at, and the single files, with what travels with these now.

    What the user had named for `add` and is not there any more is left out.
    """
    given = [Path(path) for path in run.settings.get(SOURCES) or ()]
    if not given:
        return [run.source], []
    files = {path: None for path in given if path.is_file()}
    return [path for path in given if path.is_dir()], _together(tuple(files))


def _merged(scans: Sequence[Scan]) -> Scan:
    return Scan(
        tuple(photo for one in scans for photo in one.photos),
        tuple(path for one in scans for path in one.others),
        tuple(left for one in scans for left in one.unread),
        tuple(copies for one in scans for copies in one.copies),
    )


def _check(path: Path, destination: Path) -> None:
    if not os.path.lexists(path):
        raise SourceMissing(f"{printable(str(path))} does not exist", "Name a folder with photos, or a photo.")
    if path.is_relative_to(destination):
        where = "is" if path == destination else "lies inside"
        raise OwnDestination(
            f"{printable(str(path))} {where} the destination {printable(str(destination))}",
            "Photos that lie there need no adding; name a folder outside, or another destination with --to.",
        )


def _together(files: Sequence[Path]) -> list[Path]:
    """Return files with what travels with them, each once. Raises SourceMissing and NoPhotos."""
    try:
        return list(dict.fromkeys(path for group in groups_with(files) for path in group))
    except OSError as error:
        why, where = (error.strerror or str(error)).lower(), printable(str(error.filename))
        raise SourceMissing(f"{where} cannot be looked at ({why})", "Check its permissions.") from error
