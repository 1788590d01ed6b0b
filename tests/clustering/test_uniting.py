"""Clusters that become one, against what k-means would give for the same labels."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from photosort.clustering.kmeans import from_labels, kmeans
from photosort.clustering.uniting import united
from photosort.methods.fusion import unit


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.lists(st.integers(0, 5), min_size=6, max_size=6))
def test_is_the_clustering_of_the_united_labels(seed: int, drawn: list[int]) -> None:
    vectors = unit(np.random.default_rng(seed).normal(size=(50, 6)).astype(np.float32))
    parts = kmeans(vectors, 6, restarts=2, seed=seed)
    into = [min(place for place in range(6) if drawn[place] == one) for one in drawn]
    found, whole = united(parts, into), from_labels(vectors, np.array(into)[parts.labels])
    assert sorted(np.bincount(found.labels)) == sorted(np.bincount(whole.labels))
    assert (np.diff(np.bincount(found.labels)) <= 0).all()
    assert np.allclose(found.own, whole.own, atol=1e-4)
    assert np.allclose(np.sort(found.similarity, axis=1), np.sort(whole.similarity, axis=1), atol=1e-4)
    assert np.isclose(found.inertia, whole.inertia, atol=1e-3)


def test_clusters_that_stay_are_numbered_as_before() -> None:
    vectors = unit(np.random.default_rng(1).normal(size=(50, 6)).astype(np.float32))
    parts = kmeans(vectors, 5, restarts=2)
    assert np.array_equal(united(parts, range(5)).labels, parts.labels)
