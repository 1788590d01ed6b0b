"""The measures on labels whose scores are known."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from photosort.evaluation.measures import agreement


@given(st.lists(st.integers(0, 5), min_size=2, max_size=40), st.permutations(range(6)))
def test_any_relabelling_of_the_truth_is_perfect(truth: list[int], renamed: list[int]) -> None:
    found = agreement([f"class {number}" for number in truth], np.array([renamed[number] for number in truth]))
    assert (found.acc, round(found.nmi, 9), round(found.ari, 9)) == (1, 1, 1)


def test_one_cluster_of_two_equal_classes_is_half_right() -> None:
    found = agreement(["a", "a", "b", "b"], np.zeros(4, dtype=np.intp))
    assert (found.acc, found.nmi, found.ari) == (0.5, 0, 0)


def test_more_clusters_than_classes_count_one_cluster_a_class() -> None:
    assert agreement(["a"] * 4, np.array([0, 0, 0, 1])).acc == 0.75
