"""k-means on unit vectors."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from photosort.errors import TooManyClusters

Vectors = NDArray[np.float32]
Labels = NDArray[np.intp]

REFINEMENTS = 100
LEAST_STARTS, MOST_STARTS = 20, 400
START_BUDGET = 100_000
"""Photos times starts: what k-means spends on a folder whose photos are few."""
SHARED_FROM = 2000
"""Photos from which on threads share the work; with fewer they wait for each other longer than they work."""


@dataclass(frozen=True, slots=True)
class Clustering:
    """n vectors in k clusters; clusters are numbered by size, the largest first.

    labels      (n,) the cluster of each vector
    centroids   (k, d) unit vectors
    similarity  (n, k) cosine of each vector to each centroid
    inertia     sum over the vectors of 1 - cosine to their own centroid
    """

    labels: Labels
    centroids: Vectors
    similarity: Vectors
    inertia: float

    @property
    def k(self) -> int:
        """The number of clusters."""
        return len(self.centroids)

    @property
    def own(self) -> Vectors:
        """(n,) cosine to the vector's own centroid."""
        return self.similarity[np.arange(len(self.labels)), self.labels]

    @property
    def runner_up(self) -> Labels:
        """(n,) the second-best cluster; with k = 1 the only one."""
        if self.k == 1:
            return self.labels
        others = self.similarity.copy()
        others[np.arange(len(self.labels)), self.labels] = -np.inf
        return np.asarray(others.argmax(axis=1), dtype=np.intp)

    @property
    def nearest(self) -> list[list[int]]:
        """For each cluster the others, by the cosine of their centroids, nearest first."""
        cosines = self.centroids @ self.centroids.T
        np.fill_diagonal(cosines, np.inf)
        return [[int(other) for other in row[1:]] for row in np.argsort(-cosines, axis=1, kind="stable")]

    @property
    def confidence(self) -> Vectors:
        """(n,) how much nearer its own centroid is than the second-best, as a difference of cosines; 1 with k = 1."""
        if self.k == 1:
            return np.ones_like(self.own)
        return np.asarray(self.own - self.similarity[np.arange(len(self.labels)), self.runner_up], dtype=np.float32)

    def members(self, cluster: int) -> Labels:
        """Positions of a cluster's members, the exemplar (nearest the centroid) first."""
        positions = np.flatnonzero(self.labels == cluster)
        return positions[np.argsort(-self.similarity[positions, cluster], kind="stable")]


def default_starts(photos: int) -> int:
    """How often k-means starts on n photos: 20 times for many, up to 400 times for few.

    A start costs time in proportion to n, and few photos need more of them: with little to average over there are
    more poor solutions to end in. On 200 photos the inertia was still falling between 100 and 400 starts.
    """
    return min(MOST_STARTS, max(LEAST_STARTS, START_BUDGET // max(1, photos)))


def kmeans(vectors: Vectors, k: int, *, starts: int | None = None, seed: int = 42) -> Clustering:
    """Cluster (n, d) unit rows into k groups, the same way every time.

    scikit-learn's k-means++ runs `starts` times (`default_starts` where none are given) and the lowest inertia is
    kept: one start is a lottery. Its solution is then refined by the steps of spherical k-means (Dhillon & Modha
    2001), so that every vector is in the cluster whose centroid has the largest cosine to it.

    Raises TooManyClusters where there are fewer than k distinct vectors.
    """
    distinct = _distinct(vectors, k)
    if k > distinct:
        raise TooManyClusters(
            f"{k} clusters were asked for, but there are only {distinct} different photos",
            f"The largest possible is --k {distinct}.",
        )
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    starts = starts or default_starts(len(vectors))
    threads = 1 if len(vectors) < SHARED_FROM else None
    with warnings.catch_warnings(), threadpool_limits(threads):
        warnings.simplefilter("ignore", ConvergenceWarning)
        labels = KMeans(k, n_init=starts, random_state=seed).fit(_in_few_dimensions(vectors)).labels_
    found = len(np.unique(labels))
    if found < k:
        raise TooManyClusters(
            f"{k} clusters were asked for, but the photos fall into {found} that can be told apart", f"Use --k {found}."
        )
    return _by_size(vectors, _refined(vectors, labels, k))


def _in_few_dimensions(vectors: Vectors) -> Vectors:
    """The same n points, turned into the n dimensions that they span at most; every distance stays.

    k-means sees nothing but distances, so few photos need not pay for long vectors. (QR decomposition: with
    X^T = QR the rows of R^T are those of X in the basis Q.)
    """
    n, d = vectors.shape
    return vectors if n >= d else np.ascontiguousarray(np.linalg.qr(vectors.T).R.T)


def _distinct(vectors: Vectors, enough: int) -> int:
    """The number of different rows; counting stops at `enough`."""
    seen: set[bytes] = set()
    for row in vectors:
        seen.add(row.tobytes())
        if len(seen) >= enough:
            break
    return len(seen)


def _centroids(vectors: Vectors, labels: Labels, k: int) -> Vectors:
    sums = np.stack([vectors[labels == cluster].sum(axis=0, dtype=np.float64) for cluster in range(k)])
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.asarray(sums / np.where(lengths > 0, lengths, 1), dtype=np.float32)


def _refined(vectors: Vectors, labels: Labels, k: int) -> Labels:
    """Repeat assign and average until nothing moves; a step that would empty a cluster is not taken."""
    for _ in range(REFINEMENTS):
        moved = (vectors @ _centroids(vectors, labels, k).T).argmax(axis=1)
        if np.array_equal(moved, labels) or len(np.unique(moved)) < k:
            break
        labels = moved
    return labels


def _by_size(vectors: Vectors, labels: Labels) -> Clustering:
    _, first, number, size = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
    order = np.lexsort((first, -size))
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    labels = np.asarray(rank[number], dtype=np.intp)
    centroids = _centroids(vectors, labels, len(order))
    similarity = np.asarray(vectors @ centroids.T, dtype=np.float32)
    inertia = float((1 - similarity[np.arange(len(labels)), labels]).sum())
    return Clustering(labels, centroids, similarity, inertia)
