"""Names made by counting, without a model: the keywords of a cluster, as captions write them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, takewhile

from photosort.naming.answer import SUMMARY_WORDS, cut_words
from photosort.naming.folder_name import UNNAMED
from photosort.naming.keywords import Keyword
from photosort.naming.prompt import MIXED, ClusterText, plain
from photosort.naming.said import is_kind_of
from photosort.naming.subject import MOST, PART, starting
from photosort.naming.words import MAX_WORDS, plural, singular, word_key

SUMMARY_KEYWORDS = 4
BROAD_KEYWORDS = 3
SHORT = 3
"""Letters of a word that may be part of another by chance."""
TENTH = 10
MOSTLY = 2 / 3
_LOOKED_AT = 200


def titles(cluster: ClusterText) -> Iterator[str]:
    """Yield titles from the best to ever longer ones, so that one of them is unlike that of any other cluster.

    First the subject. One that was looked for and not found leaves when the photos were taken, or "Mixed". Where none
    was looked for, it is the first keyword, with the next where that is half as frequent and of several photos too, or
    else the broad noun of the cluster. What tells it apart follows, mostly in brackets.
    """
    cluster = _without_broad(cluster)
    base, more = _first_title(cluster, written(cluster))
    yield base
    if cluster.subject:
        yield from cluster.subject.apart
        more = [*cluster.subject.beside, *more]
    said = [word for word in dict.fromkeys(more) if _adds(word, base)]
    for length in range(1, len(said) + 1):
        yield in_brackets(base, ", ".join(said[:length]))
    yield from (in_brackets(base, part) for part in traits(cluster) if part not in base)


def _adds(word: str, title: str) -> bool:
    """Return whether a word tells more than a title: it neither repeats it nor is what the title is a kind of."""
    heads = {singular(part) for part in word.casefold().split()}
    repeats = any(len(head) > SHORT and head in title.casefold() for head in heads) or word_key(word) <= word_key(title)
    return not repeats and not is_kind_of(title.casefold(), word)


def _first_title(cluster: ClusterText, words: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Return the best title, and the keywords that it leaves out."""
    if cluster.subject and cluster.subject.title:
        return cluster.subject.title, _frequent(cluster, words, MOST)
    if cluster.broad == MIXED or (cluster.subject and cluster.photos > 1):
        mixed = in_brackets(MIXED.capitalize(), cluster.tone)
        return (cluster.marks[0] if cluster.marks else mixed), _frequent(cluster, words, PART)
    if cluster.broad:
        several = min(_several_or_tenth(cluster), BROAD_KEYWORDS)
        beside = cluster.tone if cluster.tone != cluster.broad else ""
        return in_brackets(_broad(cluster), ", ".join(words[:several]) or beside), words[several:]
    if words:
        first = 2 if _paired(cluster.keywords) else 1
        return starting(_list(words[:first])), words[first:]
    return in_brackets(UNNAMED.capitalize(), cluster.tone), ()


def _frequent(cluster: ClusterText, words: Sequence[str], share: float) -> list[str]:
    """Return the words that this share of the photos show, and two at least."""
    enough = max(2, share * cluster.photos)
    return [text for text, word in zip(words, cluster.keywords, strict=True) if word.count >= enough]


def traits(cluster: ClusterText) -> Iterator[str]:
    """Yield what else tells a cluster from another one that has the same words: when it was taken, and its tone."""
    yield from cluster.marks
    if cluster.tone:
        yield cluster.tone


def in_brackets(title: str, more: str) -> str:
    """Add to a title, in the brackets that it has already or in new ones."""
    if not more:
        return title
    return f"{title[:-1]}, {more})" if title.endswith(")") else f"{title} ({more})"


