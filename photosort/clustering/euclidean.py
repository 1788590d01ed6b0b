"""k-means in plain space as the papers run it: scikit-learn's, on vectors of any length.

It is here to be compared with; photos are sorted by `kmeans`.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from photosort.clustering.rows import Labels, Vectors
from photosort.errors import TooManyClusters

if TYPE_CHECKING:
    from scipy.sparse import csr_array

RESTARTS = 10
"""Restarts of k-means in "Text-Guided Image Clustering" (Stephan et al. 2024)."""


def euclidean_kmeans(
    vectors: Vectors | csr_array, k: int, *, restarts: int | None = None, seed: int = 42
) -> tuple[Labels, float]:
    """Cluster (n, d) rows, dense or sparse, into k groups: (n,) labels 0 to k - 1, and the inertia.

    The inertia is the sum of squared distances to the centroids. There are ten `restarts` by default. Raises
    TooManyClusters where fewer than k rows can be told apart.
    """
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    n = int(vectors.shape[0])
    if k <= n:
        model = KMeans(n_clusters=k, n_init=restarts or RESTARTS, random_state=seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            labels: Labels = np.asarray(model.fit_predict(vectors), dtype=np.intp)
        if len(np.unique(labels)) == k:
            return labels, float(model.inertia_)
    raise TooManyClusters(
        f"{k} clusters were asked for, more than there are photos that can be told apart",
        "Name the method without Euclidean k-means: --kmeans spherical.",
    )
