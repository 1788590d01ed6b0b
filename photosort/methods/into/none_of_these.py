"""Which photos fit none of the categories, by what else they could be called.

A photo fits none when it is nearer to something else that people call folders by. Names that are no category are the
negatives of "Negative Label Guided OOD Detection with Pretrained Vision-Language Models" (NegLabel; Jiang et al., ICLR
2024), which draws them from all of WordNet; here they are the concepts of the album.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from photosort.clustering.kmeans import Labels, Vectors
from photosort.models.protocols import Category
from photosort.wordnet.album import Concept, album
from photosort.wordnet.meanings import meanings_of, parts, related

ALIKE = 0.6
"""The cosine of two texts from which on a concept is taken for another word for a category."""
CLEAREST, BELOW, LEAST = 0.9, 3.0, -2.0
"""See `thresholds`: the quantile, and standard deviations."""


COLUMNS = 64
"""Rivals whose scores are compared at once."""


@lru_cache(maxsize=1)
def rivals() -> tuple[Concept, ...]:
    """Return what a photo could be called instead: all concepts that models see and facts do not tell."""
    return tuple(concept for concept in album().concepts if concept.kind not in ("people", "picture"))


@lru_cache(maxsize=1)
def as_categories() -> tuple[Category, ...]:
    """Return the rivals as categories."""
    return tuple(Category(concept.name) for concept in rivals())


def allowed(categories: Sequence[Category], embed: Callable[[Sequence[str]], Vectors]) -> NDArray[np.bool_]:
    """Return which rivals are something else than each of the categories, (r,).

    A rival is not where WordNet has it as the same as a category, or one as a kind of the other, or where their texts
    are alike: a dog is no rival of "Pets", nor is a bar of "Pubs".
    """
    said = [_said(category) for category in categories]
    near = embed([rival.name.lower() for rival in rivals()]) @ embed([text for some in said for text in some]).T
    meant = [meaning for category in categories if (meaning := _meaning(category))]
    kin = [any(related(rival.wnids, meaning) for meaning in meant) for rival in rivals()]
    return np.asarray((near.max(axis=1) < ALIKE) & ~np.array(kin, dtype=np.bool_))


@dataclass(frozen=True, slots=True)
class Fit:
    """How much better each of n photos fits its category than anything else, in standard deviations.

    lead   (n,) the best score of any category less that of the nearest rival
    rival  (n,) the nearest rival, by its place in `rivals`
    """

    lead: Vectors
    rival: Labels


def fit_of(scores: Vectors, others: Vectors, apart: Labels, near: Labels) -> Fit:
    """Compare calmed scores for c categories, (n, c), with those for all rivals (n, r), of which those `apart` count.

    near  (n, 0 to 5) the neighbours of each photo, by which the scores for rivals are calmed
    """
    best = np.full(len(scores), -np.inf, dtype=np.float32)
    rival = np.zeros(len(scores), dtype=np.intp)
    for start in range(0, len(apart), COLUMNS):
        some = apart[start : start + COLUMNS]
        block = calmed(others[:, some], near)
        place = block.argmax(axis=1)
        value = block[np.arange(len(block)), place]
        nearer = value > best
        best[nearer], rival[nearer] = value[nearer], some[place[nearer]]
    return Fit(np.asarray(scores.max(axis=1) - best, np.float32), rival)


def calmed(scores: Vectors, near: Labels) -> Vectors:
    """Move the scores of each photo half-way to the mean of its neighbours', twice: (n, c), with (n, 0 to 5)."""
    for _ in range(2 if near.shape[1] else 0):
        total = np.zeros_like(scores)
        for column in near.T:
            total += scores[column]
        scores = scores / 2 + total / (2 * near.shape[1])
    return scores


def thresholds(lead: Vectors, chosen: Labels, count: int) -> Vectors:
    """Return the lead that a photo of each of `count` categories needs to stay in it, (c,).

    It is drawn from the leads of the photos that were put into the category: 3 standard deviations below its clearest
    photos (the 90th percentile), but at most 0, where the rival is nearer, and at least -2. So where a model knows a
    category well, photos that are nearer to something else have to leave it; where even its clearest photos are hardly
    nearer to it than to something else, the model does not know it well, and more is allowed for.
    """
    found = np.zeros(count, dtype=np.float32)
    for place in np.unique(chosen):
        found[place] = np.clip(np.quantile(lead[chosen == place], CLEAREST) - BELOW, LEAST, 0)
    return found


def _said(category: Category) -> tuple[str, ...]:
    return tuple(dict.fromkeys((category.name.lower(), *parts(category.name), *parts(category.hint))))


def _meaning(category: Category) -> tuple[str, ...]:
    """Return the most frequent meaning of each part of a name and its hint."""
    several = (meanings_of(part) for part in (*parts(category.name), *parts(category.hint)))
    return tuple(senses[0] for senses in several if senses)
