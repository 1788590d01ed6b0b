"""What sorting by a criterion comes to: a category for each photo, by one criterion or by two, one inside the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from photosort.clustering.kmeans import Labels, Vectors
from photosort.methods.criterion.closed_list import path_of
from photosort.methods.fusion import unit
from photosort.methods.method import Found
from photosort.models.protocols import Category


class Choice(NamedTuple):
    """The category of one photo, or of one text: its place, how it was found (see `Found.by`), or why there is none."""

    place: int | None
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sorted:
    """N photos by one criterion or two; the fields are those of `methods.sorting.sorted_into`."""

    categories: tuple[Category, ...]
    chosen: Labels
    similarity: Vectors
    vectors: Vectors
    texts: tuple[str, ...]
    aside: Mapping[int, str]
    answers: tuple[Found, ...]
    remarks: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        categories: Sequence[Category],
        choices: Sequence[Choice],
        similarity: Vectors,
        vectors: Vectors,
        texts: Sequence[str],
        labels: Sequence[str],
    ) -> Sorted:
        """Bring together what was chosen for n photos, by which (n, d) unit `vectors`, and what they were called."""
        chosen = np.array([choice.place or 0 for choice in choices], dtype=np.intp)
        aside = {photo: choice.reason for photo, choice in enumerate(choices) if choice.place is None}
        next_ones = _runners_up(categories, choices, similarity)
        answers = tuple(
            map(Found, labels, next_ones, ["" if choice.place is None else choice.by for choice in choices])
        )
        return cls(tuple(categories), chosen, similarity, vectors, tuple(texts), aside, answers)


NONE_FITS = "the language model says that it belongs into none of the folders"


def rest_of(name: str) -> Category:
    """Return the category that a language model chooses for what belongs into none of the user's."""
    return Category(name, "only what none of the other folders is right for")


def without_rest(found: Sorted, name: str) -> Sorted:
    """Set the photos aside that are in the category of `rest_of`, which is none of the user's."""
    place = found.categories.index(rest_of(name))
    kept = [number for number in range(len(found.categories)) if number != place]
    gone = {int(photo): NONE_FITS for photo in np.flatnonzero(found.chosen == place) if int(photo) not in found.aside}
    return replace(
        found,
        categories=tuple(found.categories[number] for number in kept),
        chosen=np.where(found.chosen == place, 0, found.chosen - (found.chosen > place)).astype(np.intp),
        similarity=found.similarity[:, kept],
        aside={**found.aside, **gone},
        answers=tuple(
            replace(one, by="" if photo in gone else one.by, runner_up="" if one.runner_up == name else one.runner_up)
            for photo, one in enumerate(found.answers)
        ),
    )


def nested(outer: Sorted, inner: Sorted, criteria: Sequence[str]) -> Sorted:
    """Bring two ways to sort the same n photos together: each pair of categories that has photos is one category.

    How well a photo fits a pair is the mean of how well it fits both. A photo that one of them sets aside is aside.
    """
    aside = {
        photo: f"by {criterion}: {reason}"
        for one, criterion in zip((inner, outer), reversed(criteria), strict=True)
        for photo, reason in one.aside.items()
    }
    own = [*zip(outer.chosen.tolist(), inner.chosen.tolist(), strict=True)]
    pairs = sorted({pair for photo, pair in enumerate(own) if photo not in aside})
    number = {pair: place for place, pair in enumerate(pairs)}
    categories = [Category(inner.categories[b].name, above=outer.categories[a].name) for a, b in pairs]
    similarity = (
        (outer.similarity[:, [a for a, _ in pairs]] + inner.similarity[:, [b for _, b in pairs]]) / 2
        if pairs
        else np.zeros((len(outer.chosen), 0), dtype=np.float32)
    )
    choices = [
        Choice(None, reason=aside[photo]) if photo in aside else Choice(number[pair], _weaker(first.by, second.by))
        for photo, (pair, first, second) in enumerate(zip(own, outer.answers, inner.answers, strict=True))
    ]
    result = Sorted.of(
        categories,
        choices,
        np.asarray(similarity, dtype=np.float32),
        unit(np.hstack([unit(outer.vectors), unit(inner.vectors)])),
        [". ".join(dict.fromkeys(filter(None, both))) for both in zip(outer.texts, inner.texts, strict=True)],
        [" / ".join(filter(None, (a.label, b.label))) for a, b in zip(outer.answers, inner.answers, strict=True)],
    )
    said = [
        f"By {criterion}: {remark[:1].lower()}{remark[1:]}"
        for one, criterion in zip((outer, inner), criteria, strict=True)
        for remark in one.remarks
    ]
    return replace(result, remarks=tuple(said))


def _weaker(first: str, second: str) -> str:
    ranks = ("answer", "zero-shot", "text", "second answer", "nearest")
    return max(first, second, key=lambda by: ranks.index(by) if by in ranks else -1)


def _runners_up(categories: Sequence[Category], choices: Sequence[Choice], similarity: Vectors) -> list[str]:
    """Return for each photo the category that it fits best but for its own; empty where nothing is known of that."""
    others = similarity.copy()
    for photo, choice in enumerate(choices):
        if choice.place is not None:
            others[photo, choice.place] = -np.inf
    best = others.argmax(axis=1) if len(categories) else np.zeros(len(others), dtype=np.intp)
    known = np.abs(similarity).sum(axis=1) > 0
    return [
        path_of(categories[place]) if sure and np.isfinite(others[photo, place]) else ""
        for photo, (place, sure) in enumerate(zip(best, known, strict=True))
    ]


def with_counts(found: Sorted) -> Sorted:
    """Add a remark on how many photos came to their folder in which way, where a language model chose."""
    by = Counter("" if photo in found.aside else one.by for photo, one in enumerate(found.answers))
    said = f"Folders by the answer of the language model: {by['answer']:,} photos"
    others = ((by["second answer"], "by a second one"), (by["nearest"], "as the nearest name"), (by[""], "in none"))
    said += "".join(f", {count:,} {how}" for count, how in others if count)
    return replace(found, remarks=(*found.remarks, f"{said}."))
