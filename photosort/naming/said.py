"""What a cluster is of, from what captions say of each photo: a word of theirs, or what many of them are kinds of.

Of the nouns that most captions say or mean, the one that tells the most is the subject: its share of the photos times
how far down in WordNet it stands, so that geese, ducks and swans are birds, and daisies alone are daisies.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from photosort.naming.cluster_texts import without_doubt
from photosort.naming.prompt import speaks_to_model
from photosort.naming.subject import BESIDE, MOST, PART, Subject, inside, mixed, starting
from photosort.naming.words import counting_said, plural, singular, terms
from photosort.wordnet.album import album
from photosort.wordnet.lexicon import lexicon
from photosort.wordnet.nouns import nouns

Captions = Sequence[str]
"""One for each photo of a cluster."""

FIRST, LATER = 1.0, 0.6
"""What a noun counts in the first phrase of a caption, which is what the photo is of, and what it counts later on."""
UNSEEN = {
    *("attribute", "cognition", "communication", "feeling", "group", "motive", "process"),
    *("quantity", "relation", "shape", "state", "time"),
}
"""Fields of WordNet whose words are not said of what a photo shows; the words that people call folders by are."""
ENDINGS = (("ies", "y"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"), ("ses", "s"), ("men", "man"), ("s", ""))
"""Ends of plurals, with those of their singulars: morphy(7WN)."""
ENDING = 4
"""Letters of a word that others are taken to be kinds of if they end with it."""
DEPTH = 7
"""Meanings above one from which on it says something: a container and a structure have fewer, a cup has more."""
SENSES = 3
"""Meanings of a word that are looked at, the most frequent first."""
OPENED = 400
"""Captions of a cluster in which a phrase is looked for."""
PERSON = "person"
"""WordNet's field of words for people."""
_PARTS = re.compile(
    r"\b(?:bowl|cup|glass|mug|plate|dish|tray|pot|piece|slice|pile|stack|heap|bunch|view|part|edge|interior|inside|side"
    r"|top|front|back|row|herd|flock)s? of\b",
    re.IGNORECASE,
)
"""What holds, or is part of, what a photo is of: of "a bowl of soup" the soup is the subject."""
_PLACED = r"\b(in|on|at|near|by|under|behind|beside|along|inside|through)( the| an?)? "


@dataclass(frozen=True, slots=True)
class _Word:
    """A noun that captions say, or what it is a kind of; `depth` is the number of meanings above it."""

    text: str
    meaning: str
    depth: int


def subjects(clusters: Sequence[Captions]) -> list[Subject]:
    """Return the subject of each cluster of captions; those that give orders to a model say nothing, nor
    does what they only guess.
    """
    weights = [
        [_weights("" if speaks_to_model(text) else without_doubt(text)) for text in captions] for captions in clusters
    ]
    shares = [_shares(some) for some in weights]
    return [
        _subject(captions, some, shares, number)
        for number, (captions, some) in enumerate(zip(clusters, weights, strict=True))
    ]


def is_kind_of(one: str, other: str) -> bool:
    """Return whether the first of two nouns means a kind of what the second one means: a starfish is an animal."""
    meaning, broader = (_meaning(_base(noun)) for noun in (one, other))
    return bool(meaning and broader) and broader in lexicon().ancestors(meaning)


def share_of(title: str, captions: Captions) -> float | None:
    """Return the share of the captions that say what a title says, or a kind of it; None where it is no noun."""
    word = inside(title).casefold()
    same = {singular(word), _base(word)}
    if not captions or not any(map(_meaning, same)):
        return None
    said = ("" if speaks_to_model(text) else without_doubt(text) for text in captions)
    return sum(any(one.text.casefold() in same for one in _weights(text)) for text in said) / len(captions)


def _subject(
    captions: Captions, weights: Sequence[dict[_Word, float]], shares: Sequence[dict[_Word, float]], number: int
) -> Subject:
    own = shares[number]
    said = [word for word, share in own.items() if share >= MOST and _is_most(weights, word)]
    if not said:
        return mixed([_voice(some, own, captions) for some in weights])
    best = max(said, key=lambda word: (own[word] * word.depth, own[word], word.text))
    support = sum(best in some for some in weights) / len(weights)
    title = _titled(best.text, captions)
    others = [share for place, share in enumerate(shares) if place != number]
    beside = _beside(best, own, others)
    apart = tuple(phrase for word in beside if (phrase := _phrase(title, word.text, captions)))
    listed = tuple(inside(_titled(word.text, captions)) for word in beside)
    return Subject(title, support, listed, apart)


def _is_most(weights: Sequence[dict[_Word, float]], word: _Word) -> bool:
    return sum(word in some for some in weights) > MOST * len(weights)


def _weights(caption: str) -> dict[_Word, float]:
    """Return the nouns of a caption, and the everyday words for what they are kinds of, with their weights.

    People count less than what they do it with: of "a man riding a wave" the wave is the subject, of "a man" the man.
    """
    found: dict[_Word, float] = {}
    first = True
    for phrase in _phrases(_PARTS.sub("", caption)):
        words = [word for term in phrase for word in _words(_base(term))]
        people = any(lexicon().field(word.meaning) == PERSON for word in words)
        weight = FIRST if first and not people else LATER
        for word in words:
            found[word] = max(weight, found.get(word, 0.0))
        first = first and (people or not words)
    return dict.fromkeys(found, FIRST) if first else found


def _phrases(caption: str) -> Iterator[list[str]]:
    """Yield the terms of each noun phrase together: "tabby cat" has "cat" and "tabby cat"."""
    phrase: list[str] = []
    for term in terms(caption):
        if phrase and not term.endswith(f" {phrase[0]}"):
            yield phrase
            phrase = []
        phrase.append(term)
    if phrase:
        yield phrase


