"""A search among the labels of the builtin network, with its real text encoder."""

from __future__ import annotations

import numpy as np
import pytest

from photosort.models.encoders.conse import ConSE
from photosort.models.encoders.label_space import LabelSpace
from photosort.models.encoders.minilm import MiniLM
from photosort.models.protocols import Vectors
from photosort.searching.ranking import combined
from photosort.wordnet.nouns import nouns

PLACE = {label.noun: place for place, label in enumerate(nouns().labels)}
LABELS = len(nouns().labels)
SEEN = ["pug", "golden retriever", "tabby cat", "junco", "airliner", "tow truck", "pineapple", "acoustic guitar"]


class Ready:
    """A head whose features are the probabilities themselves."""

    def probabilities(self, features: Vectors) -> Vectors:
        return features


@pytest.fixture(scope="module")
def space() -> LabelSpace:
    return LabelSpace(Ready(), ConSE(Ready(), MiniLM(), "r"))


@pytest.fixture(scope="module")
def placed(space: LabelSpace) -> Vectors:
    """One photo of each thing, as sure as the network is of a good photo, after its way through the cache."""
    rows = np.full((len(SEEN), LABELS), 0.3 / (LABELS - 1), dtype=np.float32)
    for row, noun in enumerate(SEEN):
        rows[row, PLACE[noun]] = 0.7
    kept = space.place(rows)
    assert kept.shape == (len(SEEN), 384 + 20)
    return kept.astype(np.float16).astype(np.float32)


def ranked(space: LabelSpace, placed: Vectors, direction: Vectors) -> list[str]:
    return [SEEN[row] for row in np.argsort(-space.scores(placed, direction))]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("dog", {"pug", "golden retriever"}),
        ("a dog on a beach", {"pug", "golden retriever"}),
        ("my pets", {"pug", "golden retriever", "tabby cat"}),
        ("a bird in a tree", {"junco"}),
        ("fruit", {"pineapple"}),
        ("something to play music with", {"acoustic guitar"}),
        ("a plane or a truck", {"airliner", "tow truck"}),
    ],
)
def test_texts_find_what_they_name(space: LabelSpace, placed: Vectors, query: str, first: set[str]) -> None:
    assert set(ranked(space, placed, space.of_texts([query])[0])[: len(first)]) == first


def test_terms_can_be_taken_away(space: LabelSpace, placed: Vectors) -> None:
    directions = space.of_texts(["animal", "dog"])
    assert set(ranked(space, placed, combined(directions, [1, -1]))[:2]) == {"tabby cat", "junco"}
    assert set(ranked(space, placed, combined(directions, [1, 1]))[:2]) == {"pug", "golden retriever"}
    apart = space.scores(placed, directions[0]) - space.scores(placed, directions[1])
    assert np.allclose(2 * space.scores(placed, combined(directions, [1, -1])), apart, atol=1e-3), "scores are linear"


def test_a_photo_is_most_like_itself_then_like_its_kind(space: LabelSpace, placed: Vectors) -> None:
    for row, direction in enumerate(space.of_photos(placed)):
        assert ranked(space, placed, direction)[0] == SEEN[row]
    assert ranked(space, placed, space.of_photos(placed[:1])[0])[1] == "golden retriever"


def test_a_score_is_in_deviations_of_the_labels(space: LabelSpace) -> None:
    labels = space.place(np.eye(LABELS, dtype=np.float32))
    scores = space.scores(labels, space.of_texts(["something to play music with"])[0])
    assert abs(float(scores.mean())) < 0.01 and abs(float(scores.std()) - 1) < 0.01
