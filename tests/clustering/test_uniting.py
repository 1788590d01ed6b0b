"""Clusters that become one, against what k-means would give for the same labels."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from photosort.clustering.kmeans import Clustering, from_labels, kmeans
from photosort.clustering.uniting import those_near, united
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


def angled(*degrees: float) -> Clustering:
    """One cluster for each direction in a plane, the first the largest."""
    turns = np.radians(degrees)
    rays = np.column_stack([np.cos(turns), np.sin(turns)]).astype(np.float32)
    labels = np.repeat(np.arange(len(rays)), np.arange(len(rays), 0, -1))
    return from_labels(rays[labels], labels)


def test_two_pairs_of_one_name_stay_two() -> None:
    assert those_near(angled(0, 10, 90, 105), [0, 0, 0, 0]) == [0, 0, 2, 2]


def test_a_chain_of_the_nearest_becomes_one() -> None:
    assert those_near(angled(30, 0, 20, 90), [0, 0, 0, 3]) == [0, 0, 0, 3]


def test_a_cluster_that_is_nearer_to_another_name_stays_apart_and_draws_none_after_it() -> None:
    assert those_near(angled(0, 5, 20, 50), [0, 1, 1, 1]) == [0, 1, 2, 3]
    assert those_near(angled(0, 90, 100, 5), [0, 0, 0, 3]) == [0, 1, 1, 3]
    assert those_near(angled(0), [0]) == [0]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 359), min_size=2, max_size=9, unique=True), st.data())
def test_no_two_names_are_mixed_and_heads_are_parts_of_none(degrees: list[int], data: st.DataObject) -> None:
    names = data.draw(st.lists(st.integers(0, 2), min_size=len(degrees), max_size=len(degrees)))
    into = [names.index(name) for name in names]
    found = those_near(angled(*degrees), into)
    assert all(into[head] == into[place] and found[head] == head <= place for place, head in enumerate(found))
