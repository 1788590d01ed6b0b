"""What SQLite refuses, in our words: which file it is, what is wrong with it, and what to do."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

from photosort.errors import StoreDamaged, StoreError

Function = TypeVar("Function", bound=Callable[..., Any])

_ELSEWHERE = "or name another folder in PHOTOSORT_DATA_DIR or PHOTOSORT_CACHE_DIR."
_PERMISSIONS = f"Check the permissions of the file and of its folder, {_ELSEWHERE}"
_WAIT = "Another program holds it: try again when that is done."

_ADVICE = {
    sqlite3.SQLITE_FULL: f"Make room on its disk, {_ELSEWHERE}",
    sqlite3.SQLITE_IOERR: f"Check its disk, and the free space there, {_ELSEWHERE}",
    **dict.fromkeys((sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL), _WAIT),
    **dict.fromkeys((sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM), _PERMISSIONS),
}
"""Primary result code of SQLite -> what to do. Any other means that the file is not as photosort has made it."""

_OF_THE_FILE = (sqlite3.OperationalError, sqlite3.DatabaseError)
"""What SQLite raises for a file; its other errors, which derive from the second, are mistakes of the caller."""


def unusable(path: Path, error: OSError) -> StoreError:
    """Return the failure for a database that the system does not let us open."""
    if isinstance(error, IsADirectoryError):
        return StoreError(f"A folder lies where the database {path} belongs", f"Move it away, {_ELSEWHERE}")
    codes = {errno.ENOSPC: sqlite3.SQLITE_FULL, errno.EIO: sqlite3.SQLITE_IOERR}
    advice = _ADVICE[codes.get(error.errno or 0, sqlite3.SQLITE_PERM)]
    return StoreError(f"The database {path} cannot be opened ({error.strerror or error})", advice)


def refused(path: Path, error: sqlite3.Error, remedy: str) -> StoreError:
    """Return the failure for what SQLite says of the file at `path`; `remedy` is what to do where that is damaged."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    if code in _ADVICE:
        return StoreError(f"The database {path} cannot be used ({error})", _ADVICE[code])
    return StoreDamaged(f"The database {path} is damaged ({error})", remedy, path)


def _in_our_words(function: Function) -> Function:
    """Return a method of a cursor that raises StoreError for what SQLite refuses."""

    @wraps(function)
    def method(self: _Cursor, *arguments: Any) -> Any:
        try:
            return function(self, *arguments)
        except _OF_THE_FILE as error:
            if type(error) not in _OF_THE_FILE:
                raise
            raise refused(self.connection.path, error, self.connection.remedy) from error

    return cast(Function, method)


class _Cursor(sqlite3.Cursor):
    connection: Database

    execute = _in_our_words(sqlite3.Cursor.execute)
    executemany = _in_our_words(sqlite3.Cursor.executemany)
    fetchone = _in_our_words(sqlite3.Cursor.fetchone)
    fetchall = _in_our_words(sqlite3.Cursor.fetchall)
    __next__ = _in_our_words(sqlite3.Cursor.__next__)


class Database(sqlite3.Connection):
    """A connection that raises StoreError, with the name of its file, for what SQLite refuses.

    path    the file
    remedy  what to do where it is damaged
    """

    path: Path
    remedy: str

    def execute(self, *arguments: Any) -> sqlite3.Cursor:
        """As that of a cursor."""
        return self.cursor(_Cursor).execute(*arguments)

    def executemany(self, *arguments: Any) -> sqlite3.Cursor:
        """As that of a cursor."""
        return self.cursor(_Cursor).executemany(*arguments)
