"""Where runs have put photos, and what they said of them: by the content of the photo, wherever it lies now."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from photosort.store.journals.operation import State
from photosort.store.placed import STANDING, standing_runs
from photosort.store.runs.packed import CAPTION, CLUSTER, DIGEST, packed_members
from photosort.store.runs.runs import ORGANIZED

LOOKUP = 500
_AT = (*STANDING, State.THERE)


class Place(NamedTuple):
    """A file that holds, or held, the content of a photo.

    path    as bytes
    size    bytes; with `mtime_ns` what the file had when it was last seen or made
    run     the run that has put it there; 0 where it was found
    """

    path: bytes
    size: int
    mtime_ns: int
    run: int = 0


class Told(NamedTuple):
    """What a run said of a photo: the folder that it chose, and the caption."""

    run: int
    folder: str
    caption: str


def filed_places(connection: sqlite3.Connection) -> Iterator[tuple[str, Place]]:
    """Yield digest and place of every photo that a run has put somewhere and not taken back, newer runs first.

    The files may be gone by now.
    """
    query = (
        "SELECT digest, destination, size, mtime_ns, run_id FROM operations"
        f" WHERE main AND content IS NULL AND state IN ({', '.join('?' * len(_AT))}) ORDER BY run_id DESC, id"
    )
    for digest, *place in connection.execute(query, _AT):
        yield digest, Place(*place)


def destinations_of_runs(connection: sqlite3.Connection) -> dict[int, Path]:
    """Map runs that have filed photos to where they filed to."""
    rows = connection.execute("SELECT run_id, destination FROM filings")
    return {run: Path(os.fsdecode(destination)) for run, destination in rows}


def told_of(connection: sqlite3.Connection, digests: Iterable[str]) -> dict[str, list[Told]]:
    """Map photos to what runs said of them: of the newest run first, runs that do not stand after all others.

    Runs that put copies apart are left out: what they said of a copy is not true of the photo that was kept.
    """
    wanted, found = list(dict.fromkeys(digests)), dict[str, list[Told]]()
    there = standing_runs(connection)
    for start in range(0, len(wanted), LOOKUP):
        part = wanted[start : start + LOOKUP]
        query = (
            "SELECT m.digest, m.run, c.folder, m.caption FROM members m"
            " JOIN clusters c ON c.run = m.run AND c.number = m.cluster JOIN runs r ON r.id = m.run"
            f" WHERE m.digest IN ({', '.join('?' * len(part))}) AND {ORGANIZED} ORDER BY r.id DESC"
        )
        for digest, *told in connection.execute(query, part):
            found.setdefault(digest, []).append(Told(*told))
    organized = {run for (run,) in connection.execute(f"SELECT id FROM runs WHERE {ORGANIZED}")}
    for run, members in packed_members(connection, (DIGEST, CLUSTER, CAPTION), wanted):
        folders = _folders(connection, run) if run in organized else {}
        for digest, cluster, caption in members:
            if cluster in folders:
                found.setdefault(digest, []).append(Told(run, folders[cluster], caption))
    return {digest: sorted(told, key=lambda one: (one.run not in there, -one.run)) for digest, told in found.items()}


def written_captions(connection: sqlite3.Connection, tags: str) -> dict[str, str]:
    """Map photos to the captions of the newest run whose captioner was not `tags`."""
    runs = connection.execute(f"SELECT id, settings FROM runs WHERE {ORGANIZED} ORDER BY id").fetchall()
    captions = dict[str, str]()
    for run in (run for run, settings in runs if json.loads(settings).get("captioner", tags) != tags):
        query = "SELECT digest, caption FROM members WHERE run = ? AND caption <> ''"
        captions.update(connection.execute(query, (run,)))
        for _, members in packed_members(connection, (DIGEST, CAPTION), run=run):
            captions.update((digest, caption) for digest, caption in members if caption)
    return captions


def members_of_folders(connection: sqlite3.Connection, part: str) -> tuple[int, set[str]]:
    """Return the last run that organized and stands, or else the last that organized, and the digests of its photos
    whose folder has `part` in its name, in any case; 0 where there is no run.
    """
    runs = [run for (run,) in connection.execute(f"SELECT id FROM runs WHERE {ORGANIZED} ORDER BY id DESC")]
    if not runs:
        return 0, set()
    there = standing_runs(connection)
    run = next((run for run in runs if run in there), runs[0])
    inside = {number for number, folder in _folders(connection, run).items() if part.casefold() in folder.casefold()}
    digests = set[str]()
    for number in inside:
        query = "SELECT digest FROM members WHERE run = ? AND cluster = ?"
        digests.update(digest for (digest,) in connection.execute(query, (run, number)))
    for _, members in packed_members(connection, (DIGEST, CLUSTER), run=run):
        digests.update(digest for digest, number in members if number in inside)
    return run, digests


def _folders(connection: sqlite3.Connection, run: int) -> dict[int, str]:
    """Return the number of each cluster of a run -> its folder."""
    return dict(connection.execute("SELECT number, folder FROM clusters WHERE run = ?", (run,)))
