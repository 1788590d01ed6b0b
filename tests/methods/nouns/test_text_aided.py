"""Grouping by nouns where something that they hardly tell spreads the photos most."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from fakes.joint_space import JointSpace, joint_space

from photosort.clustering.heads import Training
from photosort.clustering.kmeans import Clustering, kmeans
from photosort.errors import SettingsError
from photosort.evaluation.measures import agreement
from photosort.methods.fusion import unit
from photosort.methods.method import Clusterer, Nouns, VectorFactory
from photosort.methods.nouns.text_aided import TextAided, side_by_side

TAU = 0.02


def into(k: int) -> Clusterer:
    def cluster(several: Sequence[VectorFactory]) -> list[Clustering]:
        return [kmeans(made(), k, restarts=20, fewer=True) for made in several]

    return cluster


def accuracy(space: JointSpace, labels: np.ndarray) -> float:
    return agreement([str(one) for one in space.truth], labels).acc


@pytest.mark.slow
def test_nouns_help_k_means_and_training_helps_more() -> None:
    alone, untrained, trained = [], [], []
    for seed in range(10):
        space = joint_space(seed)
        alone.append(accuracy(space, kmeans(space.image, 6, restarts=20).labels))
        for found, training in ((untrained, None), (trained, Training())):
            method = TextAided(training=training, temperature=TAU, k=6)
            found.append(accuracy(space, method.group(space.views, into(6)).best.clustering.labels))
    assert all(more > less + 0.15 for more, less in zip(untrained, alone, strict=True)), (alone, untrained)
    assert np.mean(untrained) > np.mean(alone) + 0.4
    assert np.mean(trained) > np.mean(untrained) + 0.02
    assert sum(more >= less for more, less in zip(trained, untrained, strict=True)) >= 7, (untrained, trained)


def test_what_k_means_sees_is_photo_and_counterpart_with_equal_weight() -> None:
    space = joint_space(0, each=20)
    method = TextAided(temperature=TAU, k=6)
    seen: list[np.ndarray] = []

    def cluster(several: Sequence[VectorFactory]) -> list[Clustering]:
        seen.extend(made() for made in several)
        return into(6)(several)

    method.group(space.views, cluster)
    placed = method.placed(space.views, cluster)
    assert len(seen) == 1, "where k is known nothing but the result is clustered"
    assert np.allclose(
        seen[0] @ seen[0].T, (placed.image @ placed.image.T + placed.text @ placed.text.T) / 2, atol=1e-5
    )
    assert np.allclose(np.linalg.norm(side_by_side(placed.image, placed.text), axis=1), 1, atol=1e-5)


def test_photos_are_told_by_their_nouns() -> None:
    space = joint_space(3)
    found = TextAided(temperature=TAU, k=6).group(space.views, into(6)).best
    of_class = [
        found.texts[photo].split(", ")[0].endswith(str(space.truth[photo])) for photo in range(len(space.truth))
    ]
    assert np.mean(of_class) > 0.75
    assert [one.nouns[0][0] for one in found.answers] == [text.split(", ")[0] for text in found.texts]


def test_without_a_number_the_clusterer_is_asked_for_one_first() -> None:
    space = joint_space(1, each=20)
    asked: list[int] = []

    def cluster(several: Sequence[VectorFactory]) -> list[Clustering]:
        asked.append(several[0]().shape[1])
        return into(6)(several)

    found = TextAided(temperature=TAU).group(space.views, cluster).best
    assert asked == [32, 64]
    known = TextAided(temperature=TAU, k=6).group(space.views, into(6)).best
    assert np.array_equal(found.clustering.labels, known.clustering.labels)


@pytest.mark.parametrize("training", [None, Training(least_steps=40)])
def test_the_same_seed_gives_the_same_clusters(training: Training | None) -> None:
    space = joint_space(2, each=20)
    method = TextAided(training=training, temperature=TAU, k=6)
    one, other = (method.group(space.views, into(6)).best for _ in range(2))
    assert np.array_equal(one.clustering.labels, other.clustering.labels)
    assert (one.answers, one.texts) == (other.answers, other.texts)


def test_the_clusters_of_the_head_are_those_of_the_photos() -> None:
    space = joint_space(2, each=20)
    found = TextAided(training=Training(), temperature=TAU, k=6).group(space.views, into(6)).best.clustering
    assert found.centroids.shape == (6, 32)
    means = np.stack([space.image[found.labels == cluster].sum(axis=0) for cluster in range(6)])
    assert np.allclose(found.centroids, unit(means), atol=1e-5)


def test_clusters_that_training_leaves_empty_are_told() -> None:
    space = joint_space(2, classes=2, each=10)
    training = Training(balance=-5, least_steps=60)
    found = TextAided(training=training, temperature=TAU, k=4).group(space.views, into(4)).best
    assert found.clustering.k < 4
    assert found.remarks == (f"Training left photos in only {found.clustering.k} of 4 clusters.",)


@pytest.mark.parametrize("n", [1, 2, 3, 7])
@pytest.mark.parametrize("training", [None, Training(least_steps=5)])
def test_few_photos_and_one_noun_are_grouped(n: int, training: Training | None) -> None:
    space = joint_space(0)
    few = replace(space, image=space.image[:n], nouns=Nouns(("thing",), space.nouns.vectors[:1]))
    for one in (few, replace(few, nouns=space.nouns)):
        found = TextAided(training=training, k=2).group(one.views, into(2)).best
        assert len(found.clustering.labels) == len(found.texts) == n and all(found.texts)
        assert found.clustering.k <= 2


def test_without_a_joint_space_the_way_out_is_named() -> None:
    views = joint_space(0).views
    for without in (replace(views, joint_image=None), replace(views, nouns=None)):
        with pytest.raises(SettingsError, match="--image-encoder"):
            TextAided().group(without, into(2))
