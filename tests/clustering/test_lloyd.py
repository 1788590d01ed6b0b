"""Lloyd's steps against scikit-learn and against each other."""

import numpy as np
import pytest
from fakes.vectors import blobs
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans

from photosort.clustering import kmeans as module
from photosort.clustering.kmeans import kmeans
from photosort.clustering.lloyd import Geometry, Space, descend, starting_points
from photosort.clustering.rows import OnCpu, OnTorch, rows_of

GEOMETRIES: tuple[Geometry, ...] = ("spherical", "euclidean")


@pytest.mark.parametrize("seed", range(5))
def test_euclidean_steps_end_where_scikit_learn_ends(seed: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(300, 5)).astype(np.float32) * 3
    theirs = KMeans(6, init=vectors[:6], n_init=1, tol=0, max_iter=100).fit(vectors)
    labels, loss = descend(OnCpu(vectors), Space.of(vectors, "euclidean"), vectors[:6].copy())
    assert np.array_equal(labels, theirs.labels_)
    assert loss == pytest.approx(theirs.inertia_ / 2, rel=1e-4)


def test_the_best_of_the_starts_is_no_worse_than_scikit_learns() -> None:
    vectors, _ = blobs([30] * 12, noise=0.5)
    theirs = KMeans(12, n_init=20, random_state=42).fit(vectors)
    ours = kmeans(vectors, 12, restarts=20, geometry="euclidean")
    assert ours.inertia <= theirs.inertia_ / 2 * 1.01


@pytest.mark.parametrize("geometry", GEOMETRIES)
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_no_step_raises_the_loss_and_no_cluster_is_left_empty(geometry: Geometry, seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors, _ = blobs([3, 3, 30, 1, 5], noise=0.3, seed=seed)
    rows, space = OnCpu(vectors), Space.of(vectors, geometry)
    start = np.repeat(vectors[:1], 7, axis=0) + rng.normal(size=(7, 16)).astype(np.float32) * 1e-3
    labels, loss = descend(rows, space, start.copy())
    assert len(np.unique(labels)) == 7
    _, nearness = rows.nearest(start, space.offsets(start))
    assert geometry == "spherical" or loss <= float((1 - nearness - space.shift).sum()) + 1e-3


def test_equal_starts_are_parted_by_what_is_farthest() -> None:
    vectors, truth = blobs([10, 10, 10], noise=0.01)
    labels, _ = descend(OnCpu(vectors), Space.of(vectors, "spherical"), np.repeat(vectors[:1], 3, axis=0))
    assert len({(name, label) for name, label in zip(truth, labels.tolist(), strict=True)}) == 3


def test_vectors_of_nothing_end_no_run_in_a_circle() -> None:
    vectors = np.vstack([np.eye(3, dtype=np.float32), np.zeros((2, 3), np.float32)])
    labels, _ = descend(OnCpu(vectors), Space.of(vectors, "spherical"), np.repeat(vectors[:1], 4, axis=0))
    assert len(labels) == 5


def test_starting_points_are_members_that_lie_apart() -> None:
    vectors, truth = blobs([50, 50, 50, 50], noise=0.05)
    points = starting_points(OnCpu(vectors), Space.of(vectors, "spherical"), 4, np.random.default_rng(0).spawn(10))
    assert points.shape == (10, 4, 16)
    for start in points:
        positions = [int(np.flatnonzero((vectors == point).all(axis=1))[0]) for point in start]
        assert len({truth[position] for position in positions}) == 4


@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_torch_reckons_as_numpy_does(geometry: Geometry) -> None:
    vectors, _ = blobs([40, 20, 60], noise=0.6)
    space, rng = Space.of(vectors, geometry), np.random.default_rng
    here, there = OnCpu(vectors), OnTorch(vectors, "cpu")
    points = starting_points(here, space, 3, rng(0).spawn(2))
    assert np.allclose(points, starting_points(there, space, 3, rng(0).spawn(2)))
    labels, loss = descend(here, space, points[0].copy())
    again, same = descend(there, space, points[0].copy())
    assert np.array_equal(labels, again) and loss == pytest.approx(same, rel=1e-5)
    assert np.allclose(here.sums(labels, 3), there.sums(labels, 3), atol=1e-4)
    assert np.allclose(here.products(points[0]), there.products(points[0]), atol=1e-5)


def test_few_vectors_stay_in_main_memory() -> None:
    assert isinstance(rows_of(np.eye(3, dtype=np.float32)), OnCpu)


def test_a_sample_that_competes_ends_as_low_as_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, _ = blobs([400, 300, 500, 200, 100], noise=0.8)
    whole = kmeans(vectors, 5, restarts=10)
    monkeypatch.setattr(module, "SCOUTS", 300)
    monkeypatch.setattr(module, "SCOUTS_A_CLUSTER", 20)
    sampled = kmeans(vectors, 5, restarts=10)
    assert sampled.inertia == pytest.approx(whole.inertia, rel=5e-3)
    assert (sampled.margin >= -1e-6).all()
