"""CLIPScore by its equation."""

import math
from collections.abc import Sequence

import numpy as np
import pytest

from photosort.evaluation.clip_score import clip_score

SPACE = {"along": (1.0, 0.0), "aslant": (0.6, 0.8), "against": (-1.0, 0.0)}


def embed(texts: Sequence[str]) -> np.ndarray:
    return np.array([SPACE[text] for text in texts], dtype=np.float32)


@pytest.mark.parametrize(
    ("texts", "score"),
    [
        ([("along",)], 2.5),
        ([("aslant",)], 2.5 * 0.6),
        ([("against",)], 0),
        ([("along", "aslant", "against")], 2.5 * 1.6 / 3),
    ],
)
def test_it_is_the_cosine_without_what_is_below_zero(texts: list[tuple[str, ...]], score: float) -> None:
    assert clip_score(np.array([[7.0, 0.0]], dtype=np.float32), texts, embed) == pytest.approx(score)


def test_photos_without_a_text_have_no_part_in_it() -> None:
    images = np.array([[1, 0], [0, 3], [0, 1]], dtype=np.float32)
    assert clip_score(images, [("along",), (), (" ", "aslant")], embed) == pytest.approx((2.5 + 2.5 * 0.8) / 2)
    assert math.isnan(clip_score(images, [(), (), ()], embed))
