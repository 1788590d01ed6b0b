"""Pictures of a run's photos as a page asks for them, one at a time."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from photosort.review.pictures import picture_of
from photosort.store.cache import Cache
from photosort.store.runs.runs import MemberRecord
from photosort.workflows.reporting.thumbnails import made_from, put_thumbnails, stored


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
