"""The standard streams as the command may find them: closed, full, without a reader, or of few letters.

Nothing that is said ever raises. What cannot be written to standard output is dropped and remembered, so that a run
whose output is lost still files every photo, and the command can say so when it is done.
"""

from __future__ import annotations

import codecs
import io
import os
import select
import sys
from contextlib import suppress
from typing import Any, TextIO

PLAIN = {"→": "->", "←": "<-", "…": "...", "“": '"', "”": '"', "±": "+-", "✓": "+", "✗": "x"}
"""What stands for a sign of our own where the encoding of a stream does not have it."""

READABLE = "photosort-readable"
"""The handler of letters that an encoding does not have: signs get plain, others are written as escapes."""


class Outlet(io.RawIOBase):
    """Passes on what is written, until that fails once; from then on everything is dropped.

    lost    why, as soon as anything was; else empty
    unread  whether whoever reads a pipe has read enough, as `head` has
    """

    def __init__(self, raw: Any, broken: str = "") -> None:
        self._raw, self._broken = raw, broken
        self.lost, self.unread = "", False

    def writable(self) -> bool:
        """Always, as nothing fails."""
        return True

    def isatty(self) -> bool:
        """As the stream below."""
        return bool(self._raw.isatty())

    def fileno(self) -> int:
        """As the stream below."""
        return int(self._raw.fileno())

    def write(self, content: Any) -> int:
        """Pass `content` on, or drop it."""
        if not self._broken:
            try:
                return self._written(content)
            except OSError as error:
                self._broken, self.unread = error.strerror or str(error), isinstance(error, BrokenPipeError)
        self.lost = self._broken
        return len(content)

    def drop(self) -> None:
        """Pass nothing on from now on."""
        self._broken = self._broken or "dropped"

    def _written(self, content: Any) -> int:
        while (count := self._raw.write(content)) is None:  # a pipe that does not wait is full
            select.select([], [self._raw], [])
        return int(count)


_STANDARD: list[Outlet] = []
"""The outlet of standard output; none where other code has replaced that."""


def secure() -> None:
    """Put streams that never raise in the place of the standard ones."""
    codecs.register_error(READABLE, _readable)
    _fill_closed()
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)), "utf-8")
    if sys.stdout is sys.__stdout__:
        outlet, sys.stdout = _secured(sys.stdout, 1)
        _STANDARD[:] = [outlet]
    if sys.stderr is sys.__stderr__:
        _, sys.stderr = _secured(sys.stderr, 2)


def lost() -> str:
    """Return why something that was to go to standard output did not; empty where nothing was lost."""
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    return next((outlet.lost for outlet in _STANDARD), "")


def unread() -> bool:
    """Return whether standard output was a pipe whose reader has closed it, which is not a failure."""
    return any(outlet.unread for outlet in _STANDARD)


def drop_output() -> None:
    """Wait no longer for whoever reads standard output."""
    for outlet in _STANDARD:
        outlet.drop()


def name_files_in_utf8() -> None:
    """Start again in UTF-8 where the locale has Python name files in less: no folder could be called “Café” there.

    What is written to standard output and error keeps the encoding of the locale.
    """
    if sys.getfilesystemencoding() != "utf-8" and sys.executable and "utf8" not in sys._xoptions:
        import locale

        os.environ.setdefault("PYTHONIOENCODING", locale.getencoding())
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])


def _fill_closed() -> None:
    """Let no file of the user's ever get the number of a closed standard stream, where libraries write to."""
    while (number := os.open(os.devnull, os.O_RDWR)) < 3:
        os.set_inheritable(number, True)
    os.close(number)


def _secured(stream: TextIO | None, number: int) -> tuple[Outlet, TextIO]:
    if not isinstance(stream, io.TextIOWrapper):
        outlet, encoding, by_line = Outlet(io.FileIO(number, "w", closefd=False), "it is closed"), "utf-8", False
    else:
        outlet = Outlet(getattr(stream.buffer, "raw", stream.buffer))
        encoding, by_line = stream.encoding, stream.line_buffering or stream.write_through
    return outlet, io.TextIOWrapper(io.BufferedWriter(outlet), encoding, READABLE, line_buffering=by_line)


def _readable(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    unknown = error.object[error.start : error.end]
    return "".join(PLAIN.get(char) or char.encode("ascii", "backslashreplace").decode() for char in unknown), error.end
