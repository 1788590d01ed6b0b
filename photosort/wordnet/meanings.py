"""What the names that people give to folders mean: concepts of the album, meanings in WordNet, labels of ImageNet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from photosort.wordnet.album import Concept, album
from photosort.wordnet.lexicon import lexicon
from photosort.wordnet.nouns import nouns
from photosort.wordnet.plurals import plural_noun, singular_noun
from photosort.wordnet.shown import shown

_LISTED = re.compile(r"[,;/&+|]|\band\b|\bor\b", re.IGNORECASE)
_FILLERS = """
    a all an any at everything from in is my of on our photo photograph photographs photos picture pictures shot shots
    some the their with
"""


_AROUND = """
    above across among are around as at behind below beside between by during for from in inside into is near next of on
    onto over playing showing sitting standing such that through to under which who with without
"""
"""Words that end the name of a thing and begin what is said of it."""


def parts(text: str) -> tuple[str, ...]:
    """Return what a name or a hint lists, in small letters: "My cats & dogs" -> "cats", "dogs".

    What has a meaning as a whole, "Track and field", is one part. Words that say nothing of what is shown are left out
    at the start and at the end of each part.
    """
    whole = " ".join(text.replace("_", " ").casefold().split())
    if concept_of(whole) or meanings_of(whole):
        return (whole,)
    fillers = frozenset(_FILLERS.split())
    found: dict[str, None] = {}
    for part in _LISTED.split(whole):
        words = part.strip(" .:!?\"'()").split()
        while words and words[0] in fillers:
            words = words[1:]
        while words and words[-1] in fillers:
            words = words[:-1]
        if words:
            found[" ".join(words)] = None
    return tuple(found)


def asked_for(text: str) -> tuple[str, ...]:
    """Return the things that a query names, and not what stands around them: "a small dog or cat on the sofa" -> "dog",
    "cat".

    Each is the longest end of what stands before the first preposition that has a meaning, or that labels speak for.
    """
    whole = " ".join(text.casefold().split())
    if concept_of(whole) or meanings_of(whole):
        return (whole,)
    words, around = whole.split(), frozenset(_AROUND.split())
    end = next((place for place, word in enumerate(words) if word.strip(",;") in around), len(words))
    found = (_meaningful_end(part) for part in parts(" ".join(words[:end])))
    return tuple(dict.fromkeys(filter(None, found)))


def _meaningful_end(part: str) -> str:
    words = part.split()
    ends = (" ".join(words[start:]) for start in range(len(words)))
    return next((end for end in ends if breadths(end) or labels_seen(end)), "")


def concept_of(part: str) -> Concept | None:
    """Return the concept of the album that is called so, in any number; None where there is none."""
    return next((_concepts()[form] for form in _forms(part) if form in _concepts()), None)


def meanings_of(part: str) -> tuple[str, ...]:
    """Return the ids in WordNet of what a part of a name can mean; () where it is no noun.

    Those of the album's concept of this name, and else all that WordNet has, the most frequent first.
    """
    concept = concept_of(part)
    if concept and concept.wnids:
        return concept.wnids
    return next((senses for form in _forms(part) if (senses := lexicon().senses(form))), ())


def breadths(text: str) -> dict[int, int]:
    """Return the labels of ImageNet that are a kind of what a name or hint lists, each with the breadth of the meaning:
    how many labels are a kind of the same.

    Of several meanings of a word the most frequent counts that any label is a kind of.
    """
    found: dict[int, int] = {}
    for part in parts(text):
        concept = concept_of(part)
        senses = [under for wnid in meanings_of(part) if (under := _labels_under(wnid))]
        for under in senses if concept and concept.wnids else senses[:1]:
            for label in under:
                found[label] = min(found.get(label, len(under)), len(under))
    return found


def labels_seen(text: str) -> frozenset[int]:
    """Return the labels of ImageNet that speak for what a name or hint lists, though they mean something else."""
    return frozenset(
        label for part in parts(text) for form in _forms(part) if form in shown() for label in shown()[form]
    )


def related(some: Iterable[str], others: Iterable[str]) -> bool:
    """Return whether of two sets of WordNet ids any two are one meaning, or one is a kind of the other."""
    some, others = frozenset(some), frozenset(others)
    return not some.isdisjoint(_with_broader(others)) or not others.isdisjoint(_with_broader(some))


def _with_broader(wnids: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*((wnid, *lexicon().ancestors(wnid)) for wnid in wnids))


def _labels_under(wnid: str) -> tuple[int, ...]:
    try:
        return nouns().under(wnid)
    except KeyError:
        return ()


def _forms(part: str) -> Iterator[str]:
    """Yield a part of a name as it is, in the singular, and in the plural."""
    rest, space, noun = part.rpartition(" ")
    yield part
    yield rest + space + singular_noun(noun)
    yield rest + space + plural_noun(noun)


@lru_cache(maxsize=1)
def _concepts() -> dict[str, Concept]:
    return {concept.name.casefold(): concept for concept in album().concepts}
