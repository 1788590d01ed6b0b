"""One run of one method: what it finds with one seed, by spherical k-means or by that of the papers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from photosort.clustering.euclidean import euclidean_kmeans
from photosort.clustering.kmeans import Clustering, Vectors, from_labels, kmeans
from photosort.evaluation.names import spoken
from photosort.evaluation.plain import Plain, plain
from photosort.methods.fusion import unit
from photosort.methods.method import Candidate, Method, VectorFactory, Views, constant, joined
from photosort.models.protocols import Category


@dataclass(frozen=True, slots=True)
class Run:
    """A candidate, and the unit vectors (n, d) that it comes from: those that were clustered, else those of the photos
    or texts.
    """

    candidate: Candidate
    vectors: VectorFactory

    @property
    def inertia(self) -> float:
        """Of the clustering."""
        return self.candidate.clustering.inertia


def runner(
    method: Method,
    views: Views,
    classes: Sequence[str],
    restarts: int | None,
    cuda: str = "",
    named: bool = False,
    euclidean: bool = False,
) -> Callable[[int], list[Run]]:
    """Return what groups n photos into as many clusters as there are classes: seed -> the runs, one for each question.

    named      whether the method gets the names of the classes
    euclidean  whether scikit-learn's k-means clusters the vectors as they come (`plain`)
    """
    if euclidean:
        made = plain(method, views)
        return lambda seed: [_in_plain_space(one, len(classes), restarts, seed) for one in made]
    if named:
        views = replace(views, categories=tuple(Category(spoken(name)) for name in classes))
    return lambda seed: _grouped(method, views, len(classes), restarts, seed, cuda)


def with_joined_answers(views: Views) -> Views:
    """Return the photos as if there were one question, to which the texts of all questions are the answer."""
    together = tuple(tuple(text for texts in answers for text in texts) for answers in zip(*views.texts, strict=True))
    return replace(views, questions=("",), texts=(together,))


def _in_plain_space(one: Plain, k: int, restarts: int | None, seed: int) -> Run:
    labels, inertia = euclidean_kmeans(one.vectors, k, restarts=restarts, seed=seed)
    rows = partial(_unit_rows, one)
    clustering = replace(from_labels(rows(), labels), inertia=inertia)
    return Run(Candidate(one.question, clustering, one.texts), rows)


def _unit_rows(one: Plain) -> Vectors:
    return unit(one.vectors if isinstance(one.vectors, np.ndarray) else one.vectors.toarray())


def _grouped(method: Method, views: Views, k: int, restarts: int | None, seed: int, cuda: str) -> list[Run]:
    seen: list[VectorFactory] = []

    def cluster(several: Sequence[VectorFactory]) -> list[Clustering]:
        seen.extend(several)
        return [kmeans(made(), k, restarts=restarts, seed=seed, cuda=cuda) for made in several]

    candidates = method.group(views, cluster).candidates
    if len(seen) == len(candidates):
        return list(map(Run, candidates, seen))
    vectors = unit(views.image) if views.image.shape[1] else views.embed(joined(views.texts[0]))
    return [Run(candidate, constant(vectors)) for candidate in candidates]
