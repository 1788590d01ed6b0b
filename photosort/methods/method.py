"""What every method is given and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from photosort.clustering.kmeans import Clustering, Vectors

Texts = Sequence[tuple[str, ...]]
"""For each photo the texts that one captioner gave."""


@dataclass(frozen=True, slots=True)
class Views:
    """N photos as a method sees them. What only some methods need is a function, computed when it is called.

    image      (n, d) as the image encoder gave them
    questions  what the photos were asked
    texts      for each question n tuples of texts
    embed      m texts -> (m, e) unit vectors
    placed     () -> (n, e) the photos in a space of texts; None where no model knows that
    beside     m texts -> (m, e) unit vectors in the space of `placed`; None where that is the space of `embed`
    unrounded  () -> (n, e) what the captions say in a few words, said in full; None where captions say all
    """

    image: Vectors
    questions: tuple[str, ...]
    texts: tuple[Texts, ...]
    embed: Callable[[Sequence[str]], Vectors]
    placed: Callable[[], Vectors] | None = None
    beside: Callable[[Sequence[str]], Vectors] | None = None
    unrounded: Callable[[], Vectors] | None = None


VectorFactory = Callable[[], Vectors]
"""What gives n unit vectors, (n, d), as often as it is called: some are too long for all sets to be held at once."""

Clusterer = Callable[[Sequence[VectorFactory]], list[Clustering]]
"""Several sets of n unit vectors -> a clustering of each, all into the same number of clusters."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One clustering of all photos. `question` is what its texts answer, `texts` one line for each photo."""

    question: str
    clustering: Clustering
    texts: tuple[str, ...] = field(repr=False)

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


def constant(vectors: Vectors) -> VectorFactory:
    """Vectors that are there, as what gives them."""
    return lambda: vectors


def joined(texts: Texts) -> tuple[str, ...]:
    """The texts of each photo as one, in the way of "Text-Guided Image Clustering"."""
    return tuple(". ".join(some) for some in texts)
