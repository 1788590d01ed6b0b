"""From the terms of a query to an order of the photos: arithmetic on vectors, one product, one selection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from photosort.models.protocols import Vectors

FIRST = 256
"""Photos that are put in order at once; more only where these are used up."""


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
