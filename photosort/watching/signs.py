"""Signs of the operating system that something has changed in a folder; without them, waiting is all there is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from watchfiles.main import FileChange

LASTING = 0.5
"""Seconds after which a failure is a passing one, as of a name that is not UTF-8; it is a sign like any other."""
STEP = 0.5
"""Seconds after which a wait without a sign is looked after."""


class Signs:
    """Waits for changes below a folder; those below `skip` are no sign.

    A sign may be lost, and network drives give none: who waits looks for himself now and then.

    lost  why the system gives no sign; empty where it does
    """

    def __init__(self, folder: Path, *, skip: Path) -> None:
        self._folder, self._skip = folder, skip
        self._changes: Iterator[set[FileChange]] | None = None
        self.lost, self._began = "", 0.0
        self.renew()

    def renew(self) -> None:
        """Begin anew, as after the folder was away."""
        from watchfiles import watch

        self._changes, self.lost, self._began = None, "", time.monotonic()
        if not self._folder.is_dir():  # which watchfiles would wait for in vain
            self.lost = "it is not there"
            return
        self._changes = watch(
            self._folder,
            watch_filter=lambda change, path: not Path(path).is_relative_to(self._skip),
            debounce=1000,
            debug=False,
            rust_timeout=int(STEP * 1000),
            yield_on_timeout=True,
            raise_interrupt=True,
            ignore_permission_denied=True,
        )
        self.wait(0.0)

    def wait(self, seconds: float) -> None:
        """Return after a change, or after so many seconds, rounded up to half a second."""
        end = time.monotonic() + seconds
        while True:
            if self._changes is None:
                time.sleep(max(0.0, end - time.monotonic()))
                return
            try:
                changes = next(self._changes, None)
                if changes:
                    return
                if changes is None:
                    self._give_up("it stopped watching")
            except (OSError, RuntimeError) as error:
                if time.monotonic() - self._began > LASTING:
                    self.renew()
                    return
                self._give_up(str(error))
            if time.monotonic() >= end:
                return

    def _give_up(self, reason: str) -> None:
        self._changes, self.lost = None, " ".join(reason.split())
