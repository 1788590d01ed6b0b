"""What photosort asks of a model. Each adapter in this room is a small class that fits one of these.

Shapes: b photos in a batch, h and w pixels, d the dimension of the vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from photosort.errors import PhotosortError
from photosort.store.identity import Identity

__all__ = [
    "Captioner",
    "Identity",
    "ImageEncoder",
    "JointEncoder",
    "NoAnswer",
    "Pixels",
    "TextEncoder",
    "Used",
    "Vectors",
    "Writer",
    "WriterForm",
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


@dataclass(frozen=True, slots=True)
class Used:
    """What a writer on a server has used; cost in US dollars, None where no price is known."""

    calls: int
    tokens_in: int
    tokens_out: int
    cost: float | None


WriterForm = Literal["full", "small", "digest"]


class Writer(Protocol):
    """A language model that puts what a question holds into words.

    form      how it has to be asked: "full", by instructions and captions, for JSON; "small", by examples and
              keywords, for JSON; "digest", by captions that are to be made shorter, for plain text
    parallel  questions that may be asked at once, from as many threads
    budget    tokens that a question may have
    """

    identity: Identity
    form: WriterForm
    parallel: int
    budget: int

    @property
    def used(self) -> Used | None:
        """What was used so far, for a writer on a server; None for one on this machine."""
        ...

    def check(self) -> None:
        """Raise the failure that the first question would meet, where it can be told without asking one."""
        ...

    def write(self, system: str, prompt: str, schema: dict[str, Any]) -> str:
        """Return the answer as raw, untrusted text; `schema` is the JSON schema it should follow."""
        ...


class NoAnswer(PhotosortError):
    """A writer has failed for good, and the names are made without it; the message says why."""
