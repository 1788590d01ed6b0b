"""Vectors of nouns: computed once, and after a stop from where it was."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes.models import LetterTexts

from photosort.methods.fusion import unit
from photosort.store.cache import Cache, open_cache
from photosort.wordnet.vocabulary import TEMPLATES, vocabulary
from photosort.workflows.sorting import noun_vectors as module
from photosort.workflows.sorting.noun_vectors import STAGE, noun_identity, noun_vectors

WORDS = ("bank", "dog", "Kodiak bear", "lake", "zebra")


@pytest.fixture
def cache(tmp_path: Path):
    with open_cache(tmp_path) as cache:
        yield cache


class Killed(BaseException):
    """The program was killed."""


class Stopping(LetterTexts):
    """Encodes a few texts, and is stopped."""

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        if len(self.asked) >= 2 * len(TEMPLATES):
            raise Killed
        return super().encode_texts(texts)


def test_a_noun_is_the_direction_of_the_mean_over_the_templates(cache: Cache) -> None:
    found = noun_vectors(LetterTexts(), TEMPLATES, cache, words=WORDS)
    assert found.words == WORDS
    for word, vector in zip(WORDS, found.vectors, strict=True):
        several = LetterTexts().encode_texts([template.replace("{}", word) for template in TEMPLATES])
        assert np.allclose(vector, unit(several.mean(axis=0)[None])[0], atol=1e-3)


def test_each_noun_is_encoded_once_ever(cache: Cache) -> None:
    encoder = LetterTexts()
    first = noun_vectors(encoder, TEMPLATES, cache, words=WORDS[:3])
    again = noun_vectors(encoder, TEMPLATES, cache, words=WORDS)
    assert len(encoder.asked) == len(set(encoder.asked)) == len(WORDS) * len(TEMPLATES)
    assert np.array_equal(first.vectors, again.vectors[:3])


def test_a_run_that_was_killed_goes_on(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 2)
    with pytest.raises(Killed):
        noun_vectors(Stopping(), TEMPLATES, cache, words=WORDS)
    seen: list[tuple[str, int, int]] = []
    encoder = LetterTexts()
    found = noun_vectors(
        encoder, TEMPLATES, cache, lambda stage, done, total, used=None: seen.append((stage, done, total)), words=WORDS
    )
    assert len(encoder.asked) == 3 * len(TEMPLATES)
    assert seen == [(STAGE, 2, 5), (STAGE, 4, 5), (STAGE, 5, 5)]
    with open_cache(Path(cache._path).parent / "other") as other:
        assert np.array_equal(found.vectors, noun_vectors(LetterTexts(), TEMPLATES, other, words=WORDS).vectors)


def test_other_templates_and_other_encoders_have_vectors_of_their_own(cache: Cache) -> None:
    encoder = LetterTexts()
    noun_vectors(encoder, TEMPLATES, cache, words=WORDS)
    noun_vectors(encoder, ("a {}",), cache, words=WORDS)
    assert encoder.asked[-5:] == [f"a {word}" for word in WORDS]
    assert noun_identity(encoder.identity, TEMPLATES) != noun_identity(
        replace(encoder.identity, revision="2"), TEMPLATES
    )
    assert noun_identity(encoder.identity, TEMPLATES).model == encoder.identity.model


def test_by_default_all_nouns_are_meant(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "vocabulary", lambda: vocabulary()[40_000:40_010])
    assert noun_vectors(LetterTexts(), TEMPLATES, cache).words == vocabulary()[40_000:40_010]
