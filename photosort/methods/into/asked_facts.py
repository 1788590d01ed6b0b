"""Categories that ask for what facts tell: screenshots, papers, people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from photosort.clustering.kmeans import Vectors
from photosort.models.protocols import Category
from photosort.wordnet.meanings import parts
from photosort.wordnet.plurals import singular_noun

KINDS = frozenset({"screenshots", "documents", "receipts", "memes", "drawings", "scans"})
"""What a picture is instead of a photo of something."""
_PEOPLE = ("people", "two people", "portraits")
_ASKED = {
    **dict.fromkeys(("person", "human", "family", "friend", "group", "guest", "child", "kid"), _PEOPLE),
    "couple": ("two people",),
    **dict.fromkeys(("portrait", "face", "selfie"), ("portraits",)),
    "screenshot": ("screenshots",),
    **dict.fromkeys(("document", "paper", "paperwork", "letter", "form"), ("documents", "scans", "receipts")),
    "scan": ("scans", "documents", "receipts"),
    **dict.fromkeys(("receipt", "bill", "invoice"), ("receipts",)),
    "meme": ("memes",),
    **dict.fromkeys(("drawing", "sketch", "cartoon", "illustration"), ("drawings",)),
}
"""Word of a category -> what it asks for, in the words of `Views.told`, what it asks for most first."""

SEEN = 2.5
"""Standard deviations that a face is worth to a category that asks for people. From so many on a photo clearly shows a
thing (see `naming.seen`), so that a family at the beach lies with whichever is clearer."""
UNTOLD = 2 * SEEN
"""Standard deviations that it costs in a category of screenshots or papers that facts do not tell a photo to be one,
where they tell others: they miss a few, and models that were made for photos take many a thing for a page."""


def asked(category: Category) -> tuple[str, ...]:
    """Return what a category asks for of what facts tell, the most wanted first."""
    words = (singular_noun(part) for part in (*parts(category.name), *parts(category.hint)))
    barred = {word for part in parts(category.without) for word in _ASKED.get(singular_noun(part), ())}
    found = dict.fromkeys(told for word in words for told in _ASKED.get(word, ()))
    return tuple(told for told in found if told not in barred)


class AskedFacts:
    """What facts tell of n photos, held against c categories.

    by_kind  (n, c) whether a photo is of the kind that a category asks for, and no other asks for it more
    support  (n, c) standard deviations to be added to scores for who can be seen
    unasked  (n,) the kind of a picture that no category asks for; empty for photos
    """

    def __init__(self, told: Sequence[tuple[str, ...]], categories: Sequence[Category], photos: int) -> None:
        wanted = [asked(category) for category in categories]
        self.by_kind: NDArray[np.bool_] = np.zeros((photos, len(categories)), dtype=np.bool_)
        self.support: Vectors = np.zeros((photos, len(categories)), dtype=np.float32)
        self.unasked: tuple[str, ...] = ("",) * photos
        if not told:
            return
        number = {words: place for place, words in enumerate(dict.fromkeys(told))}
        which = np.array([number[words] for words in told], dtype=np.intp)
        ranks = [[_rank(words, wish) for wish in wanted] for words in number]
        rank = np.array(ranks, dtype=np.float64).reshape(len(number), len(categories))
        best = np.isfinite(rank) & (rank == rank.min(axis=1, keepdims=True, initial=np.inf))
        kind = np.array([not KINDS.isdisjoint(words) for words in number])
        self.by_kind = (best & kind[:, None])[which]
        kinds_alone = best.any(axis=0) & np.array([KINDS.issuperset(wish) for wish in wanted])
        seen = best & ~kind[:, None]
        self.support = np.asarray(np.where(seen, SEEN, 0) - np.where(kinds_alone & ~best, UNTOLD, 0), np.float32)[which]
        lost = ["" if best[place].any() else next(iter(KINDS & set(words)), "") for words, place in number.items()]
        self.unasked = tuple(lost[place] for place in which)


def _rank(told: tuple[str, ...], wanted: tuple[str, ...]) -> float:
    """Return the place of the first wish that is fulfilled; infinite where none is."""
    return min((place for place, wish in enumerate(wanted) if wish in told), default=np.inf)
