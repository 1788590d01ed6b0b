"""Pictures of a run's photos as a page asks for them, one at a time; also of photos that lay there before the run."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence

from photosort.review.pictures import picture_of
from photosort.store.cache import Cache
from photosort.store.runs.runs import MemberRecord, Runs
from photosort.workflows.reporting.thumbnails import made_from, put_thumbnails, stored

SHOWN = 6
"""Photos that lie in a folder already and are shown of it."""


def lying_already(connection: sqlite3.Connection, run: int) -> dict[str, list[MemberRecord]]:
    """Map folders of a run in which photos lay before it to a few of these, the most typical first."""
    runs, found = Runs(connection), dict[str, list[MemberRecord]]()
    there = runs.standing_sizes(run)
    for cluster in runs.clusters(run):
        if there[cluster.number]:
            photos = [photo for photo in runs.members(run, cluster.number) if photo.standing]
            found[cluster.folder] = photos[:SHOWN]
    return found


class Pictures:
    """The pictures of photos that lie where the run saw them, asked for by their number, from any thread.

    Thumbnails come from the cache; one that is missing there is made and kept.
    """

    def __init__(self, members: Sequence[MemberRecord], cache: Cache) -> None:
        self._members, self._cache = members, cache
        self._one_at_a_time = threading.Lock()

    def thumbnail(self, number: int) -> bytes | None:
        """Return a small WebP of a photo; None where the photo is gone, has changed, or cannot be read."""
        if number >= len(self._members):
            return None
        member = self._members[number]
        with self._one_at_a_time:
            known = dict(stored(self._cache, [member.digest]))
        if known:
            return known[member.digest]
        _, made = made_from((member.digest, [member.path]))
        if not made:
            return None
        with self._one_at_a_time:
            put_thumbnails(self._cache, {member.digest: made})
        return made

    def large(self, number: int) -> bytes | None:
        """Return a JPEG of a photo for the large view; None where it cannot be read."""
        return picture_of(self._members[number].path) if number < len(self._members) else None
