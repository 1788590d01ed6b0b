"""The nearest neighbours of many vectors, in memory that does not grow with their square."""

from __future__ import annotations

import numpy as np

from photosort.clustering.centres import centres
from photosort.clustering.rows import CHUNK, Labels, OnCpu, Vectors

EXACT_TO = 50_000
"""Vectors up to which each is compared with all others: 50,000 in 512 dimensions are 1.3e12 products."""
CELL = 1_000
"""Vectors of a cell, on average, where not all are compared."""
PROBES = 8
"""Cells that are searched for a vector: its own and those nearest to that one."""
BLOCK = CHUNK // 16


def nearest_neighbours(vectors: Vectors, count: int, *, seed: int = 42, cuda: str = "") -> Labels:
    """Return for each of (n, d) unit rows the `count` others with the largest cosine to it, (n, count), nearest first.

    Above 50,000 rows they are sought in eight of n / 1,000 cells, as in an inverted file (Jegou, Douze & Schmid 2011,
    section IV): a few neighbours are missed, and the next ones stand in for them.
    """
    if len(vectors) <= EXACT_TO:
        return _among(vectors, np.arange(len(vectors)), np.arange(len(vectors)), count)
    heads = centres(vectors, len(vectors) // CELL, seed=seed, cuda=cuda)
    home, _ = OnCpu(vectors).nearest(heads, np.zeros(len(heads), dtype=np.float32))
    order = np.argsort(home, kind="stable")
    starts = np.searchsorted(home[order], np.arange(len(heads) + 1))
    probes = min(PROBES, len(heads))
    closest = np.argsort(-(heads @ heads.T), axis=1, kind="stable")
    found = np.empty((len(vectors), count), dtype=np.intp)
    for cell in range(len(heads)):
        own = order[starts[cell] : starts[cell + 1]]
        near, crowd = probes, np.empty(0, dtype=np.intp)
        while len(crowd) <= count:
            crowd = np.sort(np.concatenate([order[starts[one] : starts[one + 1]] for one in closest[cell, :near]]))
            near *= 2
        found[own] = _among(vectors, own, crowd, count)
    return found


def _among(vectors: Vectors, of: Labels, crowd: Labels, count: int) -> Labels:
    """Return for each vector of `of` its nearest others of `crowd`, which rises and holds it, (len(of), count)."""
    found = np.empty((len(of), count), dtype=np.intp)
    others = vectors[crowd]
    for start in range(0, len(of), BLOCK):
        some = of[start : start + BLOCK]
        cosines = vectors[some] @ others.T
        cosines[np.arange(len(some)), np.searchsorted(crowd, some)] = -np.inf
        near = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
        ranked = np.argsort(-np.take_along_axis(cosines, near, axis=1), axis=1, kind="stable")
        found[start : start + BLOCK] = crowd[np.take_along_axis(near, ranked, axis=1)]
    return found
