"""How much memory there is, and a share of it that threads take in turn."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Condition, Lock
from typing import Protocol

CGROUP = Path("/sys/fs/cgroup/memory.max")
"""Where Linux keeps the limit of a container."""


def memory() -> int:
    """Return the bytes of memory of this machine, or of its container; 0 where that cannot be told."""
    if sys.platform == "win32":
        return _memory_of_windows()
    try:
        installed = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0
    try:
        return min(installed, int(CGROUP.read_text("ascii")))
    except (OSError, ValueError):
        return installed


class Shared(Protocol):
    """Memory that is taken in turn."""

    def share(self, size: int) -> AbstractContextManager[None]:
        """Hold `size` bytes; waits until they are free."""
        ...


class Budget:
    """Bytes that threads may hold together.

    They get them in the order in which they ask, so that a large share is not put off for ever by small ones. What
    asks for more than there is gets all of it, and is alone then.
    """

    def __init__(self, total: int) -> None:
        self.total = self._free = total
        self._turn, self._given_back = Lock(), Condition()

    @contextmanager
    def share(self, size: int) -> Iterator[None]:
        """Hold `size` bytes; waits until they are free."""
        taken = min(size, self.total)
        with self._turn, self._given_back:
            self._given_back.wait_for(lambda: self._free >= taken)
            self._free -= taken
        try:
            yield
        finally:
            with self._given_back:
                self._free += taken
                self._given_back.notify_all()


def _memory_of_windows() -> int:
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((name, ctypes.c_ulonglong) for name in ("total", "free", "page", "page_free", "virtual", "left", "more")),
        )

    status = Status()
    status.length = ctypes.sizeof(status)
    called = getattr(ctypes, "windll").kernel32.GlobalMemoryStatusEx(ctypes.byref(status))  # noqa: B009
    return int(status.total) if called else 0
