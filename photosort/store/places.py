"""Where runs have put photos, and what they said of them: by the content of the photo, wherever it lies now."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from photosort.store.journal import FilingState
from photosort.store.operation import State
from photosort.store.placed import STANDING

LOOKUP = 500
_AT = (*STANDING, State.THERE)
_REAL = "r.previewed = 0 AND coalesce(f.state, '') <> ?"
"""Whether a run has filed photos, and was not undone."""


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


def told_of(connection: sqlite3.Connection, digests: Iterable[str]) -> dict[str, list[Told]]:
    """Map photos to what runs said of them: of the newest run first, runs that filed nothing after all others."""
    wanted, found = list(dict.fromkeys(digests)), dict[str, list[Told]]()
    for start in range(0, len(wanted), LOOKUP):
        part = wanted[start : start + LOOKUP]
        query = (
            "SELECT m.digest, m.run, c.folder, m.caption FROM members m"
            " JOIN clusters c ON c.run = m.run AND c.number = m.cluster JOIN runs r ON r.id = m.run"
            " LEFT JOIN filings f ON f.run_id = r.id"
            f" WHERE m.digest IN ({', '.join('?' * len(part))}) ORDER BY {_REAL} DESC, r.id DESC"
        )
        for digest, *told in connection.execute(query, (*part, FilingState.UNDONE)):
            found.setdefault(digest, []).append(Told(*told))
    return found


def written_captions(connection: sqlite3.Connection, tags: str) -> dict[str, str]:
    """Map photos to the captions of the newest run whose captioner was not `tags`."""
    runs = connection.execute("SELECT id, settings FROM runs ORDER BY id").fetchall()
    captions = dict[str, str]()
    for run, settings in runs:
        if json.loads(settings).get("captioner", tags) != tags:
            captions.update(
                connection.execute("SELECT digest, caption FROM members WHERE run = ? AND caption <> ''", (run,))
            )
    return captions


def members_of_folders(connection: sqlite3.Connection, part: str) -> tuple[int, set[str]]:
    """Return the last run that filed photos, or else the last preview, and the digests of its photos whose folder has
    `part` in its name, in any case; 0 where there is no run.
    """
    query = f"SELECT r.id FROM runs r LEFT JOIN filings f ON f.run_id = r.id ORDER BY {_REAL} DESC, r.id DESC LIMIT 1"
    if (row := connection.execute(query, (FilingState.UNDONE,)).fetchone()) is None:
        return 0, set()
    clusters = connection.execute("SELECT number, folder FROM clusters WHERE run = ?", row).fetchall()
    digests = set[str]()
    for number, folder in clusters:
        if part.casefold() in folder.casefold():
            members = "SELECT digest FROM members WHERE run = ? AND cluster = ?"
            digests.update(digest for (digest,) in connection.execute(members, (row[0], number)))
    return row[0], digests
