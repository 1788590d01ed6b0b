"""Methods in a contest: each groups the same photos, whose true classes are known, with several seeds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from photosort.clustering.kmeans import Vectors
from photosort.errors import SettingsError
from photosort.evaluation.keyword_names import name_scores
from photosort.evaluation.measures import Agreement, agreement, confusion, silhouette
from photosort.evaluation.names import sbert_match, sem, spoken
from photosort.evaluation.plain import has_plain
from photosort.evaluation.result import QuestionResult, Result, Scores
from photosort.evaluation.runs import Run, runner, with_joined_answers
from photosort.methods.building import Given
from photosort.methods.method import Candidate, Method, Views
from photosort.methods.specs import USUAL_VARIANTS, VARIANTS
from photosort.methods.text_guided import TextGuided
from photosort.models.protocols import TextEncoder
from photosort.naming.keywords import Count
from photosort.settings.choices import Geometries
from photosort.support.progress import Progress, silent

ALL = "all"
EUCLIDEAN = "-euclidean"
"""What the name of a row ends with whose k-means is scikit-learn's."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """A method in the contest; `named` and `asks` as in `Variant`, `euclidean` as in `Result`."""

    method: Method
    named: bool = False
    asks: bool = False
    euclidean: bool = False


def read_methods(
    names: Sequence[str], given: Given, *, photos: bool, joint: bool = True, geometries: Geometries = "spherical"
) -> dict[str, Contestant]:
    """From names such as `image`, `concat` or `concat:0.7` (the share of the text) to methods; `all` are those that
    need nothing of the user's.

    Without `photos`, `all` are those that read texts alone; without a `joint` space of photos and texts, those that
    need none. A method that is k-means of vectors has a row for each of the `geometries`. Raises SettingsError for
    what is not known or not possible.
    """
    able = [
        name
        for name in USUAL_VARIANTS
        if (photos or not VARIANTS[name].needs_photos) and (joint or not VARIANTS[name].needs_joint)
    ]
    wanted = dict.fromkeys(one for name in names for one in (able if name == ALL else [name]))
    found: dict[str, Contestant] = {}
    for name in wanted:
        contestant = _contestant(name, given, photos=photos)
        if geometries != "euclidean":
            found[name] = contestant
        if geometries != "spherical" and has_plain(contestant.method):
            found[name + EUCLIDEAN] = Contestant(contestant.method, euclidean=True)
    if not found:
        raise SettingsError(
            f"--kmeans euclidean has nothing to do: {', '.join(wanted)} is not k-means of vectors",
            "Add a method such as image or text-sbert, or leave --kmeans out.",
        )
    return found


def compete(
    views: Views,
    truth: Sequence[str],
    methods: dict[str, Contestant],
    encoder: TextEncoder,
    *,
    seeds: Sequence[int] = (42,),
    restarts: int | None = None,
    count: Count | None = None,
    cuda: str = "",
    progress: Progress = silent,
) -> Iterator[Result]:
    """Let each method group n photos into as many clusters as `truth` has classes, once a seed.

    `encoder` compares names with classes; `cuda` goes to `kmeans`. Keywords are counted by `count`; by default those of
    Euclidean rows by occurrences and by the paper's rule for contested ones, those of others by photos. Raises
    TooManyClusters where a method cannot tell so many apart.
    """
    done = 0
    classes = sorted(set(truth))
    for name, contestant in methods.items():
        run = runner(contestant.method, views, classes, restarts, cuda, contestant.named, contestant.euclidean)
        whole = _joined_runner(contestant, views, classes, restarts, cuda)
        scores: list[Scores] = []
        inertias: list[float] = []
        asked: list[list[Agreement]] = []
        kept: Run | None = None
        for seed in seeds:
            progress("evaluating", done, len(methods) * len(seeds))
            done += 1
            found = run(seed)
            best = min(found, key=lambda one: one.candidate.loss)
            scores.append(_scores(contestant, truth, best, encoder, count))
            if not inertias or best.inertia < min(inertias):
                kept = best
            inertias.append(best.inertia)
            if whole:
                parts = [one.candidate.clustering.labels for one in (*found, *whole(seed))]
                asked.append([agreement(truth, labels) for labels in parts])
        assert kept is not None
        progress("evaluating", done, len(methods) * len(seeds))
        yield Result(
            name,
            tuple(seeds),
            tuple(scores),
            kept.candidate.clustering.labels,
            kept.vectors(),
            tuple(inertias),
            _by_question(views.questions, asked),
            contestant.euclidean,
        )


