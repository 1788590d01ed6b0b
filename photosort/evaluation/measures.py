"""Clusterings against true classes: the measures that the papers report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from photosort.clustering.kmeans import Labels, Vectors

SAMPLE = 5_000


@dataclass(frozen=True, slots=True)
class Agreement:
    """ACC, NMI and ARI of one clustering; 1 is perfect."""

    acc: float
    nmi: float
    ari: float


@dataclass(frozen=True, slots=True)
class Confusion:
    """How many photos of each true class (row) lie in each cluster (column).

    classes  names, in alphabetical order
    counts   (classes, clusters)
    matched  class row -> cluster column, one to one (Hungarian algorithm), as many as there are of both
    """

    classes: tuple[str, ...]
    counts: NDArray[np.int64]
    matched: dict[int, int]

    def class_of(self, cluster: int) -> str:
        """Return the class that the cluster is matched with; of a cluster that is left over, the most frequent one."""
        rows = [row for row, column in self.matched.items() if column == cluster]
        return self.classes[rows[0] if rows else int(self.counts[:, cluster].argmax())]


def confusion(truth: Sequence[str], labels: Labels) -> Confusion:
    """Cross n true classes with n cluster numbers 0 to k - 1, and match them so that most photos agree."""
    from scipy.optimize import linear_sum_assignment

    classes, rows = np.unique(truth, return_inverse=True)
    counts = np.zeros((len(classes), int(labels.max()) + 1), dtype=np.int64)
    np.add.at(counts, (rows, labels), 1)
    row, column = linear_sum_assignment(counts, maximize=True)
    return Confusion(tuple(classes.tolist()), counts, dict(zip(row.tolist(), column.tolist(), strict=True)))


def agreement(truth: Sequence[str], labels: Labels) -> Agreement:
    """Compare n true classes with n cluster numbers.

    ACC is the share of photos in the cluster that the best one-to-one matching gives their class (Hungarian
    algorithm; Yang et al. 2010); NMI has the arithmetic mean below the line; ARI is adjusted for chance.
    """
    from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

    found = confusion(truth, labels)
    return Agreement(
        acc=float(sum(found.counts[row, column] for row, column in found.matched.items()) / len(labels)),
        nmi=float(normalized_mutual_info_score(truth, labels)),
        ari=float(adjusted_rand_score(truth, labels)),
    )


def silhouette(vectors: Vectors, labels: Labels, seed: int = 42) -> float:
    """Return the mean silhouette (Rousseeuw 1987) by cosine, -1..1, of at most 5,000 rows; NaN where it is not
    defined.
    """
    from sklearn.metrics import silhouette_score

    if len(vectors) > SAMPLE:
        drawn = np.random.default_rng(seed).choice(len(vectors), SAMPLE, replace=False)
        vectors, labels = vectors[drawn], labels[drawn]
    if not 1 < len(np.unique(labels)) < len(labels):
        return float("nan")
    distances = np.maximum(1 - vectors @ vectors.T, 0)
    np.fill_diagonal(distances, 0)
    return float(silhouette_score(distances, labels, metric="precomputed"))
