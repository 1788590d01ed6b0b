"""Fusion of image and caption: Cai, Kosugi, Funakoshi & Okumura, "Enhancing Image Clustering with Captions".

The paper adds the two embeddings (section 3.3) and leaves the normalisation open; here every vector has unit length
before and after, so that neither side wins by its length.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from photosort.errors import SettingsError

Vectors = NDArray[np.float32]


def unit(vectors: Vectors) -> Vectors:
    """(n, d) -> (n, d), each row scaled to length 1; a row of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), dtype=np.float32)


def fuse(
    image: Vectors, text: Vectors, mode: Literal["sum", "concat", "image", "text"], weight: float = 0.5
) -> Vectors:
    """Bring two views of n photos together: (n, d) and (n, e) -> unit rows.

    sum      unit(image + text); both must lie in one joint space, so d = e             -> (n, d)
    concat   both, side by side, weighted                                               -> (n, d + e)
    image    the image alone                                                            -> (n, d)
    text     the text alone                                                             -> (n, e)

    `weight` w in 0..1 is the share of the text. In `concat` the parts are scaled by sqrt(1 - w) and sqrt(w), so
    that the cosine of two photos is (1 - w) times the cosine of their images plus w times that of their texts.
    In `sum` the vectors are scaled by 1 - w and w; the paper's plain sum is w = 0.5.

    Raises SettingsError where `sum` meets vectors of two dimensions.
    """
    image, text = unit(image), unit(text)
    if mode == "image":
        return image
    if mode == "text":
        return text
    if mode == "concat":
        return unit(np.hstack([np.sqrt(1 - weight) * image, np.sqrt(weight) * text]))
    if image.shape[1] != text.shape[1]:
        raise SettingsError(
            "Fusion by sum needs one space for images and texts;"
            f" these have {image.shape[1]} and {text.shape[1]} dimensions",
            "Use --fusion concat.",
        )
    return unit((1 - weight) * image + weight * text)
