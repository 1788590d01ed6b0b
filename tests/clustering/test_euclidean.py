"""k-means in plain space is scikit-learn's."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.cluster import KMeans

from photosort.clustering.euclidean import euclidean_kmeans
from photosort.errors import TooManyClusters


def points() -> np.ndarray:
    return np.random.default_rng(5).normal(size=(80, 6)) * np.linspace(0.5, 3, 80)[:, None]


@pytest.mark.parametrize("seed", [42, 7])
@pytest.mark.parametrize("restarts", [None, 1])
def test_labels_and_inertia_are_those_of_scikit_learn(seed: int, restarts: int | None) -> None:
    labels, inertia = euclidean_kmeans(points(), 5, restarts=restarts, seed=seed)
    model = KMeans(n_clusters=5, n_init=restarts or 10, random_state=seed).fit(points())
    assert labels.tolist() == model.labels_.tolist()
    assert inertia == pytest.approx(model.inertia_)


def test_long_rows_weigh_more_than_on_the_sphere() -> None:
    rows = np.array([[1, 0], [1.1, 0], [9, 0], [9.1, 0]])
    labels, inertia = euclidean_kmeans(rows, 2)
    assert labels[0] == labels[1] != labels[2] == labels[3] and inertia == pytest.approx(0.01)


@pytest.mark.parametrize("rows", [np.ones((5, 2)), np.eye(1), csr_array(np.zeros((4, 3)))])
def test_more_clusters_than_different_rows_are_refused(rows: np.ndarray) -> None:
    with pytest.raises(TooManyClusters, match=r"2 clusters were asked for.*--kmeans spherical"):
        euclidean_kmeans(rows, 2)
