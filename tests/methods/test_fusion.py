"""Fusion against its definition."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from photosort.errors import SettingsError
from photosort.methods import fusion
from photosort.methods.fusion import centred, cleared, fuse, largest, smoothed, unit

rows = st.integers(1, 6)
numbers = st.floats(-4, 4, width=32)


def views(n: int, d: int, e: int) -> st.SearchStrategy:
    return st.tuples(arrays(np.float32, (n, d), elements=numbers), arrays(np.float32, (n, e), elements=numbers))


def cosines(vectors: np.ndarray) -> np.ndarray:
    return vectors @ vectors.T


@given(
    views(5, 4, 3).filter(lambda pair: all((abs(view).sum(axis=1) > 0.1).all() for view in pair)),
    st.floats(0, 1),
)
def test_concat_mixes_the_cosines_by_the_weight(pair: tuple[np.ndarray, np.ndarray], weight: float) -> None:
    image, text = pair
    expected = (1 - weight) * cosines(unit(image)) + weight * cosines(unit(text))
    assert np.allclose(cosines(fuse(image, text, "concat", weight)), expected, atol=1e-5)


@given(views(5, 4, 4))
def test_every_row_has_length_one_or_is_zero(pair: tuple[np.ndarray, np.ndarray]) -> None:
    for mode in ("sum", "concat", "image", "text"):
        lengths = np.linalg.norm(fuse(*pair, mode), axis=1)
        assert np.all(np.isclose(lengths, 1, atol=1e-5) | np.isclose(lengths, 0, atol=1e-5))


def test_the_even_sum_is_the_papers_sum_of_unit_vectors() -> None:
    image, text = np.array([[3.0, 0]], np.float32), np.array([[0, 5.0]], np.float32)
    assert np.allclose(fuse(image, text, "sum"), [[2**-0.5, 2**-0.5]])


def test_all_the_weight_on_one_side_is_that_side() -> None:
    rng = np.random.default_rng(0)
    image, text = rng.normal(size=(4, 3)).astype(np.float32), rng.normal(size=(4, 3)).astype(np.float32)
    assert np.allclose(fuse(image, text, "sum", 0), unit(image))
    assert np.allclose(fuse(image, text, "sum", 1), unit(text))
    assert np.allclose(cosines(fuse(image, text, "concat", 0)), cosines(fuse(image, text, "image")), atol=1e-6)


def test_a_sum_of_two_spaces_is_refused_with_the_way_out() -> None:
    with pytest.raises(SettingsError, match=r"2 and 3 dimensions.*--fusion concat"):
        fuse(np.ones((1, 2), np.float32), np.ones((1, 3), np.float32), "sum")


def test_no_copy_in_float64_is_made() -> None:
    vectors = np.random.default_rng(0).normal(size=(2000, 100)).astype(np.float32)
    tracemalloc.start()
    try:
        for work, most in ((lambda: unit(vectors), 1.5), (lambda: fuse(vectors, vectors, "concat", 0.3), 7)):
            tracemalloc.reset_peak()
            before, _ = tracemalloc.get_traced_memory()
            assert work().dtype == np.float32
            assert tracemalloc.get_traced_memory()[1] - before < most * vectors.nbytes
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("n", [0, 1, 2, 3, 20, 40, 300])
def test_few_and_equal_photos_stay_sound(n: int) -> None:
    rng = np.random.default_rng(n)
    for rows in (rng.random((n, 8), dtype=np.float32), np.ones((n, 8), np.float32), np.zeros((n, 8), np.float32)):
        found = smoothed(centred(rows))
        assert found.shape == rows.shape and found.dtype == np.float32 and np.isfinite(found).all()
        lengths = np.linalg.norm(found, axis=1)
        assert np.allclose(lengths, 1, atol=1e-5) or not rows.any()
        assert len(np.unique(found.round(4), axis=0)) == len(np.unique(rows, axis=0)), "different photos stay different"


def test_centring_takes_away_what_all_photos_share() -> None:
    rng = np.random.default_rng(0)
    own = rng.normal(size=(500, 16)).astype(np.float32)
    rows = own + 10 * np.ones(16, np.float32)
    assert cosines(unit(rows))[~np.eye(500, dtype=bool)].mean() > 0.9
    assert abs(cosines(centred(rows))[~np.eye(500, dtype=bool)].mean()) < 0.2


def test_centring_hardly_changes_two_photos() -> None:
    rows = np.array([[1, 0.2, 0], [1, 0, 0.2]], np.float32)
    assert cosines(centred(rows))[0, 1] > 0.9


def test_smoothing_is_the_half_way_to_the_mean_of_five_neighbours() -> None:
    rng = np.random.default_rng(1)
    rows = unit(rng.normal(size=(120, 6)).astype(np.float32))
    found = smoothed(rows)
    for photo in (0, 57, 119):
        nearest = [other for other in np.argsort(-(rows @ rows[photo])) if other != photo][:5]
        assert np.allclose(found[photo], unit((rows[photo] / 2 + rows[nearest].mean(0) / 2)[None])[0], atol=1e-5)


def test_of_many_photos_some_are_neighbours_the_same_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fusion, "CROWD", 50)
    monkeypatch.setattr(fusion, "ROWS", 64)
    rows = unit(np.random.default_rng(2).normal(size=(200, 6)).astype(np.float32))
    found = smoothed(rows)
    among = np.sort(np.random.default_rng(0).choice(200, 50, replace=False))
    for photo in (int(among[0]), int(among[-1]), 64, 199):
        nearest = [o for o in among[np.argsort(-(rows[among] @ rows[photo]))] if o != photo][:5]
        assert np.allclose(found[photo], unit((rows[photo] / 2 + rows[nearest].mean(0) / 2)[None])[0], atol=1e-5)


@pytest.mark.parametrize("n", [1, 39, 60, 1024, 2600])
def test_all_steps_at_once_are_the_steps_one_by_one(n: int) -> None:
    rng = np.random.default_rng(n)
    image = np.abs(rng.normal(size=(n, 24))).astype(np.float32)
    text = rng.normal(size=(n, 6)).astype(np.float32)
    image[n // 2] = 0
    common = unit(image).mean(axis=0, dtype=np.float64) * (n / (n + 20))
    steps = smoothed(fuse(unit(unit(image) - common), text, "concat", 0.2))
    assert np.array_equal(cleared(image, text, 0.2), steps)
    assert np.array_equal(smoothed(fuse(centred(image), text, "concat", 0.2)), steps)


@settings(deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([5, 40, 250, 251, 299, 300, 301, 1000, 1049]), st.integers(1, 5))
def test_the_largest_are_those_of_a_whole_sort(seed: int, width: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.permuted(np.tile(np.arange(width, dtype=np.float32), (7, 1)), axis=1)
    values[0, rng.integers(width)] = -np.inf
    expected = np.sort(np.argsort(-values, axis=1)[:, :count], axis=1)
    assert np.array_equal(largest(values, count), expected)
