"""A joint space of photos and nouns in which something that nouns hardly tell spreads the photos most."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from photosort.methods.fusion import unit
from photosort.methods.method import Nouns, Views

SEMANTIC, NUISANCE = 24, 8


@dataclass(frozen=True)
class JointSpace:
    """Photos, (n, 32), the class of each, and nouns: five of each class, and others."""

    image: np.ndarray
    truth: np.ndarray
    nouns: Nouns

    @property
    def views(self) -> Views:
        blind = np.zeros((len(self.image), 1), dtype=np.float32)
        return Views(blind, ("",), (), _no_texts, lambda: self.image, self._said, nouns=lambda: self.nouns)

    def _said(self, texts: Sequence[str]) -> np.ndarray:
        """The vector of the one noun in each text."""
        place = {word: number for number, word in enumerate(self.nouns.words)}
        return np.stack([self.nouns.vectors[next(place[w] for w in text[:-1].split() if w in place)] for text in texts])


def joint_space(seed: int, classes: int = 6, each: int = 60, others: int = 300) -> JointSpace:
    """Photos of a class lie around its direction, and as far along one of five others that photos of all classes share.

    Nouns lie around the directions of the classes, or anywhere, and say something of the others by chance.
    """
    rng = np.random.default_rng(seed)
    width = SEMANTIC + NUISANCE
    centres, light = np.zeros((classes, width)), np.zeros((5, width))
    centres[:, :SEMANTIC] = unit(rng.normal(size=(classes, SEMANTIC)))
    light[:, SEMANTIC:] = unit(rng.normal(size=(5, NUISANCE)))
    truth = np.repeat(np.arange(classes), each)
    image = centres[truth] + 1.1 * light[rng.integers(5, size=len(truth))] + 0.2 * rng.normal(size=(len(truth), width))
    words = [f"{letter}{number}" for number in range(classes) for letter in "abcde"] + [f"x{n}" for n in range(others)]
    vectors = np.zeros((len(words), width))
    vectors[: 5 * classes] = np.repeat(centres, 5, axis=0)
    vectors[: 5 * classes, :SEMANTIC] += 0.1 * rng.normal(size=(5 * classes, SEMANTIC))
    vectors[5 * classes :, :SEMANTIC] = unit(rng.normal(size=(others, SEMANTIC)))
    vectors[:, SEMANTIC:] = 0.22 * rng.normal(size=(len(words), NUISANCE))
    order = rng.permutation(len(words))
    nouns = Nouns(tuple(words[n] for n in order), unit(vectors[order].astype(np.float32)))
    return JointSpace(unit(image.astype(np.float32)), truth, nouns)


def _no_texts(texts: object) -> np.ndarray:
    raise AssertionError("no text is encoded")
