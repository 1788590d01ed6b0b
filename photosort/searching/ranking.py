"""From the terms of a query to an order of the photos: arithmetic on vectors, one product, one selection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from photosort.models.protocols import Vectors

FIRST = 256
"""Photos that are put in order at once; more only where these are used up."""

FEWEST = 2
"""Captions without which nothing can be said of their average."""
TINY = 1e-6
"""A spread below this is rounding."""


def combined(directions: Vectors, weights: Sequence[float]) -> Vectors:
    """(t, q) directions of t terms and their weights -> (q,), their sum by weights whose sizes add up to 1."""
    sizes = np.asarray(weights, dtype=np.float32)
    return np.asarray((sizes / np.abs(sizes).sum()) @ directions, np.float32)


def best_first(scores: Vectors, wanted: NDArray[np.bool_]) -> Iterator[int]:
    """Yield the places of the wanted photos, (n,) scores and (n,) marks, the best first; equal ones in their order."""
    places = np.flatnonzero(wanted)
    size = FIRST
    while len(places):
        if len(places) > size:
            own = scores[places]
            edge = np.partition(own, len(own) - size)[len(own) - size]
            top, places = places[own >= edge], places[own < edge]
        else:
            top, places = places, places[:0]
        yield from top[np.argsort(-scores[top], kind="stable")].tolist()
        size *= 4


def with_captions(scores: Vectors, said: Vectors, known: NDArray[np.bool_]) -> Vectors:
    """Add to (n,) scores what captions say, (n,) cosines to the query, where a caption is `known`, (n,).

    Both count alike: the cosines get the spread of the scores, or 1 where these are all the same. A photo without a
    caption gets what the average caption gets.
    """
    if known.sum() < FEWEST:
        return scores
    mean, spread = said[known].mean(), max(float(said[known].std()), TINY)
    own = float(scores[known].std())
    told = np.where(known, (said - mean) / spread, 0)
    return np.asarray(scores + (own if own > TINY else 1.0) * told, np.float32)
