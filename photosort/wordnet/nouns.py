"""The 1,000 labels of ImageNet-1k as everyday nouns, and WordNet 3.0's tree of meanings above them.

The table is data/imagenet_nouns.tsv; data/README.md tells its source, licence, and what was changed. Some
meanings have more than one parent (a piano is a keyboard and a stringed instrument), so the "tree" is a
directed acyclic graph, and all parents count.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Noun:
    """One meaning.

    wnid      WordNet 3.0 id, such as n02123045
    noun      what people say ("tabby cat"); empty where WordNet's word is not said of a photo ("chordate")
    phrase    the noun with its article ("a tabby cat", "furniture")
    label     its place among the network's outputs, None for a meaning above the labels
    kind      whether it is an everyday category ("dog", "tool") that helps a stranger to a narrower noun
    """

    wnid: str
    parents: tuple[str, ...]
    label: int | None
    kind: bool
    noun: str
    phrase: str
    lemmas: tuple[str, ...]


class NounTree:
    """All nouns, with the labels that lie under each."""

    def __init__(self, nouns: Iterable[Noun], digest: str = "") -> None:
        self.digest = digest
        self._nouns = {noun.wnid: noun for noun in nouns}
        labelled = {noun.label: noun for noun in self._nouns.values() if noun.label is not None}
        self.labels: tuple[Noun, ...] = tuple(labelled[place] for place in range(len(labelled)))
        self._above = {noun.wnid: self._walk_up(noun.wnid) for noun in self._nouns.values()}
        under: dict[str, list[int]] = {wnid: [] for wnid in self._nouns}
        for place, noun in enumerate(self.labels):
            for wnid in {noun.wnid, *self._above[noun.wnid]}:
                under[wnid].append(place)
        self._under = {wnid: tuple(places) for wnid, places in under.items()}

    def __getitem__(self, wnid: str) -> Noun:
        """Return the noun of a WordNet id; KeyError when it is not in the table."""
        return self._nouns[wnid]

    def __iter__(self) -> Iterator[Noun]:
        """Return all nouns, in the order of their ids, spoken or not."""
        return iter(self._nouns.values())

    def __len__(self) -> int:
        """Return how many nouns there are."""
        return len(self._nouns)

    def under(self, wnid: str) -> tuple[int, ...]:
        """Return the places (0 to 999, rising) of the labels that mean this noun or something narrower."""
        return self._under[wnid]

    def ancestors(self, wnid: str) -> tuple[Noun, ...]:
        """Return the spoken nouns that mean something broader, nearest (fewest labels under it) first."""
        broader = (self._nouns[above] for above in self._above[wnid])
        return tuple(sorted((noun for noun in broader if noun.noun), key=self._breadth))

    def kind_of(self, wnid: str) -> Noun | None:
        """Return the nearest everyday category, the noun itself if it is one, None where there is none."""
        return next((noun for noun in (self[wnid], *self.ancestors(wnid)) if noun.kind), None)

    def explained(self, wnid: str, *, article: bool = False) -> str:
        """Return the noun, for a label with its kind unless it holds it: "limpkin (bird)", "tabby cat"."""
        noun, kind = self[wnid], self.kind_of(wnid)
        said = noun.phrase if article else noun.noun
        if kind is None or noun.label is None or kind.noun in noun.noun:
            return said
        return f"{said} ({kind.noun})"

    def find(self, word: str) -> tuple[Noun, ...]:
        """Return the nouns that are said or written as `word` in WordNet (any case), narrowest first."""
        sought = word.casefold()
        found = [n for n in self if sought in {n.noun.casefold(), *(lemma.casefold() for lemma in n.lemmas)}]
        return tuple(sorted(found, key=self._breadth))

    def can_be_counted(self, noun: str) -> bool | None:
        """Return whether there can be several of it: tools, but only furniture.

        None for what is none of these nouns.
        """
        return self._countable.get(noun.casefold())

    @cached_property
    def _countable(self) -> dict[str, bool]:
        return {noun.noun.casefold(): noun.phrase != noun.noun for noun in self if noun.noun}

    @cached_property
    def spoken(self) -> tuple[Noun, ...]:
        """The nouns worth saying: named, none under another of the same name, and one for each set of labels.

        Of several nouns over the same labels a label is taken, or else the narrowest meaning.
        """
        named = (n for n in self if n.noun and n.noun not in {above.noun for above in self.ancestors(n.wnid)})
        chosen: dict[tuple[int, ...], Noun] = {}
        for noun in sorted(named, key=lambda n: (n.label is None, -len(self._above[n.wnid]))):
            chosen.setdefault(self._under[noun.wnid], noun)
        return tuple(sorted(chosen.values(), key=lambda n: n.wnid))

    @cached_property
    def membership(self) -> NDArray[np.float32]:
        """(spoken, labels): 1 where the label lies under the spoken noun, else 0."""
        matrix = np.zeros((len(self.spoken), len(self.labels)), np.float32)
        for row, noun in enumerate(self.spoken):
            matrix[row, list(self._under[noun.wnid])] = 1
        return matrix

    @cached_property
    def information(self) -> NDArray[np.float32]:
        """(spoken,): bits that each spoken noun tells, log2(labels / labels under it).

        This is the information gain of Deng et al., "Hedging your bets" (CVPR 2012), section 3.
        """
        breadth = self.membership.sum(axis=1)
        return np.asarray(np.log2(len(self.labels) / breadth), np.float32)

    def _walk_up(self, wnid: str) -> frozenset[str]:
        found: set[str] = set()
        waiting = list(self._nouns[wnid].parents)
        while waiting:
            above = waiting.pop()
            if above not in found:
                found.add(above)
                waiting += self._nouns[above].parents
        return frozenset(found)

    def _breadth(self, noun: Noun) -> tuple[int, int, str]:
        return len(self._under[noun.wnid]), -len(self._above[noun.wnid]), noun.wnid


def _noun(row: dict[str, str]) -> Noun:
    return Noun(
        wnid=row["wnid"],
        parents=tuple(row["parents"].split(",")) if row["parents"] else (),
        label=int(row["label"]) if row["label"] else None,
        kind=bool(row["kind"]),
        noun=row["noun"],
        phrase=f"{row['article']} {row['noun']}".strip(),
        lemmas=tuple(row["lemmas"].split("|")),
    )


@lru_cache(maxsize=1)
def nouns() -> NounTree:
    """Load the table; the first call reads the file, later calls return the same tree."""
    text = files("photosort.wordnet").joinpath("data/imagenet_nouns.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return NounTree(map(_noun, rows), hashlib.sha256(text.encode()).hexdigest()[:12])
