"""What is to be known of each photo, and which model says it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from numpy.typing import NDArray

from photosort.models.protocols import BatchSize, Captioner, Frame, ImageEncoder, Pixels, Vectors
from photosort.photos.decode import REVISION
from photosort.photos.tone import tone
from photosort.store.identity import Identity

TONES = Identity("tone", REVISION)
AT_ONCE = 32

Said = NDArray[Vectors] | tuple[str, ...]
"""What a task gives for one photo: a vector, or texts."""
