"""From the captions of all clusters to what the names are made of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from photosort.naming.keywords import exclusive_keywords
from photosort.naming.prompt import ClusterText
from photosort.naming.words import fold_plurals, terms

KEYWORDS = 6
EXEMPLARS = 5

_DOUBT = re.compile(r"(?:^|,)\s*maybe\b[^,]*", re.IGNORECASE)


def cluster_texts(captions: Sequence[Sequence[str]]) -> list[ClusterText]:
    """Captions of each cluster, its exemplars first -> keywords that no other cluster has, with their counts.

    What a caption only says with a maybe is no keyword: a wrong noun in a folder name is worse than none.
    """
    said = fold_plurals([[terms(without_doubt(caption)) for caption in members] for members in captions])
    keywords = exclusive_keywords(said, KEYWORDS)
    return [
        ClusterText(captions=Counter(members), exemplars=tuple(members[:EXEMPLARS]), keywords=words)
        for members, words in zip(captions, keywords, strict=True)
    ]


def without_doubt(caption: str) -> str:
    """The clauses of a caption that do not begin with "maybe": of "a dog, maybe a pug" the dog."""
    return _DOUBT.sub("", caption)