def _joined_runner(
    contestant: Contestant, views: Views, classes: Sequence[str], restarts: int | None, cuda: str
) -> Callable[[int], list[Run]] | None:
    """Return what clusters the answers to all questions as one text; None where there is one question."""
    if len(views.questions) < 2 or not isinstance(contestant.method, TextGuided):
        return None
    joined = with_joined_answers(views)
    return runner(contestant.method, joined, classes, restarts, cuda, euclidean=contestant.euclidean)


def _by_question(questions: Sequence[str], asked: Sequence[Sequence[Agreement]]) -> tuple[QuestionResult, ...]:
    if not asked:
        return ()
    *single, together = zip(*asked, strict=True)
    return (*map(QuestionResult, questions, single), QuestionResult("", together, together=True))


def _contestant(name: str, given: Given, *, photos: bool) -> Contestant:
    kind, colon, share = name.partition(":")
    weighted = [other for other, variant in VARIANTS.items() if variant.weighted]
    known = f"Choose from: {', '.join(VARIANTS)}, {ALL}; {' and '.join(weighted)} take a share of the text: concat:0.7"
    variant = VARIANTS.get(kind)
    if variant is None or (colon and not variant.weighted):
        raise SettingsError(f"Unknown method '{name}'", known)
    try:
        weight = float(share) if colon else given.weight
    except ValueError:
        weight = math.nan
    if not 0 <= weight <= 1:
        raise SettingsError(f"'{share}' must be a share of the text between 0 and 1", known)
    if variant.needs_photos and not photos:
        raise SettingsError(f"The method {name} needs the photos", "Name their folder before the file of texts.")
    return Contestant(variant.build(given._replace(weight=weight)), variant.named, variant.asks)


def _scores(
    contestant: Contestant, truth: Sequence[str], run: Run, encoder: TextEncoder, count: Count | None
) -> Scores:
    best, vectors = run.candidate, run.vectors()
    if contestant.named:
        return _named_scores(truth, best, vectors)
    labels = best.clustering.labels
    agreed, crossed = agreement(truth, labels), confusion(truth, labels)
    classes = [crossed.class_of(cluster) for cluster in range(crossed.counts.shape[1])]
    if best.names:
        rated = sem(best.names, classes), sbert_match(best.names, classes, encoder)
    elif contestant.euclidean:
        rated = name_scores(best.texts, labels, classes, encoder, count or "occurrences", "paper")
    else:
        rated = name_scores(best.texts, labels, classes, encoder, count or "photos")
    return Scores(agreed.acc, agreed.nmi, agreed.ari, silhouette(vectors, labels), *rated)


def _named_scores(truth: Sequence[str], best: Candidate, vectors: Vectors) -> Scores:
    """Rate a method that was given the names: a photo is right where the name of its class is its own, and names are
    not rated.
    """
    labels = best.clustering.labels.copy()
    labels[list(best.aside)] = best.clustering.k
    said = [*best.names, ""]
    agreed = agreement(truth, labels)
    right = [said[label] == spoken(name) for label, name in zip(labels.tolist(), truth, strict=True)]
    return Scores(float(np.mean(right)), agreed.nmi, agreed.ari, silhouette(vectors, labels), math.nan, math.nan)
