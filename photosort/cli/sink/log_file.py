"""The log of one command, for a bug report: versions, settings, stages with their seconds, warnings, the failure.

With -v no text that could name a photo is written: of a failure the kinds and the lines of code, never the message.
With -vv messages and notes are written as well.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import logging
    from pathlib import Path

    from photosort.errors import PhotosortError

LARGEST, OLDER = 500_000, 1
"""Bytes of a log file, and how many older ones are kept."""
NAMES = 2
"""From how many -v on names of photos may be in the log."""


class LogFile:
    """What is written while the command runs. Nothing that goes wrong with it ends the command."""

    def __init__(self, logger: logging.Logger, path: Path, verbosity: int) -> None:
        self.path = path
        self._log, self._verbosity = logger, verbosity
        self._begun = self._since = time.monotonic()
        self._stage = ""

    def settings(self, settings: dict[str, Any]) -> None:
        """Write every setting that differs from its default. Keys of servers are not settings."""
        self._log.info("settings %s", settings)

    def stage(self, name: str, done: int, total: int | None) -> None:
        """Take note of how far a stage is; the seconds of the one before are written."""
        if name != self._stage:
            self._end_stage()
            self._stage, self._since = name, time.monotonic()
            self._log.info("stage %s begins: %s", name, "?" if total is None else total)

    def note(self, text: str) -> None:
        """Write what the user was told, with -vv."""
        if self._verbosity >= NAMES:
            self._log.info("note %s", text)

    def failed(self, error: BaseException, failure: PhotosortError) -> None:
        """Write the failure, and the traceback of one that photosort has no words for."""
        from photosort.errors import Unexpected

        self._end_stage()
        self._log.error("failed with %s, exit code %d", type(failure).__name__, failure.exit_code)
        if self._verbosity >= NAMES:
            self._log.error("problem %s", failure)
        if isinstance(failure, Unexpected):
            for line in _traceback(error, messages=self._verbosity >= NAMES):
                self._log.error("%s", line)

    def end(self) -> None:
        """Write how long all took."""
        self._end_stage()
        self._log.info("ends after %.1f s", time.monotonic() - self._begun)

    def _end_stage(self) -> None:
        if self._stage:
            self._log.info("stage %s ends after %.1f s", self._stage, time.monotonic() - self._since)
        self._stage = ""


class _Current:
    """The log of this process, if there is one."""

    log: LogFile | None = None


CURRENT = _Current()


def begin(verbosity: int, command: str) -> LogFile | None:
    """Begin to write below the cache folder, and return the log; None where nothing can be written there."""
    import logging
    from logging.handlers import RotatingFileHandler

    from photosort.support.files import make_private_file, make_private_folder

    path = _folder() / "photosort.log"
    try:
        make_private_folder(path.parent)
        make_private_file(path)
        handler = RotatingFileHandler(path, maxBytes=LARGEST, backupCount=OLDER, encoding="utf-8", delay=False)
    except OSError:
        return None
    logging.raiseExceptions = False
    handler.setFormatter(_formatter())
    logger = logging.getLogger("photosort")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logging.captureWarnings(True)
    for one in (logger, logging.getLogger("py.warnings")):
        one.handlers[:] = [handler]
    CURRENT.log = LogFile(logger, path, verbosity)
    logger.info("begins: photosort %s", command)
    for line in _machine():
        logger.info("%s", line)
    return CURRENT.log


def end() -> None:
    """Write the last line, and close the file."""
    import logging

    if CURRENT.log:
        CURRENT.log.end()
        CURRENT.log = None
        logging.captureWarnings(False)
        for name in ("photosort", "py.warnings"):
            logger = logging.getLogger(name)
            for handler in logger.handlers:
                handler.close()
            logger.handlers[:] = []


def _folder() -> Path:
    """Return the folder of the logs; where the settings are wrong, the usual one."""
    from photosort.errors import SettingsError
    from photosort.settings.settings import Settings, load_settings

    try:
        folder = load_settings().cache_dir
    except SettingsError:
        folder = Settings.model_fields["cache_dir"].get_default(call_default_factory=True)
    return folder / "logs"


def _machine() -> list[str]:
    from photosort.workflows.doctor.machine import system, versions

    return [f"{found.subject} {found.said}" for found in (*versions(), *system())]


def _formatter() -> logging.Formatter:
    import logging

    from photosort.support.home import shortened
    from photosort.support.printable import printable

    class OneLine(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            return printable(shortened(super().format(record)))

    return OneLine("%(asctime)s %(levelname)s %(message)s")


def _traceback(error: BaseException, *, messages: bool) -> list[str]:
    """Return the lines of code that an error went through, and those of its causes."""
    from traceback import TracebackException

    told = TracebackException.from_exception(error)
    if messages:
        return "".join(told.format()).splitlines()
    lines, current = list[str](), told
    while current:
        lines += [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in current.stack]
        lines.append(getattr(current.exc_type, "__name__", "unknown"))
        following = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
        if following is None:
            break
        current = following
    return lines
