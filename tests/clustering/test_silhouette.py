"""The silhouette is that of scikit-learn, to the last bit."""

import numpy as np
import pytest
from sklearn.metrics import silhouette_score

from photosort.clustering.silhouette import silhouette


@pytest.mark.parametrize(("n", "k"), [(5, 2), (5, 4), (40, 3), (40, 39), (300, 50)])
def test_it_is_that_of_scikit_learn(n: int, k: int) -> None:
    rng = np.random.default_rng(n + k)
    rows = rng.normal(size=(n, 8)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    distances = np.maximum(1 - rows @ rows.T, 0)
    np.fill_diagonal(distances, 0)
    labels = np.concatenate([np.arange(k), rng.integers(0, k, n - k)])
    assert silhouette(distances, labels) == silhouette_score(distances, labels, metric="precomputed")


def test_equal_vectors_have_none() -> None:
    labels = np.array([0, 0, 1, 1])
    assert silhouette(np.zeros((4, 4), np.float32), labels) == 0
