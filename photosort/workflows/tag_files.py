"""What every command on tags needs while it works: locks, and ExifTool where tags go into photos."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from photosort.errors import Busy, StoreError
from photosort.filing.disk.lock import hold
from photosort.filing.tagging.exiftool import ExifTool
from photosort.filing.tagging.write import TagOutcome, no_embedding, resume_tags
from photosort.store.cache import open_cache
from photosort.store.journals.journal import filings
from photosort.store.journals.operation import State
from photosort.store.journals.tag_journal import TagJournal
from photosort.support.progress import Progress, silent


@contextmanager
def holding(connection: sqlite3.Connection, folder: Path, data_dir: Path) -> Iterator[None]:
    """Hold the locks of a folder and of all destinations in it and above it. Raises Busy and StoreError."""
    places = {filing.destination for filing in filings(connection) if overlap(filing.destination, folder)}
    with ExitStack() as stack:
        for place in sorted({folder, *places}):
            try:
                stack.enter_context(hold(place, data_dir))
            except Busy as busy:
                raise Busy(busy.problem, "Wait until it is done, then try again.") from busy
        yield


def overlap(one: Path, other: Path) -> bool:
    """Return whether one folder lies in the other, or both are the same."""
    return one.is_relative_to(other) or other.is_relative_to(one)


def resume_tagging(
    connection: sqlite3.Connection,
    run: int,
    data_dir: Path,
    cache_dir: Path | None = None,
    *,
    progress: Progress = silent,
) -> TagOutcome:
    """Finish writing tags; what the cache knows of photos that tags went into stays known. The caller holds the locks.

    Raises ExifToolMissing and what `resume_tags` raises.
    """
    journal = TagJournal(connection, run)
    embeds = any(write.embedded for write in journal.writes(State.PLANNED, State.PLACING))
    with embedding(data_dir, wanted=embeds) as exiftool:
        outcome = resume_tags(connection, run, embed=exiftool or no_embedding, progress=progress)
    if cache_dir is not None:
        with suppress(StoreError):  # the tags are written, whatever is wrong with the cache
            keep_known(journal, cache_dir)
    return outcome


def keep_known(journal: TagJournal, cache_dir: Path) -> None:
    """Let what the cache knows of photos be known of them as they are with their tags. Raises StoreError."""
    embedded = [(write.digest, write.after_digest) for write in journal.writes(State.DONE) if write.embedded]
    if embedded:
        with open_cache(cache_dir) as cache:
            cache.same_photos(embedded)


@contextmanager
def embedding(data_dir: Path, *, wanted: bool) -> Iterator[ExifTool | None]:
    """Yield ExifTool, with a folder of photosort's own to work in; None where it is not wanted. Raises Busy."""
    if not wanted:
        yield None
        return
    folder = data_dir / "embedding"
    with hold(folder, data_dir), ExifTool(folder) as exiftool:
        yield exiftool
