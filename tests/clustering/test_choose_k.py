"""The number of clusters, on groups that can be counted."""

import numpy as np
import pytest
from fakes.vectors import blobs

from photosort.clustering.choose_k import choose_k, most_for
from photosort.clustering.communities import communities
from photosort.evaluation.measures import agreement
from photosort.methods.fusion import unit


def test_both_find_the_number_of_clear_groups() -> None:
    vectors, _ = blobs([25, 30, 25, 40, 25])
    stages: list[tuple[str, int, int | None]] = []
    choice = choose_k(vectors, most=9, progress=lambda *step: stages.append(step[:3]))
    assert (choice.k, choice.communities) == (5, 5)
    assert set(choice.silhouette or {}) == set(range(4, 10))
    assert stages[0] == ("choosing k", 0, None)
    assert stages[1:] == [("choosing k", done, 6) for done in range(7)], "one for each k that is tried"


def test_communities_are_the_groups_themselves_in_any_order() -> None:
    vectors, truth = blobs([40, 60, 50, 30])
    order = np.random.default_rng(1).permutation(len(truth))
    found = communities(vectors[order])
    assert agreement([truth[number] for number in order], found).acc == 1
    assert np.array_equal(found, communities(vectors[order]))


@pytest.mark.parametrize(("least", "most", "expected"), [(2, 3, 3), (7, 9, 7), (2, 9, 5)])
def test_the_bounds_are_kept(least: int, most: int, expected: int) -> None:
    choice = choose_k(blobs([25] * 5)[0], least=least, most=most)
    assert (choice.k, choice.communities) == (expected, 5)


@pytest.mark.parametrize(("n", "least", "expected"), [(1, 1, 1), (2, 1, 1), (2, 2, 2), (1, 2, 1)])
def test_too_few_photos_to_choose_from(n: int, least: int, expected: int) -> None:
    choice = choose_k(np.eye(n, dtype=np.float32), least=least)
    assert (choice.k, choice.communities, choice.silhouette) == (expected, 0, None)


def test_equal_photos_do_not_make_more_clusters() -> None:
    vectors = unit(np.repeat(np.eye(3, dtype=np.float32), 20, axis=0))
    assert choose_k(vectors).k == 3


def test_more_photos_may_have_more_clusters() -> None:
    assert [most_for(photos) for photos in (3, 899, 2_500, 100_000)] == [30, 30, 50, 316]
    vectors, _ = blobs([30] * 40, d=64, noise=0.02)
    assert choose_k(vectors).k == 34 and choose_k(vectors, most=60).k == 40


def test_small_groups_that_communities_join_are_found_by_the_silhouette() -> None:
    """Twelve groups of ten, two by two near each other."""
    rng = np.random.default_rng(3)
    pairs = np.repeat(unit(rng.normal(size=(6, 32)).astype(np.float32)), 2, axis=0)
    centres = unit(pairs + unit(rng.normal(size=(12, 32)).astype(np.float32)) * 0.45)
    vectors = unit(np.repeat(centres, 10, axis=0) + rng.normal(size=(120, 32)).astype(np.float32) * 0.01)
    choice = choose_k(vectors)
    assert choice.communities < 12 and choice.k == 12
