"""Many small clusters of which only the centres are wanted."""

from __future__ import annotations

import numpy as np

from photosort.clustering.lloyd import ENOUGH, Space, descend, starting_points
from photosort.clustering.rows import Vectors, rows_of

RESTARTS = 10
"""As many as the released code of TAC makes."""
RESTART_BUDGET = 20_000_000
"""Vectors times centres times restarts: more of these make fewer restarts."""
SAMPLE, SAMPLE_A_CENTRE = 10_000, 50
"""With more vectors than this, and than this for each centre, the centres are those of as many, drawn at random."""


def centres(vectors: Vectors, k: int, *, seed: int = 42, cuda: str = "") -> Vectors:
    """Return the directions of k clusters of (n, d) unit rows, (k, d), fewer where the rows are not so many kinds.

    Spherical k-means, the best of ten restarts. No vector is compared with all centres at the end, and of a million
    vectors a sample is enough, so that thousands of centres take little memory. `cuda` as in `kmeans`.
    """
    rng = np.random.default_rng(seed)
    most = max(SAMPLE, SAMPLE_A_CENTRE * k)
    if len(vectors) > most:
        vectors = vectors[np.sort(rng.choice(len(vectors), most, replace=False))]
    k = min(k, len(vectors))
    rows, space = rows_of(vectors, cuda), Space.of(vectors, "spherical")
    restarts = min(RESTARTS, max(1, RESTART_BUDGET // (len(vectors) * k)))
    points = starting_points(rows, space, k, rng.spawn(restarts))
    labels, _ = min((descend(rows, space, first, ENOUGH) for first in points), key=lambda found: found[1])
    counts = np.bincount(labels, minlength=k)
    return space.centroids(rows.sums(labels, k), counts)[counts > 0]
