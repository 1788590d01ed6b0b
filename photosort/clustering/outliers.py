"""Photos that fit no cluster well enough to be filed under its name."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from photosort.clustering.kmeans import Clustering

FENCE = 1.5
LEAST = 1e-6
"""The smallest margin that is not rounding error."""


def outliers(clustering: Clustering) -> NDArray[np.bool_]:
    """Return (n,) whether a member's margin is far below what is usual in this clustering.

    What counts is by which factor one margin is smaller than another (k-means leaves none below 0). So the
    usual rule for outliers (Tukey 1977: more than 1.5 times the range of the middle half below it) is applied to its
    logarithm. No absolute threshold would suit all encoders, whose cosines spread differently. With one cluster
    there are no outliers.
    """
    if clustering.k == 1:
        return np.zeros(len(clustering.labels), dtype=np.bool_)
    clearness = np.log(np.maximum(clustering.margin, LEAST))
    low, high = np.quantile(clearness, [0.25, 0.75])
    return np.asarray(clearness < low - FENCE * (high - low), dtype=np.bool_)
