"""Folders of a run that the user has called otherwise since: found by the photos that lie in them."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from photosort.photos.files.digest import digest_of
from photosort.store.placed import sizes_placed
from photosort.store.runs.runs import ClusterRecord, Run, Runs

SAMPLE = 8
"""Files of a folder that are read to tell which one it is; half of those that the run knows decide."""
FOLDERS = 300
"""Folders below a destination that are looked into."""
LEVELS = 3
LARGEST = 200_000_000
"""Bytes of a file that is read for that."""


def renamed(connection: sqlite3.Connection, run: Run, clusters: Sequence[ClusterRecord]) -> dict[int, Path]:
    """Map clusters whose folders are not where the run has put them to where their photos lie below the destination."""
    places = {cluster.number: run.destination / cluster.folder for cluster in clusters}
    missing = {number for number, place in places.items() if not place.is_dir()}
    sizes = sizes_placed(connection, run.id) if missing else set()
    if not sizes or not run.destination.is_dir():
        return {}
    found: dict[int, Path] = {}
    known = set(places.values())
    for folder in _folders(run.destination):
        if folder not in known and missing - found.keys():
            number = cluster_in(connection, run, folder, sizes)
            if number in missing and number not in found:
                found[number] = folder
    return found


def cluster_in(connection: sqlite3.Connection, run: Run, folder: Path, sizes: set[int] | None = None) -> int | None:
    """Return the cluster whose photos most files of a folder are; None where there is none.

    Only files of these `sizes` are read; without any they are those that the run has put anywhere.
    """
    runs = Runs(connection)
    votes: Counter[int] = Counter()
    for file in _sample(folder, sizes_placed(connection, run.id) if sizes is None else sizes):
        try:
            member = runs.member_with(run.id, digest_of(file), file.name)
        except OSError:
            continue
        if member is not None:
            votes[member.cluster] += 1
    for number, count in votes.most_common(1):
        return number if 2 * count > votes.total() or len(votes) == 1 else None
    return None


def _sample(folder: Path, sizes: set[int]) -> list[Path]:
    files = sorted((file for file, size in _files(folder) if size in sizes), key=os.fsencode)
    return [files[place * len(files) // SAMPLE] for place in range(SAMPLE)] if len(files) > SAMPLE else files


def _files(folder: Path) -> Iterator[tuple[Path, int]]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_file() and 0 < (size := entry.stat().st_size) <= LARGEST:
                    yield Path(entry.path), size
    except OSError:
        return


def _folders(top: Path) -> Iterable[Path]:
    """Return the folders below another one, those above before those inside, at most FOLDERS."""
    found, level = list[Path](), [top]
    for _ in range(LEVELS):
        level = [inner for outer in level for inner in _inside(outer)][:FOLDERS]
        found += level
    return found[:FOLDERS]


def _inside(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return sorted(Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False))
    except OSError:
        return []
