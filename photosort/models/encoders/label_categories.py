"""How well photos fit folders that the user names, by the labels that the builtin network knows.

Two readings are added. ConSE (Norouzi et al. 2014, see `conse`) compares texts: any name can be read, but what a text
encoder has read of things is not what they look like. The other reading is by meaning: WordNet knows that 118 of the
labels are dogs, and data/shown.tsv that a four-poster stands in a bedroom. That the tree of meanings carries a
classifier to categories above its labels is from Deng et al., "Hedging your bets" (CVPR 2012).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from photosort.models.captioners.tags import LabelProbabilities
from photosort.models.encoders.conse import ConSE
from photosort.models.protocols import Category, Identity, Vectors
from photosort.wordnet.meanings import breadths, concept_of, labels_seen
from photosort.wordnet.nouns import nouns
from photosort.wordnet.shown import shown

RULES = "1"
"""Part of the identity; changes with any rule of this module."""
MEANT = 8.0
"""Standard deviations that a photo gains all of whose labels mean a category. A label is nearer to its own name than
the 1,000 labels are to it by 7.8 on average, so both readings count alike where both are sure."""
NEAR, SOFT = 2.0, 0.5
"""Of a label that means none of the categories: the nearness, in standard deviations, that each of them has to exceed
for it to be more likely than none, and the temperature at which it is shared out."""
ROWS = 4096
"""Photos whose labels are held at once."""


class LabelCategories:
    """A CategoryReader: scores in standard deviations, those of the 1,000 labels around a category.

    A photo has the score z(photo, category) + 8 * sum_l w_l P(category | l). z is the cosine of the photo, as ConSE
    places it, to the category, compared with those of the 1,000 labels to the same category as if each were a photo.
    w_l are the weights of ConSE. P(category | l) is 1 for the category that the label l is a kind of, of several the
    most specific; for a label that is a kind of none it is even between those that it speaks for (`wordnet.shown`); and
    for any other it is a softmax over z(l, category), in which "none of them" has a share as well.
    """

    def __init__(self, head: LabelProbabilities, space: ConSE) -> None:
        self._head = head
        self._space = space
        table = hashlib.sha256(repr(sorted(shown().items())).encode()).hexdigest()[:12]
        self.identity = Identity("label-categories", f"{space.identity.revision}+{table}-{RULES}")

    def scores(self, vectors: Vectors, categories: Sequence[Category]) -> Vectors:
        """(b, d) features, not normalised -> (b, c).

        What a category is to be without counts against it: by as much as the photo is nearer to that than to the
        category, and by the labels that mean it.
        """
        texts, routes = self._texts(categories), self._routes(categories)
        barred = [place for place, category in enumerate(categories) if category.without]
        without = [Category(categories[place].without) for place in barred]
        found = np.empty((len(vectors), len(categories)), dtype=np.float32)
        for start in range(0, len(vectors), ROWS):
            weights = self._space.weights(self._head.probabilities(vectors[start : start + ROWS]))
            some = found[start : start + ROWS]
            some[:] = self._nearness(weights, texts)
            if barred:
                some[:, barred] -= np.maximum(self._nearness(weights, self._texts(without)) - some[:, barred], 0)
                some[:, barred] -= MEANT * weights @ _meant(without)
            some += MEANT * weights @ routes
        return found

    def _texts(self, categories: Sequence[Category]) -> Vectors:
        """Return the vectors of the categories, (c, e): the mean of the name, of the name with the hint, and of how the
        album describes what is called so.
        """
        said = [list(_said(category)) for category in categories]
        vectors = self._space.encode_texts([text for some in said for text in some])
        starts = np.cumsum([0, *map(len, said)])[:-1]
        return _unit(np.add.reduceat(vectors, starts, axis=0)) if said else vectors

    def _nearness(self, weights: Vectors, texts: Vectors) -> Vectors:
        """(b, 1000) convex weights of labels -> (b, c) standard deviations."""
        background = self._labels @ texts.T
        near = _unit(weights @ self._space.label_vectors) @ texts.T
        return np.asarray((near - background.mean(axis=0)) / np.maximum(background.std(axis=0), 1e-9), np.float32)

    def _routes(self, categories: Sequence[Category]) -> Vectors:
        """Return P(category | label), (1000, c)."""
        means, speaks = _meant(categories), _speaking(categories)
        near = self._nearness(np.eye(len(nouns().labels), dtype=np.float32), self._texts(categories))
        odds = np.exp(near / SOFT)
        shared = odds / (odds.sum(axis=1, keepdims=True) + np.exp(NEAR / SOFT))
        known = np.where(means.any(axis=1, keepdims=True), means, speaks)
        total = known.sum(axis=1, keepdims=True)
        return np.asarray(np.where(total > 0, known / np.maximum(total, 1), shared), np.float32)

    @cached_property
    def _labels(self) -> Vectors:
        return _unit(self._space.label_vectors)


def _said(category: Category) -> Sequence[str]:
    name = category.name.replace("_", " ").lower()
    concept = concept_of(name)
    described = concept.seen if concept and concept.seen != "-" else ""
    return [text for text in (name, f"{name}, {category.hint}" if category.hint else "", described) if text]


def _meant(categories: Sequence[Category]) -> Vectors:
    """Return which category each label is a kind of, (1000, c): the most specific, or several equally specific ones."""
    breadth = np.full((len(nouns().labels), len(categories)), np.inf)
    for place, category in enumerate(categories):
        listed = {**breadths(category.hint), **breadths(category.name)}
        for label in listed.keys() - breadths(category.without).keys():
            breadth[label, place] = listed[label]
    least = breadth.min(axis=1, keepdims=True, initial=np.inf)
    return np.asarray((breadth == least) & np.isfinite(breadth), np.float32)


def _speaking(categories: Sequence[Category]) -> Vectors:
    """Return which categories each label speaks for without being a kind of them, (1000, c)."""
    speaks = np.zeros((len(nouns().labels), len(categories)), np.float32)
    for place, category in enumerate(categories):
        heard = labels_seen(category.name) | labels_seen(category.hint)
        speaks[sorted(heard - labels_seen(category.without) - breadths(category.without).keys()), place] = 1
    return speaks


def _unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), np.float32)
