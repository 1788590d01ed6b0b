"""Who is set aside, and which clusters belong together."""

import numpy as np
from fakes.vectors import blobs

from photosort.clustering.hierarchy import parents
from photosort.clustering.kmeans import Clustering, kmeans
from photosort.clustering.outliers import outliers
from photosort.methods.fusion import unit


def test_photos_between_two_groups_are_outliers() -> None:
    vectors, _ = blobs([60, 60, 60], d=64, noise=0.05)
    between = unit(vectors[[0, 60, 120]] + vectors[[60, 120, 0]])
    found = outliers(kmeans(np.vstack([vectors, between]), 3))
    assert found[180:].all()
    assert found[:180].mean() < 0.05


def test_the_fence_follows_tukey_on_log_margins() -> None:
    """Eight margins e^0 ... e^-2.1 with quartiles at e^-0.525 and e^-1.575: the fence lies at e^-3.15."""
    logs = np.array([0, -0.3, -0.6, -0.9, -1.2, -1.5, -1.8, -2.1])
    low, high = np.quantile(np.append(logs, [-3.1, -3.1]), [0.25, 0.75])
    for offset, aside in ((0.01, False), (-0.01, True)):
        margins = np.exp(np.append(logs, [low - 1.5 * (high - low) + offset] * 2))
        similarity = np.stack([np.ones(10), 1 - margins], axis=1).astype(np.float32)
        clustering = Clustering(np.zeros(10, np.intp), np.eye(2, dtype=np.float32), similarity, 0.0)
        assert outliers(clustering)[8:].tolist() == [aside] * 2
        assert not outliers(clustering)[:8].any()


def test_even_folders_and_single_clusters_have_no_outliers() -> None:
    corners = unit(np.repeat(np.eye(4, dtype=np.float32), 10, axis=0))
    assert not outliers(kmeans(corners, 4)).any()
    assert not outliers(kmeans(blobs([20])[0], 1)).any()


def test_groups_of_groups_are_found() -> None:
    rng = np.random.default_rng(0)
    tops = np.repeat(unit(rng.normal(size=(3, 32)).astype(np.float32)), 3, axis=0)
    centres = unit(tops + rng.normal(size=tops.shape).astype(np.float32) * 0.08)
    vectors = unit(np.repeat(centres, 20, axis=0) + rng.normal(size=(180, 32)).astype(np.float32) * 0.01)
    clustering = kmeans(vectors, 9)
    groups = parents(clustering)
    truth = {cluster: int(np.flatnonzero(clustering.labels == cluster)[0]) // 60 for cluster in range(9)}
    assert len({(truth[cluster], int(group)) for cluster, group in enumerate(groups)}) == 3
    assert sorted(set(groups.tolist())) == [0, 1, 2] and groups[0] == 0


def test_few_clusters_are_not_nested() -> None:
    assert parents(kmeans(blobs([10, 10, 10])[0], 3)).tolist() == [0, 1, 2]
