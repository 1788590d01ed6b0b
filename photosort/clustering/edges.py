"""How far clusters reach: the similarity that all but a few members of each have to the mean of the others."""

from __future__ import annotations

import numpy as np

from photosort.clustering.kmeans import Clustering
from photosort.clustering.rows import Labels, Vectors

EDGE = 0.05
"""The share of a folder's photos that lie farther out than its edge."""
PRIOR = 10
"""A folder's own edge counts as much as that of all folders together where it has so many photos."""


def edges(own: Vectors, folder: Labels, count: int) -> Vectors:
    """Return (count,) the least similarity of a photo of each folder; -1 where no folder has two photos.

    `own` (n,) is the cosine of each photo to the mean of the others of its folder, infinite where it is alone; `folder`
    (n,) is where it lies. The edge of a small folder leans on that of all.
    """
    several = np.isfinite(own)
    usual = float(np.quantile(own[several], EDGE)) if several.any() else -1.0
    found = np.full(count, usual, dtype=np.float32)
    for number in np.unique(folder[several]):
        of_folder = own[several & (folder == number)]
        size = len(of_folder)
        found[number] = (size * float(np.quantile(of_folder, EDGE)) + PRIOR * usual) / (size + PRIOR)
    return found


def edges_of(clustering: Clustering, counted: Labels | None = None) -> Vectors:
    """Return (k,) the edges of a spherical clustering; `counted` (n,) is the cluster whose edge each vector counts for,
    negative for none, its own where this is missing.

    The length of a cluster's sum is the sum of its members' cosines to the centroid, so that the cosine of each to the
    mean of the others needs no vectors.
    """
    labels = clustering.labels if counted is None else counted
    rows = np.flatnonzero(labels >= 0)
    labels = labels[rows]
    own = clustering.similarity[rows, labels].astype(np.float64)
    length = np.bincount(labels, weights=own, minlength=clustering.k)[labels]
    rest = np.sqrt(np.maximum(length**2 - 2 * own * length + 1, 0))
    others = np.where(rest > 1e-6, (own * length - 1) / np.maximum(rest, 1e-6), np.inf)
    return edges(np.asarray(others, dtype=np.float32), labels, clustering.k)
