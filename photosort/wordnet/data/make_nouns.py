"""Make imagenet_nouns.tsv from WordNet 3.0, the class order of the network, and everyday.tsv.

    python make_nouns.py --wordnet data.noun --labels imagenet_synsets.txt > imagenet_nouns.tsv

`--wordnet` is the noun file of WordNet 3.0 (format: wndb(5WN)); `--labels` has one WordNet id a line, such as
n01440764, in the order of the network's outputs; README.md says where both come from.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

INSTANCE = "@i"
HYPERNYMS = {"@", INSTANCE}
COLUMNS = ("wnid", "parents", "label", "kind", "article", "noun", "lemmas")


@dataclass(frozen=True)
class Synset:
    """One meaning.

    lemmas    its words
    parents   the ids of the broader meanings right above it
    file      number of the lexicographers' file it stands in: lexnames(5WN)
    instance  whether it is one of a kind, such as Paris
    """

    lemmas: list[str]
    parents: list[str]
    file: int
    instance: bool


@dataclass(frozen=True)
class Everyday:
    """One row of everyday.tsv; an empty field means "as in WordNet"."""

    noun: str
    article: str
    kind: str
    parents: list[str]


def read_wordnet(lines: Iterable[str]) -> dict[str, Synset]:
    """Parse data.noun: offset, file, type, number (hex) of words, words, number of pointers, pointers."""
    synsets = {}
    for line in lines:
        if line.startswith(" "):
            continue
        fields = line.split(" | ")[0].split()
        words = int(fields[3], 16)
        after = 4 + 2 * words
        pointers = fields[after + 1 : after + 1 + 4 * int(fields[after])]
        kinds = pointers[::4]
        parents = [f"n{offset}" for kind, offset in zip(kinds, pointers[1::4], strict=True) if kind in HYPERNYMS]
        lemmas = [word.replace("_", " ") for word in fields[4:after:2]]
        synsets[f"n{fields[0]}"] = Synset(lemmas, parents, int(fields[1]), INSTANCE in kinds)
    return synsets


def read_everyday(lines: Iterable[str]) -> dict[str, Everyday]:
    """Parse everyday.tsv; the last column, the reason, is for people."""
    rows = {}
    for line in lines:
        if line.startswith("#") or not line.strip():
            continue
        wnid, noun, article, kind, parents, _ = [*line.rstrip("\n").split("\t"), "", "", "", ""][:6]
        rows[wnid] = Everyday(noun, article, kind, parents.split(",") if parents else [])
    return rows


def with_ancestors(labels: Iterable[str], parents: dict[str, list[str]]) -> list[str]:
    """Return all ids on the ways from the labels up to the root, sorted."""
    found: set[str] = set()
    waiting = list(labels)
    while waiting:
        wnid = waiting.pop()
        if wnid not in found:
            found.add(wnid)
            waiting += parents[wnid]
    return sorted(found)


def article_of(noun: str, mark: str) -> str:
    """Choose a or an by the first letter; no article where the row is marked with -."""
    if mark == "-":
        return ""
    sounds_like_you = noun.startswith(("uni", "Euro"))
    vowel = noun[0].lower() in "aeiou" or noun.startswith("hour")
    return "an" if vowel and not sounds_like_you else "a"


def rows(synsets: dict[str, Synset], labels: list[str], everyday: dict[str, Everyday]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the table, columns as in COLUMNS."""
    usual = Everyday("", "", "", [])
    parents = {wnid: everyday.get(wnid, usual).parents or synset.parents for wnid, synset in synsets.items()}
    position = {wnid: str(place) for place, wnid in enumerate(labels)}
    for wnid in with_ancestors(labels, parents):
        row = everyday.get(wnid, usual)
        lemmas = synsets[wnid].lemmas
        noun = row.noun or (lemmas[0] if wnid in position else "")
        article = article_of(noun, row.article) if noun else ""
        yield wnid, ",".join(parents[wnid]), position.get(wnid, ""), row.kind, article, noun, "|".join(lemmas)


def unused(everyday: dict[str, Everyday], synsets: dict[str, Synset], table: list[tuple[str, ...]]) -> list[str]:
    """Return the ids in everyday.tsv that say nothing: not above any label, or repeating WordNet's own parents."""
    present = {row[0] for row in table}
    return [w for w, row in everyday.items() if w not in present or row.parents == synsets[w].parents]


def main() -> None:
    """Write the table to standard output."""
    parser = argparse.ArgumentParser(description="Make imagenet_nouns.tsv; see README.md beside this file.")
    parser.add_argument("--wordnet", type=Path, required=True, help="data.noun of WordNet 3.0")
    parser.add_argument("--labels", type=Path, required=True, help="WordNet ids in the network's order")
    parser.add_argument("--everyday", type=Path, default=Path(__file__).with_name("everyday.tsv"))
    asked = parser.parse_args()
    synsets = read_wordnet(asked.wordnet.read_text(encoding="utf-8").splitlines())
    everyday = read_everyday(asked.everyday.read_text(encoding="utf-8").splitlines())
    labels = asked.labels.read_text(encoding="utf-8").split()
    table = list(rows(synsets, labels, everyday))
    if idle := unused(everyday, synsets, table):
        parser.error(f"rows of everyday.tsv without use: {', '.join(idle)}")
    for row in [COLUMNS, *table]:
        sys.stdout.write("\t".join(row) + "\n")


if __name__ == "__main__":
    main()
