"""The keywords of clusters, as names: "Text-Guided Image Clustering" (Stephan et al. 2024), section 4.3."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from photosort.clustering.kmeans import Labels
from photosort.evaluation.names import sbert_match, sem
from photosort.methods.method import Views, joined
from photosort.models.protocols import TextEncoder
from photosort.naming.cluster_texts import without_doubt
from photosort.naming.keywords import Count, Ranking, exclusive_keywords
from photosort.naming.words import fold_plurals, terms

LABEL_KEYWORDS = 2
"""Keywords that stand for a cluster, as in the paper."""

_CLAUSE = re.compile(r"[.,;:!?\n]")


def names_of(texts: Sequence[str], labels: Labels, count: Count = "photos", ranking: Ranking = "winner") -> list[str]:
    """For each cluster of n photos, with one line of text each, its joined keywords, its own before shared ones.

    `count` and `ranking` are as in `exclusive_keywords`.
    """
    said: list[list[list[list[str]]]] = [[] for _ in range(int(labels.max()) + 1)]
    for text, label in zip(texts, labels.tolist(), strict=True):
        certain = without_doubt(text)
        said[label].append([terms(part) for part in (_CLAUSE.split(certain) if count == "occurrences" else [certain])])
    found = exclusive_keywords(_folded(said), LABEL_KEYWORDS, ranking, count)
    return [", ".join(word.term for word in words) for words in found]


def _folded(said: list[list[list[list[str]]]]) -> list[list[list[str]]]:
    """For each cluster, for each photo, for each clause its terms -> for each photo all of them, plurals folded."""
    folded = fold_plurals([[clause for photo in members for clause in photo] for members in said])
    rest = map(iter, folded)
    return [
        [[term for _ in photo for term in next(clauses)] for photo in members]
        for members, clauses in zip(said, rest, strict=True)
    ]


def name_scores(
    texts: Sequence[str],
    labels: Labels,
    classes: Sequence[str],
    encoder: TextEncoder,
    count: Count = "photos",
    ranking: Ranking = "winner",
) -> tuple[float, float]:
    """Return SEM and SBERT match of the keywords of k clusters, where `classes[i]` is the true name of cluster i."""
    names = names_of(texts, labels, count, ranking)
    return sem(names, classes), sbert_match(names, classes, encoder)


def true_names(
    views: Views, truth: Sequence[str], encoder: TextEncoder, count: Count = "photos"
) -> tuple[float, float]:
    """Return SEM and SBERT match of the keywords of the true classes: what no clustering can spoil."""
    classes, labels = np.unique(truth, return_inverse=True)
    return name_scores(joined(views.texts[0]), labels, classes.tolist(), encoder, count)
