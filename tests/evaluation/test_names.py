from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from photosort.evaluation.names import sbert_match, sem
from photosort.models.encoders.minilm import MiniLM
from photosort.models.protocols import Identity, Vectors


class Angles:
    """A text encoder on the unit circle: a text is its own angle in degrees."""

    identity = Identity("angles", "1")

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        radians = np.radians([float(text) for text in texts])
        return np.stack([np.cos(radians), np.sin(radians)], axis=1).astype(np.float32)


def test_sem_finds_the_class_within_the_name() -> None:
    names = ["Great white SHARK, fin", "dog", "hand tool, saw", "Birds"]
    assert sem(names, ["great_white_shark", "cat", "Hand_tool", "bird"]) == 0.75


def test_a_name_within_the_class_is_no_match() -> None:
    assert sem(["bird"], ["birds"]) == 0


def test_sbert_match_counts_cosines_above_the_threshold() -> None:
    truth = ["0", "0", "0", "0"]
    names = ["0", "60", "70", "180"]
    assert sbert_match(names, truth, Angles()) == 0.5
    assert sbert_match(names, truth, Angles(), threshold=0.6) == 0.25


def test_sbert_match_knows_penguins_are_near_birds() -> None:
    assert sbert_match(["penguin, heron", "wrench, saw"], ["birds", "birds"], MiniLM()) == 0.5


def test_empty_and_unequal_measurements_are_errors() -> None:
    with pytest.raises(ValueError, match="no names"):
        sem([], [])
    with pytest.raises(ValueError, match="zip"):
        sem(["dog"], ["dog", "cat"])
    with pytest.raises(ValueError):
        sbert_match([], [], Angles())


def test_any_part_of_a_class_that_is_a_list_will_do() -> None:
    truth = ["airship, dirigible", "airship, dirigible", "airship, "]
    assert sem(["a dirigible", "a ship", "ship"], truth) == pytest.approx(1 / 3)
