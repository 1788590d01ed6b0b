"""Whether a photo looks like a query is told from its scores for other things."""

import numpy as np
import pytest

from photosort.searching.doubt import STANDS_OUT, looks_like, other_things


@pytest.mark.parametrize(
    ("score", "fits"), [(2 * STANDS_OUT - 0.1, False), (2 * STANDS_OUT + 0.1, True), (-9.0, False)]
)
def test_a_photo_has_to_stand_out_from_its_scores_for_other_things(score: float, fits: bool) -> None:
    others = np.array([-2.0, 2.0] * 50, dtype=np.float32)
    assert looks_like(score, others) == fits
    assert looks_like(score + 7, others + 7) == fits, "what is added to all scores changes nothing"
    assert looks_like(score * 3, others * 3) == fits


def test_a_photo_that_fits_all_things_alike_stands_out_by_any_margin() -> None:
    assert looks_like(1.0, np.zeros(9, np.float32)) and not looks_like(0.0, np.zeros(9, np.float32))


def test_the_other_things_are_many_and_can_be_described() -> None:
    things = other_things()
    assert len(things) >= 90 and "-" not in things and len(set(things)) == len(things)
