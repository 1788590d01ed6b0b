"""What earlier runs have put into a destination, and what the user has made of it since."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from photosort.errors import EmptyFolder, NoPhotos, OwnDestination, SourceMissing
from photosort.photos.files.scan import Found, scan
from photosort.store.cache import Cache
from photosort.store.journals.journal import Filing, FilingState, filings
from photosort.store.journals.operation import State
from photosort.store.placed import STANDING, following_runs
from photosort.support.printable import printable


@dataclass(frozen=True, slots=True)
class Standing:
    """A destination that an earlier run has filed to, as it is on disk now.

    runs     the runs that put something there, the newest first
    photos   what lies there, whoever has put it there
    folders  for each of these the path of its folder below the destination, with "/" between levels, "" for none
    placed   digest of a photo that a run has put there -> where a link to it points; None for what is no link
    groups   photo -> the files beside it that travel with it
    """

    runs: tuple[int, ...]
    photos: tuple[Found, ...]
    folders: tuple[str, ...]
    placed: Mapping[str, Path | None]
    groups: Mapping[Path, tuple[Path, ...]] = field(default_factory=dict)

    @property
    def run(self) -> int:
        """The last run that put something there."""
        return self.runs[0]


def standing_at(connection: sqlite3.Connection, destination: Path) -> Standing | None:
    """Return what stands at a destination; None where no run has filed there, all was undone, or no photo is left.

    What an undo could not take back stands as well: it lies there, and is not put there a second time.
    """
    runs = _runs_into(connection, destination)
    kept = _kept_in(connection, destination)
    if not (runs or kept):
        return None
    try:
        found = scan(destination, follow_links=any(run.mode == "symlink" for run in runs))
    except (SourceMissing, EmptyFolder, NoPhotos):
        return None
    groups = found.groups()
    photos = tuple(photo for photo in found.photos if photo.path in groups)
    folders = tuple(
        "" if photo.path.parent == destination else photo.path.parent.relative_to(destination).as_posix()
        for photo in photos
    )
    placed = _placed_by(connection, [run.run_id for run in runs])
    numbers = tuple(run.run_id for run in (*runs, *kept))
    return Standing(numbers, photos, folders, placed, groups) if placed or kept else None


def refuse_own_destination(connection: sqlite3.Connection, source: Path) -> None:
    """Raise OwnDestination where the photos of `source` are those that a run has put there."""
    for run in _runs_into(connection, source):
        if run.source.is_dir():
            raise OwnDestination(
                f"{printable(str(source))} is where run {run.run_id} put the photos of {printable(str(run.source))}",
                f"To add what is new there: photosort organize {printable(str(run.source))}. "
                "To sort what lies here anew: add --fresh.",
            )


def remember_placed(connection: sqlite3.Connection, run: int, cache: Cache) -> None:
    """Keep the digests of the files that a run has just put in their places, which it has compared with the originals.

    So the next run need not read them again, nor an original that is the same file (a hard link changes its status). A
    file that cannot be looked at is read then.
    """
    query = "SELECT source, destination, digest FROM operations WHERE run_id = ? AND state = ? AND content IS NULL"
    files = []
    for source, destination, digest in connection.execute(query, (run, State.DONE)):
        placed = Path(os.fsdecode(destination))
        with suppress(OSError):
            files.append((placed, *_stamp(placed), digest))
            original = Path(os.fsdecode(source))
            if original.samefile(placed):
                files.append((original, *_stamp(original), digest))
    cache.put_digests(files)


def _stamp(path: Path) -> tuple[int, int, int]:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


def _runs_into(connection: sqlite3.Connection, destination: Path) -> list[Filing]:
    beside = following_runs(connection)
    return [
        run
        for run in filings(connection)
        if run.destination == destination
        and run.state in (FilingState.DONE, FilingState.STOPPED)
        and run.run_id not in beside
    ]


def _kept_in(connection: sqlite3.Connection, destination: Path) -> list[Filing]:
    """Return the runs that were undone, but for photos that could not be taken back."""
    query = "SELECT DISTINCT run_id FROM operations WHERE state = ? AND main AND content IS NULL"
    kept = {run for (run,) in connection.execute(query, (State.KEPT,))}
    return [
        run
        for run in filings(connection)
        if run.destination == destination and run.state is FilingState.UNDONE and run.run_id in kept
    ]


def _placed_by(connection: sqlite3.Connection, runs: Sequence[int]) -> dict[str, Path | None]:
    query = (
        "SELECT o.digest, o.source, f.mode FROM operations o JOIN filings f USING (run_id)"
        f" WHERE run_id IN ({', '.join('?' * len(runs))}) AND o.main AND o.content IS NULL"
        f" AND o.state IN ({', '.join('?' * len(STANDING))}) ORDER BY o.id"
    )
    return {
        digest: Path(os.fsdecode(source)) if mode == "symlink" else None
        for digest, source, mode in connection.execute(query, (*runs, *STANDING))
    }
