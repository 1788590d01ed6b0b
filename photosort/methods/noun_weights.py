"""The nouns of photos and clusters, as an explanation: which of the nouns kept brought a photo where it is.

A photo's weights are its shares of the nouns (TAC, equation 6; see `noun_selection`), those of a cluster the mean of
its photos'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from photosort.clustering.kmeans import Labels, Vectors
from photosort.clustering.rows import OnCpu
from photosort.methods.noun_selection import noun_shares

TOP = 5
"""The most nouns that are given for a photo or cluster."""
LEAST = 0.01
"""The smallest weight that is given, but for that of the first noun."""
NAMES = 2
"""Nouns in the name of a cluster."""
HALF = 0.5
"""A second noun with less than this share of the weight of the first is not in the name."""


@dataclass(frozen=True, slots=True)
class WeightedNoun:
    """A noun of a photo or cluster; all weights of one sum to 1, those of rare nouns, which are left out, included."""

    noun: str
    weight: float


@dataclass(frozen=True, slots=True)
class NounSpace:
    """The nouns that were kept: m words, their (m, d) unit vectors, and the temperature of the retrieval."""

    words: tuple[str, ...]
    vectors: Vectors
    temperature: float


def nouns_of_photos(photos: Vectors, space: NounSpace, top: int = TOP) -> list[tuple[WeightedNoun, ...]]:
    """Return the nouns of each of (n, d) unit photos, the largest weight first, one at least."""
    return [
        told
        for _, shares in noun_shares(photos, space.vectors, space.temperature)
        for told in _told(shares, space, top)
    ]


def nouns_of_clusters(
    photos: Vectors, labels: Labels, space: NounSpace, top: int = TOP
) -> list[tuple[WeightedNoun, ...]]:
    """Return the nouns of each cluster, by its number, the largest weight first, one at least."""
    return _told(cluster_weights(photos, labels, space), space, top)


def cluster_weights(photos: Vectors, labels: Labels, space: NounSpace) -> Vectors:
    """Return the mean shares of the photos of each cluster, (k, m)."""
    counts = np.bincount(labels)
    sums = np.zeros((len(counts), len(space.words)), dtype=np.float64)
    for part, shares in noun_shares(photos, space.vectors, space.temperature):
        sums += OnCpu(shares).sums(labels[part], len(counts))
    return np.asarray(sums / counts[:, None], dtype=np.float32)


def names_of_clusters(weights: Vectors, words: Sequence[str]) -> tuple[str, ...]:
    """Return a name for each cluster from (k, m) weights: its one or two best nouns that are of no other cluster.

    A noun is of the cluster where its weight is largest. A cluster that none is left for has no name, "".
    """
    owner = weights.argmax(axis=0)
    names = []
    for cluster, row in enumerate(weights):
        own = np.flatnonzero(owner == cluster)
        best = own[np.argsort(-row[own], kind="stable")][:NAMES]
        told = [words[noun] for noun in best if row[noun] >= max(LEAST, HALF * row[best[0]])]
        names.append(", ".join(told))
    return tuple(names)


def _told(weights: Vectors, space: NounSpace, top: int) -> list[tuple[WeightedNoun, ...]]:
    ranked = np.argsort(-weights, axis=1, kind="stable")[:, :top]
    return [
        tuple(
            WeightedNoun(space.words[noun], float(row[noun]))
            for place, noun in enumerate(best)
            if not place or row[noun] >= LEAST
        )
        for row, best in zip(weights, ranked, strict=True)
    ]
