"""Nearest neighbours against their definition."""

import numpy as np
import pytest
from fakes.vectors import blobs

from photosort.clustering import neighbours as module
from photosort.clustering.neighbours import nearest_neighbours


def literal(vectors: np.ndarray, count: int) -> np.ndarray:
    found = []
    for own, row in enumerate(vectors):
        others = [other for other in range(len(vectors)) if other != own]
        found.append(sorted(others, key=lambda other: -float(row @ vectors[other]))[:count])
    return np.array(found)


@pytest.mark.parametrize("block", [7, 1024])
def test_they_are_the_largest_cosines_to_others(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    monkeypatch.setattr(module, "BLOCK", block)
    vectors, _ = blobs([20, 20], noise=0.4)
    assert np.array_equal(nearest_neighbours(vectors, 6), literal(vectors, 6))
    assert np.array_equal(nearest_neighbours(vectors, 39), literal(vectors, 39))


def test_an_equal_photo_is_a_neighbour_and_the_photo_itself_is_none() -> None:
    vectors = np.repeat(np.eye(3, dtype=np.float32), 2, axis=0)
    assert nearest_neighbours(vectors, 1)[:, 0].tolist() == [1, 0, 3, 2, 5, 4]


def test_of_many_vectors_nearly_all_neighbours_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EXACT_TO", 500)
    monkeypatch.setattr(module, "CELL", 40)
    vectors, _ = blobs([200] * 6, noise=0.2)
    found, true = nearest_neighbours(vectors, 10), literal(vectors, 10)
    assert np.mean([len(set(one) & set(other)) / 10 for one, other in zip(found, true, strict=True)]) > 0.95
    assert all(own not in row and len(set(row)) == 10 for own, row in enumerate(found.tolist()))


def test_where_cells_are_small_more_are_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EXACT_TO", 10)
    monkeypatch.setattr(module, "CELL", 2)
    vectors, _ = blobs([30, 30])
    assert nearest_neighbours(vectors, 40).shape == (60, 40)
