"""Several graphs of photos brought into one, and the eigenvectors of it: what spectral clustering works on.

Peng et al., "Delving into Spectral Clustering with Vision-Language Representations" (ICLR 2026,
https://arxiv.org/abs/2602.09586), regularised affinity diffusion. Numbers of equations are the paper's, as its reviews
and the later benchmark of one of its authors (VLM4Cluster) give them. A graph is normalised by the roots of the degrees
on both sides: for these, and not for rows that sum to 1, equation 13 is the step that equation 9 leads to.

Shapes: n photos, b graphs, k clusters. All is n x n numbers, so n is a few thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from photosort.clustering.rows import Vectors

if TYPE_CHECKING:
    from scipy.sparse import csr_array

NEIGHBOURS = 30
PULL = 0.1
"""The weight of what keeps the affinity near the identity (mu, equation 9)."""
EVENNESS = 10.0
"""The weight of what keeps the weights of the graphs even (lambda, equation 9)."""
ROUNDS, STEPS = 10, 8
"""The affinity and the weights are found in turns, each in at most so many; of the affinity in so many steps a turn."""
ENOUGH = 1e-4
"""The relative change of the affinity, and the change of a weight, below which a turn is the last."""


def mutual_graph(kernel: Vectors, count: int = NEIGHBOURS) -> csr_array:
    """Keep of (n, n) affinities those between photos that are each among the other's `count` best (equation 6).

    A photo that is so of none stays joined with its best one, for photos without a neighbour would each be a cluster.
    Affinities below 0 are none. The result is symmetric, as `kernel` has to be, and normalised.
    """
    from scipy.sparse import csr_array

    n = len(kernel)
    strength = np.maximum(kernel, 0)
    np.fill_diagonal(strength, 0)
    count = min(count, n - 1)
    if count < 1:
        return csr_array((n, n), dtype=np.float32)
    near = np.zeros((n, n), dtype=np.bool_)
    np.put_along_axis(near, np.argpartition(-strength, count - 1, axis=1)[:, :count], True, axis=1)
    mutual = near & near.T
    alone = np.flatnonzero(~(mutual & (strength > 0)).any(axis=1))
    best = strength[alone].argmax(axis=1)
    mutual[alone, best] = mutual[best, alone] = True
    strength[~mutual] = 0
    degrees = strength.sum(axis=1, dtype=np.float64)
    roots = np.sqrt(np.where(degrees > 0, degrees, 1))
    return csr_array(np.asarray(strength / roots[:, None] / roots, dtype=np.float32))


def diffused(graphs: Sequence[csr_array]) -> tuple[Vectors, NDArray[np.float64]]:
    """Return one affinity (n, n) for b normalised graphs, and the weight of each, (b,), a sum of 1 (equation 9).

    In turns: with weights beta the affinity A is the fixed point of (sum_b beta_b S_b A S_b' + mu I) / (mu + 1)
    (equation 13); with A the weights are those of the least sum of beta_b H_b + lambda / 2 |beta|^2 (equation 14).
    """
    beta = np.full(len(graphs), 1 / len(graphs))
    affinity = np.eye(graphs[0].shape[0], dtype=np.float32)
    for _ in range(ROUNDS):
        for _ in range(STEPS):
            before, affinity = affinity, _step(affinity, graphs, beta)
            if np.linalg.norm(affinity - before) < ENOUGH * np.linalg.norm(before):
                break
        weights = on_simplex(-np.array([roughness(affinity, graph) for graph in graphs]) / EVENNESS)
        beta, last = weights, beta
        if abs(beta - last).max() < ENOUGH:
            break
    return affinity, beta


def roughness(affinity: Vectors, graph: csr_array) -> float:
    """Return how little an affinity is spread along a graph: |A|^2 - <A, S A S'>, the H of a graph (equation 9)."""
    spread = _spread(affinity, graph)
    return float((affinity * (affinity - spread)).sum(dtype=np.float64))


def on_simplex(point: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the nearest point whose numbers are 0 at least and sum to 1 (Duchi et al. 2008).

    This is the exact solution of equation 14, which the paper finds by coordinate descent.
    """
    falling = np.sort(point)[::-1]
    excess = (np.cumsum(falling) - 1) / np.arange(1, len(point) + 1)
    return np.asarray(np.maximum(point - excess[np.flatnonzero(falling > excess)[-1]], 0), dtype=np.float64)


def spectral_vectors(affinity: Vectors, k: int) -> Vectors:
    """Return (n, k) unit rows: of the k largest eigenvectors of the normalised affinity what each says of a photo.

    Ng, Jordan & Weiss 2001; these are the smallest of the normalised Laplacian (equation 2).
    """
    from scipy.linalg import eigh

    n = len(affinity)
    roots = np.sqrt(np.maximum(affinity.sum(axis=1, dtype=np.float64), np.finfo(np.float32).tiny))
    _, vectors = eigh(affinity / roots[:, None] / roots, subset_by_index=[max(0, n - k), n - 1])
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), dtype=np.float32)


def _step(affinity: Vectors, graphs: Sequence[csr_array], beta: NDArray[np.float64]) -> Vectors:
    moved = np.zeros_like(affinity)
    for weight, graph in zip(beta, graphs, strict=True):
        if weight > 0:
            moved += np.float32(weight / (1 + PULL)) * _spread(affinity, graph)
    moved[np.diag_indices_from(moved)] += np.float32(PULL / (1 + PULL))
    return moved


def _spread(affinity: Vectors, graph: csr_array) -> Vectors:
    """Return S A S' for symmetric S and A."""
    return np.asarray(graph @ np.ascontiguousarray((graph @ affinity).T), dtype=np.float32)
