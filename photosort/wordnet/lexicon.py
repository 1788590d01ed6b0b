"""All nouns of WordNet 3.0: what a word can mean, what each meaning is a kind of, and whether a word is a noun at all.

This is plain WordNet: the corrections of data/everyday.tsv are for photos of ImageNet's labels, and only the module
`nouns` has them. data/README.md tells the source, the columns, and what loading costs.
"""

from __future__ import annotations

import csv
import gzip
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

CONCRETE = frozenset({"animal", "artifact", "body", "food", "object", "person", "plant"})
"""Fields of what one can photograph."""

LEAST_USES = 10
"""Uses as another part of speech below which a noun stays a noun: too few to go by."""

FAR_MORE = 4
"""How many times as often a word must be another part of speech to be no noun."""

VERB_FORMS = 4
"""Forms of a verb (swim, swims, swam, swimming), among which its uses are taken to be shared out evenly."""


@dataclass(frozen=True, slots=True)
class Uses:
    """How often a noun was tagged, in the texts of SemCor, as each part of speech.

    noun       as a noun
    verb       as a verb; of the verb that it is a form of ("swimming"), its share
    modifier   as an adjective or adverb
    """

    noun: int
    verb: int
    modifier: int


UNCOUNTED = Uses(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The nouns and their meanings.

    rows     lines of the table, in the order of their ids; parsed when they are asked for
    places   each noun in small letters -> places of its meanings among the rows, most frequent first
    uses     nouns that are another part of speech as well
    """

    rows: list[str]
    places: dict[str, tuple[int, ...]]
    uses: dict[str, Uses]

    def senses(self, noun: str) -> tuple[str, ...]:
        """Return the ids of what a noun in the singular can mean, most frequent first; () for what is none."""
        return tuple(self._columns(place)[0] for place in self.places.get(noun.casefold(), ()))

    def is_noun(self, word: str) -> bool:
        """Return whether a word in the singular is in WordNet as a noun and is not mostly something else.

        It is something else when SemCor has it at least LEAST_USES times, and over FAR_MORE times as often as the
        noun, as a verb, adjective or adverb. Verbs do not count against a noun that was seen as one and is chiefly a
        thing to photograph: a bear, a watch, a rose. Proper nouns are nouns. Function words that WordNet has as
        abbreviations ("he" is helium) are the caller's to leave out.
        """
        senses = self.senses(word)
        if not senses:
            return False
        uses = self.uses.get(word.casefold(), UNCOUNTED)
        is_thing = uses.noun and self.field(senses[0]) in CONCRETE
        others = uses.modifier if is_thing else uses.modifier + uses.verb
        return others < LEAST_USES or others <= FAR_MORE * uses.noun

    def is_proper(self, noun: str) -> bool:
        """Return whether all meanings are instances (Paris) or written with a capital (Labrador retriever)."""
        spelt = noun.casefold()
        senses = self.senses(noun)
        return bool(senses) and all(self.is_instance(wnid) or spelt not in self.lemmas(wnid) for wnid in senses)

    def is_instance(self, wnid: str) -> bool:
        """Return whether a meaning is one of a kind: Paris is, a city is not."""
        return bool(self._row(wnid)[2])

    def parents(self, wnid: str) -> tuple[str, ...]:
        """Return the broader meanings right above one, and what an instance is one of."""
        parents = self._row(wnid)[3]
        return tuple(parents.split(",")) if parents else ()

    def ancestors(self, wnid: str) -> tuple[str, ...]:
        """Return all broader meanings, nearest (fewest steps up) first."""
        found: dict[str, None] = {}
        level = self.parents(wnid)
        while level:
            found.update(dict.fromkeys(level))
            level = tuple(above for below in level for above in self.parents(below) if above not in found)
        return tuple(found)

    def noun(self, wnid: str) -> str:
        """Return WordNet's first word for a meaning."""
        return self.lemmas(wnid)[0]

    def lemmas(self, wnid: str) -> tuple[str, ...]:
        """Return WordNet's words for a meaning, as they are written: "Labrador retriever"."""
        return tuple(_without_rank(lemma) for lemma in self._row(wnid)[4].split("|"))

    def field(self, wnid: str) -> str:
        """Return the lexicographers' file of a meaning: "animal", "food", "act"; "Tops" for what heads such a file."""
        return self._row(wnid)[1]

    def nouns(self) -> tuple[str, ...]:
        """Return all nouns, in small letters, sorted; is_proper tells the names among them."""
        return tuple(sorted(self.places))

    def _row(self, wnid: str) -> list[str]:
        place = bisect_left(self.rows, wnid)
        columns = self._columns(place) if place < len(self.rows) else [""]
        if columns[0] != wnid:
            raise KeyError(wnid)
        return columns

    def _columns(self, place: int) -> list[str]:
        return self.rows[place].split("\t")


def read_lexicon(table: Iterable[str], uses: Iterable[str]) -> Lexicon:
    """Parse the lines of lexicon.tsv and of uses.tsv, each with its heading."""
    _, *rows = table
    places: dict[str, tuple[int, ...]] = {}
    ranked: dict[str, dict[int, int]] = {}
    for place, row in enumerate(rows):
        alone = (place,)
        for lemma in row[row.rindex("\t") + 1 :].casefold().split("|"):
            noun, hash_sign, rank = lemma.partition("#")
            if hash_sign:
                ranked.setdefault(noun, {})[int(rank)] = place
            else:
                places[noun] = alone
    places.update((noun, tuple(found[rank] for rank in sorted(found))) for noun, found in ranked.items())
    return Lexicon(rows, places, dict(map(_use, csv.DictReader(uses, delimiter="\t", quoting=csv.QUOTE_NONE))))


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Load the lexicon; the first call reads the files, later calls return the same one."""
    folder = files("photosort.wordnet").joinpath("data")
    table = gzip.decompress(folder.joinpath("lexicon.tsv.gz").read_bytes()).decode()
    return read_lexicon(table.splitlines(), folder.joinpath("uses.tsv").read_text(encoding="utf-8").splitlines())


def _use(row: dict[str, str]) -> tuple[str, Uses]:
    verb = int(row["as_verb"]) + int(row["as_form"]) // VERB_FORMS
    return row["noun"], Uses(int(row["as_noun"]), verb, int(row["as_adjective"]) + int(row["as_adverb"]))


def _without_rank(lemma: str) -> str:
    return lemma.partition("#")[0]
