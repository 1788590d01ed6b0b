"""What kind of picture a photo is, read out of the vectors of the builtin encoder and the texture of its pixels.

One linear layer (multinomial logistic regression), trained by tests/bench/train_kinds.py on drawn screens, papers and
memes, on clip art and on photos; data/README.md tells on which.
"""

from __future__ import annotations

import io
from functools import cached_property
from importlib.resources import files

import numpy as np

from photosort.models.protocols import Vectors

PHOTO = "photo"
CLASSES = ("screenshot", "document", "receipt", "meme", "drawing", PHOTO)


def inputs(vectors: Vectors, textures: Vectors) -> Vectors:
    """Return what the layer reads, (n, d + m): of features, which are none below 0, the square roots.

    Rare large features would outweigh all others; the root is the usual remedy ("Three things everyone should know to
    improve object retrieval", Arandjelovic & Zisserman 2012).
    """
    return np.hstack([np.sqrt(np.maximum(vectors, 0)), textures])


class KindHead:
    """A KindReader for the builtin encoder: a photo is not looked at again."""

    classes: tuple[str, ...] = CLASSES

    def probabilities(self, vectors: Vectors, textures: Vectors) -> Vectors:
        """(n, 1280) features of `EfficientNetLite2` and (n, 54) of `photos.texture` -> (n, 6), rows that sum to 1."""
        weight, bias = self._parameters
        logits = inputs(vectors, textures) @ weight.T + bias
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(shares / shares.sum(axis=1, keepdims=True), dtype=np.float32)

    @cached_property
    def _parameters(self) -> tuple[Vectors, Vectors]:
        content = files("photosort.models.facts").joinpath("data/kinds.npz").read_bytes()
        with np.load(io.BytesIO(content)) as arrays:
            return arrays["weight"], arrays["bias"]
