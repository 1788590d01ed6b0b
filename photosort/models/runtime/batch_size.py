"""How many photos a model takes at once, and what happens where a device has too little memory for them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from photosort.errors import StoreError
from photosort.models.runtime.growing import Size, has_room
from photosort.models.weights.pinned import recall, replace_whole


def no_room() -> bool:
    """Return False: batches stay as large as they are."""
    return False


class BatchSize:
    """The photos that a model looks at together. What fitted is remembered, if a file is given.

    start  the first size, where none is remembered
    limit  the largest size; without one, sizes only shrink
    room   returns whether the device seems to have memory for twice the batch that was done last
    file   JSON, key -> size; shared by all models of a cache
    key    model, revision, frame and device: what decides how much memory a photo takes and how much there is
    """

    def __init__(
        self, start: int, *, limit: int = 0, room: Callable[[], bool] = no_room, file: Path | None = None, key: str = ""
    ) -> None:
        self._file, self._key, self._room = file, key, room
        self._known = self._remembered().get(key, start)
        limit = max(1, limit or start)
        self._size = Size(max(1, min(self._known, limit)), limit)

    @property
    def value(self) -> int:
        """The photos of the next batch."""
        return self._size.value

    @property
    def limit(self) -> int:
        """The most photos that a batch ever has."""
        return self._size.limit

    def shrink(self, size: int) -> None:
        """From now on at most `size` photos: more did not fit."""
        self._size = self._size.after_failure(size)

    def fitted(self, count: int) -> None:
        """The device had memory for `count` photos. After a full batch the next one may be larger."""
        if count < self.value:
            return
        self._remember(self.value)
        if self.value < self.limit:
            self._size = self._size.after_fit(count, self._room())

    def _remember(self, size: int) -> None:
        """Let every later run with the same model and device begin with `size`; without the file nothing is lost."""
        if self._file is not None and size != self._known:
            with suppress(StoreError):
                replace_whole(self._file, json.dumps({**self._remembered(), self._key: size}).encode())
            self._known = size

    def _remembered(self) -> dict[str, int]:
        return {key: size for key, size in recall(self._file).items() if type(size) is int and size > 0}


def cuda_room(device: str) -> Callable[[], bool]:
    """Return what tells whether a CUDA GPU has memory for twice the batch that was done since it was last asked."""

    def room() -> bool:
        import torch

        peak, held = torch.cuda.max_memory_allocated(device), torch.cuda.memory_allocated(device)
        torch.cuda.reset_peak_memory_stats(device)
        return has_room(peak, held, torch.cuda.memory_reserved(device), torch.cuda.mem_get_info(device)[0])

    return room


def out_of_memory(error: BaseException) -> bool:
    """Return whether a model failed because its device has no memory left."""
    named = type(error).__name__ == "OutOfMemoryError" or "out of memory" in str(error).lower()
    return named or isinstance(error, MemoryError)


def release_memory() -> None:
    """Give back what a failed batch has left on the devices."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
