"""Which clusters become one folder, by what is said of their photos."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from photosort.clustering.kmeans import from_labels
from photosort.methods.fusion import unit
from photosort.methods.method import Candidate, Grouping
from photosort.naming.subject import Subject
from photosort.photos.facts.facts import Facts
from photosort.settings.settings import Settings
from photosort.workflows.sorting.uniting import unite


def grouped(subjects: Sequence[Subject], sizes: Sequence[int], facts: Sequence[Facts] = ()) -> Grouping:
    """Unite clusters of these sizes that are of these subjects."""
    labels = np.repeat(np.arange(len(sizes)), sizes)
    vectors = unit(np.eye(len(sizes), dtype=np.float32)[labels] + 0.1)
    before = Grouping((Candidate("", from_labels(vectors, labels), ("something unclear",) * len(labels)),))
    return unite(before, facts or [Facts()] * len(labels), Settings(), lambda clusters: list(subjects))


def sizes_of(grouping: Grouping) -> list[int]:
    """How many photos lie in each cluster."""
    return np.bincount(grouping.best.clustering.labels).tolist()


def test_clusters_of_one_name_become_one_and_the_run_says_so() -> None:
    found = grouped([Subject("Birds"), Subject("Mammals"), Subject("Mammals"), Subject(), Subject()], (24, 8, 6, 4, 3))
    assert sizes_of(found) == [24, 14, 7]
    assert found.best.remarks == (
        "2 groups were put into others, for which the same name was found. --k keeps groups apart.",
    )


def test_what_sets_two_of_one_name_apart_keeps_them_apart() -> None:
    apart = Subject("Mammals", beside=("hoofed animals",))
    for subjects in ([apart, Subject("Mammals")], [Subject("Mammals"), apart]):
        assert sizes_of(grouped([Subject("Birds"), *subjects], (20, 8, 6))) == [20, 8, 6]


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
