"""The space of a run once more: the same rows as those that were clustered, and where another text would lie in it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photosort.clustering.kmeans import from_labels
from photosort.methods.fusion import Fusion, centred, crowd, fuse, smoothed, unit
from photosort.methods.method import Views
from photosort.methods.replay import Replay, Sample

N, D, E = 90, 6, 5


def data(seed: int, n: int = N) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pictures, texts and labels of three overlapping clusters, sorted by size."""
    rng = np.random.default_rng(seed)
    labels = np.sort(rng.choice(3, n, p=[0.5, 0.3, 0.2]))
    labels[:6] = [0, 0, 0, 1, 1, 2]
    image = np.abs(np.eye(3, D)[labels] + rng.normal(scale=0.4, size=(n, D)))
    said = np.eye(3, E)[labels] + rng.normal(scale=0.3, size=(n, E))
    return image.astype(np.float32), said.astype(np.float32), labels


def views(image: np.ndarray, said: np.ndarray, *, soft: bool) -> Views:
    rows = {str(number): row for number, row in enumerate(unit(said))}
    return Views(
        image,
        ("",),
        (tuple((str(number),) for number in range(len(image))),),
        lambda texts: np.stack([rows[text] for text in texts]),
        soft_captions=(lambda: said) if soft else None,
    )


@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize("mode", ["image", "text", "concat"])
def test_the_rows_are_those_that_the_fusion_clustered(mode: str, soft: bool) -> None:
    image, said, labels = data(1)
    replay = Replay(image, said, labels, mode, 0.3, clearer=soft and mode == "concat")
    rows = Fusion(mode, 0.3).fused(views(image, said, soft=soft))
    assert replay.rows == pytest.approx(rows, abs=1e-6)
    found = from_labels(rows, labels)
    order = np.argsort(-np.bincount(labels), kind="stable")
    assert replay.similarity(replay.rows)[:, order] == pytest.approx(found.similarity, abs=1e-5)


def test_a_sum_lies_in_one_space() -> None:
    image, _, labels = data(2)
    said = np.roll(image, 1, axis=0)
    assert Replay(image, said, labels, "sum", 0.4).rows == pytest.approx(fuse(image, said, "sum", 0.4))


@given(seed=st.integers(0, 10_000), photo=st.integers(0, N - 1), clearer=st.booleans())
@settings(max_examples=30, deadline=None)
def test_a_photo_with_its_own_text_lies_where_it_lies(seed: int, photo: int, clearer: bool) -> None:
    image, said, labels = data(seed)
    replay = Replay(image, said, labels, clearer=clearer)
    row = replay.placed(image[photo : photo + 1], said[photo : photo + 1], photo)
    assert row[0] == pytest.approx(replay.rows[photo], abs=1e-5)


@given(seed=st.integers(0, 10_000), photo=st.integers(0, N - 1), clearer=st.booleans())
@settings(max_examples=30, deadline=None)
def test_a_pull_is_what_the_margin_loses_with_clusters_and_other_photos_held_still(
    seed: int, photo: int, clearer: bool
) -> None:
    """Against the fusion of all photos anew, one text changed, of which only the one row is looked at."""
    image, said, labels = data(seed)
    other = np.random.default_rng(seed + 1).normal(size=(1, E)).astype(np.float32)
    (pull,) = Replay(image, said, labels, clearer=clearer).pulls(photo, ["word"], other)
    pictures = centred(image) if clearer else image

    def rows(texts: np.ndarray) -> np.ndarray:
        fused = fuse(pictures, texts, "concat")
        return smoothed(fused) if clearer else fused

    before, changed = rows(said), said.copy()
    changed[photo] = other[0]
    after = rows(changed)[photo]
    centroids = np.stack([unit(before[labels == label].sum(axis=0)[None])[0] for label in range(3)])
    own, cosines = labels[photo], centroids @ before[photo]
    rival = max((label for label in range(3) if label != own), key=lambda label: cosines[label])
    margin, without = cosines[own] - cosines[rival], (centroids @ after)[own] - (centroids @ after)[rival]
    assert pull.change == pytest.approx(margin - without, abs=1e-4)
    if margin >= 1e-4:
        assert pull.goes == (centroids @ after).argmax()
    elif margin <= -1e-4:
        assert pull.goes == own


def test_with_one_cluster_no_word_pulls() -> None:
    image, said, _ = data(3)
    replay = Replay(image, said, np.zeros(N, dtype=np.intp))
    assert replay.pulls(0, ["word"], said[:1]) == []


def test_one_side_alone_is_compared_with_that_side_of_the_clusters() -> None:
    image, said, labels = data(4)
    replay = Replay(image, said, labels)
    means = np.stack([unit(unit(said)[labels == label].sum(axis=0)[None])[0] for label in range(3)])
    assert replay.alone(said[5], said) == pytest.approx(means @ unit(said)[5], abs=1e-5)


@pytest.mark.parametrize("n", [30, 90])
def test_a_further_photo_lies_beside_its_equal(n: int) -> None:
    image, said, labels = data(5, n)
    replay = Replay(image, said, labels, clearer=True)
    assert (replay.placed(image[:1], said[:1]) @ replay.rows[0])[0] > 0.97


def test_some_photos_stand_for_all_where_each_says_for_how_many() -> None:
    """The rows, centroids and pulls that all photos give, from a fifth of them."""
    image, said, labels = data(5, 3_000)
    every = Replay(image, said, labels, clearer=True)
    among = crowd(3_000)[1]
    steps = [np.flatnonzero(labels == label)[:: 3 if label else 2] for label in range(3)]
    rows = np.unique(np.concatenate([among[:700], *steps]))
    weights = (np.bincount(labels) / np.bincount(labels[rows]))[labels[rows]]
    own = int(np.searchsorted(rows, steps[0][4]))
    sample = Sample(3_000, weights, np.flatnonzero(np.isin(rows, among)))
    some = Replay(image[rows], said[rows], labels[rows], clearer=True, sample=sample)
    assert (some.centroids * every.centroids).sum(axis=1) == pytest.approx(np.ones(3), abs=0.003)
    assert np.median((some.rows * every.rows[rows]).sum(axis=1)) > 0.97
    cosines = some.similarity(some.rows[own][None])[0], every.similarity(every.rows[rows[own]][None])[0]
    assert cosines[0] == pytest.approx(cosines[1], abs=0.06)
    moved = some.placed(some.image[own][None], some.said[own][None], own)
    assert moved[0] == pytest.approx(some.rows[own], abs=1e-5)
