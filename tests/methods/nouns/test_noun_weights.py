"""The nouns of photos."""

import numpy as np
import pytest

from photosort.methods.fusion import unit
from photosort.methods.nouns.selection import counterparts
from photosort.methods.nouns.weights import (
    NounSpace,
    found,
    in_words,
    nouns_of_photos,
)

WORDS = ("dog", "puppy", "lake", "shore")
DIRECTIONS = np.array([[1, 0, 0.05], [1, 0, -0.05], [0, 1, 0.05], [0, 1, -0.2]], dtype=np.float32)
SPACE = NounSpace(WORDS, unit(DIRECTIONS), 0.05)
PHOTOS = unit(np.array([[1, 0, 0.3], [1, 0, 0], [0.2, 1, 0.1], [0, 1, 0]], dtype=np.float32))


def shares(photo: np.ndarray) -> np.ndarray:
    powers = np.exp(SPACE.vectors @ photo / 0.05)
    return powers / powers.sum()


def test_a_photo_has_its_nouns_with_their_shares_the_largest_first() -> None:
    for photo, told in zip(PHOTOS, nouns_of_photos(PHOTOS, SPACE), strict=True):
        wanted = shares(photo)
        assert [one.noun for one in told] == [WORDS[n] for n in np.argsort(-wanted, kind="stable") if wanted[n] >= 0.01]
        assert [one.weight for one in told] == pytest.approx([wanted[WORDS.index(one.noun)] for one in told], abs=1e-4)


def test_the_shares_make_the_counterpart() -> None:
    made = [
        sum(one.weight * SPACE.vectors[WORDS.index(one.noun)] for one in told)
        for told in nouns_of_photos(PHOTOS, SPACE)
    ]
    assert np.allclose(unit(np.stack(made)), counterparts(PHOTOS, SPACE.vectors, 0.05), atol=0.02)


def test_at_least_one_noun_is_told_however_small_its_weight() -> None:
    many = NounSpace(
        tuple(map(str, range(300))), unit(np.random.default_rng(0).normal(size=(300, 8)).astype(np.float32)), 9
    )
    assert [len(told) for told in nouns_of_photos(many.vectors[:2], many)] == [1, 1]


def test_the_nouns_of_a_photo_explain_it() -> None:
    told = nouns_of_photos(PHOTOS, SPACE)
    assert in_words(told)[0].split(", ")[0] == "dog"
    first = found(told)[0].nouns
    assert first[0] == ("dog", round(told[0][0].weight, 4)) and len(first) == len(told[0])
