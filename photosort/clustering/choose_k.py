"""How many clusters, when the user does not say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from photosort.clustering.communities import communities
from photosort.clustering.kmeans import Vectors, kmeans
from photosort.support.progress import Progress, silent

STAGE = "choosing k"
SAMPLE = 2_000
CROWD = 10_000
RESTARTS = 3


@dataclass(frozen=True, slots=True)
class KChoice:
    """Two opinions on the number of clusters, and what was made of them.

    k            the number of communities, kept within the bounds
    communities  how many Leiden found; 0 where there were too few photos to ask
    silhouette   k -> mean silhouette, -1..1
    """

    k: int
    communities: int = 0
    silhouette: dict[int, float] | None = None

    @property
    def best_silhouette(self) -> int:
        """The k with the best silhouette, the smallest of equal ones; 0 where none was computed."""
        scores = self.silhouette or {}
        return max(scores, key=lambda k: (round(scores[k], 6), -k), default=0)


def choose_k(
    vectors: Vectors, *, least: int = 2, most: int = 30, seed: int = 42, progress: Progress = silent
) -> KChoice:
    """Find the number of clusters of (n, d) unit rows between `least` and `most`.

    The number of communities (see `communities`, of at most 10,000 rows drawn with `seed`) is taken; the silhouette
    (Rousseeuw 1987, of at most 2,000) is the second opinion. On embedded texts the silhouette often rises up to the
    end of any range, since ever smaller groups of near-equal texts are ever tighter; communities do not know the range.
    With less than three different photos k is `least`, or the number of different photos where that is smaller.
    """
    distinct = len(np.unique(drawn(vectors, SAMPLE, seed), axis=0))
    top = min(most, distinct)
    if top < max(2, least) or len(vectors) < 3:
        return KChoice(max(1, min(least, distinct)))
    progress(STAGE, 0, 2)
    found = len(np.unique(communities(drawn(vectors, CROWD, seed), seed=seed)))
    progress(STAGE, 1, 2)
    scores = _silhouettes(drawn(vectors, SAMPLE, seed), range(max(2, least), top + 1), seed)
    progress(STAGE, 2, 2)
    return KChoice(min(max(found, least), top), found, scores)


def drawn(vectors: Vectors, most: int = CROWD, seed: int = 42) -> Vectors:
    """Return at most so many of n rows, (m, d); the same ones, in the same order, of each set of n."""
    if len(vectors) <= most:
        return vectors
    return vectors[np.random.default_rng(seed).choice(len(vectors), most, replace=False)]


def _silhouettes(vectors: Vectors, candidates: range, seed: int) -> dict[int, float]:
    from sklearn.metrics import silhouette_score

    distances = np.maximum(1 - vectors @ vectors.T, 0)
    np.fill_diagonal(distances, 0)
    scores = {}
    for k in candidates:
        if k < len(vectors):
            found = kmeans(vectors, k, restarts=RESTARTS, seed=seed, fewer=True)
            if found.k < k:
                break
            scores[k] = float(silhouette_score(distances, found.labels, metric="precomputed"))
    return scores
