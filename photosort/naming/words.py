"""Captions to terms: the nouns and noun phrases that photos can be counted by.

Captions are short and plain ("A goose swimming on a lake"), so phrases are found without a tagger: they
are what stands between function words, punctuation and verbs, and their last word is the noun. Small closed
lists hold what captions say about themselves rather than about the photo. (A tagger would be spaCy or NLTK: both
want a model that no package index carries.) Plurals are the business of the library pluralizer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from photosort.naming.stop_words import english_stop_words
from photosort.wordnet.plurals import plural_noun, singular_noun

MAX_WORDS = 3
"""Longest phrase, in words."""

_WORD = re.compile(r"[^\W\d_](?:[\w'’-]*\w)?|[^\w\s]")


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BOILERPLATE = _listed(
    """
    photo photos photograph photographs picture pictures image images pic snapshot shot view closeup
    close-up close background foreground scene maybe perhaps possibly probably likely unclear
    like something sort kind type various different taken showing shown shows seen called known bunch
    pair group couple number lot lots piece variety collection zero eleven dozen
    """
)
_VERBS = _listed(
    """
    sits sat stands stood runs ran walks walked lies lay plays played holds held eats ate looks
    looked flies flew swims swam hangs hung rests wears wore rides rode drives drove carries poses
    posed jumps jumped grows grew appears features contains includes stares smiles sleeps slept
    drinks drank leans surrounds surrounded covered filled made set parked
    """
)
_MODIFIERS = _listed(
    """
    white black red green blue yellow brown grey gray purple golden dark bright pale light colorful
    colourful colored coloured small large big little tiny huge tall short long wide old young new
    ancient modern beautiful pretty nice lovely cute happy sad sunny cloudy wet dry open closed male
    female wild own high low
    """
)
_NOUNS_IN_ING = _listed(
    """
    building painting drawing wedding ring king wing string ceiling evening morning clothing
    lightning swing spring sling thing gosling duckling starling herring sibling railing awning
    pudding frosting icing dumpling stuffing earring sapling seedling crossing landing opening
    dressing topping lining housing engraving carving offspring
    """
)
_ARTICLES = frozenset({"a", "an"})
_BARE = frozenset({"", "of", "and", "with", "in", "on", "some"})
_NOT_STOP = frozenset({"bill", "fire", "mill", "cry"})
_PARTICIPLE = re.compile(r"(?!.*eed$).{3,}ed|.{3,}ing")


@cache
def stop_words() -> frozenset[str]:
    """Return scikit-learn's English stop words, less the things one can photograph, and captions' own."""
    return (english_stop_words() - _NOT_STOP) | _BOILERPLATE


def words(text: str) -> list[str]:
    """Return the words of `text`, case-folded, in order, without digits and punctuation."""
    return [token for token in _tokens(text) if token[0].isalpha()]


def content_words(text: str) -> list[str]:
    """Return the words of `text` that say something about a photo: all but the stop words."""
    stop = stop_words()
    return [word for word in words(text) if word not in stop and len(word) > 1]


def terms(caption: str) -> list[str]:
    """Return the distinct nouns and noun phrases of a caption, case-folded, in order of appearance.

    Each phrase is given at every length up to MAX_WORDS that keeps its last word, the noun: "a small tabby
    cat" has "cat", "tabby cat" and "small tabby cat".
    """
    found: dict[str, None] = {}
    for phrase in _phrases(caption):
        for length in range(1, min(MAX_WORDS, len(phrase)) + 1):
            found[" ".join(phrase[-length:])] = None
    return list(found)


def singular(term: str) -> str:
    """Return the singular of a noun or noun phrase: "geese" -> "goose"; what is none comes back as it is."""
    rest, space, noun = term.rpartition(" ")
    return rest + space + singular_noun(noun)


def plural(term: str) -> str:
    """Return the plural of a noun or noun phrase: "brown bear" -> "brown bears", "fish" -> "fish",
    "plate of food" -> "plates of food".
    """
    if " or " in term:
        return " or ".join(map(plural, term.split(" or ")))
    named, of, what = term.partition(" of ")
    rest, space, noun = named.rpartition(" ")
    return rest + space + plural_noun(noun) + of + what


def counting_said(term: str, caption: str) -> int:
    """Return whether a caption counts a thing: 1 for "a" before the term, -1 for nothing, else 0."""
    tokens, wanted = _tokens(caption), term.split()
    for place in range(len(tokens)):
        if tokens[place : place + len(wanted)] == wanted:
            first = place
            while first and tokens[first - 1][0].isalpha() and tokens[first - 1] not in stop_words():
                first -= 1
            before = tokens[first - 1] if first else ""
            return 1 if before in _ARTICLES else -1 if before in _BARE else 0
    return 0


def word_key(text: str) -> frozenset[str]:
    """Return what two texts share that name the same things: "sunset on a beach" and "Beach sunsets"."""
    return frozenset(singular(word) for word in content_words(text))


def fold_plurals(clusters: Iterable[Iterable[Iterable[str]]]) -> list[list[list[str]]]:
    """Replace a term by its singular wherever the singular itself occurs among all these terms.

    The result has the shape of `clusters`: for each cluster, for each photo, its terms.
    """
    nested = [[list(photo) for photo in members] for members in clusters]
    attested = {term for members in nested for photo in members for term in photo}
    folded = {term: one if (one := singular(term)) in attested else term for term in attested}
    return [[list(dict.fromkeys(folded[term] for term in photo)) for photo in members] for members in nested]


def _tokens(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold())


def _phrases(caption: str) -> list[list[str]]:
    stop, phrases, phrase = stop_words(), [], list[str]()
    for token in [*_tokens(caption), "."]:
        ends = not token[0].isalpha() or len(token) == 1 or token in stop or token in _VERBS
        if ends or (phrase and _is_participle(token)):
            phrases.append(phrase)
            phrase = []
        else:
            phrase.append(token)
    return [noun for phrase in phrases if (noun := _up_to_noun(phrase))]


def _up_to_noun(phrase: list[str]) -> list[str]:
    while phrase and (phrase[-1] in _MODIFIERS or _is_participle(phrase[-1])):
        phrase = phrase[:-1]
    return phrase


def _is_participle(word: str) -> bool:
    return word not in _NOUNS_IN_ING and _PARTICIPLE.fullmatch(word) is not None
