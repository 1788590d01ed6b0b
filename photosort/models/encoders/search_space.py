"""Photos and queries in one space: how well they fit each other is reckoned from what is kept of each photo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from photosort.models.protocols import Identity, JointEncoder, TextEncoder, Vectors

LABEL_SPACE = "label-space"
"""The name under which the cache keeps what `label_space.LabelSpace` places."""


class SearchSpace(Protocol):
    """What a search compares. A direction is what one term of a query asks for; `scores` are linear in it, so that
    directions can be added and taken away.

    identity  what `place` depends on; that of the image encoder where its vectors need no more than a unit length
    """

    identity: Identity

    def place(self, vectors: Vectors) -> Vectors:
        """(b, d) vectors of the image encoder, not normalised -> (b, e), what is kept of photos."""
        ...

    def of_texts(self, texts: Sequence[str]) -> Vectors:
        """Turn t texts into their directions, (t, q)."""
        ...

    def of_photos(self, placed: Vectors) -> Vectors:
        """(b, e) placed photos -> (b, q), the directions to photos like these."""
        ...

    def scores(self, placed: Vectors, direction: Vectors) -> Vectors:
        """(n, e) placed photos, float32, and one direction (q,) -> (n,), larger for a better fit."""
        ...


class JointSpace:
    """The SearchSpace of an encoder of photos and texts: scores are cosines, as in CLIP (Radford et al. 2021,
    https://arxiv.org/abs/2103.00020). `texts` encodes queries as the encoder does, or remembers what it gave.
    """

    def __init__(self, encoder: JointEncoder, texts: TextEncoder) -> None:
        self._encoder = encoder
        self._texts = texts
        self.identity = encoder.identity

    def place(self, vectors: Vectors) -> Vectors:
        """(b, d) vectors, not normalised -> (b, e) unit vectors."""
        placed = self._encoder.place(vectors)
        return np.asarray(placed / np.maximum(np.linalg.norm(placed, axis=1, keepdims=True), 1e-9), np.float32)

    def of_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode t texts as (t, e) unit vectors."""
        return self._texts.encode_texts(texts)

    def of_photos(self, placed: Vectors) -> Vectors:
        """Return the photos themselves, (b, e)."""
        return placed

    def scores(self, placed: Vectors, direction: Vectors) -> Vectors:
        """(n, e) and (e,) -> (n,) cosines, or their weighted sums."""
        return np.asarray(placed @ direction, np.float32)
