"""Plurals and singulars of English nouns, by the library pluralizer."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pluralizer import Pluralizer

KNOWN_NOUNS = 50_000
"""Singulars that are kept in memory: captions repeat their words."""


@lru_cache(KNOWN_NOUNS)
def singular_noun(noun: str) -> str:
    """Return the singular of one word; what is none comes back as it is."""
    return str(_pluralizer().singular(noun))


def plural_noun(noun: str) -> str:
    """Return the plural of one word."""
    return str(_pluralizer().plural(noun))


@cache
def _pluralizer() -> Pluralizer:
    from pluralizer import Pluralizer

    return Pluralizer()  # type: ignore[no-untyped-call]
