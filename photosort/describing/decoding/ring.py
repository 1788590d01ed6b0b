"""Pictures on their way from the processes that decode to those of the models, in memory that all of them share.

The memory has no name that could be left behind: `multiprocessing` removes its file before it is used (Windows keeps
none), so it goes with the last process that has it, however that ends.
"""

from __future__ import annotations

import logging
import shutil
import sys
from collections.abc import Iterable, Sequence
from ctypes import c_ubyte
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from photosort.models.protocols import Frame, Pixels
from photosort.support.memory import memory

SHARE_OF_MEMORY = 1 / 16
"""What the ring takes at most of the memory of the machine."""
SHARED = Path("/dev/shm")
"""Where Linux keeps shared memory; containers often get 64 MB of it."""
SHARE_OF_SHARED = 0.5
PASSING = 64
"""Photos under way where memory cannot be shared."""

Shape = tuple[int, int]
"""Height and width of a picture."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ring:
    """Slots of equal size, each with room for one photo in all frames.

    frames  what a slot has room for, in order
    slots   how many there are; so many photos are under way at most
    memory  the slots, one after the other; None where pictures travel by pipes instead
    """

    frames: tuple[Frame, ...]
    slots: int
    memory: Any = None

    def put(self, slot: int, pictures: Iterable[Pixels]) -> None:
        """Copy the pictures of one photo into a slot, one behind the other."""
        start = slot * slot_bytes(self.frames)
        for picture in pictures:
            np.frombuffer(self.memory, np.uint8, picture.size, start)[:] = picture.reshape(-1)
            start += picture.size

    def pictures(self, slot: int, shapes: Iterable[Shape]) -> list[Pixels]:
        """Return the pictures (h, w, 3) in a slot, without copying them; `shapes` are in the order of `put`."""
        start, found = slot * slot_bytes(self.frames), []
        for height, width in shapes:
            size = 3 * height * width
            found.append(np.frombuffer(self.memory, np.uint8, size, start).reshape(height, width, 3))
            start += size
        return found


def slot_bytes(frames: Sequence[Frame]) -> int:
    """Return the bytes of one photo in all of these frames, at most."""
    return sum(3 * frame.side**2 for frame in frames)


def ring_for(frames: Iterable[Frame], wanted: int, least: int) -> Ring:
    """Return a ring of `wanted` slots, or as many as there is memory for; with fewer than `least`, one without any."""
    from multiprocessing.sharedctypes import RawArray

    each = tuple(sorted(set(frames)))
    slots = min(wanted, _room() // slot_bytes(each))
    if slots >= least:
        try:
            ring = Ring(each, slots, RawArray(c_ubyte, slots * slot_bytes(each)))
        except OSError as error:
            _log.info("no shared memory: %s", type(error).__name__)
        else:
            _log.info("shared memory for %d photos: %d bytes", slots, slots * slot_bytes(each))
            return ring
    _log.info("pictures travel by pipes: shared memory has room for %d photos", slots)
    return Ring(each, min(wanted, max(least, PASSING)))


def _room() -> int:
    """Return the bytes that a ring may take."""
    room = int(SHARE_OF_MEMORY * memory()) or 1 << 28
    if sys.platform != "linux":
        return room
    try:
        return min(room, int(SHARE_OF_SHARED * shutil.disk_usage(SHARED).free))
    except OSError:
        return 0
