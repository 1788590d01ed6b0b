"""Whether a database of photosort is sound, found out without changing it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

SECONDS = 2


def damage(file: Path) -> str:
    """Return what SQLite finds wrong with a database, in one line; empty where it is sound.

    Opens it for reading alone. Raises sqlite3.Error for a file that is no database, or is locked.
    """
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=SECONDS)) as connection:
        said = [str(row[0]) for row in connection.execute("PRAGMA quick_check(1)")]
    return "" if said == ["ok"] else " ".join(said[:1]).replace("\n", " ")
