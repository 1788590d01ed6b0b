"""What the cache holds, and taking out what is not needed any more. The history is never touched."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from photosort.store.cache import MIGRATIONS, REMEDY, cache_file
from photosort.store.sqlite.database import open_database, transaction

PATIENCE_MS = 2000
"""Milliseconds that cleaning waits for another program that writes."""
RESULTS = {"texts": "text", "vectors": "vector"}
"""The tables of results, and the column that holds each result."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is kept of one model: its name, revision and number of entries, and their size in bytes."""

    id: int
    model: str
    revision: str
    texts: int
    vectors: int
    size: int


class Upkeep:
    """The cache file of a folder, for those who count and clean; closed by `close`.

    Raises StoreError where the file is damaged, or another program holds it for longer than PATIENCE_MS.
    """

    def __init__(self, folder: Path) -> None:
        self._db = open_database(cache_file(folder), MIGRATIONS, durable=False, remedy=REMEDY)
        self._db.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def files(self) -> dict[Path, str]:
        """Return the files that were seen: path -> digest of their content."""
        rows = self._db.execute("SELECT path, digest FROM files")
        return {Path(os.fsdecode(path)): str(digest) for path, digest in rows}

    def held(self) -> list[Held]:
        """Return what is kept, by model and revision, the largest first."""
        found: dict[int, list[int]] = {}
        for place, (table, column) in enumerate(RESULTS.items()):
            query = (
                f"SELECT identity, COUNT(*), SUM(LENGTH(CAST({column} AS BLOB)) + LENGTH(key)) FROM {table} GROUP BY 1"
            )
            for identity, count, size in self._db.execute(query):
                entry = found.setdefault(identity, [0, 0, 0])
                entry[place] = count
                entry[2] += size or 0
        names = {number: rest for number, *rest in self._db.execute("SELECT id, model, revision FROM identities")}
        held = [Held(number, *names[number], *counts) for number, counts in found.items()]
        return sorted(held, key=lambda one: (-one.size, one.model))

    def size_of_photos(self, digests: Collection[str]) -> int:
        """Return the bytes of what is kept of the photos with these digests."""
        self._choose(digests)
        return sum(
            self._db.execute(
                f"SELECT COALESCE(SUM(LENGTH(CAST({column} AS BLOB)) + LENGTH(key)), 0) FROM {table}"
                " WHERE key IN (SELECT key FROM chosen)"
            ).fetchone()[0]
            for table, column in RESULTS.items()
        )

    def forget_photos(self, paths: Iterable[Path], digests: Collection[str]) -> None:
        """Drop what is known of these paths, and what models said of photos with these digests."""
        self._choose(digests)
        with transaction(self._db):
            self._db.executemany("DELETE FROM files WHERE path = ?", [(os.fsencode(path),) for path in paths])
            for table in RESULTS:
                self._db.execute(f"DELETE FROM {table} WHERE key IN (SELECT key FROM chosen)")

    def forget_models(self, numbers: Collection[int]) -> None:
        """Drop what is kept under these identities."""
        with transaction(self._db):
            for table in RESULTS:
                self._db.executemany(f"DELETE FROM {table} WHERE identity = ?", [(number,) for number in numbers])
            self._db.executemany("DELETE FROM identities WHERE id = ?", [(number,) for number in numbers])

    def forget_all(self) -> None:
        """Drop everything."""
        with transaction(self._db):
            for table in (*RESULTS, "files", "identities"):
                self._db.execute(f"DELETE FROM {table}")

    def shrink(self) -> None:
        """Give the disk back what is free inside the file."""
        self._db.execute("VACUUM")
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _choose(self, digests: Collection[str]) -> None:
        with transaction(self._db):
            self._db.execute("CREATE TEMP TABLE IF NOT EXISTS chosen (key BLOB PRIMARY KEY) WITHOUT ROWID")
            self._db.execute("DELETE FROM chosen")
            rows = [(bytes.fromhex(digest),) for digest in digests]
            self._db.executemany("INSERT OR IGNORE INTO chosen VALUES (?)", rows)


def damaged_files(folder: Path) -> list[Path]:
    """Return the damaged caches that were set aside, with their logs."""
    return sorted(folder.glob(f"{cache_file(folder).name}.damaged-*"))


def size_of_cache(folder: Path) -> int:
    """Return the bytes that the cache takes on disk, with its logs."""
    file = cache_file(folder)
    return size_of(file.with_name(file.name + log) for log in ("", "-wal", "-shm"))


def size_of(paths: Iterable[Path]) -> int:
    """Return the bytes of the files that are there."""
    return sum(path.stat().st_size for path in paths if path.is_file())
