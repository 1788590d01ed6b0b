"""How a name must not be worded: about pictures and not what they show, cut off, counted, or taken from the prompt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from photosort.naming.evidence import with_singulars
from photosort.naming.language import code_of, is_another
from photosort.naming.words import content_words, singular, word_key, words

ENGLISH_CODE = "en"
RARE = 4
"""A name that repeats a caption is refused if fewer than one in this many photos has that caption."""

MOST_LISTED = 2
"""Things that a title may list."""


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words of one language, as sets.

    pictures  what pictures and heaps of them are called, and what says nothing of them
    joins     what joins two things
    open      what never stands at the end of a phrase: articles, prepositions, auxiliary verbs
    """

    pictures: frozenset[str]
    joins: frozenset[str]
    open: frozenset[str]

    @classmethod
    def of(cls, pictures: str, joins: str, unfinished: str) -> Vocabulary:
        """Read lists of words with blanks between them."""
        return cls(_listed(pictures), _listed(joins), _listed(unfinished))


ENGLISH = Vocabulary.of(
    "photo photos photograph photographs photography picture pictures pic pics image images snapshot snapshots "
    "group groups groupings collection collections compilation compilations assortment assorted selection series "
    "variety various miscellaneous folder folders caption captions",
    "and or",
    "a an the of with without in on at by for to from into onto near under over beside between behind through during "
    "as than that which who while where is are was were be being has have their its his her some several including "
    "such very",
)
NONE = Vocabulary.of("", "", "")
VOCABULARIES: Mapping[str, Vocabulary] = {
    "en": ENGLISH,
    "de": Vocabulary.of(
        "foto fotos fotografie fotografien bild bilder bildern aufnahme aufnahmen gruppe gruppen sammlung sammlungen "
        "serie verschiedene verschiedener verschiedenes diverse ordner",
        "und oder",
        "der die das den dem des eine einen einem einer ohne im in am von vom zum zur für hinter neben zwischen "
        "ist sind",
    ),
    "fr": Vocabulary.of(
        "photo photos photographie photographies image images groupe groupes collection série divers diverses dossier",
        "et ou",
        "le la les un une des de du d l à au aux avec sans dans sur sous en par pour chez entre vers est sont",
    ),
    "es": Vocabulary.of(
        "foto fotos fotografía fotografías imagen imágenes grupo grupos colección serie varios varias diversos "
        "diversas carpeta",
        "y e o u",
        "el la los las un una unos unas de del al a con sin en sobre bajo por para entre hacia es son",
    ),
    "it": Vocabulary.of(
        "foto fotografia fotografie immagine immagini gruppo gruppi collezione raccolta serie vari varie cartella",
        "e ed o",
        "il lo la i gli le un uno una di del della dei delle a al alla con senza in nel nella su sul sulla per tra",
    ),
    "nl": Vocabulary.of(
        "foto foto's fotografie afbeelding afbeeldingen groep groepen collectie verzameling reeks diverse map",
        "en of",
        "de het een van met zonder in op aan bij naar uit voor door over onder tussen is zijn",
    ),
    "pt": Vocabulary.of(
        "foto fotos fotografia fotografias imagem imagens grupo grupos coleção série vários várias diversos pasta",
        "e ou",
        "o a os as um uma de do da dos das com sem em no na nos nas sobre sob por para entre é são",
    ),
}
"""Language -> its words; of a language that is not here only English ones and punctuation are known."""

PLACEHOLDERS = _listed(
    "title titles summary name names text string value label answer example placeholder json phrase noun word words "
    "best first second third next other spare alternative short your here insert the a none null nan n unknown "
    "untitled unnamed"
)
"""Words of which a name that was not filled in is made."""

LABELS = _listed("title titles summary placeholder json untitled")
"""Words that no name has, unless captions have them."""

NUMBERS = _listed("two three four five six seven eight nine ten eleven twelve dozen dozens hundred hundreds")

_TOKEN = re.compile(r"\d+|[^\W\d_][\w'’-]*")
_CUT = ("…", "...", ",", ";", ":", "-", "–", "—", "(", "&", "+")


