"""Starts by k-means++ and Lloyd's steps, on the sphere or in plain space."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from photosort.clustering.rows import Labels, Rows, Vectors

Geometry = Literal["spherical", "euclidean"]

STEPS = 100
ENOUGH = 1e-4
"""The share of the loss that a step has to save, for a start to go on."""


@dataclass(frozen=True, slots=True)
class Space:
    """How near a vector and a point are: 1 - |x - c|^2 / 2, which on the sphere is their cosine.

    shift  (n,) 1 - |x|^2 / 2, what of it depends on the vector alone
    """

    spherical: bool
    shift: Vectors

    @classmethod
    def of(cls, vectors: Vectors, geometry: Geometry) -> Space:
        """Return the space of (n, d) vectors; on the sphere they have unit length."""
        if geometry == "spherical":
            return cls(True, np.zeros(len(vectors), dtype=np.float32))
        return cls(False, np.asarray(1 - np.einsum("nd,nd->n", vectors, vectors) / 2, dtype=np.float32))

    def part(self, positions: Labels) -> Space:
        """Return the space of some of the vectors."""
        return Space(self.spherical, self.shift[positions])

    def offsets(self, points: Vectors) -> Vectors:
        """Return (m,) what the length of (m, d) points takes from an inner product."""
        if self.spherical:
            return np.zeros(len(points), dtype=np.float32)
        return np.asarray(np.einsum("md,md->m", points, points) / 2, dtype=np.float32)

    def centroids(self, sums: Vectors, counts: Labels) -> Vectors:
        """Turn sums of vectors, (k, d), and their numbers, (k,), into centroids: means, or directions of means."""
        lengths = np.linalg.norm(sums, axis=1) if self.spherical else counts
        return np.asarray(sums / np.where(lengths > 0, lengths, 1)[:, None], dtype=np.float32)


def starting_points(rows: Rows, space: Space, k: int, rngs: Sequence[np.random.Generator]) -> Vectors:
    """Return for each of s generators k of the vectors as first centroids, (s, k, d): greedy k-means++.

    Each next one is drawn with a chance in proportion to its squared distance from the nearest so far; of 2 + ln k
    draws the one that lowers the loss most is taken (Arthur & Vassilvitskii 2007). All restarts go in step, so that the
    vectors are read k times and not s times k.
    """
    restarts, draws = np.arange(len(rngs)), 2 + int(np.log(k))
    chosen = [rows.take(np.array([rng.integers(len(rows)) for rng in rngs]))]
    distance = _distances(rows, space, chosen[0])
    for _ in range(k - 1):
        drawn = [_drawn(row, rng.random(draws)) for row, rng in zip(distance, rngs, strict=True)]
        candidates = rows.take(np.concatenate(drawn))
        nearer = _distances(rows, space, candidates).reshape(len(rngs), draws, -1)
        np.minimum(nearer, distance[:, None], out=nearer)
        best = nearer.sum(axis=2, dtype=np.float64).argmin(axis=1)
        chosen.append(candidates.reshape(len(rngs), draws, -1)[restarts, best])
        distance = nearer[restarts, best]
    return np.stack(chosen, axis=1)


def _drawn(chances: Vectors, points: NDArray[np.float64]) -> Labels:
    """Return the positions drawn in proportion to `chances` (n,), one for each point of 0..1."""
    reach = np.cumsum(chances, dtype=np.float64)
    return np.asarray(np.searchsorted(reach, points * reach[-1]).clip(max=len(chances) - 1), dtype=np.intp)


def descend(rows: Rows, space: Space, centroids: Vectors, enough: float = 0) -> tuple[Labels, float]:
    """Assign and average (Lloyd 1982; on the sphere Dhillon & Modha 2001) until nothing moves: labels and loss.

    Stops earlier where a step saves less than `enough` of the loss, the sum over the vectors of 1 - nearness. A
    cluster that loses all its members begins anew at the vector that is farthest from its own centroid.
    """
    labels, loss = np.full(len(rows), -1, dtype=np.intp), np.inf
    for _ in range(STEPS):
        before, loss_before = labels, loss
        labels, nearness = _assigned(rows, space, centroids)
        loss = float((1 - nearness).sum(dtype=np.float64))
        if np.array_equal(labels, before) or loss_before - loss < enough * loss:
            break
        centroids = space.centroids(rows.sums(labels, len(centroids)), np.bincount(labels, minlength=len(centroids)))
    return labels, loss


def _assigned(rows: Rows, space: Space, centroids: Vectors) -> tuple[Labels, Vectors]:
    """Return the nearest centroid of each vector and how near it is; `centroids` without a member are moved."""
    for _ in range(len(centroids)):
        labels, scores = rows.nearest(centroids, space.offsets(centroids))
        nearness = scores + space.shift
        empty = np.flatnonzero(np.bincount(labels, minlength=len(centroids)) == 0)
        if not len(empty):
            break
        centroids[empty[0]] = rows.take(np.array([nearness.argmin()]))[0]
    return labels, nearness


def _distances(rows: Rows, space: Space, points: Vectors) -> Vectors:
    """Return half the squared distance of each vector to m points, (m, n)."""
    nearness = rows.products(points) - space.offsets(points)[:, None] + space.shift
    return np.asarray(np.maximum(1 - nearness, 0), dtype=np.float32)
