"""Photos and queries compared by the labels that the builtin network knows.

As in `label_categories`, two readings are added: ConSE compares texts (Norouzi et al. 2014, see `conse`), and WordNet
tells which labels mean what is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from photosort.models.captioners.tags import LabelProbabilities
from photosort.models.encoders.conse import ConSE
from photosort.models.encoders.label_categories import MEANT
from photosort.models.encoders.search_space import LABEL_SPACE
from photosort.models.protocols import Identity, Vectors
from photosort.wordnet.meanings import asked_for, breadths, labels_seen
from photosort.wordnet.nouns import nouns

RULES = "1"
"""Part of the identity; changes with what `place` keeps of a photo."""
TOP = 10
"""Labels that are kept of a photo: those that ConSE takes."""


class LabelSpace:
    """A SearchSpace: scores in standard deviations, those of the 1,000 labels around a query.

    A photo has the score z(photo, query) + 8 * sum_l w_l M(l). z is the cosine of the photo, as ConSE places it, to
    the query, compared with those of the 1,000 labels to the same query as if each were a photo; w_l are the weights of
    ConSE. M(l) is 1 for a label that is a kind of what is asked for (`wordnet.meanings.asked_for`), or speaks for it,
    and 0 for any other. Of a photo that is asked for, M(l) is its own weight of the label.

    Kept of a photo, (e,): its unit vector in the space of the texts, its ten best labels, and their weights.
    Half precision keeps the numbers of labels exactly. A direction, (q,): a vector in the space of the texts, one
    number for each label, and what is added to every photo.
    """

    def __init__(self, head: LabelProbabilities, space: ConSE) -> None:
        self._head = head
        self._space = space
        self.identity = Identity(LABEL_SPACE, f"{space.identity.revision}-{RULES}")

    def place(self, vectors: Vectors) -> Vectors:
        """(b, d) features, not normalised -> (b, e)."""
        weights = self._space.weights(self._head.probabilities(vectors))
        best = np.argsort(-weights, axis=1, kind="stable")[:, :TOP]
        placed = _unit(weights @ self._space.label_vectors)
        return np.hstack([placed, best.astype(np.float32), np.take_along_axis(weights, best, axis=1)])

    def of_texts(self, texts: Sequence[str]) -> Vectors:
        """Turn t texts into their directions, (t, q)."""
        meant = np.zeros((len(texts), len(nouns().labels)), dtype=np.float32)
        for row, text in enumerate(texts):
            for part in asked_for(text):
                meant[row, sorted(breadths(part).keys() or labels_seen(part))] = 1
        return self._directions(self._space.encode_texts(list(texts)), meant)

    def of_photos(self, placed: Vectors) -> Vectors:
        """(b, e) photos as `place` keeps them -> (b, q)."""
        vectors, labels, weights = self._parts(placed)
        own = np.zeros((len(placed), len(nouns().labels)), dtype=np.float32)
        np.put_along_axis(own, labels, weights, axis=1)
        return self._directions(vectors, own)

    def scores(self, placed: Vectors, direction: Vectors) -> Vectors:
        """(n, e) and (q,) -> (n,) standard deviations, or their weighted sums."""
        vectors, labels, weights = self._parts(placed)
        width = vectors.shape[1]
        meant = direction[width:-1]
        scores = vectors @ direction[:width] + direction[-1]
        if meant.any():
            scores += np.einsum("nk,nk->n", weights, meant[labels])
        return np.asarray(scores, np.float32)

    def _directions(self, vectors: Vectors, meant: Vectors) -> Vectors:
        near = self._labels @ vectors.T
        mean, spread = near.mean(axis=0), np.maximum(near.std(axis=0), 1e-9)
        return np.hstack([vectors / spread[:, None], MEANT * meant, (-mean / spread)[:, None]]).astype(np.float32)

    def _parts(self, placed: Vectors) -> tuple[Vectors, np.ndarray[tuple[int, ...], np.dtype[np.int16]], Vectors]:
        return placed[:, : -2 * TOP], placed[:, -2 * TOP : -TOP].astype(np.int16), placed[:, -TOP:]

    @cached_property
    def _labels(self) -> Vectors:
        return _unit(self._space.label_vectors)


def _unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), np.float32)