class Wording:
    """The rules for one cluster."""

    def __init__(self, instructions: str, examples: Iterable[str], captions: Mapping[str, int], language: str) -> None:
        """Keep what a name is compared with.

        instructions  all that the model was told, but for the captions
        examples      the names in them
        captions      caption -> number of photos with exactly this caption
        """
        self.language = language
        self._instructions = _joined(words(instructions))
        self._examples = {word_key(name) for name in examples}
        self._captions = [(frozenset(_tokens(caption)), photos) for caption, photos in captions.items()]
        self._said = with_singulars(word for caption in captions for word in words(caption))
        self._photos = sum(captions.values())
        self._rare = [content_words(caption) for caption, photos in captions.items() if RARE * photos < self._photos]
        self._own = VOCABULARIES.get(code_of(language), NONE)

    def is_foreign(self, text: str) -> bool:
        """Return whether `text` is certainly in another language than the one that was asked for.

        Captions are in English, so a name that takes half of its words from them is, though it may look Italian:
        "Paella in pans".
        """
        said = content_words(text)
        if code_of(self.language) == ENGLISH_CODE and 2 * sum(self._is_said(word) for word in said) >= len(said) > 0:
            return False
        return is_another(text, self.language)

    def fault_of_title(self, title: str) -> str:
        """Return what is wrong with a title, to be read by the model; empty where nothing is."""
        if self._things(title) > MOST_LISTED:
            return f"its title lists more than {MOST_LISTED} things: say what they have in common"
        return self._fault("title", title)

    def fault_of_summary(self, summary: str) -> str:
        """Return what is wrong with a summary; see `fault_of_title`."""
        return self._fault("summary", summary)

    def _fault(self, what: str, text: str) -> str:
        said = _tokens(text)
        pictures = ENGLISH.pictures | self._own.pictures
        if about := next((token for token in said if token in pictures), ""):
            return f"its {what} says {about}: begin with what is seen"
        if self._is_unfinished(text, said):
            return f"its {what} is only part of a phrase"
        if self._is_borrowed(text):
            return f"its {what} repeats the instructions instead of what the captions say"
        if content_words(text) in self._rare:
            return f"its {what} repeats one caption: say what most captions share"
        if any(self._is_stale(token) for token in said):
            return f"its {what} counts what is seen: leave the number out"
        return ""

    def _things(self, title: str) -> int:
        """Return how many things a title lists, between commas and joining words."""
        joins = ENGLISH.joins | self._own.joins | set(",;&+")
        parts = (token in joins for token in re.findall(r"\w[\w'’-]*|[,;&+]", title.casefold()))
        return sum(not joining for joining, _ in groupby(parts))

    def _is_unfinished(self, text: str, said: Sequence[str]) -> bool:
        opened = text.count("(") > text.count(")")
        joins = ENGLISH.joins | self._own.joins
        hangs = bool(said) and (said[0] in joins or said[-1] in joins | self._own.open)
        return opened or hangs or text.rstrip(" \"'”»").endswith(_CUT)

    def _is_borrowed(self, text: str) -> bool:
        """Return whether a text comes from the instructions and not from the captions as well."""
        said = words(text)
        if all(self._is_said(word) for word in said if content_words(word)):
            return False
        whole = len(said) > 1 and _joined(said) in self._instructions
        labelled = any(word in LABELS and not self._is_said(word) for word in said)
        return whole or labelled or word_key(text) in self._examples or set(said) <= PLACEHOLDERS

    def _is_said(self, word: str) -> bool:
        return word in self._said or singular(word) in self._said

    def _is_stale(self, token: str) -> bool:
        """Return whether a token is a number that fewer than half of the photos' captions say."""
        if not token.isdecimal() and token not in NUMBERS:
            return False
        return 2 * sum(photos for tokens, photos in self._captions if token in tokens) < self._photos


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.casefold())


def _joined(said: Sequence[str]) -> str:
    """Return words so that only whole ones are found in others."""
    return f" {' '.join(said)} "
