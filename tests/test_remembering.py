"""Asked once, on any day."""

from pathlib import Path

import numpy as np
import pytest
from fakes.models import LetterTexts
from fakes.writer import ScriptedWriter

from photosort.remembering import RememberedTexts, RememberedWriter
from photosort.store.cache import Cache, open_cache


@pytest.fixture
def cache(tmp_path: Path):
    with open_cache(tmp_path) as cache:
        yield cache


def test_a_text_is_encoded_once_ever(cache: Cache) -> None:
    letters = LetterTexts()
    first = RememberedTexts(letters, cache).encode_texts(["ab", "b", "ab"])
    again = RememberedTexts(letters, cache).encode_texts(["b", "c"])
    assert letters.asked == ["ab", "b", "c"]
    assert np.array_equal(first[1], again[0])
    assert np.array_equal(first[0], first[2])


def test_a_question_is_asked_once_and_another_one_again(cache: Cache) -> None:
    writer = ScriptedWriter(["one", "two", "three"])
    assert RememberedWriter(writer, cache).write("system", "prompt", {}) == "one"
    again = RememberedWriter(writer, cache)
    assert again.write("system", "prompt", {}) == "one"
    assert again.write("system", "other", {}) == "two"
    assert again.write("system", "prompt", {"type": "object"}) == "three"
    assert len(writer.prompts) == 3
