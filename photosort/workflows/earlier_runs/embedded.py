"""Photos that tags were embedded into: other files, and the same photos to a run that continues others."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import replace

from photosort.describing.describe import Described
from photosort.store.journals.tag_journal import untagged_digests
from photosort.workflows.earlier_runs.standing import Standing


def before_tags(connection: sqlite3.Connection, described: Described) -> Described:
    """Return the photos with the digests that they had before tags were embedded into them."""
    was = untagged_digests(connection)
    if was.keys().isdisjoint(photo.digest for photo in described.photos):
        return described
    photos = (replace(photo, digest=was.get(photo.digest, photo.digest)) for photo in described.photos)
    return replace(described, photos=tuple(photos))


def placed_before_tags(connection: sqlite3.Connection, standing: Standing) -> Standing:
    """Return what stands, with what runs have put there by the digests that it had before any tags."""
    was = untagged_digests(connection)
    return replace(standing, placed={was.get(digest, digest): link for digest, link in standing.placed.items()})


def as_found(described: Described, rows: Collection[int], found: Described) -> Described:
    """Return the photos, those at these positions as they were `found`: with the digests of their files."""
    own = {photo.path: photo for photo in found.photos}
    photos = (own[photo.path] if row in rows else photo for row, photo in enumerate(described.photos))
    return replace(described, photos=tuple(photos))
