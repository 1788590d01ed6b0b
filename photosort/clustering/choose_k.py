"""How many clusters, when the user does not say."""

from __future__ import annotations

import numpy as np

from photosort.clustering.kmeans import Vectors, kmeans
from photosort.progress import Progress, silent

SAMPLE = 2_000
STARTS = 3


def choose_k(
    vectors: Vectors, *, least: int = 2, most: int = 30, seed: int = 42, progress: Progress = silent
) -> tuple[int, dict[int, float]]:
    """The k between `least` and `most` with the best mean silhouette (Rousseeuw 1987), and all the scores.

    Works on at most 2,000 of the (n, d) unit rows, drawn with `seed`. A silhouette is in -1..1 and needs at
    least two clusters and one more photo than clusters; with fewer photos than that k is `least`, or the number of
    different photos where that is smaller.
    """
    from sklearn.metrics import silhouette_score

    if len(vectors) > SAMPLE:
        vectors = vectors[np.random.default_rng(seed).choice(len(vectors), SAMPLE, replace=False)]
    distinct = len(np.unique(vectors, axis=0))
    candidates = range(max(2, least), min(most, distinct, len(vectors) - 1) + 1)
    if most < 2 or not candidates:
        return max(1, min(least, distinct)), {}
    scores: dict[int, float] = {}
    for number, k in enumerate(candidates):
        progress("choosing k", number, len(candidates))
        labels = kmeans(vectors, k, starts=STARTS, seed=seed).labels
        scores[k] = float(silhouette_score(vectors, labels, metric="cosine"))
    progress("choosing k", len(candidates), len(candidates))
    return max(scores, key=lambda k: (round(scores[k], 6), -k)), scores
