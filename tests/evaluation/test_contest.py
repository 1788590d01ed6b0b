"""Methods in a contest, on views whose groups are plain."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from fakes.models import LetterTexts
from fakes.vectors import blobs

from photosort.errors import SettingsError
from photosort.evaluation.contest import compete, read_methods
from photosort.evaluation.keyword_names import names_of, true_names
from photosort.evaluation.result import MEASURES, Result, Scores
from photosort.methods.building import Given
from photosort.methods.method import Views
from photosort.methods.specs import USUAL_VARIANTS
from photosort.models.protocols import Category

TRUTH = ["dog"] * 12 + ["lake"] * 9 + ["moon"] * 6
TEXTS = [(f"a photo of a {name}, a big one",) for name in TRUTH]


def views() -> Views:
    vectors, _ = blobs([12, 9, 6])
    return Views(
        vectors, ("",), (TEXTS,), LetterTexts().encode_texts, joint_image=lambda: np.zeros((27, 26), np.float32)
    )


def test_every_method_is_perfect_where_the_groups_are_plain() -> None:
    methods = read_methods(["all"], Given(), photos=True)
    found = list(compete(views(), TRUTH, methods, LetterTexts(), seeds=range(42, 44), restarts=5))
    assert [result.method for result in found] == list(USUAL_VARIANTS)
    for result in found:
        assert result.seeds == (42, 43) and len(result.runs) == 2
        for measure in ("acc", "nmi", "ari", "sem"):
            assert result.mean(measure) == pytest.approx(1), (result.method, measure)
            assert result.deviation(measure) == pytest.approx(0, abs=1e-9)
        assert result.vectors.shape[0] == 27 and np.bincount(result.labels).tolist() == [12, 9, 6]


def test_names_are_two_keywords_of_each_cluster_its_own_first() -> None:
    assert names_of(["a dog on a lawn", "a dog", "a cat on a lawn"], np.array([0, 0, 1])) == ["dog, lawn", "cat, lawn"]
    sem, _ = true_names(views(), TRUTH, LetterTexts())
    assert sem == 1


def test_the_deviation_is_that_of_a_sample() -> None:
    runs = tuple(Scores(value, 0, 0, 0, 0, 0) for value in (0.5, 0.7))
    result = Result("text", (1, 2), runs, np.zeros(0, np.intp), np.zeros((0, 0), np.float32))
    assert (result.mean("acc"), result.deviation("acc")) == (pytest.approx(0.6), pytest.approx(0.1 * 2**0.5))
    assert MEASURES == ("acc", "nmi", "ari", "silhouette", "sem", "sbert")


def test_methods_are_read_with_their_weights() -> None:
    methods = read_methods(["concat:0.7", "concat", "image", "image"], Given(0.3), photos=True)
    assert list(methods) == ["concat:0.7", "concat", "image"]
    assert [getattr(methods[name].method, "weight", None) for name in ("concat:0.7", "concat")] == [0.7, 0.3]
    assert list(read_methods(["all"], Given(), photos=False)) == ["text", "text-tfidf", "text-sbert"]


@pytest.mark.parametrize("name", ["magic", "", "image:0.5", "concat:2", "concat:x", "concat:", "concat:nan"])
def test_what_is_no_method_is_refused_with_those_that_are(name: str) -> None:
    with pytest.raises(SettingsError, match="Choose from: image, text, sum, concat"):
        read_methods([name], Given(), photos=True)


def test_a_method_that_sees_needs_photos() -> None:
    with pytest.raises(SettingsError, match="needs the photos"):
        read_methods(["concat"], Given(), photos=False)


def named_views() -> Views:
    """Views in which a model knows the classes, but takes the first dog for a moon."""
    fits = np.eye(3, dtype=np.float32)[[2] + [0] * 11 + [1] * 9 + [2] * 6]

    def zero_shot(categories: Sequence[Category]) -> np.ndarray:
        known = {"dog": 0, "lake": 1, "moon": 2}
        away = np.zeros((27, 1), np.float32)
        return np.hstack([fits[:, [known[each.name]]] if each.name in known else away for each in categories])

    return replace(views(), zero_shot=zero_shot, image=np.eye(27, dtype=np.float32))


def test_a_method_that_is_given_the_names_is_rated_by_exact_names() -> None:
    methods = read_methods(["into"], Given(), photos=True)
    (found,) = compete(named_views(), TRUTH, methods, LetterTexts())
    assert found.mean("acc") == pytest.approx(26 / 27)
    assert np.isnan(found.mean("sem")) and np.isnan(found.mean("sbert"))


def test_right_groups_with_wrong_names_count_for_nothing() -> None:
    swapped = ["lake"] * 12 + ["moon"] * 9 + ["dog"] * 6
    (found,) = compete(named_views(), swapped, read_methods(["into"], Given(), photos=True), LetterTexts())
    assert found.mean("acc") == 0 and found.mean("nmi") > 0.8


def test_a_criterion_without_a_language_model_clusters_what_photos_are_called() -> None:
    methods = read_methods(["criterion", "criterion-named"], Given(k=3, by=("the thing",)), photos=False)
    hidden, named = compete(views(), TRUTH, methods, LetterTexts(), restarts=5)
    assert hidden.mean("acc") == named.mean("acc") == 1
    assert hidden.mean("sem") == 1 and np.isnan(named.mean("sem"))
    assert [methods[name].asks for name in methods] == [True, True]
