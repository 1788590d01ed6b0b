"""Models without weights: what they say follows from the pixels in plain sight, and they keep count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from photosort.models import registry
from photosort.models.protocols import FactModels
from photosort.models.runtime.batch_size import BatchSize
from photosort.photos.facts.facts import People, Said
from photosort.photos.pixels.frame import Frame
from photosort.store.identity import Identity
from photosort.workflows import described

COLOURS = {"red": (200, 30, 30), "green": (30, 200, 30), "blue": (30, 30, 200), "white": (250, 250, 250)}


class ColourEncoder:
    """The mean colour of a photo as its vector. `seen` counts the photos it was shown."""

    identity = Identity("colour", "1")
    frame = Frame(16)
    device = "cpu"

    def __init__(self, batch: int = 8) -> None:
        self.seen = 0
        self.batches: list[int] = []
        self.batch = BatchSize(batch)

    def encode_images(self, pixels: Sequence[np.ndarray]) -> np.ndarray:
        pictures = np.stack(pixels)
        assert pictures.shape[1:] == (16, 16, 3)
        self.seen += len(pictures)
        self.batches.append(len(pictures))
        return pictures.mean(axis=(1, 2)).astype(np.float32)


class ColourCaptioner:
    """Names the nearest of four colours."""

    identity = Identity("colour-words", "1")
    reads = "vectors"

    def __init__(self) -> None:
        self.asked = 0

    def caption(self, vectors: np.ndarray, tones: Sequence[tuple[str, ...]], said: Said) -> list[str]:
        assert len(vectors) == len(tones)
        self.asked += len(vectors)
        return [f"a photo of a {name} wall" for name in nearest_colours(vectors)]


class PixelCaptioner:
    """Answers a question about the shape and colour of a photo, twice. `shapes` has the pictures of each batch."""

    reads = "pixels"
    frame = Frame(24, "inside")
    device = "cpu"

    def __init__(self, question: str = "", batch: int = 4, most: int = 1000) -> None:
        self.identity = Identity("pixel-words", "1", question)
        self.batch = BatchSize(batch)
        self.shapes: list[list[tuple[int, ...]]] = []
        self._most = most

    def caption(self, pixels: Sequence[np.ndarray], digests: Sequence[str] = ()) -> list[tuple[str, ...]]:
        """As a GPU that holds `most` pictures at once; one that is all white is too large for it."""
        if len(pixels) > self._most or any((picture > 240).all() for picture in pixels):
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
        self.shapes.append([picture.shape for picture in pixels])
        colours = nearest_colours(np.array([picture.mean(axis=(0, 1)) for picture in pixels]))
        shapes = ["wide" if picture.shape[1] > picture.shape[0] else "tall" for picture in pixels]
        return [(f"a {shape} {colour} one", f"{colour}\nagain") for shape, colour in zip(shapes, colours, strict=True)]


def nearest_colours(vectors: np.ndarray) -> list[str]:
    """The colour names of (b, 3) means."""
    names, values = list(COLOURS), np.array(list(COLOURS.values()), dtype=np.float32)
    return [names[number] for number in np.linalg.norm(vectors[:, None] - values, axis=2).argmin(axis=1)]


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
        self._fails_at = batch
        self._error = error

    def encode_images(self, pixels: Sequence[np.ndarray]) -> Any:
        if len(self.batches) + 1 == self._fails_at:
            raise self._error
        return super().encode_images(pixels)


class RedFaces:
    """Counts a face where a photo is red. `seen` counts the photos it was shown."""

    identity = Identity("red-faces", "1")
    frame = Frame(8, "inside")
    device = "cpu"

    def __init__(self) -> None:
        self.seen = 0
        self.batch = BatchSize(8)

    def count(self, pixels: object) -> list[People]:
        pictures = list(pixels)
        self.seen += len(pictures)
        return [People(int(each[..., 0].mean() > 150), portrait=False, sure=0.9) for each in pictures]


def use_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole way, from a folder to folders, with colours for a model: `--fusion image --k` and no writer."""
    encoder, captioner = ColourEncoder(), ColourCaptioner()
    monkeypatch.setattr(registry, "image_encoder", lambda settings: encoder)
    monkeypatch.setattr(registry, "captioner", lambda settings, question: captioner)
    monkeypatch.setattr(registry, "subject_reader", lambda settings, texts: None)
    monkeypatch.setattr(registry, "fact_models", lambda settings: FactModels(RedFaces()) if settings.facts else None)
    monkeypatch.setattr(described, "engine_for", lambda models: None)
