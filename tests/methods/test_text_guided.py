"""Grouping by texts, on texts whose groups are plain."""

import weakref
from collections.abc import Sequence

import numpy as np
import pytest
from fakes.models import LetterTexts

from photosort.clustering.kmeans import Clustering, kmeans
from photosort.errors import SettingsError
from photosort.methods.fusion import Fusion, summed_vectors, unit
from photosort.methods.method import Texts, VectorFactory, Views
from photosort.methods.specs import CAPTION, KEYWORD_QUESTION, questions, samples
from photosort.methods.text_guided import TextGuided, tfidf
from photosort.settings.settings import Settings, load_settings

DOGS, LAKES = ("a dog", "a dog with a ball"), ("a lake", "a lake and a hill")


def views(*texts: Texts) -> Views:
    asked = tuple(f"question {number}" for number in range(len(texts)))
    return Views(np.eye(len(texts[0]), dtype=np.float32), asked, texts, LetterTexts().encode_texts)


def in_two(several: Sequence[VectorFactory]) -> list[Clustering]:
    return [kmeans(made(), 2, restarts=5) for made in several]


@pytest.mark.parametrize("kind", ["tfidf", "sbert"])
def test_what_is_said_alike_lies_together(kind: str) -> None:
    found = TextGuided(kind).group(views([DOGS, LAKES, DOGS, LAKES, DOGS]), in_two)  # type: ignore[arg-type]
    assert found.best.clustering.labels.tolist() == [0, 1, 0, 1, 0]
    assert found.best.texts[1] == "a lake. a lake and a hill"


def test_the_question_with_the_lowest_loss_wins() -> None:
    vague = [("one thing",), ("other stuff here",), ("quiet yellow jazz",), ("mixed up",), ("vexing",)]
    clear = [("dog",), ("lake",), ("dog",), ("lake",), ("dog",)]
    for texts, place in (((vague, clear), 1), ((clear, vague), 0)):
        found = TextGuided("tfidf").group(views(*texts), in_two)
        assert found.best is found.candidates[place]
        assert found.best.loss == pytest.approx(0, abs=1e-6)
        assert found.candidates[1 - place].loss > 0.1
        assert [one.question for one in found.candidates] == ["question 0", "question 1"]


def test_tfidf_counts_words_without_stop_words() -> None:
    vectors = tfidf(["the dog and the lake", "dog", ""]).toarray()
    assert vectors.shape == (3, 3)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert vectors[2].tolist() == [0, 0, 1] and vectors[0, 2] == 0


def test_tfidf_keeps_the_two_thousand_most_frequent_words() -> None:
    texts = [" ".join(f"word{number}" for number in range(start, start + 300)) for start in range(0, 3000, 300)]
    assert tfidf([*texts, texts[0]]).shape[1] == 2001


def test_texts_without_a_word_are_all_alike() -> None:
    vectors = tfidf(["", "the", "?"]).toarray()
    assert np.array_equal(vectors, np.ones((3, 1), np.float32))


def test_fusion_takes_the_mean_direction_of_captions() -> None:
    embed = LetterTexts().encode_texts
    found = summed_vectors([DOGS, ("a lake",)], embed)
    assert np.allclose(found[0], embed(DOGS).sum(axis=0)) and np.allclose(found[1], embed(["a lake"])[0])
    assert summed_vectors([(), ("b",)], lambda texts: np.ones((len(texts), 2), np.float32)).shape == (2, 2)


def test_fusion_uses_soft_captions_where_known() -> None:
    seen = views([DOGS, LAKES, DOGS])
    full = Views(seen.image, seen.questions, seen.texts, seen.embed, soft_captions=lambda: seen.image * 2)
    assert np.allclose(Fusion("text").fused(full), unit(seen.image))
    with pytest.raises(SettingsError, match="--fusion concat"):
        Fusion("sum").fused(seen)


def test_what_is_asked_follows_from_the_settings() -> None:
    assert questions(Settings()) == (CAPTION,) and samples(Settings()) == 1
    assert questions(Settings(method="text")) == (CAPTION,) and samples(Settings(method="text")) == 6
    assert questions(Settings(method="text", texts="keywords")) == (KEYWORD_QUESTION,)
    assert questions(Settings(method="text", ask=("What?", "Where?"))) == ("What?", "Where?")
    assert samples(Settings(method="text", captions=2)) == 2


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"method": "text", "texts": "ask"}, "texts = ask needs a question"),
        ({"k": "twelve"}, "--k twelve is not valid. It must be a positive integer"),
        ({"levels": 3}, "--levels 3 is not valid"),
    ],
)
def test_settings_that_make_no_sense_say_so(flags: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        load_settings(**flags)


def test_auto_is_no_number() -> None:
    assert load_settings(k="auto").k is None and load_settings(k="12").k == 12


def test_long_vectors_are_held_for_one_question_at_a_time() -> None:
    alive: list[int] = []

    def cluster(several: Sequence[VectorFactory]) -> list[Clustering]:
        seen: list[weakref.ref[np.ndarray]] = []
        found = []
        for made in several:
            vectors = made()
            seen.append(weakref.ref(vectors))
            found.append(kmeans(vectors, 2, restarts=5))
            alive.append(sum(one() is not None for one in seen))
        return found

    TextGuided("tfidf").group(views([DOGS, LAKES, DOGS], [LAKES, DOGS, DOGS], [LAKES, LAKES, DOGS]), cluster)
    assert alive == [1, 1, 1]
