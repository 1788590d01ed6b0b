"""How many photos a model takes at once, and what happens where a device has too little memory for them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from photosort.models.weights.pinned import recall, replace_whole


class BatchSize:
    """The photos that a model looks at together; it only ever shrinks. What fitted is remembered, if a file is given.

    file  JSON, key -> size; shared by all models of a cache
    key   model, revision and device: what decides how much memory a photo takes and how much there is
    """

    def __init__(self, most: int, file: Path | None = None, key: str = "") -> None:
        self._file, self._key = file, key
        self.value = self._known = max(1, min(most, self._remembered().get(key, most)))

    def shrink(self, size: int) -> None:
        """From now on at most `size` photos."""
        self.value = max(1, min(self.value, size))

    def fitted(self) -> None:
        """The device had memory for so many: every later run with the same model and device begins with them."""
        if self._file is not None and self.value != self._known:
            replace_whole(self._file, json.dumps({**self._remembered(), self._key: self.value}).encode())
            self._known = self.value

    def _remembered(self) -> dict[str, int]:
        return {key: size for key, size in recall(self._file).items() if isinstance(size, int)}


def out_of_memory(error: BaseException) -> bool:
    """Return whether a model failed because its device has no memory left."""
    named = type(error).__name__ == "OutOfMemoryError" or "out of memory" in str(error).lower()
    return named or isinstance(error, MemoryError)


def release_memory() -> None:
    """Give back what a failed batch has left on the devices."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
