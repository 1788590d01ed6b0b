"""Thumbnails of a run's photos: kept in the cache, made from where the photos lie now."""

from __future__ import annotations

import base64
import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from photosort.describing.decoding.look import MAX_BYTES
from photosort.errors import NoSuchRun
from photosort.photos.pixels.decode import UnreadablePhoto
from photosort.photos.pixels.formats import register_formats
from photosort.report.thumbnails import IDENTITY, thumbnail
from photosort.store.cache import Cache
from photosort.store.journals.journal import Journal
from photosort.store.journals.operation import State
from photosort.store.runs.runs import MemberRecord, Run
from photosort.support.lookahead import work_ahead
from photosort.support.progress import Progress, silent

STAGE = "thumbnails"
AHEAD, BATCH = 16, 200
LIES = (State.PLACING, State.PLACED, State.DONE, State.THERE, State.UNDOING, State.KEPT)
"""States under which a photo may lie at its destination."""


@dataclass(frozen=True, slots=True)
class Thumbnails:
    """The thumbnails of n photos.

    sizes   bytes of each digest that has one
    places  where the file of each photo lies now, in their order; None where it was not found
    """

    sizes: dict[str, int]
    places: tuple[Path | None, ...]

    @property
    def size(self) -> int:
        """Bytes of all, each digest once."""
        return sum(self.sizes.values())


def destinations(connection: sqlite3.Connection, run: Run) -> dict[Path, Path]:
    """Map the photos that a run may have filed to where."""
    try:
        journal = Journal(connection, run.id)
    except NoSuchRun:
        return {}
    return {
        operation.source: operation.destination
        for operation in journal.operations(*LIES)
        if operation.main and operation.content is None
    }


def make_thumbnails(
    run: Run,
    members: Sequence[MemberRecord],
    filed: dict[Path, Path],
    cache: Cache,
    *,
    progress: Progress = silent,
) -> Thumbnails:
    """Make the thumbnails that the cache does not have, from photos at their source or where they were filed."""
    candidates = [[path for path in (member.path, filed.get(member.path)) if path] for member in members]
    sizes = {digest: len(content) for digest, content in stored(cache, {member.digest for member in members})}
    places: list[Path | None] = [None] * len(members)
    missing = []
    for number, member in enumerate(members):
        if member.digest in sizes:
            places[number] = next((path for path in candidates[number] if _is_as_then(path, run)), None)
        else:
            missing.append(number)
    register_formats()
    made: dict[str, bytes] = {}
    if missing:
        progress(STAGE, 0, len(missing))
    work = ((members[number].digest, candidates[number]) for number in missing)
    for done, (number, (place, content)) in enumerate(
        zip(missing, work_ahead(made_from, lambda _: (None, b""), work, ahead=AHEAD), strict=True), 1
    ):
        places[number] = place
        if content:
            made[members[number].digest] = content
            sizes[members[number].digest] = len(content)
        if len(made) >= BATCH or done == len(missing):
            put_thumbnails(cache, made)
            made.clear()
        progress(STAGE, done, len(missing))
    return Thumbnails(sizes, tuple(places))


def stored(cache: Cache, digests: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the thumbnails that the cache has of these photos, a bounded number in memory at once."""
    wanted = list(digests)
    for start in range(0, len(wanted), BATCH):
        part = wanted[start : start + BATCH]
        for digest, text in cache.texts(IDENTITY, part).items():
            yield digest, base64.b64decode(text)


def put_thumbnails(cache: Cache, made: Mapping[str, bytes]) -> None:
    """Keep thumbnails by the digests of their photos."""
    cache.put_texts(IDENTITY, {key: base64.b64encode(value).decode() for key, value in made.items()})


def made_from(item: tuple[str, Sequence[Path]]) -> tuple[Path | None, bytes]:
    """Return where the photo of a digest lies, of some places, and its thumbnail; empty where it cannot be decoded."""
    digest, candidates = item
    for path in candidates:
        try:
            if not path.is_file() or path.stat().st_size > MAX_BYTES:
                continue
            content = path.read_bytes()
        except OSError:
            continue
        if hashlib.sha256(content).hexdigest() == digest:
            try:
                return path, thumbnail(content, path.name)
            except UnreadablePhoto:
                return path, b""
    return None, b""


def _is_as_then(path: Path, run: Run) -> bool:
    """Return whether a file is there that was not changed since the run began."""
    try:
        return path.is_file() and path.stat().st_mtime < run.started.timestamp() + 1
    except OSError:
        return False
