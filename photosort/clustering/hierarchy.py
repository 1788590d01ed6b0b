"""Clusters of clusters, for folders in folders."""

from __future__ import annotations

import numpy as np

from photosort.clustering.kmeans import Clustering
from photosort.clustering.rows import Labels

LEAST = 4
"""Clusters from which on a level above them helps to find one."""
LARGEST = 1 / 2
"""The share of all photos that lie in the largest group at most: a folder of most of them helps to find nothing."""


def parents(clustering: Clustering) -> Labels:
    """Return (k,) the group of each cluster, numbered in the order of their first members; each its own where k is
    small, or where every cut leaves more than half of the photos in one group.

    Ward's method (1963) on the centroids, cut where the next merger costs most in proportion to the one before: at
    the widest gap among the other cuts into 2 to k / 2 groups.
    """
    k = clustering.k
    if k < LEAST:
        return np.arange(k)
    from scipy.cluster.hierarchy import fcluster, linkage

    tree = linkage(clustering.centroids.astype(np.float64), method="ward")
    heights = tree[:, 2]
    sizes = np.bincount(clustering.labels, minlength=k)
    cuts = {groups: fcluster(tree, groups, criterion="maxclust") for groups in range(2, k // 2 + 1)}
    fit = [groups for groups, cut in cuts.items() if _largest(cut, sizes) <= LARGEST * sizes.sum()]
    if not fit:
        return np.arange(k)
    best = max(fit, key=lambda groups: heights[k - groups] / max(heights[k - groups - 1], 1e-12))
    _, first, groups = np.unique(cuts[best], return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(first))[groups], dtype=np.intp)


def _largest(groups: Labels, sizes: Labels) -> int:
    """Return the photos in the largest group of several clusters; one alone is a folder of its own in any case."""
    clusters, photos = np.bincount(groups), np.bincount(groups, weights=sizes)
    return int(photos[clusters > 1].max(initial=0))
