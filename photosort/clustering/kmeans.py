"""k-means: Lloyd's algorithm with many restarts by k-means++, the lowest inertia kept.

Our own instead of scikit-learn's, because all restarts are seeded in step and compete on a sample:
tests/bench/kmeans.py measures both on the same reduced vectors with the same threads.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from photosort.clustering.lloyd import ENOUGH, Geometry, Space, descend, starting_points
from photosort.clustering.rows import Labels, OnCpu, Rows, Vectors, rows_of
from photosort.errors import TooManyClusters
from photosort.support.progress import Progress, silent

__all__ = ["Clustering", "Geometry", "Labels", "Vectors", "default_restarts", "kmeans"]

STAGE = "k-means"
FEWEST_RESTARTS, MOST_RESTARTS = 20, 400
RESTART_BUDGET = 100_000
"""Photos times restarts: what k-means spends on a folder whose photos are few."""
SCOUTS, SCOUTS_A_CLUSTER = 10_000, 200
"""With more photos than this, and than this for each cluster, the restarts are made on as many, drawn at random."""
NEAREST, ROWS = 20, 1024
"""How many others are near a cluster, and clusters whose cosines to all others are held at once."""
SHARED_FROM = 2000
"""Photos from which on threads share the work; with fewer they wait for each other longer than they work."""


@dataclass(frozen=True, slots=True)
class Clustering:
    """n vectors in k clusters; clusters are numbered by size, the largest first.

    labels      (n,) the cluster of each vector
    centroids   (k, d), of unit length in spherical geometry
    similarity  (n, k) cosine of each vector to each centroid; in Euclidean geometry 1 - half the squared distance
    inertia     sum over the vectors of 1 - similarity to their own centroid
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
        """(n,) similarity to the vector's own centroid."""
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
        """For each cluster the NEAREST others, by the cosine of their centroids, nearest first."""
        found, count = list[list[int]](), min(NEAREST, self.k - 1)
        for start in range(0, self.k, ROWS):
            cosines = self.centroids[start : start + ROWS] @ self.centroids.T
            cosines[np.arange(len(cosines)), np.arange(start, start + len(cosines))] = -np.inf
            some = np.sort(np.argpartition(cosines, self.k - count - 1, axis=1)[:, self.k - count :], axis=1)
            order = np.argsort(-np.take_along_axis(cosines, some, axis=1), axis=1, kind="stable")
            found += np.take_along_axis(some, order, axis=1).tolist()
        return found

    @property
    def margin(self) -> Vectors:
        """(n,) how much nearer its own centroid is than the second-best, in similarity; 1 with k = 1."""
        if self.k == 1:
            return np.ones_like(self.own)
        return np.asarray(self.own - self.similarity[np.arange(len(self.labels)), self.runner_up], dtype=np.float32)

    def members(self, cluster: int) -> Labels:
        """Return the positions of a cluster's members, the exemplar (nearest the centroid) first."""
        positions = np.flatnonzero(self.labels == cluster)
        return positions[np.argsort(-self.similarity[positions, cluster], kind="stable")]


