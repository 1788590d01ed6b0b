"""Tags: what a network trained on ImageNet believes about a photo, in honest words.

Nothing here looks at pixels: the tags come from the features that the image encoder has computed anyway. How
narrow a noun may be follows Deng, Krause, Berg and Fei-Fei, "Hedging your bets: Optimizing
accuracy-specificity trade-offs in large scale visual recognition" (CVPR 2012): among the nouns that hold
enough of the probability, the one with the largest expected information gain is said, so that three doubtful
breeds become "a dog".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from photosort.models.protocols import Identity, Vectors
from photosort.photos.facts.facts import Said
from photosort.wordnet.nouns import NounTree, nouns

CERTAIN = 0.8
"""A noun with this much of the probability is said without a hedge."""
LIKELY = 0.5
"""More likely than not: said with "probably"."""
POSSIBLE = 0.2
"""Said with "maybe"; at most two such nouns are."""
MOST_MAYBES = 2
UNCLEAR = "something unclear"
NOTHING = Said()
CLOTHING = "n03051540"
"""WordNet's noun for it. Of people it says nothing: ImageNet has no label for a person, but for what they wear."""
PAGES = ("screenshot", "document", "receipt")
"""Of these a tag would only say what their letters and lines look like to a network that knows no letters."""
RULES = "2"
"""Part of the identity; changes with any rule of this module."""


class LabelProbabilities(Protocol):
    """The last layer of the network."""

    def probabilities(self, features: Vectors) -> Vectors:
        """(b, d) features -> (b, 1000) probabilities of the labels, each row with the sum 1."""
        ...


@dataclass(frozen=True, slots=True)
class Tag:
    """One noun for a photo.

    noun          "tabby cat"
    probability   of the noun and everything narrower, 0 to 1
    maybe         True when the noun is less likely than not; a count of nouns may leave these out
    wnid          the key of photosort.wordnet.nouns, to reach broader nouns and the article
    """

    noun: str
    probability: float
    maybe: bool
    wnid: str


def above_floor(probabilities: Vectors) -> Vectors:
    """Take from each row the share that every label gets whatever the photo shows; rows sum to 1 again.

    A network trained with label smoothing (Szegedy et al., "Rethinking the Inception architecture for
    computer vision", CVPR 2016, section 7) is taught to give each of the K labels e/K for nothing; so it
    says less than it knows of what it sees, and something of every broad noun. At most a few of 1,000
    labels fit a photo; the median label of a row does not, and what it has is the floor. A row that is
    only floor becomes zeros.
    """
    floor = np.median(probabilities, axis=1, keepdims=True)
    raised = np.maximum(probabilities - floor, 0)
    total = raised.sum(axis=1, keepdims=True)
    return np.asarray(raised / np.where(total > 0, total, 1), np.float32)


class Tagger:
    """Probabilities of the labels to tags."""

    def __init__(self, tree: NounTree | None = None) -> None:
        self._tree = tree or nouns()
        within = self._tree.membership @ self._tree.membership.T
        sizes = np.diag(within)
        self._inside = (within == sizes[None, :]) & (sizes[None, :] < sizes[:, None])
        self._apart = within == 0

    def tag(self, probabilities: Vectors) -> list[list[Tag]]:
        """(b, 1000) probabilities, as the head gives them -> b lists of tags, broadest and surest first."""
        mass = above_floor(probabilities) @ self._tree.membership.T
        return [self._tags_of(row) for row in mass]

    def _tags_of(self, mass: Vectors) -> list[Tag]:
        """Choose from the probabilities (m,) of all spoken nouns.

        First one noun that is certain, or else likely. Then a narrower one that is likely (alone, where it is
        certain too), or else at most two that are possible: narrower than the first or, if that is only
        likely, beside it.
        """
        anywhere = np.ones(len(mass), np.bool_)
        first = self._best(mass, CERTAIN, anywhere)
        certain = first is not None
        if first is None:
            first = self._best(mass, LIKELY, anywhere)
        if first is None:
            chosen, allowed = [], anywhere
        else:
            chosen = [first]
            allowed = self._inside[first] if certain else self._inside[first] | self._apart[first]
            second = self._best(mass, LIKELY, self._inside[first])
            if second is not None:
                both = [self._tag(place, mass) for place in (first, second)]
                return both[1:] if mass[second] >= CERTAIN else both
        for _ in range(MOST_MAYBES):
            maybe = self._best(mass, POSSIBLE, allowed)
            if maybe is None:
                break
            chosen.append(maybe)
            allowed = allowed & self._apart[maybe]
        return [self._tag(place, mass) for place in chosen]

    def _best(self, mass: Vectors, least: float, allowed: NDArray[np.bool_]) -> int | None:
        """Place of the allowed noun with the largest expected information, probability times bits."""
        gain = np.where(allowed & (mass >= least), mass * self._tree.information, -1)
        place = int(np.argmax(gain))
        return place if gain[place] >= 0 else None

    def _tag(self, place: int, mass: Vectors) -> Tag:
        noun = self._tree.spoken[place]
        probability = min(1.0, float(mass[place]))
        return Tag(noun.noun, probability, maybe=bool(mass[place] < LIKELY), wnid=noun.wnid)


