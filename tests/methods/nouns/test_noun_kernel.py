"""The kernel of photos and nouns against the gradients that define it, and what it groups."""

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from fakes.joint_space import joint_space

from photosort.clustering.kmeans import Clustering, kmeans
from photosort.errors import SettingsError
from photosort.evaluation.measures import agreement
from photosort.methods.fusion import unit
from photosort.methods.method import VectorFactory
from photosort.methods.nouns import kernel as module
from photosort.methods.nouns.kernel import NounKernel, noun_kernel


def cluster(several: Sequence[VectorFactory]) -> list[Clustering]:
    return [kmeans(made(), 6, restarts=20, fewer=True) for made in several]


@pytest.mark.parametrize("temperature", [0.04, 0.5])
def test_the_kernel_is_the_product_of_the_gradients_of_the_network(temperature: float) -> None:
    rng = np.random.default_rng(0)
    photos, nouns = (unit(rng.normal(size=(n, 5)).astype(np.float32)) for n in (6, 4))
    gradients = []
    for photo in photos:
        weights = torch.from_numpy(nouns.astype(float)).requires_grad_()
        (weights @ torch.from_numpy(photo.astype(float)) / temperature).logsumexp(dim=0).backward()
        gradients.append(weights.grad.ravel().numpy())  # type: ignore[union-attr]
    wanted = np.stack(gradients) @ np.stack(gradients).T
    assert np.allclose(noun_kernel(photos, nouns, temperature) / temperature**2, wanted, rtol=1e-3, atol=1e-3)


def test_it_groups_by_what_nouns_say() -> None:
    for seed in range(3):
        space = joint_space(seed)
        truth = [str(one) for one in space.truth]
        found = NounKernel(temperature=0.1, k=6).group(space.views, cluster).best
        alone = agreement(truth, kmeans(space.image, 6, restarts=20).labels).acc
        assert agreement(truth, found.clustering.labels).acc > alone + 0.2
        assert len(found.answers) == len(found.texts) == len(truth)


def test_twice_is_the_same_and_k_is_asked_for_where_none_is_named() -> None:
    space = joint_space(0, each=10)
    one, other = (NounKernel(k=k).group(space.views, cluster).best for k in (6, None))
    assert np.array_equal(one.clustering.labels, other.clustering.labels)


@pytest.mark.parametrize("n", [1, 2, 7])
def test_few_photos_are_grouped(n: int) -> None:
    space = joint_space(0)
    few = type(space)(space.image[:n], space.truth[:n], space.nouns)
    assert len(NounKernel(k=min(n, 6)).group(few.views, cluster).best.clustering.labels) == n


def test_more_photos_than_pairs_can_be_looked_at_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 50)
    with pytest.raises(SettingsError, match=r"360 photos are too many for --method ntk; it takes 50"):
        NounKernel(k=6).group(joint_space(0).views, cluster)
