"""Captions to terms: the nouns and noun phrases that photos can be counted by.

Captions are short and plain ("A goose swimming on a lake"), so phrases are found without a tagger: they
are what stands between function words, punctuation and verbs, and their last word is the noun. Small closed
lists hold what captions say about themselves rather than about the photo.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

MAX_WORDS = 3
"""Longest phrase, in words."""

_WORD = re.compile(r"[^\W\d_](?:[\w'’-]*\w)?|[^\w\s]")


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BOILERPLATE = _listed(
    """
    photo photos photograph photographs picture pictures image images pic snapshot shot view closeup
    close-up close background foreground scene maybe perhaps possibly probably likely unclear
    something sort kind type various different taken showing shown shows seen called known bunch
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
_NOT_STOP = frozenset({"bill", "fire", "mill", "cry"})
_PARTICIPLE = re.compile(r"(?!.*eed$).{3,}ed|.{3,}ing")


@cache
def stop_words() -> frozenset[str]:
    """Return scikit-learn's English stop words, less the things one can photograph, and captions' own."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return (frozenset(ENGLISH_STOP_WORDS) - _NOT_STOP) | _BOILERPLATE


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


def singulars(word: str) -> list[str]:
    """Return what `word` may be the simple plural of: "boxes" of "boxe" and "box", "dogs" of "dog"."""
    forms = []
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        forms.append(word[:-1])
        if word.endswith("es"):
            forms.append(word[:-2])
        if word.endswith("ies"):
            forms.append(word[:-3] + "y")
    return forms


def fold_plurals(clusters: Iterable[Iterable[Iterable[str]]]) -> list[list[list[str]]]:
    """Replace a term by its singular wherever the singular itself occurs among all these terms.

    The result has the shape of `clusters`: for each cluster, for each photo, its terms.
    """
    nested = [[list(photo) for photo in members] for members in clusters]
    attested = {term for members in nested for photo in members for term in photo}
    folded = {term: _singular_in(term, attested) for term in attested}
    return [[list(dict.fromkeys(folded[term] for term in photo)) for photo in members] for members in nested]


def _singular_in(term: str, attested: set[str]) -> str:
    rest, space, noun = term.rpartition(" ")
    singular = (rest + space + form for form in singulars(noun))
    return next((form for form in singular if form in attested), term)


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
