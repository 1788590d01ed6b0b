"""Clusters of clusters, for folders in folders."""

from __future__ import annotations

import numpy as np

from photosort.clustering.kmeans import Clustering
from photosort.clustering.rows import Labels

LEAST = 4
"""Clusters from which on a level above them helps to find one."""


def parents(clustering: Clustering) -> Labels:
    """Return (k,) the group of each cluster, numbered in the order of their first members; each its own where k is
    small.

    Ward's method (1963) on the centroids, cut where the next merger costs most in proportion to the one before: at
    the widest gap among the cuts into 2 to k / 2 groups.
    """
    k = clustering.k
    if k < LEAST:
        return np.arange(k)
    from scipy.cluster.hierarchy import fcluster, linkage

    tree = linkage(clustering.centroids.astype(np.float64), method="ward")
    heights = tree[:, 2]
    cuts = range(2, k // 2 + 1)
    best = max(cuts, key=lambda groups: heights[k - groups] / max(heights[k - groups - 1], 1e-12))
    _, first, groups = np.unique(fcluster(tree, best, criterion="maxclust"), return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(first))[groups], dtype=np.intp)
