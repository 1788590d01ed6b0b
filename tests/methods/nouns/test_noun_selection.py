"""Selection of nouns and counterparts of photos against slow, literal references."""

import math
import tracemalloc

import numpy as np
import pytest
import torch

from photosort.methods.fusion import unit
from photosort.methods.nouns import selection as noun_selection
from photosort.methods.nouns.selection import (
    GRADNORM_TEMPERATURE,
    by_gradient,
    counterparts,
    number_of_centres,
    parts,
    select_nouns,
)


def rows(n: int, d: int, seed: int) -> np.ndarray:
    return unit(np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32))


def literal_softmax(logits: list[float]) -> list[float]:
    powers = [math.exp(logit) for logit in logits]
    return [power / sum(powers) for power in powers]


def literal_selection(nouns: np.ndarray, centres: np.ndarray, count: int) -> list[int]:
    """Equations 3 and 4."""
    shares = [
        literal_softmax([float(noun @ centre) for centre in centres.astype(float)]) for noun in nouns.astype(float)
    ]
    kept = []
    for centre in range(len(centres)):
        mine = [noun for noun, share in enumerate(shares) if share.index(max(share)) == centre]
        kept += sorted(mine, key=lambda noun: -shares[noun][centre])[:count]
    return sorted(kept)


def literal_counterpart(photo: np.ndarray, nouns: np.ndarray, temperature: float) -> np.ndarray:
    """Equations 5 and 6."""
    share = literal_softmax([float(photo.astype(float) @ noun.astype(float)) / temperature for noun in nouns])
    mean = [sum(share[j] * float(nouns[j][i]) for j in range(len(nouns))) for i in range(len(photo))]
    return np.array(mean) / math.sqrt(sum(x * x for x in mean))


@pytest.mark.parametrize(
    ("photos", "clusters", "centres"),
    [(50_000, 10, 166), (5_000, 10, 16), (3_760, 47, 141), (9_537, 101, 303), (13_000, 10, 43), (20, 9, 20), (1, 1, 1)],
)
def test_there_are_as_many_centres_as_in_the_paper(photos: int, clusters: int, centres: int) -> None:
    assert number_of_centres(photos, clusters) == centres


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("cells", [1, 50, 1 << 23])
def test_nouns_are_selected_as_the_equations_say(monkeypatch: pytest.MonkeyPatch, seed: int, cells: int) -> None:
    monkeypatch.setattr(noun_selection, "CELLS", cells)
    nouns, centres = rows(60, 6, seed), rows(5, 6, 100 + seed)
    for count in (1, 5):
        assert select_nouns(nouns, centres, count=count).tolist() == literal_selection(nouns, centres, count)


@pytest.mark.parametrize("seed", range(4))
def test_gradnorm_takes_the_nouns_of_the_smallest_gradients(seed: int) -> None:
    nouns, centres = rows(60, 6, seed), rows(5, 6, 100 + seed)
    gradients, owner = [], []
    for noun in nouns.astype(float):
        weights = torch.from_numpy(centres.astype(float)).requires_grad_()
        logits = weights @ torch.from_numpy(noun) / GRADNORM_TEMPERATURE
        owner.append(int(logits.argmax()))
        torch.nn.functional.cross_entropy(logits[None], torch.tensor([owner[-1]])).backward()
        gradients.append(float(weights.grad.norm()))  # type: ignore[union-attr]
    kept = []
    for centre in range(5):
        mine = [noun for noun in range(60) if owner[noun] == centre]
        kept += sorted(mine, key=gradients.__getitem__)[:3]
    assert select_nouns(nouns, centres, "gradnorm", 3).tolist() == sorted(kept)
    claims = by_gradient(nouns @ centres.T)
    assert np.allclose(-claims.worth / GRADNORM_TEMPERATURE, gradients, rtol=1e-3)


@pytest.mark.parametrize("rule", ["softmax", "gradnorm"])
def test_one_noun_one_centre_and_equal_nouns(rule: noun_selection.Selection) -> None:
    one = rows(1, 6, 0)
    assert select_nouns(one, rows(4, 6, 1), rule).tolist() == [0]
    assert len(select_nouns(rows(20, 6, 2), one, rule)) == 5
    assert select_nouns(np.repeat(one, 9, axis=0), rows(4, 6, 1), rule).tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("temperature", [0.005, 0.05, 1.0])
@pytest.mark.parametrize("cells", [1, 50, 1 << 23])
def test_counterparts_are_the_means_of_the_equations(
    monkeypatch: pytest.MonkeyPatch, temperature: float, cells: int
) -> None:
    monkeypatch.setattr(noun_selection, "CELLS", cells)
    photos, nouns = rows(9, 6, 0), rows(7, 6, 1)
    wanted = [literal_counterpart(photo, nouns, temperature) for photo in photos]
    assert np.allclose(counterparts(photos, nouns, temperature), wanted, atol=2e-5)


def test_with_one_noun_it_is_the_counterpart_of_every_photo() -> None:
    noun = rows(1, 6, 0)
    assert np.allclose(counterparts(rows(4, 6, 1), noun), np.repeat(noun, 4, axis=0), atol=1e-6)


def test_parts_are_bounded_and_hold_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noun_selection, "CELLS", 100)
    assert [(part.start, part.stop) for part in parts(25, 10)] == [(0, 10), (10, 20), (20, 30)]
    assert len(list(parts(3, 1000))) == 3


def test_memory_does_not_grow_with_the_product_of_nouns_and_centres() -> None:
    nouns, centres, photos = rows(20_000, 16, 0), rows(2_000, 16, 1), rows(4_000, 16, 2)
    tracemalloc.start()
    try:
        kept = select_nouns(nouns, centres)
        counterparts(photos, nouns[kept])
        assert tracemalloc.get_traced_memory()[1] < 5 * 4 * noun_selection.CELLS
    finally:
        tracemalloc.stop()
