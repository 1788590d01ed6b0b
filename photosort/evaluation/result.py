"""What a contest finds: the scores of each run of each method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields

import numpy as np

from photosort.clustering.kmeans import Labels, Vectors
from photosort.evaluation.measures import Agreement


@dataclass(frozen=True, slots=True)
class Scores:
    """What one run of one method is worth; 1 is perfect, and a silhouette is in -1..1.

    sem and sbert rate the keywords of each cluster as a name for the class that it is matched with.
    """

    acc: float
    nmi: float
    ari: float
    silhouette: float
    sem: float
    sbert: float


MEASURES = tuple(one.name for one in fields(Scores))


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """The runs of a method on the answers to one question, one run for each seed.

    together  whether the answers to all questions were joined and clustered as one text; `question` is empty then
    """

    question: str
    runs: tuple[Agreement, ...]
    together: bool = False

    def mean(self, measure: str) -> float:
        """Return the mean of a measure over the seeds."""
        return _mean([getattr(run, measure) for run in self.runs])

    def deviation(self, measure: str) -> float:
        """Return the standard deviation of a measure over the seeds, as of a sample; 0 with one seed."""
        return _deviation([getattr(run, measure) for run in self.runs])


@dataclass(frozen=True, slots=True)
class Result:
    """A method's runs, one for each seed.

    labels     (n,) those of the run with the lowest inertia
    vectors    (n, d) what that run clustered, unit rows
    inertias   of each run; of Euclidean k-means the sum of squared distances, else the sum of 1 - cosine
    questions  by question, where there are several, and for all of them together
    euclidean  whether scikit-learn's k-means clustered in plain space
    """

    method: str
    seeds: tuple[int, ...]
    runs: tuple[Scores, ...]
    labels: Labels = field(repr=False)
    vectors: Vectors = field(repr=False)
    inertias: tuple[float, ...] = ()
    questions: tuple[QuestionResult, ...] = ()
    euclidean: bool = False

    @property
    def lowest(self) -> int:
        """The position of the run with the lowest inertia, the first of equal ones."""
        return int(np.argmin(self.inertias)) if self.inertias else 0

    def mean(self, measure: str) -> float:
        """Return the mean of a measure over the seeds."""
        return _mean([getattr(run, measure) for run in self.runs])

    def deviation(self, measure: str) -> float:
        """Return the standard deviation of a measure over the seeds, as of a sample; 0 with one seed."""
        return _deviation([getattr(run, measure) for run in self.runs])


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


def _deviation(values: Sequence[float]) -> float:
    return float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
