"""Models for a process of its own, which note each batch in a file when they have seen it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from photosort.models.protocols import Pictures, Vectors
from photosort.models.runtime.batch_size import BatchSize
from photosort.models.runtime.devices import CPU
from photosort.photos.pixels.frame import Frame
from photosort.store.identity import Identity


@dataclass
class Counting:
    """An encoder and a captioner at once; a line of `file` is how many photos it has seen together."""

    file: Path
    identity: Identity
    frame: Frame = field(default_factory=lambda: Frame(8))
    batch: BatchSize = field(default_factory=lambda: BatchSize(4))
    device: str = CPU
    reads: Literal["pixels"] = "pixels"

    def encode_images(self, pixels: Pictures) -> Vectors:
        """B pictures -> (b, 2)."""
        self._note(pixels)
        return np.ones((len(pixels), 2), dtype=np.float32)

    def caption(self, pixels: Pictures, digests: Sequence[str] = ()) -> list[tuple[str, ...]]:
        """B pictures -> a text for each."""
        self._note(pixels)
        return [("a wall",) for _ in pixels]

    def _note(self, pixels: Pictures) -> None:
        with self.file.open("a", encoding="ascii") as file:
            file.write(f"{len(pixels)}\n")


@dataclass
class CountingModels:
    """The models of one run, one line in `file` for each batch of either."""

    file: Path
    fact_models: None = None

    def on_each(self, devices: Sequence[str]) -> list[CountingModels]:
        """Return the models for each device: for all the same."""
        return [self for _ in devices]

    @property
    def image_encoder(self) -> Counting:
        """What gives vectors."""
        return Counting(self.file, Identity("counting", "1"))

    @property
    def captioners(self) -> tuple[Counting]:
        """What gives texts."""
        return (Counting(self.file, Identity("counting texts", "1")),)