def describe(tags: Sequence[Tag], tones: Sequence[str] = (), said: Said = NOTHING, tree: NounTree | None = None) -> str:
    """Return one line for a photo: its tags as Tagger gives them, its tones as `photos.pixels` does, and its facts.

    "a photo of a dog, probably a golden retriever"; "maybe a photo of a palace or a monastery"; "a photo of two people,
    probably a suit (clothing)"; "a receipt".
    """
    if said.kind in PAGES:
        return f"a {said.kind}"
    tree = tree or nouns()
    tags = [tag for tag in tags if not (said.people and tag.wnid == CLOTHING)]
    front = " ".join(tone for tone in tones if not tone.startswith("mostly"))
    back = ", ".join(tone for tone in tones if tone.startswith("mostly"))
    photo = f"a {front} {said.kind or 'photo'} of" if front else f"a {said.kind or 'photo'} of"
    sure = [tag for tag in tags if not tag.maybe]
    maybes = " or ".join(tree[tag.wnid].phrase for tag in tags if tag.maybe)
    if sure:
        kind = tree.kind_of(sure[0].wnid)
        bare = said.people and kind and kind.wnid == CLOTHING
        noun = tree[sure[0].wnid].phrase if bare else tree.explained(sure[0].wnid, article=True)
        hedge, narrower = ("", "probably") if sure[0].probability >= CERTAIN else ("probably ", "maybe")
        parts = [f"{photo} {said.people}", f"{hedge}{noun}"] if said.people else [f"{hedge}{photo} {noun}"]
        parts += [f"{narrower} {tree[tag.wnid].phrase}" for tag in sure[1:]]
        parts += [f"maybe {maybes}"] if maybes else []
    elif said.people:
        parts = [f"{photo} {said.people}", *([f"maybe {maybes}"] if maybes else [])]
    else:
        parts = [f"maybe {photo} {maybes}" if maybes else f"{photo} {UNCLEAR}"]
    return ", ".join([*parts, back] if back else parts)


class TagCaptioner:
    """A FeatureCaptioner without a model of its own: it reads the features of the image encoder through its head.

    `revision` is the revision of the encoder and head, whose weights decide what is said.
    """

    reads: Literal["vectors"] = "vectors"

    def __init__(self, head: LabelProbabilities, revision: str) -> None:
        self._head = head
        self._tagger = Tagger()
        self.identity = Identity("tags", f"{revision}+{nouns().digest}+{RULES}")

    def tags(self, features: Vectors) -> list[list[Tag]]:
        """(b, d) features, not normalised -> tags of each photo, the surest first, none if unclear."""
        return self._tagger.tag(self._head.probabilities(features))

    def caption(
        self, vectors: Vectors, tones: Sequence[tuple[str, ...]] | None = None, said: Said = NOTHING
    ) -> list[str]:
        """(b, d) features, not normalised, the tones of each photo where known, and the facts of all -> b captions."""
        tags = self.tags(vectors)
        return [describe(found, tone, said) for found, tone in zip(tags, tones or [()] * len(tags), strict=True)]
