"""Every number of the Euclidean rows equals what scikit-learn and scipy give directly, to four digits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from fakes import overlapping
from fakes.models import LetterTexts
from fakes.overlapping import TRUTH, K, matched, paper_keywords, places, said, texts, vectors, views
from scipy.sparse import issparse
from sklearn.cluster import KMeans
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score, silhouette_score

from photosort.evaluation.contest import compete, read_methods
from photosort.evaluation.result import Result
from photosort.methods.building import Given

SEEDS = (42, 43, 44)


def letters(lines: list[str]) -> np.ndarray:
    return LetterTexts().encode_texts(lines)


def counted(lines: list[str]) -> Any:
    return TfidfVectorizer(max_features=2000, stop_words="english").fit_transform(lines)


def mean_of_captions() -> np.ndarray:
    return np.stack([letters(list(some)).mean(axis=0) for some in texts()])


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def summed() -> np.ndarray:
    wide = np.hstack([vectors(), np.zeros((len(TRUTH), 14), np.float32)])
    return (unit(wide) + unit(mean_of_captions())) / 2


def side_by_side() -> np.ndarray:
    return np.hstack([unit(vectors()), unit(mean_of_captions())]) / np.sqrt(2)


CLUSTERED: dict[str, Callable[[], Any]] = {
    "image": vectors,
    "text": mean_of_captions,
    "sum": summed,
    "concat": side_by_side,
    "text-tfidf": lambda: counted(said()),
    "text-sbert": lambda: letters(said()),
}


def direct(rows: Any) -> list[dict[str, float]]:
    """The measures of each seed, without a line of photosort's."""
    found = []
    for seed in SEEDS:
        model = KMeans(n_clusters=K, random_state=seed, n_init=10)
        labels = model.fit_predict(rows)
        acc, class_of = matched(labels)
        names = paper_keywords(said(), labels)
        truths = [class_of[cluster].replace("_", " ") for cluster in range(K)]
        cosines = (letters(names) * letters(truths)).sum(axis=1)
        found.append({
            "acc": acc,
            "nmi": normalized_mutual_info_score(TRUTH, labels),
            "ari": adjusted_rand_score(TRUTH, labels),
            "silhouette": silhouette_score(rows.toarray() if issparse(rows) else rows, labels, metric="cosine"),
            "sem": np.mean([true in name for true, name in zip(truths, names, strict=True)]),
            "sbert": np.mean(cosines > 0.4),
            "inertia": model.inertia_,
        })  # fmt: skip
    return found


@pytest.fixture(scope="module")
def results() -> dict[str, Result]:
    found: dict[str, Result] = {}
    for geometries, restarts in (("spherical", 5), ("euclidean", None)):
        methods = read_methods(["all"], Given(), photos=True, geometries=geometries)  # type: ignore[arg-type]
        found |= {
            one.method: one for one in compete(views(), TRUTH, methods, LetterTexts(), seeds=SEEDS, restarts=restarts)
        }
    return found


@pytest.mark.parametrize("method", CLUSTERED)
def test_a_euclidean_row_is_that_of_scikit_learn(results: dict[str, Result], method: str) -> None:
    result, expected = results[f"{method}-euclidean"], direct(CLUSTERED[method]())
    assert result.euclidean and result.seeds == SEEDS
    for measure in ("acc", "nmi", "ari", "silhouette", "sem", "sbert"):
        each = [run[measure] for run in expected]
        assert [getattr(run, measure) for run in result.runs] == pytest.approx(each, abs=1e-4), measure
        assert result.mean(measure) == pytest.approx(sum(each) / 3, abs=1e-4)
        assert result.deviation(measure) == pytest.approx(np.std(each, ddof=1), abs=1e-4)
    inertias = [run["inertia"] for run in expected]
    assert result.inertias == pytest.approx(inertias, rel=1e-4)
    assert result.lowest == int(np.argmin(inertias))
    assert method == "concat" or 0.3 < result.mean("acc") < 1, "the classes overlap in all but both views together"


def test_a_row_of_each_geometry_and_what_they_measure(results: dict[str, Result]) -> None:
    for name, result in results.items():
        assert result.euclidean == name.endswith("-euclidean") and name.removesuffix("-euclidean") in results
        run = result.runs[result.lowest]
        assert run.acc == pytest.approx(matched(result.labels)[0], abs=1e-9)
        assert run.nmi == pytest.approx(normalized_mutual_info_score(TRUTH, result.labels), abs=1e-9)
        assert run.ari == pytest.approx(adjusted_rand_score(TRUTH, result.labels), abs=1e-9)
    assert len(results) == 12
    assert any(
        result.runs != results[f"{name}-euclidean"].runs for name, result in results.items() if not result.euclidean
    )


@pytest.mark.parametrize(
    ("method", "encode"), [("text-tfidf", counted), ("text-sbert", letters)], ids=["tfidf", "sbert"]
)
def test_each_question_and_all_as_one_are_those_of_scikit_learn(method: str, encode: Callable[..., Any]) -> None:
    methods = read_methods([method], Given(), photos=True, geometries="euclidean")
    (result,) = compete(views(questions=2), TRUTH, methods, LetterTexts(), seeds=SEEDS)
    where = [one for (one,) in places()]
    together = [f"{what}. {place}" for what, place in zip(said(), where, strict=True)]
    asked = {overlapping.QUESTIONS[0]: said(), overlapping.QUESTIONS[1]: where, "together": together}
    assert [one.question for one in result.questions] == [*overlapping.QUESTIONS, ""]
    assert [one.together for one in result.questions] == [False, False, True]
    losses = {}
    for one, (name, lines) in zip(result.questions, asked.items(), strict=True):
        for seed, run in zip(SEEDS, one.runs, strict=True):
            model = KMeans(n_clusters=K, random_state=seed, n_init=10)
            labels = model.fit_predict(encode(lines))
            losses[name, seed] = model.inertia_, run.acc
            assert run.acc == pytest.approx(matched(labels)[0], abs=1e-4)
            assert run.nmi == pytest.approx(normalized_mutual_info_score(TRUTH, labels), abs=1e-4)
            assert run.ari == pytest.approx(adjusted_rand_score(TRUTH, labels), abs=1e-4)
    for seed, run, inertia in zip(SEEDS, result.runs, result.inertias, strict=True):
        lowest = min(losses[question, seed] for question in overlapping.QUESTIONS)
        assert (inertia, run.acc) == pytest.approx(lowest, abs=1e-3), "the question of the lowest loss counts"


def test_spherical_rows_have_their_questions_too() -> None:
    methods = read_methods(["text-tfidf", "image"], Given(), photos=True)
    by_text, by_image = compete(views(questions=2), TRUTH, methods, LetterTexts(), restarts=5)
    assert len(by_text.questions) == 3 and not by_image.questions
    assert by_text.runs[0].acc in [one.mean("acc") for one in by_text.questions[:2]]


def test_keywords_are_counted_by_photos_on_demand() -> None:
    methods = read_methods(["image"], Given(), photos=True, geometries="euclidean")
    of = {
        count: next(iter(compete(views(), TRUTH, methods, LetterTexts(), count=count)))  # type: ignore[arg-type]
        for count in (None, "occurrences", "photos")
    }
    assert of[None].runs == of["occurrences"].runs
