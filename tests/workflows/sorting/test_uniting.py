"""Which clusters become one folder, by what is said of their photos."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from photosort.clustering.kmeans import from_labels
from photosort.methods.fusion import unit
from photosort.methods.method import Candidate, Grouping
from photosort.naming.subject import Subject
from photosort.photos.facts.facts import Facts
from photosort.settings.settings import Settings
from photosort.workflows.sorting.uniting import unite


def grouped(
    subjects: Sequence[Subject], sizes: Sequence[int], facts: Sequence[Facts] = (), places: str = ""
) -> Grouping:
    """Unite clusters of these sizes that are of these subjects; those with one letter of `places` are near."""
    labels = np.repeat(np.arange(len(sizes)), sizes)
    places = places or "a" * len(sizes)
    together = np.array([[mine == theirs for theirs in places] for mine in places], np.float32)
    vectors = unit((np.eye(len(sizes), dtype=np.float32) + together)[labels])
    before = Grouping((Candidate("", from_labels(vectors, labels), ("something unclear",) * len(labels)),))
    return unite(before, facts or [Facts()] * len(labels), Settings(), lambda clusters: list(subjects))


def sizes_of(grouping: Grouping) -> list[int]:
    """How many photos lie in each cluster."""
    return np.bincount(grouping.best.clustering.labels).tolist()


def test_clusters_of_one_name_become_one_and_the_run_says_so() -> None:
    found = grouped(
        [Subject("Birds"), Subject("Mammals"), Subject("Mammals"), Subject(), Subject()],
        (24, 8, 6, 4, 3),
        places="abbcd",
    )
    assert sizes_of(found) == [24, 14, 7]
    assert found.best.remarks == (
        "2 groups were put into others, for which the same name was found. --k keeps groups apart.",
    )


def test_what_sets_two_of_one_name_apart_keeps_them_apart() -> None:
    apart = Subject("Mammals", beside=("hoofed animals",))
    for subjects in ([apart, Subject("Mammals")], [Subject("Mammals"), apart]):
        assert sizes_of(grouped([Subject("Birds"), *subjects], (20, 8, 6), places="abb")) == [20, 8, 6]


@pytest.mark.parametrize(
    ("places", "sizes"), [("abbb", [40, 15]), ("abba", [40, 11, 4]), ("aabb", [40, 9, 6]), ("abca", [40, 6, 5, 4])]
)
def test_groups_of_one_subject_become_one_only_where_they_are_near(places: str, sizes: list[int]) -> None:
    tools = Subject("Tools")
    assert sizes_of(grouped([Subject("Library"), tools, tools, tools], (40, 6, 5, 4), places=places)) == sizes


def test_groups_of_which_nothing_can_be_said_become_one_wherever_they_are() -> None:
    assert sizes_of(grouped([Subject("Birds"), Subject(), Subject()], (40, 6, 5), places="aab")) == [40, 11]


def test_photos_of_two_months_stay_apart() -> None:
    facts = [Facts(taken="2019-07-13")] * 24 + [Facts(taken="2020-01-05")] * 6
    assert sizes_of(grouped([Subject("Birds"), Subject(), Subject()], (16, 8, 6), facts)) == [16, 8, 6]


def test_no_folder_of_more_than_a_third_is_made() -> None:
    found = grouped([Subject("Birds"), Subject(), Subject()], (10, 5, 4))
    assert sizes_of(found) == [10, 5, 4]
    assert not found.best.remarks


def test_names_of_the_method_stay() -> None:
    labels = np.array([0, 0, 1])
    vectors = unit(np.eye(2, dtype=np.float32)[labels])
    one = Candidate("", from_labels(vectors, labels), ("",) * 3, names=("A", "B"))
    assert unite(Grouping((one,)), [Facts()] * 3, Settings(), lambda clusters: [Subject()] * 2).best is one
