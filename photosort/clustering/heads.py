"""Two cluster heads that learn from each other, one for photos and one for their counterparts in texts.

Li et al., "Image Clustering with External Guidance" (TAC, ICML 2024, https://arxiv.org/abs/2310.11989), section 3.2.
Where the paper and its released code differ, this is the code: the distillation is symmetric in its two sides and a
mean over columns, the confidence is a mean of logarithms.

Shapes: n photos, b in a batch, d dimensions, k clusters. p and q are soft assignments (b, k), rows that sum to 1, of
the photos and of their counterparts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from photosort.clustering.neighbours import nearest_neighbours
from photosort.clustering.rows import CHUNK, Labels, Vectors
from photosort.support.progress import Progress, silent

if TYPE_CHECKING:
    import torch

STAGE = "training"
FEW = 3_500
"""Photos below which more epochs are made; the smallest set of the paper, DTD, has 3,760."""
MANY = 100
LEAST = 1e-9
"""Below this no share is taken a logarithm of."""


@dataclass(frozen=True, slots=True)
class Training:
    """How the heads are trained; as in section 4.1.3, and the paper's values by default.

    balance      weight of the balance (alpha, equation 15); it is for clusters of equal size, so 0 asks for none
    temperature  of the distillation (tau-hat)
    neighbours   of which one stands beside each photo in a batch, drawn anew each time; of few photos fewer are taken,
                 two thirds of a mean cluster, since the next ones lie in other clusters
    batch        photos in a step; all where they are fewer
    epochs       passes over all photos
    least_steps  steps that are made at least with fewer than 3,500 photos, which are fewer than the paper ever has: 20
                 epochs of them leave the heads half trained
    rate         learning rate of Adam, with betas of .9 and .99
    """

    balance: float = 5.0
    temperature: float = 0.5
    neighbours: int = 50
    batch: int = 512
    epochs: int = 20
    least_steps: int = 400
    rate: float = 1e-3

    def of(self, k: int) -> Training:
        """Return this for k clusters: above 100, what the paper takes for UCF-101 and ImageNet-1K."""
        return self if k <= MANY else replace(self, temperature=5.0, batch=8192, epochs=100)


PAPER = Training()


class Batch(NamedTuple):
    """Positions of the photos of one step, (b,), and of a neighbour of each among photos and among counterparts."""

    own: Labels
    near_image: Labels
    near_text: Labels


def train(
    image: Vectors,
    text: Vectors,
    k: int,
    training: Training = PAPER,
    *,
    seed: int = 42,
    cuda: str = "",
    progress: Progress = silent,
) -> Labels:
    """Return which of k clusters the head of the photos puts each of (n, d) unit rows into, (n,); some may stay empty.

    `text` holds the counterparts, (n, e). The same seed gives the same clusters on one machine; the batches do not
    depend on the device, which is `cuda` where there is one of that name.
    """
    import torch

    if len(image) < 2:
        return np.zeros(len(image), dtype=np.intp)
    device = cuda if cuda and (torch.device(cuda).index or 0) < torch.cuda.device_count() else "cpu"
    random = torch.Generator().manual_seed(seed)
    of_image, of_text = (head(vectors.shape[1], k, random).to(device) for vectors in (image, text))
    optimizer = torch.optim.Adam([*of_image.parameters(), *of_text.parameters()], lr=training.rate, betas=(0.9, 0.99))

    def rows(vectors: Vectors, positions: Labels) -> torch.Tensor:
        return torch.from_numpy(vectors[positions]).to(device)

    steps = number_of_steps(len(image), training)
    progress(STAGE, 0, steps)
    for step, (own, near_image, near_text) in enumerate(batches(image, text, k, training, seed, cuda)):
        p, q = of_image(rows(image, own)), of_text(rows(text, own))
        p_near, q_near = of_image(rows(image, near_image)), of_text(rows(text, near_text))
        loss = total_loss(p, q, p_near, q_near, training)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        progress(STAGE, step + 1, steps)
    return _predicted(of_image.eval(), image, device)


def number_of_steps(photos: int, training: Training) -> int:
    """Return how many batches n photos are trained with."""
    each = max(1, photos // training.batch)
    return each * max(training.epochs, ceil(training.least_steps / each) if photos < FEW else 0)


def batches(image: Vectors, text: Vectors, k: int, training: Training, seed: int, cuda: str = "") -> Iterator[Batch]:
    """Yield the photos of each step: in every epoch each photo at most once, in another order."""
    n, rng = len(image), np.random.default_rng(seed)
    count = max(1, min(training.neighbours, 2 * n // (3 * k), n - 1))
    near_image = nearest_neighbours(image, count, seed=seed, cuda=cuda)
    near_text = nearest_neighbours(text, count, seed=seed, cuda=cuda)
    size = min(training.batch, n)
    for _ in range(number_of_steps(n, training) // (n // size)):
        order = rng.permutation(n)
        for start in range(0, n - size + 1, size):
            own = order[start : start + size]
            drawn = rng.integers(count, size=(2, size))
            yield Batch(own, near_image[own, drawn[0]], near_text[own, drawn[1]])


def head(d: int, k: int, random: torch.Generator) -> torch.nn.Sequential:
    """Make a head of vectors of d dimensions: a hidden layer as wide, normalised over the batch, and a softmax.

    Weights begin small, as in the released code (a normal of deviation .02; its bounds of 2 cut nothing off).
    """
    from torch import nn

    hidden, last = nn.Linear(d, d), nn.Linear(d, k)
    for layer in (hidden, last):
        nn.init.trunc_normal_(layer.weight, std=0.02, generator=random)
        nn.init.uniform_(layer.bias, -(d**-0.5), d**-0.5, generator=random)
    return nn.Sequential(hidden, nn.BatchNorm1d(d), nn.ReLU(), last, nn.Softmax(dim=1))


def total_loss(
    p: torch.Tensor, q: torch.Tensor, p_near: torch.Tensor, q_near: torch.Tensor, training: Training = PAPER
) -> torch.Tensor:
    """Return the loss of a batch (equation 15); `p_near` and `q_near` are the assignments of the neighbours."""
    shared = distillation(p, q_near, training.temperature) + distillation(q, p_near, training.temperature)
    return shared + confidence(p, q) - training.balance * (balance(p) + balance(q))


def distillation(one: torch.Tensor, other: torch.Tensor, temperature: float) -> torch.Tensor:
    """Return how badly the k columns of two assignments tell which of the other's is theirs (equations 9 to 11).

    NT-Xent (Chen et al. 2020) over the 2 k columns, scaled to unit length: the mean of -log of the share that the same
    cluster of the other has in the softmax, over the temperature, of the cosines to all columns but itself.
    """
    import torch

    k = one.shape[1]
    columns = torch.nn.functional.normalize(torch.cat([one, other], dim=1), dim=0)
    cosines = columns.T @ columns / temperature
    cosines = cosines.masked_fill(torch.eye(2 * k, dtype=torch.bool, device=one.device), -torch.inf)
    same = torch.arange(2 * k, device=one.device).roll(k)
    return torch.nn.functional.cross_entropy(cosines, same)


def confidence(p: torch.Tensor, q: torch.Tensor) -> torch.Tensor:
    """Return the mean of -log(p . q) over the photos (equation 12): 0 where both are sure, and of the same."""
    return -(p * q).sum(dim=1).clamp_min(LEAST).log().mean()


def balance(p: torch.Tensor) -> torch.Tensor:
    """Return the entropy of the mean assignment (equations 13 and 14): log k where clusters have equal size."""
    mean = p.mean(dim=0).clamp_min(LEAST)
    return -(mean * mean.log()).sum()


def _predicted(of_image: Any, image: Vectors, device: str) -> Labels:
    import torch

    with torch.inference_mode():
        found = [
            of_image(torch.from_numpy(image[start : start + CHUNK]).to(device)).argmax(dim=1).cpu().numpy()
            for start in range(0, len(image), CHUNK)
        ]
    return np.concatenate(found).astype(np.intp)
