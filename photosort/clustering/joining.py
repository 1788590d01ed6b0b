"""New photos join folders that are there already, or make new ones where enough of them fit none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from photosort.clustering.communities import communities
from photosort.clustering.edges import edges
from photosort.clustering.kmeans import Clustering
from photosort.clustering.rows import Labels, Vectors

Chosen = NDArray[np.bool_]

NEW = -1
"""The folder of a photo that has none yet."""
LEAST = 5
"""Photos that make a new folder."""
PART = 0.9
"""Two groups are parts of one where both together have so much of the closeness of each."""


@dataclass(frozen=True, slots=True)
class Joined(Clustering):
    """n photos in the folders that they had, and the new ones in those that they join.

    counted  (n,) the folder whose centroid and edge each photo counts for, NEW for none
    strays   (n,) whether the photo lies where it does for want of a better folder: within no edge, with too few others
             of its kind, and less like the folder than photos of a folder usually are to each other
    kin      new folder -> the strays among those that stand (positions) that are like its photos
    """

    counted: Labels
    strays: Chosen
    kin: Mapping[int, Labels]


def join(
    vectors: Vectors,
    folder: Labels,
    *,
    silent: Chosen | None = None,
    strays: Chosen | None = None,
    seed: int = 42,
) -> Joined:
    """Assign each of n photos, (n, d) unit rows, to a folder; `folder` (n,) has those of the photos that have one.

    Folders are numbered from 0, each has a photo at least, and the photos that have one keep it. A new photo joins the
    folder with the most similar centroid, if it lies within its edge: the similarity that all but one in twenty of
    its photos have to the mean of the others. The edge of a small folder leans on that of all. Photos that lie within
    no edge make new folders, which have the next numbers, where at least five of a community (see `communities`)
    are more similar to each other than to any folder; else they join the nearest folder. Communities are merged as
    long as the whole is as close as folders usually are here: so new folders are as wide as those that are there.
    Photos that are `silent` (n,) stay where they are and count for no centroid and no edge, unless their folder has no
    other photo. So do `strays` (n,), which joined a folder for want of a better one; where they are like new photos
    that fit nowhere, they help these to make a folder. A stray counts for another folder once it is as near to that as
    photos of a folder usually are to each other.
    """
    count = int(folder.max()) + 1
    nothing = np.zeros(len(folder), dtype=np.bool_)
    strays = nothing if strays is None else strays & (folder != NEW)
    heard = _lent(vectors, folder, _heard(folder, strays | (nothing if silent is None else silent), count), strays)
    sums = _sums(vectors, heard, count)
    similarity = vectors @ _unit(sums).T
    standing, new = np.flatnonzero(heard != NEW), folder == NEW
    labels, nearest = folder.copy(), similarity.argmax(axis=1)
    labels[new] = nearest[new]
    to_own = _to_the_others(vectors[standing], sums[heard[standing]])
    reach = edges(to_own, heard[standing], count)
    apart = (new | strays) & (similarity.max(axis=1) < reach[nearest])
    usual = _usual(sums, heard[standing])
    stray = strays | (new & apart & (similarity.max(axis=1) < usual))
    kin, counted = dict[int, Labels](), np.where(new, labels, heard)
    for members in _merged(vectors, _communities(vectors, np.flatnonzero(apart), seed), usual):
        among = _to_the_others(vectors[members], vectors[members].sum(axis=0)[None])
        nearer = members[among > similarity[members].max(axis=1)]
        coming, lying = nearer[new[nearer]], nearer[~new[nearer]]
        alike = lying[vectors[lying] @ _unit(vectors[coming].sum(axis=0)[None])[0] >= usual]
        if len(coming) and len(coming) + len(alike) >= LEAST:
            labels[coming], stray[coming], kin[count] = count, False, alike
            counted[coming] = counted[alike] = count
            count += 1
    counted[new & stray] = NEW
    return _joined(vectors, labels, np.asarray(counted, dtype=np.intp), count, stray, kin)


def _lent(vectors: Vectors, folder: Labels, heard: Labels, strays: Chosen) -> Labels:
    """Return the folders that photos count for, with strays that by now are near to another folder than their own."""
    rows = np.flatnonzero(strays & (heard == NEW))
    if not len(rows):
        return heard
    sums = _sums(vectors, heard, int(folder.max()) + 1)
    similarity = vectors[rows] @ _unit(sums).T
    nearest = similarity.argmax(axis=1)
    near = (nearest != folder[rows]) & (similarity.max(axis=1) >= _usual(sums, heard[heard != NEW]))
    found = heard.copy()
    found[rows[near]] = nearest[near]
    return found


def _heard(folder: Labels, silent: Chosen, count: int) -> Labels:
    """Return the folders of the photos that count for them, NEW for the others."""
    heard = np.where(silent, NEW, folder)
    empty = np.flatnonzero(np.bincount(heard[heard != NEW], minlength=count) == 0)
    return np.asarray(np.where(np.isin(folder, empty), folder, heard), dtype=np.intp)


def _communities(vectors: Vectors, among: Labels, seed: int) -> list[Labels]:
    if len(among) < LEAST:
        return []
    found = communities(vectors[among], seed=seed)
    return [among[found == number] for number in range(int(found.max()) + 1)]


def _merged(vectors: Vectors, groups: list[Labels], usual: float) -> list[Labels]:
    """Merge two groups at a time, as long as both together are as close as is `usual`, or nearly as close as each is
    alone; the largest first.
    """
    sums = [vectors[group].sum(axis=0) for group in groups]
    while len(groups) > 1:
        sizes, rows = np.array([len(group) for group in groups]), np.stack(sums)
        lengths = np.einsum("gd,gd->g", rows, rows)
        both = sizes[:, None] + sizes
        closeness = _closeness(lengths[:, None] + lengths + 2 * rows @ rows.T, both)
        own = np.where(sizes > 1, _closeness(lengths, sizes), 1)
        enough = np.minimum(usual, PART * np.minimum(own[:, None], own))
        np.fill_diagonal(closeness, -np.inf)
        one, other = sorted(divmod(int((closeness - enough).argmax()), len(groups)))
        if closeness[one, other] < enough[one, other]:
            break
        union, total = np.sort(np.concatenate([groups[one], groups[other]])), sums[one] + sums[other]
        groups = [*groups[:one], *groups[one + 1 : other], *groups[other + 1 :], union]
        sums = [*sums[:one], *sums[one + 1 : other], *sums[other + 1 :], total]
    return sorted(groups, key=lambda group: (-len(group), int(group[0])))


def _closeness(lengths: Vectors, sizes: Labels) -> Vectors:
    """Return the mean cosine of two different unit rows of each group, by the squared length of their sum."""
    return np.asarray((lengths - sizes) / np.maximum(sizes * (sizes - 1), 1), dtype=np.float32)


def _usual(sums: Vectors, folder: Labels) -> float:
    """Return the median closeness of folders; 1 where none has two photos."""
    sizes = np.bincount(folder, minlength=len(sums))
    several = sizes > 1
    lengths = np.einsum("fd,fd->f", sums, sums)
    return float(np.quantile(_closeness(lengths, sizes)[several], 0.25)) if several.any() else 1.0


def _to_the_others(vectors: Vectors, sums: Vectors) -> Vectors:
    """Return (n,) the cosine of each unit row to the sum of its group without itself; infinite where it is alone."""
    rest = sums - vectors
    length = np.linalg.norm(rest, axis=1)
    cosines = np.einsum("nd,nd->n", vectors, rest) / np.maximum(length, 1e-6)
    return np.asarray(np.where(length > 1e-6, cosines, np.inf), dtype=np.float32)


def _joined(
    vectors: Vectors, labels: Labels, counted: Labels, count: int, strays: Chosen, kin: Mapping[int, Labels]
) -> Joined:
    centroids = _unit(_sums(vectors, counted, count))
    similarity = np.asarray(vectors @ centroids.T, dtype=np.float32)
    inertia = float((1 - similarity[np.arange(len(labels)), labels]).sum(dtype=np.float64))
    return Joined(labels, centroids, similarity, inertia, counted, strays, kin)


def _sums(vectors: Vectors, labels: Labels, count: int) -> Vectors:
    sums = np.zeros((count, vectors.shape[1]), dtype=np.float64)
    kept = labels != NEW
    np.add.at(sums, labels[kept], vectors[kept])
    return np.asarray(sums, dtype=np.float32)


def _unit(rows: Vectors) -> Vectors:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), dtype=np.float32)
