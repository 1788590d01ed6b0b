"""Remembers what models said of photos and texts, so that nothing is computed twice: asked first, always.

Every result is kept under (identity, key). The identity is what the result depends on besides the input
(model, revision, prompt); the key is the digest of the input, a photo or a text.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from photosort.errors import StoreDamaged
from photosort.store.identity import Identity
from photosort.store.sqlite.database import open_database, transaction

MIGRATIONS = (
    (
        "CREATE TABLE identities (id INTEGER PRIMARY KEY, model TEXT, revision TEXT, prompt TEXT,"
        " UNIQUE (model, revision, prompt))",
        "CREATE TABLE files (path BLOB PRIMARY KEY, size INTEGER, mtime_ns INTEGER,"
        " ctime_ns INTEGER, digest TEXT) WITHOUT ROWID",
        "CREATE TABLE texts (identity INTEGER REFERENCES identities, key BLOB, text TEXT, UNIQUE (identity, key))",
        "CREATE TABLE vectors (identity INTEGER REFERENCES identities, key BLOB, vector BLOB, UNIQUE (identity, key))",
    ),
)
REMEDY = "Delete it: photosort makes it again, and nothing is lost but time."
LOOKUP = 500


def _stacked(vectors: Sequence[bytes]) -> NDArray[np.float16]:
    """Return (n, d) from n vectors as they are kept. Raises TypeError and ValueError where they are not."""
    if len({len(vector) for vector in vectors}) > 1:
        raise ValueError("vectors of one model differ in their length")
    return np.frombuffer(b"".join(vectors), dtype=np.float16).reshape(len(vectors), -1)


def text_key(text: str) -> str:
    """Return the key of a text: the SHA-256 of its UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Cache:
    """The cache in one SQLite file; used from one thread, closed at the end of a `with` block.

    Vectors are kept in half precision (a relative error of 0.0005, below any effect on clusters): callers
    read back what they have put, so that the first run and every later one see the same numbers.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = open_database(path, MIGRATIONS, durable=False, remedy=REMEDY)
        self._identities: dict[Identity, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what was put is kept."""
        self._db.close()

    def digests(self) -> dict[tuple[bytes, int, int, int], str]:
        """Return every file seen so far: (path as bytes, size, mtime_ns, ctime_ns) -> digest of its content.

        The time of the status is among them because tools can keep the other two when they edit a photo.
        """
        rows = self._db.execute("SELECT path, size, mtime_ns, ctime_ns, digest FROM files").fetchall()
        return {(path, size, mtime_ns, ctime_ns): digest for path, size, mtime_ns, ctime_ns, digest in rows}

    def files(self) -> Iterator[tuple[bytes, int, int, str]]:
        """Yield every file seen so far: path as bytes, size, mtime_ns, digest; in the order of their paths."""
        yield from self._db.execute("SELECT path, size, mtime_ns, digest FROM files ORDER BY path")

    def put_digests(self, files: Iterable[tuple[Path, int, int, int, str]]) -> None:
        """Remember (path, size, mtime_ns, ctime_ns, digest)."""
        rows = [(os.fsencode(path), *rest) for path, *rest in files]
        with transaction(self._db):
            self._db.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", rows)

    def digest_of(self, path: Path, read: Callable[[Path], str]) -> str:
        """Return the digest of a file that has not changed since it was seen; of any other, what `read` says, kept.

        Raises OSError and what `read` raises.
        """
        stat = path.stat()
        stamp = (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
        query = "SELECT digest FROM files WHERE path = ? AND size = ? AND mtime_ns = ? AND ctime_ns = ?"
        if known := self._db.execute(query, (os.fsencode(path), *stamp)).fetchone():
            return str(known[0])
        digest = read(path)
        self.put_digests([(path, *stamp, digest)])
        return digest

    def texts(self, identity: Identity, keys: Iterable[str]) -> dict[str, str]:
        """Return the texts known for these keys."""
        return {key: str(text) for key, text in self._lookup("texts", "text", identity, keys)}

    def has_texts(self, identity: Identity) -> bool:
        """Return whether any text is known."""
        query = "SELECT EXISTS (SELECT 1 FROM texts WHERE identity = ?)"
        return bool(self._db.execute(query, (self._id(identity),)).fetchone()[0])

    def put_texts(self, identity: Identity, texts: Mapping[str, str]) -> None:
        """Remember key -> text."""
        self._put("texts", identity, [(key, text) for key, text in texts.items()])

    def vectors(self, identity: Identity, keys: Iterable[str]) -> dict[str, NDArray[np.float16]]:
        """Return the vectors known for these keys, each of shape (d,)."""
        found = self._lookup("vectors", "vector", identity, keys)
        with self._expected():
            return {key: np.frombuffer(blob, dtype=np.float16) for key, blob in found}

    def put_vectors(self, identity: Identity, keys: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Remember row i of (n, d) under keys[i]."""
        blobs = np.asarray(vectors, dtype=np.float16)
        self._put("vectors", identity, [(key, row.tobytes()) for key, row in zip(keys, blobs, strict=True)])

    def same_photos(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Let what is known of the first of each pair of keys be known of the second, where nothing is yet."""
        rows = [(bytes.fromhex(after), bytes.fromhex(before)) for before, after in pairs]
        with transaction(self._db):
            for table, column in (("texts", "text"), ("vectors", "vector")):
                self._db.executemany(
                    f"INSERT OR IGNORE INTO {table} SELECT i.id, ?, t.{column} FROM identities i"
                    f" CROSS JOIN {table} t ON t.identity = i.id AND t.key = ?",
                    rows,
                )

    def matrix(self, identity: Identity, keys: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of `keys`, in their order, as (n, d) float32. Raises KeyError where one is missing."""
        places = {bytes.fromhex(key): place for place, key in enumerate(dict.fromkeys(keys))}
        found, done = np.empty((0, 0), dtype=np.float32), 0
        for rows in self._batches("vectors", "vector", identity, list(places)):
            with self._expected():
                part = _stacked([blob for _, blob in rows])
                if not done:
                    found = np.empty((len(places), part.shape[1]), dtype=np.float32)
                found[[places[key] for key, _ in rows]] = part
            done += len(rows)
        if done < len(places):
            known = self.keys(identity)
            raise KeyError(next(key for key in keys if key not in known))
        return found if len(places) == len(keys) else found[[places[bytes.fromhex(key)] for key in keys]]

    def all_vectors(self, identity: Identity) -> tuple[list[str], NDArray[np.float16]]:
        """Return every key of an identity that has a vector, and the vectors, (n, d)."""
        query = "SELECT key, vector FROM vectors WHERE identity = ? ORDER BY key"
        rows = self._db.execute(query, (self._id(identity),)).fetchall()
        keys = [key.hex() for key, _ in rows]
        if not rows:
            return keys, np.empty((0, 0), dtype=np.float16)
        with self._expected():
            return keys, _stacked([vector for _, vector in rows])

    def models(self) -> list[Identity]:
        """Return every identity that has a vector."""
        known = "EXISTS (SELECT 1 FROM vectors WHERE identity = identities.id)"
        query = f"SELECT model, revision, prompt FROM identities WHERE {known}"
        return [Identity(*row) for row in self._db.execute(query)]

    def keys(self, identity: Identity) -> set[str]:
        """Return the keys that have a vector or a text."""
        query = "SELECT key FROM vectors WHERE identity = :id UNION ALL SELECT key FROM texts WHERE identity = :id"
        return {key.hex() for (key,) in self._db.execute(query, {"id": self._id(identity)}).fetchall()}

    def all_texts(self, identity: Identity) -> dict[str, str]:
        """Map every key of an identity to its text."""
        rows = self._db.execute("SELECT key, text FROM texts WHERE identity = ?", (self._id(identity),)).fetchall()
        return {key.hex(): text for key, text in rows}

    @contextmanager
    def _expected(self) -> Iterator[None]:
        """Treat values that no cache has kept like this as damage."""
        try:
            yield
        except (TypeError, ValueError) as error:
            raise StoreDamaged(f"The database {self._path} is damaged ({error})", REMEDY, self._path) from error

    def _lookup(self, table: str, column: str, identity: Identity, keys: Iterable[str]) -> Iterator[tuple[str, Any]]:
        wanted = [bytes.fromhex(key) for key in dict.fromkeys(keys)]
        for rows in self._batches(table, column, identity, wanted):
            yield from ((key.hex(), value) for key, value in rows)

    def _batches(
        self, table: str, column: str, identity: Identity, wanted: Sequence[bytes]
    ) -> Iterator[list[tuple[bytes, Any]]]:
        """Yield key and value of those that are known, those of LOOKUP keys at once."""
        number = self._id(identity)
        for start in range(0, len(wanted), LOOKUP):
            part = wanted[start : start + LOOKUP]
            marks = ",".join("?" * len(part))
            query = f"SELECT key, {column} FROM {table} WHERE identity = ? AND key IN ({marks})"
            if rows := self._db.execute(query, (number, *part)).fetchall():
                yield rows

    def _put(self, table: str, identity: Identity, rows: Sequence[tuple[str, str | bytes]]) -> None:
        number = self._id(identity)
        with transaction(self._db):
            self._db.executemany(
                f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?)",
                [(number, bytes.fromhex(key), value) for key, value in rows],
            )

    def _id(self, identity: Identity) -> int:
        if identity not in self._identities:
            name = (identity.model, identity.revision, identity.prompt)
            with transaction(self._db):
                self._db.execute("INSERT OR IGNORE INTO identities (model, revision, prompt) VALUES (?, ?, ?)", name)
                query = "SELECT id FROM identities WHERE model = ? AND revision = ? AND prompt = ?"
                self._identities[identity] = self._db.execute(query, name).fetchone()[0]
        return self._identities[identity]


def cache_file(folder: Path) -> Path:
    """Return the file of the cache inside photosort's cache folder."""
    return folder / "cache.sqlite"


def open_cache(folder: Path) -> Cache:
    """Return the cache inside photosort's cache folder."""
    return Cache(cache_file(folder))


def set_aside(folder: Path) -> Path:
    """Give a damaged cache another name, so that the next one to be opened is new. Returns that name.

    Raises OSError where the folder does not allow it.
    """
    damaged = cache_file(folder)
    names = (damaged.with_name(f"{damaged.name}.damaged-{number}") for number in count(1))
    aside = next(name for name in names if not os.path.lexists(name))
    for log in ("-wal", "-shm", ""):
        with suppress(FileNotFoundError):
            damaged.with_name(damaged.name + log).rename(aside.with_name(aside.name + log))
    return aside
