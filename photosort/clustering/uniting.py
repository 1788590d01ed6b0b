"""Which clusters become one, and what that is: its centroid and all similarities follow from those of the parts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from photosort.clustering.kmeans import Clustering


def those_near(clustering: Clustering, into: Sequence[int]) -> list[int]:
    """Return `into` (see `united`) with a cluster left by itself unless the one nearest to it is of the same.

    Nearness is the cosine of the centroids. Clusters that become one are linked by such steps: two pairs that are far
    from each other stay two. The head of those that are linked is the largest, which has the lowest number.
    """
    nearest = [others[0] if others else place for place, others in enumerate(clustering.nearest)]
    kept = set(range(clustering.k))
    while gone := {place for place in kept if nearest[place] not in kept or into[nearest[place]] != into[place]}:
        kept -= gone
    heads = list(range(clustering.k))
    for _ in kept:
        for place in kept:
            heads[place] = heads[nearest[place]] = min(heads[place], heads[nearest[place]])
    return heads


def united(clustering: Clustering, into: Sequence[int]) -> Clustering:
    """Return a spherical clustering of n vectors with some of its k clusters put into others.

    into  for each cluster the one that it becomes part of, or itself; that one is part of no other

    The sum of the vectors of a cluster is its centroid, as long as the sum of their cosines to it; so the cosine of a
    vector to the centroid of several is the mean of those to theirs, weighted by these lengths. Clusters are numbered
    anew, by size.
    """
    heads, number = np.unique(np.asarray(into), return_inverse=True)
    part = np.zeros((len(heads), clustering.k))
    lengths = np.bincount(clustering.labels, weights=clustering.own, minlength=clustering.k)
    part[number, np.arange(clustering.k)] = np.maximum(lengths, 1e-12)
    sums = part @ clustering.centroids
    size = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    labels = number[clustering.labels]
    order = np.argsort(-np.bincount(labels, minlength=len(heads)), kind="stable")
    labels = np.asarray(np.argsort(order)[labels], dtype=np.intp)
    similarity = np.asarray(clustering.similarity @ (part / size).T, dtype=np.float32)[:, order]
    centroids = np.asarray(sums / size, dtype=np.float32)[order]
    inertia = float((1 - similarity[np.arange(len(labels)), labels]).sum(dtype=np.float64))
    return Clustering(labels, centroids, similarity, inertia)
