"""A joint space of photos and texts made of a classifier and a text encoder.

ConSE (Norouzi et al., "Zero-shot learning by convex combination of semantic embeddings", ICLR 2014,
https://arxiv.org/abs/1312.5650): a photo lies where the names of its most probable labels lie on average.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from photosort.models.captioners.tags import LabelProbabilities
from photosort.models.protocols import Identity, TextEncoder, Vectors
from photosort.wordnet.nouns import nouns

CONSE = "conse"
ROWS = 4096
"""Photos whose probabilities are held at once."""


class ConSE:
    """A JointEncoder: the vector of a photo x is 1/Z sum_t p(y_t|x)^power s(y_t) over its T best labels.

    This is equation 3 of the paper with a power on the probabilities (1 there): a power below 1 lets the less
    probable labels speak. s(y) is the text vector of the label's name; Z, the sum of the weights, makes the
    sum convex.

    `revision` is the revision of the encoder and head. ValueError unless `power` is above 0 and `top` at
    least 1.
    """

    def __init__(
        self, head: LabelProbabilities, texts: TextEncoder, revision: str, *, power: float = 0.5, top: int = 10
    ) -> None:
        if not power > 0 or top < 1:
            raise ValueError(f"ConSE needs a positive power and at least one label, not {power} and {top}")
        self._head = head
        self._texts = texts
        self._power = power
        self._top = min(top, len(nouns().labels))
        encoder = f"{texts.identity.model}@{texts.identity.revision}"
        settings = f"power{power:g}+top{self._top}"
        self.identity = Identity(CONSE, f"{revision}+{encoder}+{nouns().digest}+{settings}")

    @cached_property
    def label_vectors(self) -> Vectors:
        """(1000, d): the text vectors of the label names, encoded at the first use.

        The names carry their kind, "limpkin (bird)", since a text encoder has read little about limpkins.
        """
        return self._texts.encode_texts([nouns().explained(label.wnid) for label in nouns().labels])

    def place(self, vectors: Vectors) -> Vectors:
        """(b, d) features, not normalised -> (b, d of the texts) convex sums of label vectors."""
        placed = np.empty((len(vectors), self.label_vectors.shape[1]), dtype=np.float32)
        for start in range(0, len(vectors), ROWS):
            rows = slice(start, start + ROWS)
            placed[rows] = self.weights(self._head.probabilities(vectors[rows])) @ self.label_vectors
        return placed

    def guesses(self, vectors: Vectors) -> list[list[tuple[str, Vectors]]]:
        """(b, d) features, not normalised -> the nouns whose parts add up to `place`, those with most weight first.

        Labels of one everyday kind are one noun: all breeds of dogs are "dog". Where there is one kind alone, each
        label is a noun.
        """
        return [self._guesses(row) for row in self.weights(self._head.probabilities(vectors))]

    def _guesses(self, weights: Vectors) -> list[tuple[str, Vectors]]:
        tree = nouns()
        labels: dict[str, list[int]] = {}
        for label in np.flatnonzero(weights).tolist():
            noun = tree.labels[label]
            labels.setdefault((tree.kind_of(noun.wnid) or noun).noun, []).append(label)
        if len(labels) == 1:
            labels = {tree.labels[label].noun: [label] for label in np.flatnonzero(weights).tolist()}
        largest = sorted(labels.items(), key=lambda told: -float(weights[told[1]].sum()))
        return [(noun, weights[some] @ self.label_vectors[some]) for noun, some in largest]

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode n texts as (n, d) float32, unit length, from the text encoder."""
        return self._texts.encode_texts(texts)

    def weights(self, probabilities: Vectors) -> Vectors:
        """(b, 1000) probabilities -> (b, 1000) convex weights, 0 but for the T best labels of each row.

        Equal probabilities at the edge of the T are taken in the order of the labels.
        """
        ranks = best_labels(probabilities, self._top)
        kept = np.take_along_axis(probabilities, ranks, axis=1).astype(np.float32) ** np.float32(self._power)
        weights = np.zeros_like(probabilities, dtype=np.float32)
        np.put_along_axis(weights, ranks, kept / kept.sum(axis=1, keepdims=True), axis=1)
        return weights


def best_labels(probabilities: Vectors, top: int) -> NDArray[np.intp]:
    """Return (b, top) the most probable labels of each of (b, m) rows, the first of equal ones first.

    What a stable sort of each row begins with, without sorting the rest of it.
    """
    if top >= probabilities.shape[1]:
        return np.argsort(-probabilities, axis=1, kind="stable")[:, :top]
    some = np.sort(np.argpartition(-probabilities, top - 1, axis=1)[:, :top], axis=1)
    kept = np.take_along_axis(probabilities, some, axis=1)
    ranks = np.take_along_axis(some, np.argsort(-kept, axis=1, kind="stable"), axis=1)
    tied = np.flatnonzero((probabilities >= kept.min(axis=1, keepdims=True)).sum(axis=1) > top)
    ranks[tied] = np.argsort(-probabilities[tied], axis=1, kind="stable")[:, :top]
    return ranks
