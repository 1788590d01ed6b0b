"""The losses of TAC against slow, literal sums, their gradients against finite differences, and the training."""

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
import torch
from fakes.vectors import blobs

from photosort.clustering.heads import (
    Training,
    balance,
    batches,
    confidence,
    distillation,
    head,
    number_of_steps,
    total_loss,
    train,
)
from photosort.methods.fusion import unit

Rows = list[list[float]]


def soft(b: int, k: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.ones(k), size=b)


def cosine(one: list[float], other: list[float]) -> float:
    product = sum(x * y for x, y in zip(one, other, strict=True))
    return product / math.sqrt(sum(x * x for x in one)) / math.sqrt(sum(y * y for y in other))


def literal_distillation(one: np.ndarray, other: np.ndarray, temperature: float) -> float:
    """Equations 10 and 11, of each side in its turn, divided by the 2K anchors."""
    k, total = one.shape[1], 0.0
    for anchors, partners in ((one, other), (other, one)):
        columns, opposite = anchors.T.tolist(), partners.T.tolist()
        for i in range(k):
            same = math.exp(cosine(columns[i], opposite[i]) / temperature)
            across = sum(math.exp(cosine(columns[i], opposite[j]) / temperature) for j in range(k))
            within = sum(math.exp(cosine(columns[i], columns[j]) / temperature) for j in range(k) if j != i)
            total -= math.log(same / (across + within))
    return total / (2 * k)


def literal_confidence(p: np.ndarray, q: np.ndarray) -> float:
    return -sum(math.log(sum(x * y for x, y in zip(a, b, strict=True))) for a, b in zip(p, q, strict=True)) / len(p)


def literal_balance(p: np.ndarray) -> float:
    means = [sum(column) / len(p) for column in p.T.tolist()]
    return -sum(mean * math.log(mean) for mean in means)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("temperature", [0.5, 5.0])
def test_each_loss_is_its_literal_sum(seed: int, temperature: float) -> None:
    one, two, three, four = (soft(7, 4, 10 * seed + place) for place in range(4))
    p, q, p_near, q_near = map(torch.from_numpy, (one, two, three, four))
    assert float(distillation(p, q_near, temperature)) == pytest.approx(literal_distillation(one, four, temperature))
    assert float(confidence(p, q)) == pytest.approx(literal_confidence(one, two))
    assert float(balance(p)) == pytest.approx(literal_balance(one))
    whole = literal_distillation(one, four, temperature) + literal_distillation(two, three, temperature)
    whole += literal_confidence(one, two) - 3 * (literal_balance(one) + literal_balance(two))
    found = total_loss(p, q, p_near, q_near, Training(balance=3, temperature=temperature))
    assert float(found) == pytest.approx(whole)


@pytest.mark.parametrize(
    "loss",
    [
        lambda p, q, r, s: distillation(p, q, 0.5),
        lambda p, q, r, s: confidence(p, q),
        lambda p, q, r, s: balance(p),
        total_loss,
    ],
)
def test_gradients_are_those_of_finite_differences(loss: Callable[..., torch.Tensor]) -> None:
    rows = [torch.from_numpy(np.log(soft(5, 3, seed))) for seed in range(4)]

    def of_logits(*logits: torch.Tensor) -> torch.Tensor:
        return loss(*(one.softmax(dim=1) for one in logits))

    exact = [row.clone().requires_grad_() for row in rows]
    of_logits(*exact).backward()
    step = 1e-6
    for place, row in enumerate(rows):
        for cell in np.ndindex(*row.shape):
            moved = []
            for sign in (step, -step):
                others = [one.clone() for one in rows]
                others[place][cell] += sign
                moved.append(float(of_logits(*others)))
            slope = (moved[0] - moved[1]) / (2 * step)
            found = exact[place].grad
            assert (0.0 if found is None else float(found[cell])) == pytest.approx(slope, abs=1e-7)


def test_a_share_of_nothing_has_a_finite_loss_and_gradient() -> None:
    p = torch.eye(3, dtype=torch.float32)[[0, 0, 0]].requires_grad_()
    q = torch.eye(3, dtype=torch.float32)[[1, 1, 1]].requires_grad_()
    total_loss(p, q, p, q).backward()
    assert p.grad is not None and torch.isfinite(p.grad).all() and torch.isfinite(total_loss(p, q, p, q))


def test_a_head_is_made_as_the_paper_says() -> None:
    made = head(16, 3, torch.Generator().manual_seed(0))
    assert [type(layer).__name__ for layer in made] == ["Linear", "BatchNorm1d", "ReLU", "Linear", "Softmax"]
    assert (made[0].weight.shape, made[3].weight.shape) == ((16, 16), (3, 16))
    assert 0.015 < float(made[0].weight.detach().std()) < 0.025
    assert torch.allclose(made(torch.randn(5, 16)).sum(dim=1), torch.ones(5))


@pytest.mark.parametrize(
    ("photos", "steps"), [(1, 400), (300, 400), (511, 400), (1500, 400), (3499, 402), (3500, 120), (50_000, 97 * 20)]
)
def test_few_photos_are_trained_with_as_many_steps(photos: int, steps: int) -> None:
    assert number_of_steps(photos, Training()) == steps


def test_many_clusters_are_trained_as_in_the_paper() -> None:
    assert Training(balance=1).of(47) == Training(balance=1)
    assert Training(balance=1).of(101) == Training(balance=1, temperature=5, batch=8192, epochs=100)


def test_a_device_that_is_not_there_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    rows, _ = blobs([5, 5])
    training = Training(least_steps=5, epochs=1)
    assert np.array_equal(train(rows, rows, 2, training, cuda="cuda:1"), train(rows, rows, 2, training))


def test_batches_hold_each_photo_once_an_epoch_with_one_of_its_neighbours() -> None:
    image, _ = blobs([30, 30], noise=0.3)
    text, _ = blobs([30, 30], noise=0.3, seed=5)
    training = Training(batch=25, epochs=2, least_steps=0, neighbours=4)
    seen = list(batches(image, text, 2, training, 42))
    assert [len(batch.own) for batch in seen] == [25] * 4
    assert all(len(set(one.own.tolist()) | set(other.own.tolist())) == 50 for one, other in list(pairwise(seen))[::2])
    for batch in seen:
        for vectors, near in ((image, batch.near_image), (text, batch.near_text)):
            for own, other in zip(batch.own, near, strict=True):
                assert own != other and other in np.argsort(-(vectors @ vectors[own]))[:5]


def test_the_heads_find_plain_groups_the_same_way_every_time() -> None:
    image, truth = blobs([60, 60, 60], noise=0.15)
    text, _ = blobs([60, 60, 60], noise=0.15, seed=8)
    done: list[tuple[int, int]] = []
    before = torch.get_rng_state()
    found = train(image, text, 3, progress=lambda stage, step, steps, used=None: done.append((step, steps)))
    assert len({*zip(truth, found.tolist(), strict=True)}) == 3
    assert done[0] == (0, 400) and done[-1] == (400, 400)
    torch.set_rng_state(before)
    torch.rand(3)
    assert np.array_equal(found, train(image, text, 3))


@pytest.mark.parametrize("n", [1, 2, 3, 5])
@pytest.mark.parametrize("k", [1, 2, 5])
def test_few_photos_are_trained_too(n: int, k: int) -> None:
    rows = unit(np.random.default_rng(n).normal(size=(n, 8)).astype(np.float32))
    found = train(rows, rows[:, ::-1].copy(), k, Training(least_steps=10))
    assert found.shape == (n,) and found.dtype == np.intp and 0 <= found.min() <= found.max() < k
