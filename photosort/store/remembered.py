"""What the last runs into one destination remember of photos: by content, the newest run that knows each."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from photosort.store.tag_journal import untagged_digests

LOOKUP = 500


class Remembered(NamedTuple):
    """Where a run had a photo.

    run      the run; `cluster` is the number of the folder in it
    folder   as the run called it
    by_user  whether the user had put the photo there; `was` is the folder that photosort had chosen then, "" for none
    """

    run: int
    cluster: int
    folder: str
    by_user: bool = False
    was: str = ""


def remembered(
    connection: sqlite3.Connection, runs: Sequence[int], digests: Collection[str], user: str
) -> dict[str, list[Remembered]]:
    """Map photos to what the newest of these runs that knows them remembers of them; `runs` come newest first.

    Equal photos that lie in several folders have several entries; a photo that tags were embedded into is the one that
    it was, and `digests` are those from before. `user` is what stands for the user as the one who
    put a photo somewhere.
    """
    missing, found, was = set(digests), dict[str, list[Remembered]](), untagged_digests(connection)
    query = (
        "SELECT m.digest, m.cluster, c.folder, json_extract(m.answer, '$.by'), json_extract(m.answer, '$.was')"
        " FROM members m JOIN clusters c ON c.run = m.run AND c.number = m.cluster WHERE m.run = ? ORDER BY m.path"
    )
    for run in runs:
        if not missing:
            break
        for now, cluster, folder, by, before in connection.execute(query, (run,)):
            if (digest := was.get(now, now)) in missing:
                found.setdefault(digest, []).append(Remembered(run, cluster, folder, by == user, before or ""))
        missing -= found.keys()
    return found


def filed_at(connection: sqlite3.Connection, runs: Sequence[int], paths: Collection[Path]) -> set[Path]:
    """Return those of these paths to which one of the runs has filed something, or where it knew a photo to stand."""
    wanted, found = [os.fsencode(path) for path in paths], set[Path]()
    of_runs = f"IN ({', '.join('?' * len(runs))})"
    for start in range(0, len(wanted), LOOKUP):
        part = wanted[start : start + LOOKUP]
        those = f"IN ({', '.join('?' * len(part))})"
        query = (
            f"SELECT destination FROM operations WHERE run_id {of_runs} AND destination {those}"
            f" UNION SELECT path FROM members WHERE run {of_runs} AND path {those}"
        )
        rows = connection.execute(query, (*runs, *part, *runs, *part))
        found |= {Path(os.fsdecode(path)) for (path,) in rows}
    return found


def companions_filed(connection: sqlite3.Connection, runs: Sequence[int]) -> set[Path]:
    """Return the sources of the files that these runs have filed as companions of a photo."""
    query = (
        f"SELECT source FROM operations WHERE run_id IN ({', '.join('?' * len(runs))}) AND NOT main AND content IS NULL"
    )
    return {Path(os.fsdecode(path)) for (path,) in connection.execute(query, (*runs,))}
