"""The measures against scikit-learn and scipy, and on labels whose scores are known."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score, silhouette_score
from sklearn.metrics.cluster import contingency_matrix

from photosort.evaluation.measures import agreement, confusion, silhouette
from photosort.methods.fusion import unit

pairs = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=60)


@settings(deadline=None)
@given(pairs)
def test_the_measures_are_those_of_the_libraries(both: list[tuple[int, int]]) -> None:
    truth, labels = (np.array(side) for side in zip(*both, strict=True))
    table = contingency_matrix(truth, labels)
    found = agreement([str(name) for name in truth], labels)
    assert found.acc == pytest.approx(table[linear_sum_assignment(-table)].sum() / len(both))
    assert found.nmi == pytest.approx(normalized_mutual_info_score(truth, labels))
    assert found.ari == pytest.approx(adjusted_rand_score(truth, labels))


@settings(deadline=None)
@given(st.lists(st.integers(0, 5), min_size=2, max_size=40), st.permutations(range(6)))
def test_any_relabelling_of_the_truth_is_perfect(truth: list[int], renamed: list[int]) -> None:
    found = agreement([f"class {number}" for number in truth], np.array([renamed[number] for number in truth]))
    assert (found.acc, round(found.nmi, 9), round(found.ari, 9)) == (1, 1, 1)


@settings(deadline=None)
@given(pairs, st.permutations(range(6)))
def test_the_numbers_of_clusters_mean_nothing(both: list[tuple[int, int]], renamed: list[int]) -> None:
    truth = [str(name) for name, _ in both]
    one = agreement(truth, np.array([label for _, label in both]))
    other = agreement(truth, np.array([renamed[label] for _, label in both]))
    assert (one.acc, one.nmi, one.ari) == pytest.approx((other.acc, other.nmi, other.ari))


def test_one_cluster_of_two_equal_classes_is_half_right() -> None:
    found = agreement(["a", "a", "b", "b"], np.zeros(4, dtype=np.intp))
    assert (found.acc, found.nmi, found.ari) == (0.5, 0, 0)


def test_more_clusters_than_classes_count_one_cluster_a_class() -> None:
    assert agreement(["a"] * 4, np.array([0, 0, 0, 1])).acc == 0.75


def test_an_unmatched_cluster_has_the_class_of_most_photos() -> None:
    found = confusion(["b", "b", "b", "a", "b", "b"], np.array([0, 0, 0, 1, 2, 2]))
    assert found.classes == ("a", "b")
    assert found.counts.tolist() == [[0, 1, 0], [3, 0, 2]]
    assert [found.class_of(cluster) for cluster in range(3)] == ["b", "a", "b"]


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1000), st.integers(2, 6))
def test_the_silhouette_is_scikit_learns(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    vectors, labels = unit(rng.normal(size=(30, 5)).astype(np.float32)), np.arange(30) % k
    assert silhouette(vectors, labels) == pytest.approx(silhouette_score(vectors, labels, metric="cosine"), abs=1e-4)


def test_the_silhouette_of_one_cluster_is_not_defined() -> None:
    assert math.isnan(silhouette(np.eye(4, dtype=np.float32), np.zeros(4, dtype=np.intp)))
