"""Clusters that are known before any vector is: those of events, and of facts."""

from __future__ import annotations

import numpy as np

from photosort.clustering.kmeans import Clustering
from photosort.clustering.rows import Labels, Vectors


def clustering_of(vectors: Vectors, labels: Labels) -> Clustering:
    """Return the clustering of (n, d) unit rows with these labels (n,), numbered from 0 without a gap."""
    sums = np.zeros((int(labels.max()) + 1, vectors.shape[1]), dtype=np.float64)
    np.add.at(sums, labels, vectors)
    lengths = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    centroids = np.asarray(sums / lengths, dtype=np.float32)
    similarity = np.asarray(vectors @ centroids.T, dtype=np.float32)
    inertia = float((1 - similarity[np.arange(len(labels)), labels]).sum(dtype=np.float64))
    return Clustering(labels, centroids, similarity, inertia)


def spread(clustering: Clustering, labels: Labels, of: Labels, alike: Labels) -> Clustering:
    """Return a clustering of n vectors whose clusters are parts of those of another, with the same centroids.

    labels  (n,) the part of each vector
    of      (p,) the cluster that each part is of
    alike   (p,) a number for each part: parts of different clusters that hold the same kind of photos have the same

    Another part of the same cluster is never the next best, and of the parts of another cluster the one that is alike.
    """
    similarity = clustering.similarity[:, of].copy()
    similarity -= np.where(alike[labels][:, None] == alike[None], 0, SLIGHT).astype(np.float32)
    own = of[labels][:, None] == of[None]
    own[np.arange(len(labels)), labels] = False
    similarity[own] = -np.inf
    return Clustering(labels, clustering.centroids[of], similarity, clustering.inertia)


SLIGHT = 1e-4
"""How much less similar a part is that holds another kind of photos."""
