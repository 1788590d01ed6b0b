"""Cluster names against true class names: the two measures of "Text-Guided Image Clustering" (Stephan et al. 2024).

A name is whatever stands for a cluster in words: its joined keywords, as the paper has it, or its title.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from photosort.models.protocols import TextEncoder, Vectors

THRESHOLD = 0.4
"""Cosine above which two names count as saying the same."""


def sem(names: Sequence[str], truth: Sequence[str]) -> float:
    """Return the share of k names that contain their true class name, lower-cased, underscores as spaces; 0 to 1.

    `names[i]` and `truth[i]` belong to one cluster. Of a class that is a list ("airship, dirigible") any part will do,
    as in the code of the paper. Raises ValueError where there are none.
    """
    return _share([_is_in(true, name.lower()) for name, true in zip(names, truth, strict=True)])


def sbert_match(
    names: Sequence[str], truth: Sequence[str], encoder: TextEncoder, threshold: float = THRESHOLD
) -> float:
    """Return the share of k names whose cosine to their true class name is above `threshold`; 0 to 1.

    Vectors come from a sentence encoder (the paper has all-MiniLM-L6-v2). Raises ValueError where there are no names.
    """
    return _share((label_cosines(names, truth, encoder) > threshold).tolist())


def label_cosines(names: Sequence[str], truth: Sequence[str], encoder: TextEncoder) -> Vectors:
    """Return (k,) the cosine of each name to its true class name, underscores as spaces."""
    vectors = encoder.encode_texts([*names, *map(spoken, truth)])
    cosines: Vectors = np.einsum("ij,ij->i", vectors[: len(names)], vectors[len(names) :])
    return cosines


def _is_in(true: str, name: str) -> bool:
    return any(part.strip() in name for part in spoken(true).split(",") if part.strip())


def spoken(name: str) -> str:
    """Return a class name as it is said: lower-cased, underscores as spaces."""
    return name.replace("_", " ").lower()


def _share(held: Sequence[bool]) -> float:
    if not held:
        raise ValueError("there are no names to measure")
    return sum(held) / len(held)
