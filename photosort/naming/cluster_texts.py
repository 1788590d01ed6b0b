"""From the captions of all clusters to what the names are made of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from photosort.naming.keywords import Keyword, Members, Ranking, document_frequency, exclusive_keywords
from photosort.naming.prompt import MIXED, NEIGHBOURS, ClusterText
from photosort.naming.subject import Subject
from photosort.naming.words import counting_said, fold_plurals, singular, terms

KEYWORDS = 6
EXEMPLARS = 5
NEIGHBOUR_WORDS = 2
ENOUGH = 1 / 4
"""The share of a cluster's photos that a word has to be said of, to stand for all of them; and of two at least."""
UNCLEAR = "unclear"
"""What stands for a folder whose only photo has no word; MIXED for one whose photos share none."""
BLACK_AND_WHITE = "black and white"

Counted = Callable[[str], bool | None]
"""Whether there can be several of a noun, None where that is not known."""

_LOOKED_AT = 200

_DOUBT = re.compile(r"(?:^|,)\s*maybe\b[^,]*", re.IGNORECASE)
_TONE = re.compile(r"\bmostly \w+\b|\b(?:dark|bright|black and white)(?= photo\b)")


def cluster_texts(
    captions: Sequence[Sequence[str]],
    ranking: Ranking = "winner",
    *,
    subjects: Sequence[Subject] = (),
    marks: Sequence[Sequence[str]] = (),
    nearest: Sequence[Sequence[int]] = (),
    countable: Counted = lambda noun: None,
) -> list[ClusterText]:
    """Captions of each cluster, its exemplars first -> keywords that no other cluster has, with their counts.

    `subjects` and `marks` are as in `ClusterText`, for each cluster; `nearest` are the other clusters, nearest first;
    `countable` is asked where captions do not tell ("a daisy (flower)"). What a caption only says with a maybe is not a
    keyword: a wrong noun in a folder name is worse than none.
    """
    said = said_terms(captions)
    keywords = exclusive_keywords(said, KEYWORDS, ranking)
    several = _several({word.term for words in keywords for word in words}, captions, countable)
    return [
        ClusterText(
            captions=Counter(members),
            exemplars=tuple(members[:EXEMPLARS]),
            keywords=keywords[number],
            neighbours=_words_for(nearest[number] if nearest else (), keywords),
            broad=_broad(members, said[number], keywords[number]),
            countable=several,
            tone=_tone(members),
            subject=subjects[number] if subjects else None,
            marks=tuple(marks[number]) if marks else (),
        )
        for number, members in enumerate(captions)
    ]


def said_terms(captions: Sequence[Sequence[str]]) -> list[list[list[str]]]:
    """For each cluster, for each photo, the terms that its caption says without a maybe, plurals folded."""
    found = {caption: terms(without_doubt(caption)) for caption in {one for members in captions for one in members}}
    return fold_plurals([[found[caption] for caption in members] for members in captions])


def counted_again(keywords: Sequence[Keyword], captions: Sequence[str]) -> tuple[Keyword, ...]:
    """Return keywords with the number of these captions that say them, without those that none says."""
    counts = document_frequency(said_terms([captions])[0])
    kept = [replace(word, count=counts[word.term], members=len(captions)) for word in keywords if counts[word.term]]
    return tuple(sorted(kept, key=lambda word: -word.count))


def without_doubt(caption: str) -> str:
    """Return the clauses of a caption that do not begin with "maybe": of "a dog, maybe a pug" the dog."""
    return _DOUBT.sub("", caption)


def _words_for(clusters: Sequence[int], keywords: Sequence[Sequence[Keyword]]) -> tuple[str, ...]:
    words = [", ".join(word.term for word in keywords[number][:NEIGHBOUR_WORDS]) for number in clusters]
    return tuple(filter(None, words))[:NEIGHBOURS]


def _several(words: set[str], captions: Iterable[Sequence[str]], countable: Counted) -> frozenset[str]:
    """Return the words of which captions say "a" or the plural more often than they say the bare word."""
    votes = Counter[str]()
    for caption in (caption for members in captions for caption in members[:_LOOKED_AT]):
        for term in terms(caption):
            one = singular(term)
            if one != term and one in words:
                votes[one] += 1
            elif term in words:
                votes[term] += counting_said(term, caption)
    return frozenset(word for word in words if votes[word] > 0 or (not votes[word] and countable(word)))


def _tone(captions: Sequence[str]) -> str:
    tones = Counter(tone for caption in captions for tone in dict.fromkeys(_TONE.findall(caption)))
    ((tone, count),) = tones.most_common(1) or [("", 0)]
    return tone if count * 2 > len(captions) else ""


def _broad(captions: Sequence[str], terms: Members, keywords: Sequence[Keyword]) -> str:
    if keywords and _is_enough(keywords[0].count, len(captions)):
        return ""
    if _tone(captions) == BLACK_AND_WHITE:
        return BLACK_AND_WHITE
    counts = document_frequency(terms)
    term = min(counts, key=lambda term: (-counts[term], term), default="")
    if _is_enough(counts[term], len(captions)):
        return term
    return MIXED if len(captions) > 1 else UNCLEAR


def _is_enough(count: int, photos: int) -> bool:
    return count >= ENOUGH * photos and (count > 1 or photos <= 2)
