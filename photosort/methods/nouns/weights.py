"""The nouns of photos, as an explanation: which of the nouns kept brought a photo where it is.

The weights of a photo are its shares of the nouns (TAC, equation 6; see `noun_selection`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from photosort.clustering.kmeans import Vectors
from photosort.methods.method import Found
from photosort.methods.nouns.selection import noun_shares

TOP = 5
"""The most nouns that are given for a photo."""
LEAST = 0.01
"""The smallest weight that is given, but for that of the first noun."""
NOUNS = "nouns"
"""What texts made of nouns answer."""


@dataclass(frozen=True, slots=True)
class WeightedNoun:
    """A noun of a photo; all its weights sum to 1, those of rare nouns, which are left out, included."""

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


def in_words(said: Sequence[Sequence[WeightedNoun]]) -> tuple[str, ...]:
    """Return the nouns of each photo in one line."""
    return tuple(", ".join(one.noun for one in nouns) for nouns in said)


def found(said: Sequence[Sequence[WeightedNoun]]) -> tuple[Found, ...]:
    """Return the nouns of each photo as an explanation of its cluster."""
    return tuple(Found(nouns=tuple((one.noun, round(one.weight, 4)) for one in nouns)) for nouns in said)


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
