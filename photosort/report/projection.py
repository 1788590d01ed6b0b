"""The map: photos that look alike lie near each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FEWEST = 8
"""Photos that a map needs: fewer lie anywhere."""
MAPPED = 2_000
"""Photos that t-SNE places itself; it takes half a minute for 10,000, and a few seconds for these."""
NEAREST = 5
PERPLEXITY = 30.0
DIMENSIONS = 50
BLOCK = 1_000


def places(vectors: NDArray[np.float32], *, seed: int) -> NDArray[np.float64]:
    """Return (n, 2) places from 0 to 1 of n unit vectors (n, d), n at least FEWEST.

    t-SNE (van der Maaten and Hinton 2008, by Barnes-Hut) on their first principal components. Of more than MAPPED
    photos it sees a sample; each other one lies at the weighted mean of the NEAREST ones of the sample.
    """
    count = len(vectors)
    rng = np.random.default_rng(seed)
    sample = np.sort(rng.choice(count, MAPPED, replace=False)) if count > MAPPED else np.arange(count)
    mapped = _scaled(_tsne(vectors[sample], seed))
    found = np.empty((count, 2))
    for start in range(0, count, BLOCK):
        found[start : start + BLOCK] = _beside(vectors[start : start + BLOCK], vectors[sample], mapped)
    found[sample] = mapped
    return found


def _tsne(vectors: NDArray[np.float32], seed: int) -> NDArray[np.float64]:
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    count, width = vectors.shape
    if not np.ptp(vectors, axis=0).any():
        return np.zeros((count, 2))
    low = PCA(min(DIMENSIONS, count, width), random_state=seed).fit_transform(vectors)
    perplexity = min(PERPLEXITY, (count - 1) / 3)
    init = "pca" if low.shape[1] >= 2 else "random"
    made: NDArray[np.float64] = TSNE(2, perplexity=perplexity, init=init, random_state=seed).fit_transform(low)
    return made


def _scaled(points: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = points.min(axis=0), points.max(axis=0)
    return np.asarray((points - low) / np.where(high > low, high - low, 1), dtype=np.float64)


def _beside(
    vectors: NDArray[np.float32], known: NDArray[np.float32], points: NDArray[np.float64]
) -> NDArray[np.float64]:
    similarity = vectors @ known.T
    nearest = np.argpartition(-similarity, NEAREST, axis=1)[:, :NEAREST]
    weights = np.exp(10 * np.take_along_axis(similarity, nearest, axis=1).astype(np.float64))
    return np.asarray((points[nearest] * weights[:, :, None]).sum(axis=1) / weights.sum(axis=1)[:, None])
