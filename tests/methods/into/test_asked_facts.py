"""Categories that ask for what facts tell."""

from __future__ import annotations

import numpy as np
import pytest

from photosort.methods.into.asked_facts import SEEN, UNTOLD, AskedFacts, asked
from photosort.models.protocols import Category

PEOPLE = ("people", "two people", "portraits")


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        (Category("Screenshots"), ("screenshots",)),
        (Category("screenshot"), ("screenshots",)),
        (Category("People"), PEOPLE),
        (Category("Family & friends"), PEOPLE),
        (Category("Clutter", "receipts, memes"), ("receipts", "memes")),
        (Category("Papers", "", "receipts"), ("documents", "scans")),
        (Category("Food"), ()),
    ],
)
def test_what_a_category_asks_for(category: Category, expected: tuple[str, ...]) -> None:
    assert asked(category) == expected


def facts(told: list[tuple[str, ...]], *names: str) -> AskedFacts:
    return AskedFacts(told, [Category(name) for name in names], len(told))


def test_a_kind_belongs_to_the_category_that_wants_it_most() -> None:
    found = facts([("receipts",), ("documents",), ("screenshots",), ()], "Documents", "Receipts", "Food")
    assert found.by_kind.tolist() == [[False, True, False], [True, False, False], [False] * 3, [False] * 3]
    assert facts([("receipts",)], "Documents", "Food").by_kind.tolist() == [[True, False]]
    assert found.unasked == ("", "", "screenshots", "")


def test_people_are_support_and_no_more() -> None:
    found = facts([("portraits",), ("two people",), ()], "People", "Portraits", "Food")
    assert not found.by_kind.any() and found.unasked == ("", "", "")
    assert found.support.tolist() == [[0, SEEN, 0], [SEEN, 0, 0], [0, 0, 0]]


def test_what_is_no_screenshot_hardly_goes_among_them() -> None:
    told = [(), ("people",), ("screenshots",)]
    found = facts(told, "Screenshots", "Receipts", "People")
    assert found.support.tolist() == [[-UNTOLD, 0, 0], [-UNTOLD, 0, SEEN], [0, 0, 0]]
    assert facts(told[:2], "Screenshots").support.tolist() == [[0], [0]]


def test_without_facts_nothing_is_added() -> None:
    found = AskedFacts((), [Category("Screenshots"), Category("People")], 3)
    assert not found.support.any() and not found.by_kind.any() and found.unasked == ("",) * 3


def test_many_photos_are_as_one_each() -> None:
    told = [("receipts",), (), ("people",)] * 1000
    many, few = (facts(some, "Receipts", "People") for some in (told, told[:3]))
    assert np.array_equal(many.support[-3:], few.support) and np.array_equal(many.by_kind[-3:], few.by_kind)
