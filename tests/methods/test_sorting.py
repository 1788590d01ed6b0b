"""What a method gives back that has names before it has clusters."""

import numpy as np
from fakes.vectors import blobs

from photosort.methods.method import Found
from photosort.methods.sorting import sorted_into
from photosort.models.protocols import Category

FOOD, PEOPLE, PAPERS = Category("Food"), Category("People"), Category("Papers", above="Things")
CATEGORIES = [FOOD, Category("Empty"), PEOPLE, PAPERS]
CHOSEN = np.array([0] * 2 + [2] * 6 + [3] * 4)
FITS = np.eye(4, dtype=np.float32)[CHOSEN]


def test_categories_become_named_clusters_by_size() -> None:
    vectors, _ = blobs([2, 6, 4])
    found = sorted_into(CATEGORIES, CHOSEN, FITS, vectors, ["a"] * 12, question="Which folder?")
    assert found.names == ("People", "Papers", "Food") and found.above == ("", "Things", "")
    assert found.clustering.labels.tolist() == [2] * 2 + [0] * 6 + [1] * 4
    means = np.stack([vectors[2:8].mean(0), vectors[8:].mean(0), vectors[:2].mean(0)])
    assert np.allclose(found.clustering.centroids, means / np.linalg.norm(means, axis=1, keepdims=True), atol=1e-5)
    assert found.clustering.similarity.shape == (12, 3) and (found.clustering.own == 1).all()
    assert (found.texts[0], found.question) == ("a", "Which folder?")


def test_a_photo_may_fit_another_category_better_than_its_own() -> None:
    fits = np.array([[1, 0], [1, 0], [0.9, 0.4], [0, 1], [0, 1]], dtype=np.float32)
    vectors = np.eye(2, dtype=np.float32)[[0, 0, 0, 1, 1]]
    found = sorted_into([FOOD, PEOPLE], np.array([0, 0, 1, 1, 1]), fits, vectors, [""] * 5)
    assert found.names == ("People", "Food") and found.clustering.labels.tolist() == [1, 1, 0, 0, 0]
    assert found.clustering.margin[2] < 0


def test_photos_set_aside_shape_no_cluster_and_are_told_where_they_fit_best() -> None:
    vectors, _ = blobs([2, 6, 4])
    aside = dict.fromkeys((0, 1, 2), "fits none")
    found = sorted_into(CATEGORIES, CHOSEN, FITS, vectors, ["a"] * 12, aside=aside, rest="Other")
    assert found.names == ("People", "Papers") and found.rest == "Other" and dict(found.aside) == aside
    assert found.clustering.labels[3:].tolist() == [0] * 5 + [1] * 4
    assert set(found.clustering.labels[:3].tolist()) <= {0, 1} and found.clustering.labels[2] == 0


def test_where_no_photo_fits_there_is_one_cluster_without_a_photo() -> None:
    vectors, _ = blobs([3])
    answers = (Found("a", "b", "answer"),) * 3
    found = sorted_into(
        CATEGORIES,
        CHOSEN[:3],
        FITS[:3],
        vectors,
        ["a"] * 3,
        aside=dict.fromkeys(range(3), "fits none"),
        answers=answers,
    )
    assert found.clustering.k == 1 and found.answers == answers and found.rest == "Unsorted"
    assert set(found.aside) == {0, 1, 2} and found.categories == tuple(CATEGORIES)
