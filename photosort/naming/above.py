"""The name of a folder that holds folders."""

from __future__ import annotations

from collections.abc import Sequence

from photosort.naming.cluster_texts import ENOUGH, MIXED, Counted, cluster_texts, without_doubt
from photosort.naming.counted import written
from photosort.naming.folder_name import name_key
from photosort.naming.words import fold_plurals, terms

LISTED = 3
"""Titles that are listed where no word holds for all folders."""


def name_above(captions: Sequence[Sequence[str]], titles: Sequence[str], countable: Counted = lambda noun: None) -> str:
    """Return a word that is said of enough photos of every folder below, or else the titles of these folders.

    `captions` are those of each folder's photos. What is the title of one of the folders is none for all of them;
    `countable` as in `cluster_texts`.
    """
    said = fold_plurals([[terms(without_doubt(caption)) for caption in members] for members in captions])
    (union,) = cluster_texts([[caption for members in captions for caption in members]], countable=countable)
    taken = {name_key(title) for title in titles}
    for keyword, word in zip(union.keywords, written(union), strict=True):
        shares = [sum(keyword.term in photo for photo in members) / max(1, len(members)) for members in said]
        title = word[:1].upper() + word[1:]
        if min(shares) >= ENOUGH and name_key(title) not in taken:
            return title
    return _listed(titles)


def _listed(titles: Sequence[str]) -> str:
    """Return the titles without what stands in brackets, each once, those of mixed folders last."""
    plain = list(dict.fromkeys(title.partition(" (")[0] for title in titles))
    plain.sort(key=lambda title: title.casefold() == MIXED)
    shown = plain[:LISTED]
    rest = " and more" if len(plain) > LISTED else ""
    return ", ".join([shown[0], *(title[:1].lower() + title[1:] for title in shown[1:])]) + rest
