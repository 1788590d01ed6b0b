"""What holds for photos that are alike."""

from __future__ import annotations

import numpy as np
from fakes.vectors import blobs

from photosort.methods.fusion import unit
from photosort.methods.into.propagation import Anchors, propagated, softmax


def hints(truth: np.ndarray, count: int, right: float, seed: int = 0) -> np.ndarray:
    """Scores that name the class of each photo surely with this probability, and else any, less surely."""
    rng = np.random.default_rng(seed)
    sure = rng.random(len(truth)) < right
    said = np.where(sure, truth, rng.integers(0, count, len(truth)))
    return (np.where(sure, 3, 1.5)[:, None] * np.eye(count)[said]).astype(np.float32)


def world(sizes: list[int]) -> tuple[np.ndarray, np.ndarray]:
    vectors, names = blobs(sizes, noise=0.15)
    return unit(vectors - vectors.mean(axis=0)), np.array([int(name) for name in names])


def right(odds: np.ndarray, truth: np.ndarray) -> float:
    return float((odds.argmax(axis=1) == truth).mean())


def test_photos_that_are_alike_outvote_wrong_scores() -> None:
    rows, truth = world([60, 20, 40])
    scores = hints(truth, 3, 0.6)
    assert right(scores, truth) < 0.8 and right(propagated(scores, rows), truth) == 1


def test_a_category_that_nothing_points_to_stays_empty() -> None:
    rows, truth = world([30, 30])
    scores = np.hstack([hints(truth, 2, 0.9), np.full((60, 2), -3, np.float32)])
    assert set(propagated(scores, rows).argmax(axis=1).tolist()) == {0, 1}


def test_sizes_may_differ_as_they_like() -> None:
    rows, truth = world([100, 20, 10, 10])
    scores = hints(truth, 4, 0.8)
    assert right(scores, truth) < 0.85 and right(propagated(scores, rows), truth) > 0.95


def test_examples_outweigh_names_that_say_nothing() -> None:
    rows, truth = world([40, 40, 40])
    nothing = np.zeros((120, 3), np.float32)
    owner = np.repeat([0, 1, 2], 5)
    examples = np.concatenate([np.flatnonzero(truth == place)[:5] for place in range(3)])
    assert right(propagated(nothing, rows), truth) < 0.5
    assert right(propagated(nothing, rows, Anchors(rows[examples], nothing[examples], owner)), truth) == 1


def test_examples_correct_a_name_that_misleads_and_leave_the_others() -> None:
    rows, truth = world([40, 40, 40])
    scores = np.zeros((120, 3), np.float32)
    scores[truth != 0, truth[truth != 0]] = 3
    scores[truth == 0, 1], scores[:, 0] = 3, -3
    shown = np.flatnonzero(truth == 0)[:5]
    assert right(propagated(scores, rows), truth) < 0.7
    assert right(propagated(scores, rows, Anchors(rows[shown], scores[shown], np.zeros(5, np.intp))), truth) == 1


def test_one_photo_and_one_category() -> None:
    rows = np.array([[1, 0]], np.float32)
    assert propagated(np.array([[0.2, 0.9]], np.float32), rows).argmax() == 1
    anchors = Anchors(rows, np.zeros((1, 1), np.float32), np.zeros(1, np.intp))
    assert np.isfinite(propagated(np.zeros((1, 1), np.float32), rows, anchors)).all()


def test_shares_sum_to_one_however_large_the_odds() -> None:
    shares = softmax(np.array([[1e4, 0, -1e4], [0, 0, 0]], np.float32))
    assert np.allclose(shares, [[1, 0, 0], [1 / 3] * 3])
