"""Models without weights: what they say follows from the pixels in plain sight, and they keep count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from photosort.store.identity import Identity

COLOURS = {"red": (200, 30, 30), "green": (30, 200, 30), "blue": (30, 30, 200), "white": (250, 250, 250)}


class ColourEncoder:
    """The mean colour of a photo as its vector. `seen` counts the photos it was shown."""

    identity = Identity("colour", "1")
    needs = "pixels"
    side = 16

    def __init__(self) -> None:
        self.seen = 0
        self.batches: list[int] = []

    def encode_images(self, inputs: np.ndarray) -> np.ndarray:
        assert inputs.shape[1:] == (16, 16, 3)
        self.seen += len(inputs)
        self.batches.append(len(inputs))
        return inputs.mean(axis=(1, 2)).astype(np.float32)


class ColourCaptioner:
    """Names the nearest of four colours."""

    identity = Identity("colour-words", "1")
    needs = "vectors"
    side = 0

    def __init__(self) -> None:
        self.asked = 0

    def caption(self, inputs: np.ndarray, tones: Sequence[tuple[str, ...]] | None = None) -> list[str]:
        self.asked += len(inputs)
        names, values = list(COLOURS), np.array(list(COLOURS.values()), dtype=np.float32)
        nearest = np.linalg.norm(inputs[:, None] - values, axis=2).argmin(axis=1)
        return [f"a photo of a {names[number]} wall" for number in nearest]


class LetterTexts:
    """The letters of a text as its vector; keeps every text it was asked."""

    identity = Identity("letters", "1")

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += texts
        counts = np.array([[text.count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"] for text in texts])
        return (counts / np.linalg.norm(counts, axis=1, keepdims=True)).astype(np.float32)


class FailingEncoder(ColourEncoder):
    """Fails at its n-th batch, as a model does that runs out of memory."""

    def __init__(self, batch: int, error: BaseException) -> None:
        super().__init__()
        self._batch = batch
        self._error = error

    def encode_images(self, inputs: np.ndarray) -> Any:
        if len(self.batches) + 1 == self._batch:
            raise self._error
        return super().encode_images(inputs)