def _base(term: str) -> str:
    """Return the singular of a term.

    If the library returns a form that is not a word ("daisie"), WordNet's own rules are tried. A compound that is
    missing from WordNet ("clownfish") is replaced by its last part ("fish").
    """
    one = singular(term)
    if lexicon().senses(one):
        return one
    formed = (term.removesuffix(ending) + instead for ending, instead in ENDINGS if term.endswith(ending))
    whole = (word for word in formed if lexicon().senses(word))
    kinds = (word for word in _compounded() if one.endswith(word) and lexicon().senses(one.removesuffix(word)))
    return next(whole, "") or next(kinds, one)


@lru_cache(maxsize=50_000)
def _words(term: str) -> tuple[_Word, ...]:
    """Return a term as a word, where it is one that can be seen, and the everyday words above it."""
    meaning = _meaning(term)
    if not meaning:
        return ()
    above = lexicon().ancestors(meaning)
    found = [_Word(term, meaning, len(above))]
    found += [
        _Word(everyday, wnid, len(lexicon().ancestors(wnid))) for wnid in above if (everyday := _everyday().get(wnid))
    ]
    return tuple(dict.fromkeys(found))


def _meaning(term: str) -> str:
    """Return the most frequent meaning of a term that can be seen, rather one whose kind has an everyday word."""
    words, known = lexicon(), _everyday()
    if not words.is_noun(term):
        return ""
    seen = [wnid for wnid in words.senses(term)[:SENSES] if wnid in known or _says_something(wnid)]
    akin = (wnid for wnid in seen if not known.keys().isdisjoint((wnid, *words.ancestors(wnid))))
    return next(akin, seen[0] if seen else "")


def _says_something(wnid: str) -> bool:
    words = lexicon()
    return words.field(wnid) not in UNSEEN and len(words.ancestors(wnid)) >= DEPTH


@lru_cache(maxsize=1)
def _everyday() -> dict[str, str]:
    """WordNet id -> the everyday word for it, in the singular: what people call folders by."""
    return {wnid: singular(concept.inside) for wnid, concept in album().by_meaning.items()}


@lru_cache(maxsize=1)
def _compounded() -> tuple[str, ...]:
    """Return everyday words that others may end with, the longest first."""
    return tuple(
        sorted({word for word in _everyday().values() if len(word) >= ENDING}, key=lambda word: (-len(word), word))
    )


def _shares(weights: Sequence[dict[_Word, float]]) -> dict[_Word, float]:
    total: dict[_Word, float] = defaultdict(float)
    for some in weights:
        for word, weight in some.items():
            total[word] += weight
    return {word: weight / len(weights) for word, weight in total.items()}


def _voice(weights: dict[_Word, float], shares: dict[_Word, float], captions: Captions) -> str:
    """Return what a photo is of: of the nouns of its first phrase the one that most other photos share."""
    first = [word for word, weight in weights.items() if weight == FIRST]
    best = max(first, key=lambda word: (shares[word] >= PART, shares[word] * word.depth), default=None)
    return inside(_titled(best.text, captions)) if best else ""


def _beside(best: _Word, own: dict[_Word, float], others: Sequence[dict[_Word, float]]) -> list[_Word]:
    """Return other words that a quarter of the captions say, by how much more often they do so than other clusters.

    None is a kind of the subject or the other way round, unless it is narrower.
    """
    above = set(lexicon().ancestors(best.meaning)) | {best.meaning}
    found = []
    for word, share in own.items():
        if share < PART * LATER or word.meaning in above:
            continue
        usual = sum(other.get(word, 0.0) for other in others) / max(1, len(others))
        found.append((share - usual, word.depth, word))
    found.sort(key=lambda item: (-item[0], -item[1], item[2].text))
    kept: list[_Word] = []
    for _, _, word in found:
        near = {word.meaning, *lexicon().ancestors(word.meaning)}
        if all(one.meaning not in near and word.meaning not in lexicon().ancestors(one.meaning) for one in kept):
            kept.append(word)
    return kept[:BESIDE]


def _phrase(title: str, word: str, captions: Captions) -> str:
    """Return the title with where captions most often say that it is: "Dogs on the beach"; empty where they do not."""
    pattern = re.compile(_PLACED + rf"(?:\w+ )?({re.escape(word)}|{re.escape(plural(word))})\b", re.IGNORECASE)
    places, articles = Counter[tuple[str, str]](), Counter[tuple[str, str, str]]()
    for caption in captions[:OPENED]:
        for preposition, article, said in (found.groups("") for found in pattern.finditer(caption)):
            places[preposition.lower(), said.lower()] += 1
            articles[preposition.lower(), said.lower(), article.lower()] += 1
    ((place, count),) = places.most_common(1) or [(("", ""), 0)]
    if count < 2 or count * 2 < PART * len(captions):
        return ""
    article = max((one for one in articles if one[:2] == place), key=lambda one: (articles[one], one))[2]
    return f"{title} {place[0]}{article} {place[1]}"


def _titled(word: str, captions: Captions) -> str:
    """Return a word as a title: in the plural where captions say that there can be several of it; names as they are."""
    named = album().by_meaning.get(_meaning(word))
    if named and singular(named.inside) == word:
        return named.name
    senses = lexicon().senses(word)
    if senses and all(map(lexicon().is_instance, senses)):
        return word.title()
    votes = 0
    for caption in captions[:OPENED]:
        said = terms(caption)
        votes += plural(word) in said and plural(word) != word
        votes += counting_said(word, caption) if word in said else 0
    several = votes > 0 or (not votes and nouns().can_be_counted(word))
    return starting(plural(word) if several and len(captions) > 1 else word)
