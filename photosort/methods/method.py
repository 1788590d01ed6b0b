"""What every method is given and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from photosort.clustering.kmeans import Clustering, Vectors, from_labels

Texts = Sequence[tuple[str, ...]]
"""For each photo the texts that one captioner gave."""


@dataclass(frozen=True, slots=True)
class Views:
    """N photos as a method sees them. What only some methods need is a function, computed when it is called.

    image          (n, d) as the image encoder gave them
    questions      what the photos were asked
    texts          for each question n tuples of texts
    embed          m texts -> (m, e) unit vectors of the text encoder
    joint_image    () -> (n, e) the photos in a joint space of photos and texts; None where no model has one
    joint_embed    m texts -> (m, e) unit vectors in the joint space; None where that is the space of `embed`
    soft_captions  () -> (n, e) the mean of all nouns that the captioner thought possible, by their probability, for a
                   captioner that says only the most probable; None for any other
    ask            (system, prompt, JSON schema) -> the raw answer of the language model, not to be trusted; None
                   without one
    """

    image: Vectors
    questions: tuple[str, ...]
    texts: tuple[Texts, ...]
    embed: Callable[[Sequence[str]], Vectors]
    joint_image: Callable[[], Vectors] | None = None
    joint_embed: Callable[[Sequence[str]], Vectors] | None = None
    soft_captions: Callable[[], Vectors] | None = None
    ask: Callable[[str, str, dict[str, Any]], str] | None = None


VectorFactory = Callable[[], Vectors]
"""What gives n unit vectors, (n, d), as often as it is called: some are too long for all sets to be held at once."""

Clusterer = Callable[[Sequence[VectorFactory]], list[Clustering]]
"""Several sets of n unit vectors -> a clustering of each, all into the same number of clusters."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One clustering of all photos.

    question  what the texts answer
    texts     one line for each photo
    names     what the method calls its clusters, by number; empty where naming has to find that
    """

    question: str
    clustering: Clustering
    texts: tuple[str, ...] = field(repr=False)
    names: tuple[str, ...] = ()

    @property
    def loss(self) -> float:
        """The inertia for each photo: what a vector lacks to the cosine 1, on average."""
        return self.clustering.inertia / max(1, len(self.texts))


@dataclass(frozen=True, slots=True)
class Grouping:
    """What a method found, in the order of the questions; the candidate of the lowest loss counts."""

    candidates: tuple[Candidate, ...]

    @property
    def best(self) -> Candidate:
        """The candidate with the lowest loss, the first of equal ones."""
        return min(self.candidates, key=lambda candidate: candidate.loss)


class Method(Protocol):
    """A way to group photos."""

    def group(self, views: Views, cluster: Clusterer) -> Grouping:
        """Bring the views of n photos into clusters."""
        ...


def sorted_into(categories: Sequence[str], vectors: Vectors, texts: Texts, question: str = "") -> Candidate:
    """Make the candidate of a method that has no centroids, but says of each photo in which category it is.

    categories  (n,) the name of each photo's category, which becomes the name of its cluster
    vectors     (n, d) unit rows from which centroids are taken, for whoever asks what lies near what
    """
    number = {name: place for place, name in enumerate(dict.fromkeys(categories))}
    clustering = from_labels(vectors, np.array([number[name] for name in categories]))
    names = tuple(categories[np.flatnonzero(clustering.labels == cluster)[0]] for cluster in range(clustering.k))
    return Candidate(question, clustering, joined(texts), names)


def constant(vectors: Vectors) -> VectorFactory:
    """Return a factory of vectors that are there already."""
    return lambda: vectors


def joined(texts: Texts) -> tuple[str, ...]:
    """Return the texts of each photo as one, in the way of "Text-Guided Image Clustering"."""
    return tuple(". ".join(some) for some in texts)