def default_restarts(photos: int) -> int:
    """Return the number of restarts of k-means for n photos: 20 for many, up to 400 for few.

    A start costs time in proportion to n, and few photos need more of them: with little to average over there are
    more poor solutions to end in. On 200 photos the inertia was still falling between 100 and 400 restarts.
    """
    return min(MOST_RESTARTS, max(FEWEST_RESTARTS, RESTART_BUDGET // max(1, photos)))


def kmeans(
    vectors: Vectors,
    k: int,
    *,
    restarts: int | None = None,
    seed: int = 42,
    geometry: Geometry = "spherical",
    fewer: bool = False,
    cuda: str = "",
    progress: Progress = silent,
) -> Clustering:
    """Cluster (n, d) rows into k groups, the same way every time.

    Lloyd's algorithm runs `restarts` times (`default_restarts` by default) from k-means++ seeds, and the lowest
    inertia is kept. With many photos the restarts compete on a sample, and the best of them goes
    on with all photos. At the end every vector is in the cluster whose centroid is most similar to it. `spherical`
    expects unit rows and keeps centroids on the sphere, so that similarity is cosine. `cuda` is a device such as cuda:1
    that may do the work where there is much of it. `progress` counts restarts, and one step more for the rest.

    Raises TooManyClusters where fewer than k vectors can be told apart; with `fewer` there are so many clusters then.
    """
    distinct = _distinct(vectors, k)
    if fewer:
        k = min(k, distinct)
    elif k > distinct:
        raise TooManyClusters(
            f"{k} clusters were asked for, more than there are different photos ({distinct})",
            f"--k {distinct} is the maximum, or less if photos are equal; without --k photosort chooses.",
        )
    from threadpoolctl import threadpool_limits

    n, restarts = len(vectors), restarts or default_restarts(len(vectors))
    with threadpool_limits(1 if n < SHARED_FROM else None):
        flat = in_few_dimensions(vectors)
        rows, space = rows_of(flat, cuda), Space.of(flat, geometry)
        scouts = max(SCOUTS, SCOUTS_A_CLUSTER * k)
        if n <= scouts:
            labels = _best(rows, space, k, restarts, seed, progress)
        else:
            drawn = np.sort(np.random.default_rng(seed).choice(n, scouts, replace=False))
            sample, part = OnCpu(flat[drawn]), space.part(drawn)
            found = _best(sample, part, k, restarts, seed, progress)
            centroids = part.centroids(sample.sums(found, k), np.bincount(found, minlength=k))
            labels, _ = descend(rows, space, centroids)
        progress(STAGE, restarts + 1, restarts + 1)
        found_k = len(np.unique(labels))
        if found_k < k and not fewer:
            raise TooManyClusters(
                f"{k} clusters were asked for, more than there are photos that can be told apart ({found_k})",
                f"--k {found_k} is the maximum; without --k photosort chooses.",
            )
        return from_labels(vectors, labels, geometry)


def _best(rows: Rows, space: Space, k: int, restarts: int, seed: int, progress: Progress) -> Labels:
    """Return the labels of the restart with the lowest loss, run until nothing changes."""

    def tried(restart: int, first: Vectors) -> tuple[Labels, float]:
        found = descend(rows, space, first, ENOUGH)
        progress(STAGE, restart, restarts + 1)
        return found

    progress(STAGE, 0, restarts + 1)
    points = starting_points(rows, space, k, np.random.default_rng(seed).spawn(restarts))
    tries = (tried(restart, first) for restart, first in enumerate(points, 1))
    labels, _ = min(tries, key=lambda found: found[1])
    labels, _ = descend(rows, space, space.centroids(rows.sums(labels, k), np.bincount(labels, minlength=k)))
    return labels


def in_few_dimensions(vectors: Vectors) -> Vectors:
    """Return the same n points, turned into the n dimensions that they span at most; every distance stays.

    k-means sees nothing but distances, so few photos need not pay for long vectors. (QR decomposition: with
    X^T = QR the rows of R^T are those of X in the basis Q.)
    """
    n, d = vectors.shape
    return vectors if n >= d else np.ascontiguousarray(np.linalg.qr(vectors.T).R.T)


def _distinct(vectors: Vectors, enough: int) -> int:
    """Return the number of different rows; counting stops at `enough`."""
    seen: set[bytes] = set()
    for row in vectors:
        seen.add(row.tobytes())
        if len(seen) >= enough:
            break
    return len(seen)


def from_labels(vectors: Vectors, labels: Labels, geometry: Geometry = "spherical") -> Clustering:
    """Take centroids and similarities from (n, d) rows and (n,) labels; clusters are numbered anew, by size."""
    _, first, number, size = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
    order = np.lexsort((first, -size))
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    labels = np.asarray(rank[number], dtype=np.intp)
    space = Space.of(vectors, geometry)
    centroids = space.centroids(OnCpu(vectors).sums(labels, len(order)), size[order])
    similarity = vectors @ centroids.T
    similarity += space.shift[:, None] - space.offsets(centroids)
    inertia = float((1 - similarity[np.arange(len(labels)), labels]).sum(dtype=np.float64))
    return Clustering(labels, centroids, np.asarray(similarity, dtype=np.float32), inertia)
