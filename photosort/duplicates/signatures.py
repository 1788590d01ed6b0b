"""A few numbers for each sketch, alike for photos that show the same: what pairs to look at twice are found by.

The numbers are the lowest frequencies of the cosine transform, as in pHash (Zauner 2010, "Implementation and
benchmarking of perceptual image hash functions"), but kept as numbers: which of their signs are uncertain is known, so
that a search can try both. Some views of each photo are cut at their edges, so that a crop meets the view that shows
what it shows.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]
View = tuple[float, float, float, float]
"""Left, top, right and bottom, in shares of the photo."""

WHOLE: View = (0.0, 0.0, 1.0, 1.0)
INNER, CORNER = 0.03, 0.06
"""How much of a side is cut: at both ends, or at one. Crops of 10 % and less come near to one of these."""
VIEWS: tuple[View, ...] = (
    WHOLE,
    (INNER, INNER, 1 - INNER, 1 - INNER),
    (0.0, 0.0, 1 - CORNER, 1 - CORNER),
    (CORNER, 0.0, 1.0, 1 - CORNER),
    (0.0, CORNER, 1 - CORNER, 1.0),
    (CORNER, CORNER, 1.0, 1.0),
)
LOWEST = 6
"""Frequencies across and down whose sum is less than this are taken, but for the mean."""
FREQUENCIES = sorted(
    ((across, down) for across in range(LOWEST) for down in range(LOWEST - across) if across + down),
    key=lambda both: (sum(both), abs(both[0] - both[1])),
)
NUMBERS = len(FREQUENCIES)


def signatures(sketches: Numbers, view: View = WHOLE) -> Numbers:
    """Turn sketches (n, s, s) into the lowest frequencies of this part of them: (n, 20), the lowest first."""
    side = sketches.shape[1]
    left, top, right, bottom = view
    both = np.matmul(np.matmul(_waves(side, top, bottom), sketches), _waves(side, left, right).T)
    across, down = (list(part) for part in zip(*FREQUENCIES, strict=True))
    return np.asarray(both[:, down, across], dtype=np.float32)


def unit(rows: Numbers) -> Numbers:
    """Scale each row (n, d) to length 1, so that contrast does not count; a row of zeros stays."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6), dtype=np.float32)


@cache
def _waves(side: int, start: float, end: float) -> Numbers:
    """Return half waves between two places of a line of pixels (LOWEST, side); all but the first sum up to nothing."""
    edges = np.arange(side + 1) / side
    share = np.clip(np.minimum(edges[1:], end) - np.maximum(edges[:-1], start), 0, None) / (end - start)
    place = np.clip(((np.arange(side) + 0.5) / side - start) / (end - start), 0, 1)
    waves = np.cos(np.pi * np.arange(LOWEST)[:, None] * place) * share
    waves[1:] = np.sqrt(2) * (waves[1:] - waves[1:].sum(axis=1, keepdims=True) * share)
    return np.asarray(waves, dtype=np.float32)
