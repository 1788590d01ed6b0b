"""Folders that stand, and whose names will not be true of most of their photos once the new ones have come.

photosort never renames a folder that stands: it says what it would call it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from photosort.naming.summary import BY_KEYWORDS, title_key
from photosort.naming.trueness import is_borne_out, subject_in
from photosort.settings.settings import Settings
from photosort.store.remembered import support_when_given
from photosort.store.runs.runs import ClusterRecord
from photosort.workflows.earlier_runs.continuing import Continued
from photosort.workflows.sorting.folders import Folders
from photosort.workflows.sorting.subjects import ShareOf


@dataclass(frozen=True, slots=True)
class Outgrown:
    """A folder whose name is no longer true of most of its photos.

    folder  its path below the destination
    photos  what it will hold
    share   of these that bear the name out, 0 to 1
    title   what photosort would call it
    """

    folder: str
    photos: int
    share: float
    title: str


def outgrown(
    connection: sqlite3.Connection,
    runs: Sequence[int],
    continues: Continued,
    folders: Folders,
    before: Mapping[str, ClusterRecord],
    settings: Settings,
    share_of: ShareOf,
) -> tuple[Outgrown, ...]:
    """Return the folders that have outgrown their names by what comes into them now.

    These are only folders whose name photosort has counted from their photos, when most of these bore it out: none that
    the user or a language model named, and none of dates, places or events. `before` is what earlier runs remember of
    folders, by where they are now, and `runs` are all that stand at the destination.
    """
    if not continues.names or settings.layout.splits or settings.events:
        return ()
    coming = {int(label) for label in folders.labels[continues.new]}
    found = []
    for label in sorted(coming):
        path, known = folders.paths[label], before.get(folders.paths[label])
        if path not in continues.names or known is None or known.folder != path or known.named_by != BY_KEYWORDS:
            continue
        title, now = subject_in(known.title), next(iter(folders.names[label].spare), "")
        if not now or title_key(subject_in(now)) == title_key(title):
            continue
        if not is_borne_out(support_when_given(connection, runs, path, known.title)):
            continue
        members = [row for row, other in enumerate(folders.labels.tolist()) if other == label]
        share = share_of(title, members)
        if share is not None and not is_borne_out(share):
            found.append(Outgrown(path, len(members), share, now))
    return tuple(found)
