"""How clearly photos show what people call folders by, read out of the vectors of the builtin image encoder."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from photosort.models.captioners.tags import LabelProbabilities, above_floor
from photosort.models.encoders.conse import ConSE
from photosort.models.protocols import Sightings, Vectors
from photosort.wordnet.album import album


class LabelSubjects:
    """A SubjectReader: the concepts of the album through ConSE, and the labels as the network knows them."""

    def __init__(self, head: LabelProbabilities, space: ConSE) -> None:
        self._head = head
        self._space = space

    def read(self, vectors: Vectors) -> Sightings:
        """(b, d) features, not normalised -> what they show.

        The cosine of a photo and a concept says little by itself: some texts are near everything. It is compared with
        those of the 1,000 labels to the same concept, as if each were a photo, in their standard deviations.
        """
        probabilities = self._head.probabilities(vectors)
        near = _unit(self._space.weights(probabilities) @ self._space.label_vectors) @ self._concepts.T
        mean, spread = self._background
        return Sightings((near - mean) / spread, above_floor(probabilities))

    @cached_property
    def _concepts(self) -> Vectors:
        """(c, e): each concept half-way between its name and its description."""
        names = self._space.encode_texts([concept.name.lower() for concept in album().concepts])
        return _unit(names + self._space.encode_texts([concept.seen for concept in album().concepts]))

    @cached_property
    def _background(self) -> tuple[Vectors, Vectors]:
        near = _unit(self._space.label_vectors) @ self._concepts.T
        return near.mean(axis=0), near.std(axis=0)


def _unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), np.float32)
