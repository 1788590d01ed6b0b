"""Find communities in the k-nearest-neighbour graph, without a number given in advance."""

from __future__ import annotations

import numpy as np

from photosort.clustering.rows import CHUNK, Labels, Vectors

NEIGHBOURS, SHARE = 15, 10
"""Of fewer than 150 photos every one has a tenth of all as neighbours, three at least: 15 would join all with all."""
TRIALS = 5


def communities(vectors: Vectors, *, resolution: float = 1.0, seed: int = 42) -> Labels:
    """Return (n,) the community of each of (n, d) unit rows, numbered from 0.

    Leiden communities by modularity (Traag, Waltman & van Eck 2019) of the graph that joins each vector with the
    15 that have the largest cosine to it (fewer where photos are few). Of five runs the one with the best modularity
    counts. `resolution` is that of the modularity.
    """
    if len(vectors) < 3:
        return np.zeros(len(vectors), dtype=np.intp)
    from graspologic_native import leiden

    edges = [(str(one), str(other), weight) for one, other, weight in _edges(vectors)]
    _, found = leiden(edges, resolution=resolution, seed=seed, trials=TRIALS, iterations=2)
    return np.array([found[str(number)] for number in range(len(vectors))], dtype=np.intp)


def _edges(vectors: Vectors) -> list[tuple[int, int, float]]:
    """Return each pair of neighbours once."""
    count = min(NEIGHBOURS, max(3, len(vectors) // SHARE), len(vectors) - 1)
    pairs: dict[tuple[int, int], float] = {}
    for start in range(0, len(vectors), CHUNK // 8):
        cosines = vectors[start : start + CHUNK // 8] @ vectors.T
        cosines[np.arange(len(cosines)), np.arange(start, start + len(cosines))] = -np.inf
        near = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
        for row, others in enumerate(near):
            one = start + row
            for other in others:
                pairs[min(one, int(other)), max(one, int(other))] = 1.0
    return [(one, other, weight) for (one, other), weight in pairs.items()]
