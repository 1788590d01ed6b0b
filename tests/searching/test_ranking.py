"""The order of photos, and the arithmetic of terms."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from photosort.searching import ranking
from photosort.searching.ranking import best_first, combined, with_captions

SCORES = st.lists(st.tuples(st.integers(-5, 5), st.booleans()), max_size=60)


@settings(deadline=None)
@given(SCORES, st.integers(1, 9))
def test_the_order_is_that_of_a_whole_sort(pairs: list[tuple[int, bool]], first: int) -> None:
    scores = np.array([score for score, _ in pairs], dtype=np.float32)
    wanted = np.array([mark for _, mark in pairs], dtype=np.bool_)
    expected = sorted(np.flatnonzero(wanted).tolist(), key=lambda place: (-scores[place], place))
    before, ranking.FIRST = ranking.FIRST, first
    try:
        assert list(best_first(scores, wanted)) == expected
    finally:
        ranking.FIRST = before


def test_terms_are_added_by_their_weights() -> None:
    directions = np.eye(3, dtype=np.float32)
    assert np.allclose(combined(directions[:1], [2.0]), [1, 0, 0]), "one term counts the same by any factor"
    assert np.allclose(combined(directions, [2.0, 1.0, -1.0]), [0.5, 0.25, -0.25])


def test_captions_count_as_much_as_what_is_seen() -> None:
    scores, said = np.array([4, 0, 4, 0], np.float32), np.array([0.1, 0.5, 0.5, 0.1], np.float32)
    every = np.ones(4, dtype=np.bool_)
    assert np.allclose(with_captions(scores, said, every), [2, 2, 6, -2])
    some = np.array([True, True, False, False])
    assert np.allclose(with_captions(scores, said, some), [2, 2, 4, 0]), "no caption is an average one"
    assert with_captions(scores, said, np.array([True, False, False, False])) is scores
    assert np.allclose(with_captions(np.zeros(4, np.float32), said, every), [-1, 1, 1, -1])
