"""From texts to clusters by the settings: several questions, and a number of clusters that is chosen once for all."""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from photosort.clustering import rows
from photosort.clustering.choose_k import KChoice
from photosort.describing.describe import Described
from photosort.errors import TooManyClusters
from photosort.methods.fusion import unit
from photosort.methods.method import constant
from photosort.models.runtime import devices
from photosort.models.selected import ModelSet, select_models
from photosort.settings.settings import Settings
from photosort.store.cache import Cache, open_cache
from photosort.workflows.sorting import grouping as module
from photosort.workflows.sorting.grouping import Clusters, group

CLEAR = [("dog",), ("lake",), ("moon",)] * 20
VAGUE = [(f"{animal} {place}",) for animal in ("dog", "cat", "cow", "pig") for place in ("lake", "sea", "hill")] * 5


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    with open_cache(tmp_path) as cache:
        yield cache


def described(*texts: list[tuple[str, ...]]) -> Described:
    return Described((), (), np.eye(60, dtype=np.float32), tuple(map(tuple, texts)), (), 0)


def asked(**settings: object) -> ModelSet:
    return select_models(Settings(method="text", ask=("What?", "Where?"), vectors="tfidf", **settings))  # type: ignore[arg-type]


@pytest.mark.parametrize(("first", "second", "won"), [(CLEAR, VAGUE, "What?"), (VAGUE, CLEAR, "Where?")])
def test_of_two_questions_the_clearer_one_is_taken(
    cache: Cache, first: list[tuple[str, ...]], second: list[tuple[str, ...]], won: str
) -> None:
    grouping, choice = group(described(first, second), asked(k=3), cache)
    assert choice is None
    assert grouping.best.question == won
    assert grouping.best.texts[:3] == ("dog", "lake", "moon")
    assert [candidate.clustering.k for candidate in grouping.candidates] == [3, 3]


def test_a_chosen_number_holds_for_all_questions(cache: Cache) -> None:
    grouping, choice = group(described(CLEAR, CLEAR), asked(), cache)
    assert choice is not None and choice.k == 3
    assert [candidate.clustering.k for candidate in grouping.candidates] == [3, 3]


def test_more_clusters_than_different_answers_are_refused(cache: Cache) -> None:
    with pytest.raises(TooManyClusters, match="--k 3"):
        group(described(CLEAR, VAGUE), asked(k=4), cache)


def test_the_settings_reach_k_means() -> None:
    vectors = np.eye(6, dtype=np.float32)
    assert [found.k for found in Clusters(Settings(k=2))([constant(vectors)] * 2)] == [2, 2]
    chosen = Clusters(Settings(min_k=4, max_k=5))
    assert chosen([constant(vectors)])[0].k in (4, 5)
    assert chosen.choice is not None


def nearly_equal(n: int = 12) -> np.ndarray:
    """Rows of two directions that differ by less than float32 can see in a cosine."""
    noise = np.random.default_rng(0).normal(size=(n, 40)).astype(np.float32) * 1e-5
    return unit(np.repeat(np.eye(40, dtype=np.float32)[:2], n // 2, axis=0) + noise)


@pytest.mark.parametrize("several", [1, 2])
def test_a_chosen_number_is_what_can_be_told_apart(several: int) -> None:
    clusters = Clusters(Settings(min_k=5))
    first, *others = clusters([constant(nearly_equal()), constant(np.eye(12, dtype=np.float32))][:several])
    assert clusters.choice is not None
    assert 2 <= first.k == clusters.choice.k < 5
    assert all(other.k == first.k for other in others)


def test_a_named_number_that_cannot_be_told_apart_is_refused() -> None:
    with pytest.raises(TooManyClusters, match="that can be told apart"):
        Clusters(Settings(k=5))([constant(nearly_equal())])


def test_auto_k_is_bounded_by_the_question_with_fewest_answers(cache: Cache) -> None:
    grouping, choice = group(described(CLEAR, VAGUE), asked(min_k=4), cache)
    assert choice is not None and choice.k == 3
    assert [candidate.clustering.k for candidate in grouping.candidates] == [3, 3]


@pytest.mark.parametrize(("device", "nvidia"), [("cpu", True), ("auto", False)])
def test_torch_is_not_loaded_to_cluster_without_a_gpu(
    monkeypatch: pytest.MonkeyPatch, device: str, nvidia: bool
) -> None:
    monkeypatch.setattr(rows, "WORTH_A_GPU", 1)
    monkeypatch.setattr(devices, "has_nvidia", lambda: nvidia)
    monkeypatch.setitem(sys.modules, "torch", None)
    assert Clusters(Settings(k=2, device=device))([constant(np.eye(6, dtype=np.float32))])[0].k == 2


@pytest.mark.parametrize(("device", "used"), [("cuda:1", ["cuda:1"]), ("cuda:2", []), ("auto", ["cuda"])])
def test_many_photos_are_clustered_on_the_gpu_that_is_named(
    monkeypatch: pytest.MonkeyPatch, device: str, used: list[str]
) -> None:
    import torch

    moved: list[str] = []
    monkeypatch.setattr(rows, "WORTH_A_GPU", 1)
    monkeypatch.setattr(devices, "has_nvidia", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda name: (1 << 30, 1 << 30))
    monkeypatch.setattr(rows, "OnTorch", lambda vectors, name: moved.append(name) or rows.OnCpu(vectors))
    Clusters(Settings(k=2, device=device))([constant(np.eye(6, dtype=np.float32))])
    assert moved == used


def test_auto_k_uses_one_sample_for_all_questions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[np.ndarray] = []

    def choose(vectors: np.ndarray, **_: object) -> KChoice:
        given.append(vectors)
        return KChoice(2)

    monkeypatch.setattr(module, "choose_k", choose)
    vectors = unit(np.random.default_rng(0).normal(size=(10_500, 3)).astype(np.float32))
    Clusters(Settings(restarts=1))([constant(vectors)] * 2)
    assert given[0].shape == (1_200, 6)
    assert np.array_equal(given[0][:, :3], given[0][:, 3:])
