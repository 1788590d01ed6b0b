"""What is said of photos, each distinct text once: questions are asked of texts, not of photos."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from photosort.clustering.kmeans import Labels, Vectors
from photosort.methods.criterion.labels import fold
from photosort.methods.method import Texts, joined
from photosort.naming.answer import is_refusal
from photosort.naming.prompt import plain

Item = TypeVar("Item")

NO_DESCRIPTION = "it has no description"
UNCLEAR = "its description says nothing: {}"
REFUSED = "the captioner refused to describe it: {}"

BEGINNING, SHOWN = 80, 60
"""Characters within which a refusal begins, and that are shown of a text."""

_SAY_NOTHING = frozenset(
    fold(text)
    for text in ("something unclear", "unclear", "unknown", "nothing", "none", "n/a", "something", "not sure", "maybe")
)


@dataclass(frozen=True, slots=True)
class Descriptions:
    """The descriptions of n photos.

    distinct  m texts, each in one line
    place     (n,) which of them each photo has; -1 for a photo without a usable one
    whole     the texts of each photo, as they were given
    unusable  the photos without a usable one, each with the reason
    """

    distinct: tuple[str, ...]
    place: Labels
    whole: tuple[str, ...]
    unusable: dict[int, str]

    @classmethod
    def of(cls, texts: Texts) -> Descriptions:
        """Take the descriptions from the texts of each photo."""
        whole = joined(texts)
        lines = [plain(text).strip() for text in whole]
        faults = {line: fault_of(line) for line in set(lines)}
        number: dict[str, int] = {}
        for line in lines:
            if not faults[line]:
                number.setdefault(line, len(number))
        place = np.array([number.get(line, -1) for line in lines], dtype=np.intp)
        unusable = {photo: faults[line] for photo, line in enumerate(lines) if faults[line]}
        return cls(tuple(number), place, whole, unusable)

    def rows(self, rows: Vectors) -> Vectors:
        """Spread (m, d) rows, one a text, over the photos: (n, d), of zeros where a photo has no usable text."""
        spread = np.zeros((len(self.place), rows.shape[1]), dtype=np.float32)
        has = self.place >= 0
        spread[has] = rows[self.place[has]]
        return spread

    def each(self, items: Sequence[Item], missing: Callable[[int], Item]) -> list[Item]:
        """Spread m items, one a text, over the photos; `missing` makes one for a photo without a usable text."""
        return [items[place] if place >= 0 else missing(photo) for photo, place in enumerate(self.place)]


def fault_of(description: str) -> str:
    """Return why a description cannot be used; empty where it can."""
    if not any(c.isalnum() for c in description):
        return NO_DESCRIPTION
    if is_refusal(description[:BEGINNING]):
        return REFUSED.format(description[:SHOWN])
    if fold(description) in _SAY_NOTHING:
        return UNCLEAR.format(description[:SHOWN])
    return ""
