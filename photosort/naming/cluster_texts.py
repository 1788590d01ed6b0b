"""From the captions of all clusters to what the names are made of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from photosort.naming.keywords import Keyword, Members, document_frequency, exclusive_keywords
from photosort.naming.prompt import ClusterText
from photosort.naming.words import fold_plurals, terms

KEYWORDS = 6
EXEMPLARS = 5
ENOUGH = 1 / 4
"""The share of a cluster's photos that a word has to be said of, to stand for all of them; and of two at least."""
MIXED = "mixed"
BLACK_AND_WHITE = "black and white"

_DOUBT = re.compile(r"(?:^|,)\s*maybe\b[^,]*", re.IGNORECASE)


def cluster_texts(captions: Sequence[Sequence[str]]) -> list[ClusterText]:
    """Captions of each cluster, its exemplars first -> keywords that no other cluster has, with their counts.

    What a caption only says with a maybe is no keyword: a wrong noun in a folder name is worse than none.
    """
    said = fold_plurals([[terms(without_doubt(caption)) for caption in members] for members in captions])
    return [
        ClusterText(
            captions=Counter(members),
            exemplars=tuple(members[:EXEMPLARS]),
            keywords=keywords,
            broad=_broad(members, words, keywords),
        )
        for members, words, keywords in zip(captions, said, exclusive_keywords(said, KEYWORDS), strict=True)
    ]


def without_doubt(caption: str) -> str:
    """Return the clauses of a caption that do not begin with "maybe": of "a dog, maybe a pug" the dog."""
    return _DOUBT.sub("", caption)


def _broad(captions: Sequence[str], terms: Members, keywords: Sequence[Keyword]) -> str:
    if keywords and _is_enough(keywords[0].count, len(captions)):
        return ""
    toned = sum(BLACK_AND_WHITE in caption for caption in captions)
    if toned * 2 > len(captions):
        return BLACK_AND_WHITE
    counts = document_frequency(terms)
    term = min(counts, key=lambda term: (-counts[term], term), default="")
    return term if _is_enough(counts[term], len(captions)) else MIXED


def _is_enough(count: int, photos: int) -> bool:
    return count >= ENOUGH * photos and (count > 1 or photos <= 2)
