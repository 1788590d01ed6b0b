"""What the labels of ImageNet can tell of what folders are called by: masks over concepts, labels and spoken nouns."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from photosort.models.protocols import Vectors
from photosort.wordnet.album import Concept, album
from photosort.wordnet.nouns import nouns
from photosort.wordnet.shown import shown

CLOTHING, ANIMAL = "n03051540", "n00015388"
HARDLY = 3 / 4
"""The share of clothes among the labels that speak for a concept from which on hardly any other does."""


@lru_cache(maxsize=1024)
def labels_of(place: int) -> frozenset[int]:
    return frozenset(np.flatnonzero(nouns().membership[place]).tolist())


def labels_meaning(concept: Concept) -> frozenset[int]:
    return frozenset().union(*map(labels_under, concept.wnids))


@lru_cache(maxsize=1024)
def labels_under(wnid: str) -> frozenset[int]:
    try:
        return frozenset(nouns().under(wnid))
    except KeyError:
        return frozenset()


@lru_cache(maxsize=1)
def seen_by_labels() -> NDArray[np.bool_]:
    """(c,) which concepts the labels of ImageNet can tell: people and kinds of pictures come from facts."""
    return np.array([concept.kind not in ("people", "picture") for concept in album().concepts])


@lru_cache(maxsize=1)
def things() -> NDArray[np.bool_]:
    """(c,) which concepts are things."""
    return np.array([concept.kind == "thing" for concept in album().concepts])


@lru_cache(maxsize=1)
def told_by_clothes() -> NDArray[np.bool_]:
    """(c,) which things and places hardly any label but clothes speaks for: of people these say what they wear.

    A beach and a graduation are none: there, what people wear tells what goes on.
    """
    clothes = np.zeros(len(nouns().labels), np.float32)
    clothes[list(labels_under(CLOTHING))] = 1
    speak = labels_speaking()
    told = (speak @ clothes >= HARDLY * speak.sum(axis=1)) & speak.any(axis=1)
    return np.asarray(told & [concept.kind in ("thing", "place") for concept in album().concepts], np.bool_)


@lru_cache(maxsize=1)
def labels_speaking() -> Vectors:
    """(c, 1000) which labels speak for a concept: those that it means, and those that are seen where it is."""
    speak = np.zeros((len(album().concepts), len(nouns().labels)), np.float32)
    for place, concept in enumerate(album().concepts):
        speak[place, list(labels_meaning(concept) | {*shown().get(concept.name.casefold(), ())})] = 1
    return speak


@lru_cache(maxsize=1)
def animals_by_labels() -> tuple[NDArray[np.bool_], Vectors]:
    """Return which concepts are animals that labels mean, (c,), and which labels they are, (c, 1000).

    There are labels for 398 animals, so that one is hardly shown without any of its own; of other things they know few.
    """
    means = np.zeros((len(album().concepts), len(nouns().labels)), np.float32)
    for place, concept in enumerate(album().concepts):
        if under := labels_meaning(concept) & labels_under(ANIMAL):
            means[place, list(under)] = 1
    return np.asarray(means.any(axis=1), np.bool_), means


@lru_cache(maxsize=1)
def sayable() -> NDArray[np.bool_]:
    """(s,) which nouns may name a folder: none that lists ("crocodile or alligator") or explains ("dish of food")."""
    return np.array([not {"or", "of"} & set(noun.noun.split()) for noun in nouns().spoken])


@lru_cache(maxsize=64)
def below(title: str) -> NDArray[np.bool_]:
    """(s,) which nouns are narrower than the concept of this name; none where no concept has it."""
    concept = next((concept for concept in album().concepts if concept.name == title), None)
    meant = labels_meaning(concept) if concept else frozenset()
    return np.array([labels_of(place) < meant for place in range(len(nouns().spoken))], np.bool_)


@lru_cache(maxsize=1)
def everyday() -> NDArray[np.bool_]:
    """(s,) which nouns people call folders by."""
    known = album().by_meaning
    return np.array([noun.wnid in known for noun in nouns().spoken])
