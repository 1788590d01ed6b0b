"""New photos join folders that are there already, or make new ones where enough of them fit none."""

from __future__ import annotations

import numpy as np

from photosort.clustering.communities import communities
from photosort.clustering.kmeans import Clustering
from photosort.clustering.rows import Labels, Vectors

NEW = -1
"""The folder of a photo that has none yet."""
LEAST = 5
"""Photos that make a new folder."""
EDGE = 0.05
"""The share of a folder's photos that lie farther out than its edge."""
PRIOR = 10
"""A folder's own edge counts as much as that of all folders together where it has so many photos."""


def join(vectors: Vectors, folder: Labels, *, seed: int = 42) -> Clustering:
    """Assign each of n photos, (n, d) unit rows, to a folder; `folder` (n,) has those of the photos that have one.

    Folders are numbered from 0, each has a photo at least, and the photos that have one keep it. A new photo joins the
    folder with the most similar centroid, if it lies within its edge: the similarity that all but one in twenty of
    its photos have to the mean of the others. The edge of a small folder leans on that of all. Photos that lie within
    no edge make new folders, which have the next numbers, where at least five form a community (see `communities`) and
    are more similar to each other than to the folders; else they join the nearest folder. Communities are merged as
    long as the whole is as close as folders usually are here: so new folders are as wide as those that are there.
    """
    count = int(folder.max()) + 1
    sums = _sums(vectors, folder, count)
    similarity = vectors @ _unit(sums).T
    standing, new = np.flatnonzero(folder != NEW), np.flatnonzero(folder == NEW)
    labels = folder.copy()
    labels[new] = similarity[new].argmax(axis=1)
    own = _to_the_others(vectors[standing], sums[folder[standing]])
    edges = _edges(own, folder[standing], count)
    outside = new[similarity[new, labels[new]] < edges[labels[new]]]
    groups = [
        members
        for members in _communities(vectors, outside, seed)
        if len(members) >= LEAST and _cohesion(vectors[members]) > similarity[members].max(axis=1).mean()
    ]
    for members in _merged(vectors, groups, _usual(own, folder[standing])):
        labels[members] = count
        count += 1
    return _clustering(vectors, labels, count)


def _communities(vectors: Vectors, among: Labels, seed: int) -> list[Labels]:
    if len(among) < LEAST:
        return []
    found = communities(vectors[among], seed=seed)
    return [among[found == number] for number in range(int(found.max()) + 1)]


def _merged(vectors: Vectors, groups: list[Labels], usual: float) -> list[Labels]:
    """Merge the two groups that make the closest one, as long as it is as close as is `usual`; the largest first."""
    while len(groups) > 1:
        pairs = [(one, other) for place, one in enumerate(groups) for other in groups[place + 1 :]]
        unions = [np.sort(np.concatenate(pair)) for pair in pairs]
        closeness = [_cohesion(vectors[union]) for union in unions]
        best = int(np.argmax(closeness))
        if closeness[best] < usual:
            break
        one, other = pairs[best]
        groups = [group for group in groups if group is not one and group is not other] + [unions[best]]
    return sorted(groups, key=lambda group: (-len(group), int(group[0])))


def _cohesion(vectors: Vectors) -> float:
    """Return the mean cosine of (n, d) unit rows to the sum of the others."""
    return float(_to_the_others(vectors, vectors.sum(axis=0)[None]).mean())


def _usual(own: Vectors, folder: Labels) -> float:
    """Return the median of the cohesion of folders; 1 where none has two photos."""
    several = np.isfinite(own)
    return float(np.median([own[several & (folder == number)].mean() for number in np.unique(folder[several])] or [1]))


def _edges(own: Vectors, folder: Labels, count: int) -> Vectors:
    """Return (count,) the least similarity of a photo of each folder; -1 where no folder has two photos."""
    several = np.isfinite(own)
    usual = float(np.quantile(own[several], EDGE)) if several.any() else -1.0
    edges = np.full(count, usual, dtype=np.float32)
    for number in np.unique(folder[several]):
        of_folder = own[several & (folder == number)]
        size = len(of_folder)
        edges[number] = (size * float(np.quantile(of_folder, EDGE)) + PRIOR * usual) / (size + PRIOR)
    return edges


def _to_the_others(vectors: Vectors, sums: Vectors) -> Vectors:
    """Return (n,) the cosine of each unit row to the sum of its group without itself; infinite where it is alone."""
    rest = sums - vectors
    length = np.linalg.norm(rest, axis=1)
    cosines = np.einsum("nd,nd->n", vectors, rest) / np.maximum(length, 1e-6)
    return np.asarray(np.where(length > 1e-6, cosines, np.inf), dtype=np.float32)


def _clustering(vectors: Vectors, labels: Labels, count: int) -> Clustering:
    centroids = _unit(_sums(vectors, labels, count))
    similarity = np.asarray(vectors @ centroids.T, dtype=np.float32)
    inertia = float((1 - similarity[np.arange(len(labels)), labels]).sum(dtype=np.float64))
    return Clustering(labels, centroids, similarity, inertia)


def _sums(vectors: Vectors, labels: Labels, count: int) -> Vectors:
    sums = np.zeros((count, vectors.shape[1]), dtype=np.float64)
    kept = labels != NEW
    np.add.at(sums, labels[kept], vectors[kept])
    return np.asarray(sums, dtype=np.float32)


def _unit(rows: Vectors) -> Vectors:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), dtype=np.float32)
