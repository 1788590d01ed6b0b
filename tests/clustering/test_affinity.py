"""Diffusion over several graphs against its definition."""

import numpy as np
import pytest
from fakes.vectors import blobs
from scipy.optimize import minimize

from photosort.clustering import affinity as module
from photosort.clustering.affinity import (
    PULL,
    diffused,
    mutual_graph,
    on_simplex,
    roughness,
    spectral_vectors,
)


def kernel(n: int, seed: int) -> np.ndarray:
    rows = np.random.default_rng(seed).random((n, 6)).astype(np.float32)
    return rows @ rows.T


def literal_graph(strength: np.ndarray, count: int) -> np.ndarray:
    n = len(strength)
    best = [sorted((other for other in range(n) if other != one), key=lambda o: -strength[one, o]) for one in range(n)]
    kept = np.zeros((n, n))
    for one in range(n):
        for other in range(n):
            if other in best[one][:count] and one in best[other][:count]:
                kept[one, other] = strength[one, other]
    for one in np.flatnonzero(kept.sum(axis=1) == 0):
        kept[one, best[one][0]] = kept[best[one][0], one] = strength[one, best[one][0]]
    degrees = kept.sum(axis=1)
    return kept / np.sqrt(np.outer(degrees, degrees))


@pytest.mark.parametrize("count", [1, 3, 30])
def test_a_graph_joins_mutual_neighbours(count: int) -> None:
    strength = kernel(20, count)
    assert np.allclose(mutual_graph(strength, count).toarray(), literal_graph(strength, count), atol=1e-6)


@pytest.mark.parametrize("n", [1, 2])
def test_a_graph_of_few_photos_is_sound(n: int) -> None:
    assert mutual_graph(-np.ones((n, n), np.float32)).nnz == 0
    found, beta = diffused([mutual_graph(kernel(n, 0))] * 2)
    assert np.isfinite(found).all() and beta.tolist() == [0.5, 0.5]
    assert spectral_vectors(found, 5).shape == (n, n)


def test_the_affinity_is_the_solution_of_the_equation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STEPS", 1000)
    monkeypatch.setattr(module, "ENOUGH", 1e-7)
    graphs = [mutual_graph(kernel(7, seed), 3) for seed in range(3)]
    found, beta = diffused(graphs)
    dense = [graph.toarray().astype(float) for graph in graphs]
    spread = sum(weight * np.kron(one, one) for weight, one in zip(beta, dense, strict=True))
    wanted = np.linalg.solve((1 + PULL) * np.eye(49) - spread, PULL * np.eye(7).ravel()).reshape(7, 7)
    assert np.allclose(found, wanted, atol=1e-4)
    assert np.allclose(found, found.T, atol=1e-6)


def test_the_weights_are_the_least_of_the_objective(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EVENNESS", 0.02)
    graphs = [mutual_graph(kernel(40, seed), 3 + 5 * seed) for seed in range(3)]
    found, beta = diffused(graphs)
    rough = np.array([roughness(found, graph) for graph in graphs])
    for value, graph in zip(rough, graphs, strict=True):
        dense = graph.toarray()
        assert value == pytest.approx((found**2).sum() - (found * (dense @ found @ dense.T)).sum(), rel=1e-4)
    least = minimize(
        lambda weights: weights @ rough + 0.02 / 2 * weights @ weights,
        np.full(3, 1 / 3),
        bounds=[(0, 1)] * 3,
        constraints={"type": "eq", "fun": lambda weights: weights.sum() - 1},
    )
    assert np.allclose(beta, least.x, atol=1e-2) and np.ptp(beta) > 0.1


@pytest.mark.parametrize("seed", range(5))
def test_the_nearest_point_of_the_simplex(seed: int) -> None:
    point = np.random.default_rng(seed).normal(size=4) * 2
    found = on_simplex(point)
    assert found.min() >= 0 and found.sum() == pytest.approx(1)
    others = np.random.default_rng(1).dirichlet(np.full(4, 0.5), size=3000)
    assert np.linalg.norm(found - point) <= np.linalg.norm(others - point, axis=1).min() + 1e-9


def test_eigenvectors_tell_groups_apart() -> None:
    vectors, truth = blobs([20, 20, 20], noise=0.1)
    affinity, _ = diffused([mutual_graph(vectors @ vectors.T, 8)])
    found = spectral_vectors(affinity, 3)
    assert found.dtype == np.float32 and np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    same = np.equal.outer(np.array(truth), np.array(truth))
    cosines = found @ found.T
    assert cosines[same].min() > 0.9 and cosines[~same].max() < 0.1
