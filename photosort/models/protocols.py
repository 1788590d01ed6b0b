"""What photosort asks of a model. Each adapter in this room is a small class that fits one of these.

Shapes: b photos in a batch, h and w pixels, d the dimension of the vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from photosort.store.identity import Identity

__all__ = [
    "Captioner",
    "Identity",
    "ImageEncoder",
    "JointEncoder",
    "Pixels",
    "TextEncoder",
    "Vectors",
    "Writer",
]

Pixels = NDArray[np.uint8]
Vectors = NDArray[np.float32]


class ImageEncoder(Protocol):
    """Photos to vectors.

    `needs` says what `encode_images` takes: "pixels", an RGB array (b, side, side, 3) as `photos.decode`
    makes it, or "vectors", the (b, d) output of the image encoder that this one builds on.
    """

    identity: Identity
    needs: Literal["pixels", "vectors"]
    side: int

    def encode_images(self, inputs: NDArray[Any]) -> Vectors:
        """(b, side, side, 3) uint8 or (b, d) float32 -> (b, d) float32, of any length (not normalised)."""
        ...


class TextEncoder(Protocol):
    """Texts to vectors."""

    identity: Identity

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """N texts -> (n, d) float32, unit length."""
        ...


class JointEncoder(ImageEncoder, TextEncoder, Protocol):
    """Photos and texts in one space, so that the cosine of a photo and a text means something (CLIP does this)."""


class Captioner(Protocol):
    """Photos to captions, one for each photo; `needs` as for ImageEncoder."""

    identity: Identity
    needs: Literal["pixels", "vectors"]
    side: int

    def caption(self, inputs: NDArray[Any], tones: Sequence[tuple[str, ...]] | None = None) -> list[str]:
        """B inputs -> b captions; `tones` are what `photos.tone` is certain of, for captioners that do not see it."""
        ...


class Writer(Protocol):
    """A language model that answers a prompt with JSON."""

    identity: Identity

    def write(self, system: str, prompt: str, schema: dict[str, Any]) -> str:
        """Return the answer as raw, untrusted text; `schema` is the JSON schema it should follow."""
        ...
