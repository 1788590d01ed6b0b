"""Puts a new text about a folder in the place of an older one of photosort's own, and gives that back.

The text that is replaced is in the journal, as the row that wrote it. A text that somebody has edited since is not
replaced, neither forth nor back.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from photosort.filing.disk.copying import Changed, write_like
from photosort.filing.disk.exchanged import MISSING, Names, clear, digest_at, judged, sha
from photosort.filing.disk.place import InDoubt
from photosort.filing.disk.renaming import remove
from photosort.filing.disk.replacing import replace_judged
from photosort.store.journals.operation import Operation, State

_ASIDE = 10**12
"""Makes the number of the second temporary name, which no row of the journal reaches."""


def temporary_name(operation: Operation, token: str, more: int = 0) -> str:
    """Return the name under which the operation's file lies while it is not whole; no other run uses it."""
    return f".photosort-{token}-{operation.id + more}.part"


def check_replaceable(operation: Operation, place: Path) -> None:
    """Raise Changed unless the file at `place` holds the text that is to be replaced, and OSError."""
    now = digest_at(place)
    if now != _before(operation):
        raise Changed("was no longer there" if now == MISSING else "changed since")


def put(operation: Operation, token: str, place: Path) -> None:
    """Let the file at `place` hold the operation's text instead of the one before; permissions are kept.

    Raises OSError and Changed; then the file is as it was. Raises InDoubt.
    """
    _replace(operation.content or b"", None, _before(operation), _names(operation, token, place))


def give_back(operation: Operation, token: str, place: Path) -> None:
    """Let the file at `place` hold the text from before again, with its time. Raises as `put` does."""
    _replace(operation.before or b"", operation.mtime_ns, operation.digest, _names(operation, token, place))


def clear_rewritten(operation: Operation, token: str) -> None:
    """Remove what a stopped process has left; afterwards the file holds either text, whole. Raises OSError, InDoubt."""
    if not operation.destination.parent.is_dir():
        return
    names, before = _names(operation, token, operation.destination), _before(operation)
    if operation.state is State.UNDOING:
        clear(names, operation.digest, before, operation.before)
    else:
        clear(names, before, operation.digest, operation.content)


def is_as_before(operation: Operation) -> bool:
    """Return whether the file holds the text from before, or is gone. Raises OSError where it cannot be read."""
    return digest_at(operation.destination) in (MISSING, _before(operation))


def _before(operation: Operation) -> str:
    return sha(operation.before or b"")


def _names(operation: Operation, token: str, place: Path) -> Names:
    new, aside = (temporary_name(operation, token, more) for more in (0, _ASIDE))
    return Names(place, place.with_name(new), place.with_name(aside))


def _replace(content: bytes, mtime_ns: int | None, digest: str, names: Names) -> None:
    file = judged(names.path, digest)
    try:
        write_like(content, names.new, names.path, file.seen, mtime_ns)
        replace_judged(names.new, names.aside, file)
    except (OSError, Changed):
        with suppress(OSError, InDoubt):
            remove(names.new)
        raise
