"""What every method is given and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from photosort.clustering.kmeans import Clustering, Labels, Vectors
from photosort.methods.conversation import Announce, Question, Settle, as_proposed, unannounced, unknown
from photosort.models.protocols import Category, LanguageModel
from photosort.support.progress import Progress, silent

Texts = Sequence[tuple[str, ...]]
"""For each photo the texts that one captioner gave."""


class Examples(NamedTuple):
    """M photos that show what belongs into the categories of the user.

    image      (m, d) as the image encoder gave them
    zero_shot  (m, c) as `Views.zero_shot` rates them; None where no model tells
    owner      (m,) the category, by its place in the list, that each of them is an example of
    """

    image: Vectors
    zero_shot: Vectors | None
    owner: Labels


class Nouns(NamedTuple):
    """V nouns in the joint space of photos and texts.

    words    (v,) as WordNet writes them
    vectors  (v, e), of unit length but for rounding
    """

    words: tuple[str, ...]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Views:
    """N photos as a method sees them. What only some methods need is a function, computed when it is called.

    image          (n, d) as the image encoder gave them
    questions      what the photos were asked
    texts          for each question n tuples of texts
    embed          m texts -> (m, e) unit vectors of the text encoder
    joint_image    () -> (n, e) the photos in a joint space of photos and texts; None where no model has one
    joint_embed    m texts -> (m, e) unit vectors in the joint space; None where that is the space of `embed`
    nouns          () -> all nouns of WordNet in the joint space; None where no model has one
    soft_captions  () -> (n, e) the mean of all nouns that the captioner thought possible, by their probability, for a
                   captioner that says only the most probable; None for any other
    zero_shot      categories -> (n, c) how well each photo fits each, larger is better; None where no model tells
    examples       photos that show categories, where the user gave some
    told           for each photo what its facts say in words, such as ("people",) or ("screenshots",); empty where no
                   facts are known
    categories     what the photos are to be sorted into, where the user has said that
    model          the language model; None without one
    known          whether the language model has answered a question before, so that it costs nothing now
    announce       is shown what is about to be asked
    cuda           a device such as cuda:1 that may do what is much work; empty where there is none
    progress       is told how many questions are answered
    settle         decides on the categories that a language model proposes
    """

    image: Vectors
    questions: tuple[str, ...]
    texts: tuple[Texts, ...]
    embed: Callable[[Sequence[str]], Vectors]
    joint_image: Callable[[], Vectors] | None = None
    joint_embed: Callable[[Sequence[str]], Vectors] | None = None
    nouns: Callable[[], Nouns] | None = None
    soft_captions: Callable[[], Vectors] | None = None
    zero_shot: Callable[[Sequence[Category]], Vectors] | None = None
    examples: Examples | None = None
    told: tuple[tuple[str, ...], ...] = ()
    categories: tuple[Category, ...] = ()
    model: LanguageModel | None = None
    known: Callable[[Question], bool] = unknown
    announce: Announce = unannounced
    cuda: str = ""
    progress: Progress = silent
    settle: Settle = as_proposed


VectorFactory = Callable[[], Vectors]
"""What gives n unit vectors, (n, d), as often as it is called: some are too long for all sets to be held at once."""

Clusterer = Callable[[Sequence[VectorFactory]], list[Clustering]]
"""Several sets of n unit vectors -> a clustering of each, all into the same number of clusters."""


@dataclass(frozen=True, slots=True)
class Found:
    """How one photo came to its category.

    label      what a language model called what its description says of the criterion; empty where none was asked
    runner_up  the category that would have been next, also one without a photo; empty where there is only one
    by         how its own was found: "zero-shot", "examples", "facts", "text", "cluster", "answer", "second
               answer" or "nearest"
    nouns      of WordNet that fit it, with their weights, 0 to 1, the largest first
    """

    label: str = ""
    runner_up: str = ""
    by: str = ""
    nouns: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """One clustering of all photos.

    question    what the texts answer
    texts       one line for each photo
    names       what the method calls its clusters, by number; empty where naming has to find that
    above       for each cluster the folder that its own lies in, "" at the top; empty where there is one level
    aside       photos that belong to no cluster, by number, each with the reason; `clustering` has them where they fit
                best
    rest        the name of the folder for those; empty for "Unsorted"
    answers     for each photo what was found out on the way to its cluster; empty where nothing was
    remarks     what the user should know of how the clusters came about, a sentence each
    categories  what the photos could be sorted into, those without a photo too; empty for a method that clusters
    """

    question: str
    clustering: Clustering
    texts: tuple[str, ...] = field(repr=False)
    names: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    aside: Mapping[int, str] = field(default_factory=dict, repr=False)
    rest: str = ""
    answers: tuple[Found, ...] = field(default=(), repr=False)
    remarks: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()

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
    """Return a factory of vectors that are there already."""
    return lambda: vectors


def joined(texts: Texts) -> tuple[str, ...]:
    """Return the texts of each photo as one, in the way of "Text-Guided Image Clustering"."""
    return tuple(". ".join(some) for some in texts)
