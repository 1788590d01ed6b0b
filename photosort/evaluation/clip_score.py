"""CLIPScore: Hessel et al., "CLIPScore: A Reference-free Evaluation Metric for Image Captioning" (EMNLP 2021)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from photosort.methods.fusion import unit
from photosort.methods.method import Texts
from photosort.models.protocols import Vectors

SCALE = 2.5


def clip_score(images: Vectors, texts: Texts, embed: Callable[[Sequence[str]], Vectors]) -> float:
    """Return the mean over all texts of n photos of 2.5 * max(cosine, 0), 0 to 2.5; NaN where there is no text.

    `images` are (n, e) vectors in the joint space of an encoder of photos and texts, `embed` m texts -> (m, e) of the
    same. Texts are encoded as they are: the prompt "A photo depicts", which the authors' program sets before them, is
    left out, as it is in the equation.
    """
    said = [(place, text) for place, some in enumerate(texts) for text in some if text.strip()]
    if not said:
        return float("nan")
    photos = np.array([place for place, _ in said])
    cosines = np.einsum("ij,ij->i", unit(images)[photos], unit(embed([text for _, text in said])))
    return float(SCALE * np.maximum(cosines, 0).mean(dtype=np.float64))
