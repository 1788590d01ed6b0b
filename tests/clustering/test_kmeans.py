"""k-means against what it promises."""

import numpy as np
import pytest
from fakes.vectors import blobs
from hypothesis import given, settings
from hypothesis import strategies as st

from photosort.clustering.kmeans import Clustering, default_restarts, kmeans
from photosort.errors import TooManyClusters
from photosort.evaluation.measures import agreement
from photosort.methods.fusion import unit


def test_finds_separate_groups_and_numbers_them_by_size() -> None:
    vectors, truth = blobs([20, 60, 40])
    found = kmeans(vectors, 3, restarts=5)
    assert agreement(truth, found.labels).acc == 1
    assert np.bincount(found.labels).tolist() == [60, 40, 20]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 8))
def test_every_member_is_nearest_its_own_centroid(seed: int, k: int) -> None:
    vectors = unit(np.random.default_rng(seed).normal(size=(40, 6)).astype(np.float32))
    found = kmeans(vectors, k, restarts=2, seed=seed)
    assert found.k == k
    assert set(found.labels) == set(range(k))
    assert (found.margin >= -1e-6).all()
    assert np.allclose(np.linalg.norm(found.centroids, axis=1), 1, atol=1e-5)
    assert found.inertia == pytest.approx((1 - found.own).sum(), abs=1e-3)


def test_the_same_seed_gives_the_same_folders() -> None:
    vectors, _ = blobs([30, 30, 30], noise=1.0)
    assert np.array_equal(kmeans(vectors, 3).labels, kmeans(vectors, 3).labels)


def test_few_photos_get_more_starts_and_a_lower_inertia() -> None:
    assert [default_restarts(photos) for photos in (0, 1, 250, 1000, 5000, 100_000)] == [400, 400, 400, 100, 20, 20]
    vectors, _ = blobs([8] * 12, noise=0.6)
    assert kmeans(vectors, 12).inertia < kmeans(vectors, 12, restarts=20).inertia


def test_the_exemplar_comes_first_and_members_fall_off() -> None:
    vectors, _ = blobs([30, 20])
    found = kmeans(vectors, 2, restarts=3)
    for cluster in range(2):
        similarity = found.similarity[found.members(cluster), cluster]
        assert (np.diff(similarity) <= 0).all()
        assert similarity[0] == found.similarity[found.labels == cluster, cluster].max()


def test_more_clusters_than_different_photos_names_the_most() -> None:
    vectors = unit(np.array([[1, 0], [1, 0], [0, 1]], np.float32))
    with pytest.raises(TooManyClusters, match=r"different photos \(2\)\. --k 2 is the maximum"):
        kmeans(vectors, 3)


def test_one_cluster_holds_everything() -> None:
    found = kmeans(blobs([5, 5])[0], 1)
    assert found.labels.tolist() == [0] * 10
    assert (found.runner_up == 0).all()


@pytest.mark.parametrize("k", [1, 2, 21, 22, 1500])
def test_the_clusters_near_another_are_those_of_a_whole_sort(k: int) -> None:
    centroids = unit(np.random.default_rng(k).normal(size=(k, 6)).astype(np.float32))
    found = Clustering(np.arange(k), centroids, np.empty((k, 0), np.float32), 0.0).nearest
    cosines = centroids @ centroids.T
    np.fill_diagonal(cosines, -np.inf)
    expected = np.argsort(-cosines, axis=1, kind="stable")[:, : min(20, k - 1)]
    assert np.array_equal(np.array(found).reshape(k, -1), expected)
