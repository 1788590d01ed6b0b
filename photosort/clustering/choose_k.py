"""How many clusters, when the user does not say."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, isqrt

import numpy as np

from photosort.clustering.communities import communities
from photosort.clustering.kmeans import Vectors, kmeans
from photosort.clustering.silhouette import silhouette
from photosort.support.progress import Progress, silent

STAGE = "choosing k"
SAMPLE = 1_200
"""Rows that are looked at. With more, the same resolution of the modularity finds ever more communities."""
RESTARTS = 5
FEWEST, MOST = 0.7, 2.0
"""Between these multiples of the number of communities the silhouette decides."""
USUAL_MOST = 30


@dataclass(frozen=True, slots=True)
class KChoice:
    """How the number of clusters was found.

    k            the one with the best silhouette, within the bounds
    communities  how many Leiden found; 0 where there were too few photos to ask
    silhouette   k -> mean silhouette, -1..1, for the k that were tried
    """

    k: int
    communities: int = 0
    silhouette: dict[int, float] | None = None


def most_for(photos: int) -> int:
    """Return the largest number of clusters to choose for n photos: 30, and from 900 photos on the root of n."""
    return max(USUAL_MOST, isqrt(photos))


def choose_k(
    vectors: Vectors, *, least: int = 2, most: int | None = None, seed: int = 42, progress: Progress = silent
) -> KChoice:
    """Find the number of clusters of (n, d) unit rows between `least` and `most` (`most_for` by default).

    The number u of communities (see `communities`) says about how many there are, and between .7 u and 2 u the best
    silhouette (Rousseeuw 1987) says how many, both on at most 1,200 rows drawn with `seed`. The silhouette alone often
    rises up to the end of any range on embedded texts, since ever smaller groups of near-equal texts are ever tighter;
    communities alone do not see small groups. Of twenty rules this one was nearest to the true number of classes on
    nine labelled sets (mean of |log2 k / true| .31; communities at two resolutions .56). With less than three different
    photos k is `least`, or the number of different photos where that is smaller.
    """
    some = drawn(vectors, SAMPLE, seed)
    distinct = len(np.unique(some, axis=0))
    top = min(max(least, most_for(len(vectors))) if most is None else most, distinct)
    if top < max(2, least) or len(vectors) < 3:
        return KChoice(max(1, min(least, distinct)))
    progress(STAGE, 0, None)
    found = len(np.unique(communities(some, seed=seed)))
    lowest = min(max(2, least, ceil(FEWEST * found)), top)
    highest = min(max(lowest, int(MOST * found)), top)
    scores = _silhouettes(some, range(lowest, highest + 1), seed, progress)
    return KChoice(max(scores, key=lambda k: (round(scores[k], 6), -k), default=lowest), found, scores)


def drawn(vectors: Vectors, most: int = SAMPLE, seed: int = 42) -> Vectors:
    """Return at most so many of n rows, (m, d); the same ones, in the same order, of each set of n."""
    if len(vectors) <= most:
        return vectors
    return vectors[np.random.default_rng(seed).choice(len(vectors), most, replace=False)]


def _silhouettes(vectors: Vectors, candidates: range, seed: int, progress: Progress) -> dict[int, float]:
    distances = np.maximum(1 - vectors @ vectors.T, 0)
    np.fill_diagonal(distances, 0)
    scores = {}
    for done, k in enumerate(candidates):
        progress(STAGE, done, len(candidates))
        if k < len(vectors):
            found = kmeans(vectors, k, restarts=RESTARTS, seed=seed, fewer=True)
            if found.k < k:
                break
            scores[k] = silhouette(distances, found.labels)
    progress(STAGE, len(candidates), len(candidates))
    return scores
