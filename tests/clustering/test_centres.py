"""Directions of clusters without their members."""

import numpy as np
import pytest
from fakes.vectors import blobs

from photosort.clustering import centres as module
from photosort.clustering.centres import centres
from photosort.clustering.kmeans import kmeans


def nearest(found: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The best cosine of each wanted direction."""
    return (wanted @ found.T).max(axis=1)


def test_the_centres_are_those_of_k_means() -> None:
    vectors, _ = blobs([40, 30, 20, 10], noise=0.05)
    found = centres(vectors, 4)
    assert found.shape == (4, 16) and found.dtype == np.float32
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert nearest(found, kmeans(vectors, 4).centroids).min() > 0.9999


def test_of_many_vectors_a_sample_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SAMPLE", 120)
    monkeypatch.setattr(module, "SAMPLE_A_CENTRE", 10)
    vectors, _ = blobs([200, 200, 200, 200], noise=0.05)
    found = centres(vectors, 4)
    assert nearest(found, kmeans(vectors, 4).centroids).min() > 0.99
    assert np.array_equal(found, centres(vectors, 4)) and not np.array_equal(found, centres(vectors, 4, seed=1))


@pytest.mark.parametrize("n", [1, 2, 3])
def test_few_and_equal_vectors_have_fewer_centres(n: int) -> None:
    vectors, _ = blobs([n])
    assert len(centres(vectors, 9)) == n
    assert np.allclose(centres(np.repeat(vectors[:1], 5, axis=0), 3), vectors[:1], atol=1e-5)
