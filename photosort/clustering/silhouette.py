"""How well clusters are apart, from the distances of all pairs."""

from __future__ import annotations

import numpy as np

from photosort.clustering.rows import Labels, Vectors


def silhouette(distances: Vectors, labels: Labels) -> float:
    """Return the mean silhouette, -1 to 1 (Rousseeuw 1987), of (n,) labels, 0 to k - 1 with k from 2 to n - 1.

    Of a vector that is (b - a) / max(a, b): a its mean distance to the others of its cluster, b the one to the nearest
    other cluster, both from (n, n) `distances`; 0 for one that is alone. The same number as that of
    sklearn.metrics.silhouette_score, whose import takes longer than a run over known photos.
    """
    sizes = np.bincount(labels)
    rows = np.arange(len(labels))
    totals = np.empty((len(labels), len(sizes)), dtype=distances.dtype)
    for row in rows:
        totals[row] = np.bincount(labels, weights=distances[row], minlength=len(sizes))
    within = totals[rows, labels]
    totals[rows, labels] = np.inf
    totals /= sizes
    nearest = totals.min(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        within /= (sizes - 1)[labels]
        widths = (nearest - within) / np.maximum(within, nearest)
    return float(np.nan_to_num(widths).mean())
