"""Pairs of photos that may show the same, found without comparing each with each.

Photos are sorted by the signs of their lowest frequencies. A photo is looked for under the signs of each of its views,
and under those that differ where it is least certain (query-directed probing: Lv et al. 2007, "Multi-Probe LSH"). So n
photos cost n log n; a heap of photos that all look alike, such as blank pages, is cut to its nearest.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from photosort.duplicates.signatures import VIEWS, signatures, unit

Numbers = NDArray[np.float32]
Pairs = NDArray[np.int64]
Read = Callable[[NDArray[np.int64]], Numbers]
"""Numbers of photos -> their sketches (b, s, s)."""

BITS = 18
"""Signs that photos are sorted by: some three of 100,000 photos have all in common."""
UNCERTAIN = 5
"""Signs that a search tries both ways."""
FAR = 0.3
"""Signatures of length 1 that are farther from each other are not of the same photo."""
FLAT = 2.0
"""Grey values: a picture of less deviation is blank, and says nothing."""
MOST_ALIKE = 64
"""Photos of the same signs that are looked at for each probe: the nearest by the first number that is not a sign."""
NEAREST = 16
"""Pairs that are kept for each view of a photo."""
AT_ONCE = 4096
PROBED = 256
"""Photos that are read, and photos that are looked for, together."""


def candidate_pairs(read: Read, count: int) -> Pairs:
    """Find pairs (m, 2) of `count` photos that may show the same: the lower number first, sorted."""
    return ranked_pairs(read, count)[0]


def ranked_pairs(read: Read, count: int) -> tuple[Pairs, Pairs]:
    """Find the same pairs, (m, 2), and for each how many photos are nearer to one of both, (m,): 0 for the nearest."""
    found = [np.empty((0, 3), dtype=np.int64)]
    index = _Index(read, count)
    for start in range(0, len(index.shown), AT_ONCE):
        chosen = index.shown[start : start + AT_ONCE]
        sketches = read(chosen)
        for view in VIEWS:
            numbers = signatures(sketches, view)
            for at in range(0, len(chosen), PROBED):
                part = slice(at, at + PROBED)
                found.append(index.near(chosen[part], numbers[part]))
    every = np.concatenate(found)
    pairs, which = np.unique(every[:, :2], axis=0, return_inverse=True)
    ranks = np.full(len(pairs), NEAREST, dtype=np.int64)
    np.minimum.at(ranks, which.reshape(-1), every[:, 2])
    return pairs, ranks


class _Index:
    """All photos that are not blank, sorted by the signs of their frequencies."""

    def __init__(self, read: Read, count: int) -> None:
        whole, shown = [], []
        for start in range(0, count, AT_ONCE):
            numbers = np.arange(start, min(start + AT_ONCE, count))
            sketches = read(numbers)
            lit = sketches.std(axis=(1, 2)) >= FLAT
            whole.append(signatures(sketches[lit]))
            shown.append(numbers[lit])
        self.shown: NDArray[np.int64] = np.concatenate(shown or [np.empty(0, dtype=np.int64)])
        every: Numbers = np.concatenate(whole or [np.empty((0, BITS + 1), dtype=np.float32)])
        self._usual: NDArray[np.float64] = np.sqrt((every.astype(np.float64) ** 2).sum(axis=0) / max(1, len(every)))
        self._usual = np.maximum(self._usual, 1e-6)
        places = _keys(every) + self._within(every)
        order = np.argsort(places, kind="stable")
        self._places, self._photos, self._units = places[order], self.shown[order], unit(every)[order]

    def near(self, photos: NDArray[np.int64], numbers: Numbers) -> Pairs:
        """Return pairs of these photos, of which a view has these numbers (b, d), with others that are near to it:
        rows of the lower number, the higher one, and the rank of the other.
        """
        keys, within = _probes(numbers, self._usual), self._within(numbers)
        low = np.searchsorted(self._places, keys, side="left")
        high = np.searchsorted(self._places, keys + 1, side="left")
        own = np.searchsorted(self._places, keys + within[:, None]) - MOST_ALIKE // 2
        start = np.clip(own, low, np.maximum(low, high - MOST_ALIKE))
        size = np.minimum(high - start, MOST_ALIKE)
        asking = np.repeat(np.arange(len(photos)), size.sum(axis=1))
        first = np.repeat(start.ravel(), size.ravel())
        step = np.arange(len(first)) - np.repeat(np.cumsum(size) - size.ravel(), size.ravel())
        places = first + step
        other = self._photos[places] != photos[asking]
        asking, places = asking[other], places[other]
        distance = ((unit(numbers)[asking] - self._units[places]) ** 2).sum(axis=1)
        close = distance <= FAR**2
        return _nearest(photos, asking[close], self._photos[places[close]], distance[close])

    def _within(self, numbers: Numbers) -> NDArray[np.float64]:
        """Return from 0 to 1 where photos of the same signs stand: by the first number that is none of them."""
        return np.asarray(0.5 + np.arctan(numbers[:, BITS].astype(np.float64) / self._usual[BITS]) / 4, np.float64)


def _nearest(
    photos: NDArray[np.int64], asking: NDArray[np.int64], others: NDArray[np.int64], distance: Numbers
) -> Pairs:
    """Return the pairs of the nearest of `others` for each photo that asks, with their ranks (m, 3)."""
    order = np.lexsort((distance, asking))
    asking, others = asking[order], others[order]
    rank = np.arange(len(asking)) - np.searchsorted(asking, asking)
    kept = rank < NEAREST
    pairs = np.sort(np.stack([photos[asking[kept]], others[kept]], axis=1), axis=1)
    return np.concatenate([pairs, rank[kept, None]], axis=1)


def _keys(numbers: Numbers) -> NDArray[np.float64]:
    """Return the signs of rows (n, d) as whole numbers."""
    return np.asarray((numbers[:, :BITS] > 0) @ (1 << np.arange(BITS)), dtype=np.float64)


def _probes(numbers: Numbers, usual: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the keys of rows (n, d), and those that differ in the signs that are least certain: (n, 32)."""
    certain = np.abs(numbers[:, :BITS]) / usual[:BITS]
    least = np.argsort(certain, axis=1, kind="stable")[:, :UNCERTAIN]
    keys = _keys(numbers).astype(np.int64)
    bits = np.int64(1) << least
    flips = [
        sum((bits[:, place] for place in places), np.zeros_like(keys))
        for size in range(UNCERTAIN + 1)
        for places in combinations(range(UNCERTAIN), size)
    ]
    return np.stack([keys ^ flip for flip in flips], axis=1).astype(np.float64)
