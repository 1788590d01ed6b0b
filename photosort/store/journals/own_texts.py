"""What photosort itself has written about folders, as the journal keeps it, and which of it took the place of which.

The texts are kept small: a text about a folder names each of its photos, and is written again for each that joins.
"""

from __future__ import annotations

import os
import sqlite3
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from photosort.store.journals.operation import Operation, State

_LEVEL, _BEGINS = 9, b"x\xda"
"""How texts are packed, and how such a piece begins. A text that an earlier version kept as it is may begin so too."""
_LYING = (State.PLACING, State.DONE, State.UNDOING, State.KEPT)
_ORIGINS = (State.PLACED, State.THERE, *_LYING)


class Written(NamedTuple):
    """A text that a run has written: the row of the journal, and the text."""

    id: int
    content: bytes


def packed_text(content: bytes | None) -> bytes | None:
    """Return a text as it is kept."""
    return None if content is None else zlib.compress(content, _LEVEL)


def plain_text(kept: bytes | None) -> bytes | None:
    """Return a text that is kept; those of earlier versions are kept as they are."""
    if kept is not None and kept.startswith(_BEGINS):
        with suppress(zlib.error):
            return zlib.decompress(kept)
    return kept


def written_below(connection: sqlite3.Connection, destination: Path, digests: Iterable[str]) -> dict[str, Written]:
    """Map digests to the texts that runs into a destination have written and that were not taken back."""
    wanted = set(digests)
    query = (
        "SELECT id, digest FROM operations WHERE content IS NOT NULL AND run_id IN (SELECT run_id FROM filings"
        f" WHERE destination = ?) AND state IN ({', '.join('?' * len(_LYING))}) ORDER BY id"
    )
    rows = connection.execute(query, (os.fsencode(destination), *_LYING)) if wanted else ()
    found = {digest: number for number, digest in rows if digest in wanted}
    contents = {
        digest: connection.execute("SELECT content FROM operations WHERE id = ?", (number,)).fetchone()[0]
        for digest, number in found.items()
    }
    return {digest: Written(number, plain_text(contents[digest]) or b"") for digest, number in found.items()}


def has_written(connection: sqlite3.Connection, path: Path) -> bool:
    """Return whether a run has written a text to this path and has not taken it back."""
    query = (
        "SELECT EXISTS (SELECT 1 FROM operations WHERE destination = ? AND content IS NOT NULL"
        f" AND state IN ({', '.join('?' * len(_LYING))}))"
    )
    return bool(connection.execute(query, (os.fsencode(path), *_LYING)).fetchone()[0])


def origins_below(connection: sqlite3.Connection, destination: Path) -> dict[str, Path]:
    """Map the digests of files that runs have put below a destination to where they come from."""
    query = (
        "SELECT digest, source FROM operations WHERE content IS NULL AND run_id IN (SELECT run_id FROM filings"
        f" WHERE destination = ?) AND state IN ({', '.join('?' * len(_ORIGINS))}) ORDER BY id"
    )
    rows = connection.execute(query, (os.fsencode(destination), *_ORIGINS))
    return {digest: Path(os.fsdecode(source)) for digest, source in rows}


def replaced_since(connection: sqlite3.Connection, operation: Operation) -> int:
    """Return the row of the journal that has put another text in the place of this one, and stands; 0 for none."""
    query = f"SELECT id FROM operations WHERE replaces = ? AND state IN ({', '.join('?' * len(_LYING))}) LIMIT 1"
    row = connection.execute(query, (operation.id, *_LYING)).fetchone()
    return int(row[0]) if row else 0
