"""What a method may give back without having clustered."""

import numpy as np
from fakes.vectors import blobs

from photosort.methods.method import sorted_into


def test_categories_become_named_clusters_by_size() -> None:
    vectors, _ = blobs([2, 6, 4])
    categories = ["food"] * 2 + ["people"] * 6 + ["papers"] * 4
    found = sorted_into(categories, vectors, [("a", "b")] * 12, "Which folder?")
    assert found.names == ("people", "papers", "food")
    assert found.clustering.labels.tolist() == [2] * 2 + [0] * 6 + [1] * 4
    means = np.stack([vectors[2:8].mean(0), vectors[8:].mean(0), vectors[:2].mean(0)])
    assert np.allclose(found.clustering.centroids, means / np.linalg.norm(means, axis=1, keepdims=True), atol=1e-5)
    assert (found.texts[0], found.question) == ("a. b", "Which folder?")
    assert found.clustering.inertia < 12


def test_a_photo_may_lie_nearer_to_another_category() -> None:
    vectors = np.eye(2, dtype=np.float32)[[0, 0, 0, 1, 1]]
    found = sorted_into(["a", "a", "b", "b", "b"], vectors, [("",)] * 5)
    assert found.names == ("b", "a") and found.clustering.labels.tolist() == [1, 1, 0, 0, 0]
    assert found.clustering.margin[2] < 0
