"""Pairs are laid over each other only where that decides which photos are one."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes.photos import crops

from photosort.duplicates.comparing import GIVEN_UP, Comparison
from photosort.duplicates.matching import candidate_pairs, ranked_pairs
from photosort.duplicates.shots import Shot
from photosort.photos.pixels.sketch import SIDE, sketch

HEAP = 300
RNG = np.random.default_rng(3)
TEMPLE, FLOWER = (
    sketch(np.asarray(crops(name, 1, seed=1)[0]))[1:].reshape(SIDE, SIDE) for name in ("china.jpg", "flower.jpg")
)


def joined(sketches: np.ndarray, shots: list[Shot] | None = None) -> tuple[Comparison, int]:
    """All photos compared as far as is needed, and how many pairs could have been."""
    shots = shots or [Shot(Path(f"/p/{n}.jpg"), str(n), width=40, height=30) for n in range(len(sketches))]
    compare = Comparison(shots, lambda chosen: sketches[chosen])
    pairs, ranks = ranked_pairs(compare.read, len(sketches))
    compare.join(pairs, ranks)
    return compare, len(pairs)


def noisy(picture: np.ndarray, count: int, noise: float) -> np.ndarray:
    return (picture + RNG.normal(0, noise, (count, SIDE, SIDE))).clip(0, 255).astype(np.float32)


@pytest.mark.slow
def test_a_heap_of_one_photo_takes_a_comparison_for_each_photo() -> None:
    compare, pairs = joined(noisy(TEMPLE, HEAP, 1.5))
    assert sorted(map(len, compare.components())) == [HEAP]
    assert compare.compared <= 2 * HEAP < pairs / 10


@pytest.mark.slow
def test_a_heap_of_unlike_photos_takes_no_more_than_a_few_for_each() -> None:
    lines = np.repeat(RNG.integers(0, 2, (HEAP, SIDE // 3, SIDE)) * 90, 3, axis=1)
    compare, pairs = joined((TEMPLE + lines).clip(0, 255).astype(np.float32))
    assert len(compare.components()) == HEAP, "what was added is large"
    assert compare.compared <= GIVEN_UP * HEAP and compare.compared < pairs


def test_times_of_the_camera_decide_without_a_look() -> None:
    sketches = noisy(TEMPLE, 9, 1.5)
    shot = Shot(Path("/p/0.jpg"), "0", width=40, height=30, camera="Canon")
    shots = [replace(shot, path=Path(f"/p/{n}.jpg"), digest=str(n), taken=f"2024-05-01T12:00:{n:02}") for n in range(9)]
    compare, pairs = joined(sketches, shots)
    assert (compare.compared, len(compare.components())) == (0, 9) and pairs > 9
    assert not compare.are_same(1, 0) and compare.is_candidate(1, 0)


def test_what_is_asked_for_twice_is_compared_once() -> None:
    compare, _ = joined(np.concatenate([noisy(TEMPLE, 2, 1), noisy(FLOWER, 1, 1)]))
    assert compare.are_same(0, 1) and compare.are_same(1, 0) and compare.compared == 1
    compare.add([(2, 0), (0, 2), (1, 0)])
    assert compare.compared == 2 and not compare.are_same(0, 2)
    assert sorted(map(len, compare.components())) == [1, 2]


def test_the_nearest_photo_of_each_has_the_first_rank() -> None:
    sketches = np.concatenate([noisy(TEMPLE, 4, 2), noisy(FLOWER, 4, 2)])
    pairs, ranks = ranked_pairs(lambda chosen: sketches[chosen], len(sketches))
    assert (pairs == candidate_pairs(lambda chosen: sketches[chosen], len(sketches))).all()
    assert {number for pair in pairs[ranks == 0].tolist() for number in pair} == set(range(8))
