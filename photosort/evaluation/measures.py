"""Clusterings against true classes: the three measures that the papers report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Agreement:
    """ACC, NMI and ARI of one clustering; 1 is perfect."""

    acc: float
    nmi: float
    ari: float


def agreement(truth: Sequence[str], labels: NDArray[np.intp]) -> Agreement:
    """Compare n true classes with n cluster numbers.

    ACC is the share of photos in the cluster that the best one-to-one matching gives their class (Hungarian
    algorithm; Yang et al. 2010); NMI has the arithmetic mean below the line; ARI is adjusted for chance.
    """
    from scipy.optimize import linear_sum_assignment
    from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
    from sklearn.metrics.cluster import contingency_matrix

    table = contingency_matrix(truth, labels)
    rows, columns = linear_sum_assignment(table, maximize=True)
    return Agreement(
        acc=float(table[rows, columns].sum() / len(labels)),
        nmi=float(normalized_mutual_info_score(truth, labels)),
        ari=float(adjusted_rand_score(truth, labels)),
    )
