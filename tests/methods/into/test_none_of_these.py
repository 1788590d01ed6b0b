"""What fits none of the categories."""

from __future__ import annotations

import numpy as np
import pytest

from photosort.methods.into.none_of_these import allowed, as_categories, calmed, fit_of, rivals, thresholds
from photosort.models.encoders.minilm import MiniLM
from photosort.models.protocols import Category

NAMES = [rival.name for rival in rivals()]


@pytest.fixture(scope="module")
def texts() -> MiniLM:
    return MiniLM()


def test_rivals_are_what_models_see() -> None:
    assert [category.name for category in as_categories()] == NAMES
    assert {"Beach", "Dogs"} <= set(NAMES) and not {"People", "Screenshots"} & set(NAMES)


@pytest.mark.parametrize(
    ("category", "same", "other"),
    [
        (Category("Animals"), {"Dogs", "Insects", "Pets"}, {"Beach", "Cars"}),
        (Category("poodles"), {"Dogs", "Animals"}, {"Cats", "Cars"}),
        (Category("seaside"), {"Beach"}, {"Dogs"}),
        (Category("Stuff", "cars, trucks"), {"Cars", "Trucks", "Vehicles"}, {"Dogs"}),
    ],
)
def test_what_is_the_same_or_a_kind_of_it_is_no_rival(
    texts: MiniLM, category: Category, same: set[str], other: set[str]
) -> None:
    kept = {name for name, apart in zip(NAMES, allowed([category], texts.encode_texts), strict=True) if apart}
    assert not kept & same and kept >= other and len(kept) > 200


def test_the_lead_is_over_the_nearest_rival_that_counts() -> None:
    scores = np.array([[1, 5], [2, 0]], np.float32)
    others = np.tile(np.arange(200, dtype=np.float32) / 100, (2, 1))
    others[1, 100] = 9
    fit = fit_of(scores, others, np.array([3, 100, 199]), np.empty((2, 0), np.intp))
    assert fit.rival.tolist() == [199, 100] and fit.lead == pytest.approx([5 - 1.99, 2 - 9])
    assert np.isinf(fit_of(scores, others, np.array([], np.intp), np.empty((2, 0), np.intp)).lead).all()


def test_scores_move_towards_those_of_neighbours() -> None:
    scores = np.array([[4.0], [0.0], [0.0]], np.float32)
    near = np.array([[1, 2], [2, 1], [1, 2]])
    assert calmed(scores, near)[:, 0] == pytest.approx([1, 0, 0])
    assert np.array_equal(calmed(scores, np.empty((3, 0), np.intp)), scores)


def test_the_threshold_follows_the_clearest_photos_of_a_category() -> None:
    lead = np.array([6.0] * 10 + [2.0] * 10 + [-1.0] * 10, np.float32)
    chosen = np.repeat([0, 1, 2], 10)
    assert thresholds(lead, chosen, 4).tolist() == [0, -1, -2, 0]
