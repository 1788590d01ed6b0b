"""Whether any photo looks like what a query asks for: the nearest photo is always found, even where none does."""

from __future__ import annotations

from photosort.models.protocols import Vectors
from photosort.wordnet.album import album

STANDS_OUT = 3.0
"""Standard deviations from which on a photo looks like a query."""
TINY = 1e-6

EACH = 5
"""Of so many things that people call folders by, one is compared with: their mean and spread are those of all."""


def other_things() -> list[str]:
    """Return some hundred descriptions of things, spread over all that people call folders by."""
    return [concept.seen for concept in album().concepts if concept.seen != "-"][::EACH]


def looks_like(score: float, others: Vectors) -> bool:
    """Return whether a photo fits a query better than it fits other things by chance.

    `score` is its score for the query, `others`, (c,), its scores for c other things. The score
    has to lie STANDS_OUT of their standard deviations above their mean. tests/bench/doubt.py measures it.
    """
    return bool(score - others.mean() >= STANDS_OUT * max(float(others.std()), TINY))
