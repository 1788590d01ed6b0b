"""The list that step 3 of IC|TC chooses from, and what a language model answers, held to it.

With Llama 2 a fifth of the answers are outside the list (appendix A.2); the code of the paper gives these a random
category.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from photosort.clustering.kmeans import Vectors
from photosort.methods.criterion.labels import fold
from photosort.methods.criterion.replies import read_reply
from photosort.models.protocols import Category
from photosort.naming.prompt import plain

LEAD = 8
"""The nearest name has to be nearer than the next by one in this many parts of what names lack to be the same."""

LONGEST_NAMED = 300
"""Characters in which a name has something in brackets or after a dash around it."""

_NUMBERED = re.compile(r"#?(\d+)\s*(?:[.:)\-–]\s*(.*))?")
_NEGATION = re.compile(r"\b(not|no|none|neither|nor|never|cannot|\w+n['’]t)\b", re.I)
_AROUND = re.compile(r"\s*[(\[].*[)\]]$|\s+[-–—:]\s.*$")


class ClosedList:
    """Some categories by the names that a model is shown: unique ones, with the folder above where there is one."""

    def __init__(self, categories: Sequence[Category]) -> None:
        self.categories = tuple(categories)
        self.shown = tuple(path_of(category) for category in categories)
        self._exact = _first_places(self.shown)
        self._folded = _first_places([fold(name) for name in self.shown])
        self._leaves = _only_places([fold(category.name) for category in categories])

    def read(self, raw: str) -> int | None:
        """Return the place of the category that an answer names; None where it names none, or several.

        Names count in any case and number, with what stands around them, by their number in the list, or as the only
        one in prose that denies nothing.
        """
        text, bare = read_reply(raw, "category")
        if not text:
            return None
        for said in dict.fromkeys([text, _AROUND.sub("", text[:LONGEST_NAMED])]):
            if (place := self._named(said)) is not None:
                return place
        if bare and (numbered := _NUMBERED.fullmatch(text)):
            named, number = self._named(numbered[2] or ""), int(numbered[1][:9])
            if named is None and not numbered[2] and number in range(1, len(self.shown) + 1):
                return number - 1
            return named
        return None if _NEGATION.search(text) else self._only_within(text)

    def _named(self, said: str) -> int | None:
        if said in self._exact:
            return self._exact[said]
        key = fold(said)
        return self._folded.get(key, self._leaves.get(key)) if key else None

    def _only_within(self, text: str) -> int | None:
        """Return the only category whose words follow each other in a text; a name within a longer one is not seen."""
        rest, found = f" {_in_order(text)} ", set[int]()
        names = [*self.shown, *(category.name for category in self.categories)]
        for name in sorted(set(names), key=lambda name: (-len(_in_order(name)), name)):
            wanted, place = f" {_in_order(name)} ", self._named(name)
            if wanted.strip() and wanted in rest and place is not None:
                found.add(place)
                rest = rest.replace(wanted, " | ")
        return found.pop() if len(found) == 1 else None


def path_of(category: Category) -> str:
    """Return the name of a category with the folder that it lies in."""
    name = plain(category.name).strip()
    return f"{plain(category.above).strip()} / {name}" if category.above else name


def clearly_nearest(similarity: Vectors, names: Vectors) -> list[int | None]:
    """Return for each of n texts the place of the name that it is clearly like; None where there is none.

    similarity  (n, c) cosines of texts and names
    names       (c, d) unit vectors of the names

    It is clear where a text is nearer to a name than names are to each other on average, and nearer than to the next
    name by an eighth of what that average lacks to 1. So the scale is the encoder's own. By MiniLM, with eight names:
    "puppy" is clearly like "Animals", "none of these", "a car engine" and "library" are like nothing.
    """
    count = len(names)
    if not count:
        return [None] * len(similarity)
    cosines = names @ names.T
    usual = float((cosines.sum() - np.trace(cosines)) / (count * (count - 1))) if count > 1 else 0.0
    ranked = np.sort(similarity, axis=1)
    best, next_best = ranked[:, -1], ranked[:, -2] if count > 1 else np.zeros(len(ranked))
    clear = (best > usual) & (best - next_best >= (1 - usual) / LEAD)
    return [int(place) if sure else None for place, sure in zip(similarity.argmax(axis=1), clear, strict=True)]


def _in_order(text: str) -> str:
    return " ".join(fold(word) for word in re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text))


def _first_places(names: Sequence[str]) -> dict[str, int]:
    return {name: place for place, name in reversed([*enumerate(names)])}


def _only_places(names: Sequence[str]) -> dict[str, int]:
    return {name: place for place, name in enumerate(names) if names.count(name) == 1}