def summary(cluster: ClusterText) -> str:
    """Return the keywords of more than one photo, or of a tenth, in at most SUMMARY_WORDS words; in brackets after the
    subject or `broad`.
    """
    cluster = _without_broad(cluster)
    if cluster.subject:
        title = next(titles(cluster))
        kept = [word for word in written(cluster)[: _several(cluster)] if _adds(word, title)]
        said = cut_words(_list(kept[:SUMMARY_KEYWORDS]), SUMMARY_WORDS - len(title.split()))
        return in_brackets(title, said)
    most = _several_or_tenth(cluster) if cluster.broad else _several(cluster)
    said = cut_words(_list(written(cluster)[: min(most, SUMMARY_KEYWORDS)]), SUMMARY_WORDS - MAX_WORDS)
    if cluster.broad and said:
        return in_brackets(_broad(cluster), said)
    return starting(said) or next(titles(cluster))


def written(cluster: ClusterText) -> list[str]:
    """Return the keywords as captions write them, in the plural where there are several of what can be counted."""
    return [cluster.inflected(word, plain(as_written(word.term, cluster.captions))) for word in cluster.keywords]


def as_written(term: str, captions: Mapping[str, int]) -> str:
    """Return a case-folded term as captions write it after their first word: "van gogh" as "Van Gogh"."""
    pattern = re.compile(rf"(?<=\w\s){re.escape(term)}\b", re.IGNORECASE)
    forms: Counter[str] = Counter()
    for caption in islice(sorted(captions), _LOOKED_AT):
        if found := pattern.search(caption):
            forms[found[0]] += captions[caption]
    return min(forms, key=lambda form: (-forms[form], form)) if forms else term


def without_nested(keywords: Sequence[Keyword]) -> tuple[Keyword, ...]:
    """Return the keywords without those that say the same as a better one in more or fewer words.

    Of "cat" and "tabby cat" the better one stays, unless the longer is said of MOSTLY as many photos: then it
    takes the place of the shorter.
    """
    kept: list[Keyword] = []
    for keyword in keywords:
        akin = [place for place, word in enumerate(kept) if _nested(word, keyword)]
        if not akin:
            kept.append(keyword)
        elif len(akin) == 1:
            kept[akin[0]] = _better(kept[akin[0]], keyword)
    return tuple(kept)


def without(cluster: ClusterText, words: frozenset[str]) -> ClusterText:
    """Return the cluster without the keywords that have one of these words, and without nested ones."""
    honest = [word for word in cluster.keywords if words.isdisjoint(word.term.split())]
    return replace(cluster, keywords=without_nested(honest))


def _without_broad(cluster: ClusterText) -> ClusterText:
    """Return the cluster without its broad noun among the keywords, where it may be one that others have won."""
    return replace(cluster, keywords=tuple(word for word in cluster.keywords if word.term != cluster.broad))


def _broad(cluster: ClusterText) -> str:
    return starting(plural(cluster.broad) if cluster.broad in cluster.countable else cluster.broad)


def _several(cluster: ClusterText) -> int:
    """Return how many of the keywords, best first, are said of more than one photo, or of a tenth."""
    said = (word.count > 1 or word.count * TENTH >= cluster.photos for word in cluster.keywords)
    return sum(takewhile(bool, said))


def _several_or_tenth(cluster: ClusterText) -> int:
    """Return how many are said of more than one photo, or else of a tenth: a list is not "cars, hats, ant"."""
    return sum(takewhile(bool, (word.count > 1 for word in cluster.keywords))) or _several(cluster)


def _paired(keywords: Sequence[Keyword]) -> bool:
    """Return whether the second keyword stands beside the first in a title; neither is a kind of the other there."""
    if len(keywords) < 2:
        return False
    best, second = keywords[0].count, keywords[1].count
    often = second * 2 >= best and (second > 1 or best == 1)
    first, other = keywords[0].term, keywords[1].term
    return often and not is_kind_of(first, other) and not is_kind_of(other, first)


def _nested(one: Keyword, other: Keyword) -> bool:
    first, second = set(one.term.split()), set(other.term.split())
    return first <= second or second <= first


def _better(kept: Keyword, later: Keyword) -> Keyword:
    longer = len(later.term.split()) > len(kept.term.split())
    return later if longer and later.count >= MOSTLY * kept.count else kept


def _list(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + f" and {words[-1]}" if len(words) > 1 else "".join(words)
