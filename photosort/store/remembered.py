"""What the last runs into one destination remember of photos: by content, the newest run that knows each."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from photosort.store.journals.tag_journal import untagged_digests
from photosort.store.runs.packed import unpack
from photosort.store.runs.records import STRAY

LOOKUP = 500


class Remembered(NamedTuple):
    """Where a run had a photo.

    run      the run; `cluster` is the number of the folder in it
    folder   as the run called it
    by_user  whether the user had put the photo there; `was` is the folder that photosort had chosen then, "" for none
    stray    whether the photo lies there for want of a better folder
    """

    run: int
    cluster: int
    folder: str
    by_user: bool = False
    was: str = ""
    stray: bool = False


def remembered(
    connection: sqlite3.Connection, runs: Sequence[int], digests: Collection[str], user: str
) -> dict[str, list[Remembered]]:
    """Map photos to what the newest of these runs that knows them remembers of them; `runs` come newest first.

    Of what is packed the newest run alone is asked: it knows what stood there, and each run what it has added.

    Equal photos that lie in several folders have several entries; a photo that tags were embedded into is the one that
    it was, and `digests` are those from before. `user` is what stands for the user as the one who put a photo
    somewhere.
    """
    for run in runs[:1]:
        unpack(connection, run)
    wanted, was = set(digests), untagged_digests(connection)
    asked = [*dict.fromkeys(digests), *(now for now, before in was.items() if before in wanted)]
    found = dict[str, list[Remembered]]()
    of_runs = f"IN ({', '.join('?' * len(runs))})"
    newest_first = {run: place for place, run in enumerate(runs)}
    for start in range(0, len(asked) if runs else 0, LOOKUP):
        part = asked[start : start + LOOKUP]
        query = (
            "SELECT m.digest, m.run, m.cluster, c.folder, json_extract(m.answer, '$.by'),"
            f" json_extract(m.answer, '$.was'), json_extract(m.answer, '$.{STRAY}')"
            " FROM members m INDEXED BY members_by_digest"
            " JOIN clusters c ON c.run = m.run AND c.number = m.cluster"
            f" WHERE m.digest IN ({', '.join('?' * len(part))}) AND m.run {of_runs} ORDER BY m.path"
        )
        rows = connection.execute(query, (*part, *runs)).fetchall()
        for now, run, cluster, folder, by, before, stray in sorted(rows, key=lambda row: newest_first[row[1]]):
            known = found.setdefault(was.get(now, now), [])
            if known and newest_first[run] < newest_first[known[0].run]:
                known.clear()
            if not known or known[0].run == run:
                known.append(Remembered(run, cluster, folder, by == user, before or "", bool(stray)))
    return found


def support_when_given(connection: sqlite3.Connection, runs: Sequence[int], folder: str, title: str) -> float:
    """Return the share of the photos that bore out the title of a folder in the first of these runs that measured it; 0
    where none did.
    """
    query = (
        f"SELECT support FROM clusters WHERE run IN ({', '.join('?' * len(runs))})"
        " AND folder = ? AND title = ? AND support > 0 ORDER BY run LIMIT 1"
    )
    ((support,),) = connection.execute(query, (*runs, folder, title)).fetchall() or [(0.0,)]
    return float(support)


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


def companions_filed(connection: sqlite3.Connection, destination: Path) -> set[Path]:
    """Return the sources of the files that runs have filed to a destination as companions, and did not take back."""
    query = (
        "SELECT source FROM operations WHERE run_id IN (SELECT run_id FROM filings WHERE destination = ?)"
        " AND NOT main AND content IS NULL AND state NOT IN ('undone', 'planned', 'failed')"
    )
    return {Path(os.fsdecode(path)) for (path,) in connection.execute(query, (os.fsencode(destination),))}
