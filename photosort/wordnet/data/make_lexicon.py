"""Make lexicon.tsv.gz and uses.tsv, all nouns of WordNet 3.0 and how often each is another part of speech.

    python make_lexicon.py --wordnet /usr/share/wordnet --to .

`--wordnet` is the folder of WordNet's database (formats: wndb(5WN), cntlist(5WN), morphy(7WN)); README.md beside this
file says where it comes from, and what the columns hold.
"""

from __future__ import annotations

import argparse
import gzip
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from pathlib import Path

from photosort.wordnet.data.make_nouns import Synset, read_wordnet

LEXICON = ("wnid", "field", "instance", "parents", "lemmas")
USES = ("noun", "as_noun", "as_verb", "as_form", "as_adjective", "as_adverb")
FIELDS = """
    Tops act animal artifact attribute body cognition communication event feeling food group location motive object
    person phenomenon plant possession process quantity relation shape state substance time
"""
"""Names of the noun files, from number 3 on: lexnames(5WN)."""

NOUN, VERB, ADJECTIVE, ADVERB, SATELLITE = range(1, 6)
"""Parts of speech in sense keys; a satellite is an adjective."""

ENDINGS = (("s", ""), ("es", "e"), ("es", ""), ("ies", "y"), ("ed", "e"), ("ed", ""), ("ing", "e"), ("ing", ""))
"""Endings of verbs, and what stands there in the infinitive: morphy(7WN)."""


def read_index(lines: Iterable[str]) -> dict[str, list[str]]:
    """Parse index.noun or index.verb: each lemma in small letters, with its ids, most frequent first."""
    found = {}
    for line in lines:
        if not line.startswith(" "):
            lemma, part, senses, *rest = line.split()
            found[lemma.replace("_", " ")] = [part + offset for offset in rest[-int(senses) :]]
    return found


def read_counts(lines: Iterable[str]) -> Counter[tuple[str, int]]:
    """Parse cntlist.rev: sense key, number of the sense, times it was tagged; the sum for each lemma and part."""
    found: Counter[tuple[str, int]] = Counter()
    for line in lines:
        key, _, tagged = line.split()
        lemma, _, sense = key.partition("%")
        found[lemma.replace("_", " "), int(sense[0])] += int(tagged)
    return found


def read_exceptions(lines: Iterable[str]) -> dict[str, list[str]]:
    """Parse verb.exc: an irregular form and its infinitives."""
    return {form: infinitives for form, *infinitives in map(str.split, lines)}


def lexicon_rows(synsets: dict[str, Synset], index: dict[str, list[str]]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of lexicon.tsv.gz, columns as in LEXICON."""
    fields = FIELDS.split()
    for wnid, synset in sorted(synsets.items()):
        lemmas = []
        for lemma in synset.lemmas:
            senses = index[lemma.lower()]
            lemmas.append(f"{lemma}#{senses.index(wnid) + 1}" if len(senses) > 1 else lemma)
        instance = "instance" if synset.instance else ""
        yield wnid, fields[synset.file - 3], instance, ",".join(synset.parents), "|".join(lemmas)


def infinitives(form: str, verbs: Set[str], exceptions: dict[str, list[str]]) -> Set[str]:
    """Return the verbs that a word is a form of, without itself."""
    regular = {form.removesuffix(ending) + end for ending, end in ENDINGS if form.endswith(ending)}
    return verbs & (regular | {*exceptions.get(form, ())} - {form})


def use_rows(
    nouns: Iterable[str],
    verbs: Set[str],
    exceptions: dict[str, list[str]],
    counts: Counter[tuple[str, int]],
) -> Iterator[tuple[str, ...]]:
    """Yield the rows of uses.tsv, columns as in USES, of nouns that are another part of speech as well."""
    for noun in sorted(nouns):
        form = sum(counts[infinitive, VERB] for infinitive in infinitives(noun, verbs, exceptions))
        adjective = counts[noun, ADJECTIVE] + counts[noun, SATELLITE]
        others = counts[noun, VERB], form, adjective, counts[noun, ADVERB]
        if any(others):
            yield noun, *map(str, (counts[noun, NOUN], *others))


def table(rows: Iterable[tuple[str, ...]]) -> bytes:
    """Return the text of a table, a line for each row."""
    return "".join("\t".join(row) + "\n" for row in rows).encode()


def main() -> None:
    """Write both tables."""
    parser = argparse.ArgumentParser(description="Make lexicon.tsv.gz and uses.tsv; see README.md beside this file.")
    parser.add_argument("--wordnet", type=Path, required=True, help="folder of WordNet 3.0, with data.noun")
    parser.add_argument("--to", type=Path, required=True, help="folder for the two tables")
    asked = parser.parse_args()

    def lines(name: str) -> list[str]:
        text: str = (asked.wordnet / name).read_text(encoding="utf-8")
        return text.splitlines()

    index = read_index(lines("index.noun"))
    verbs, exceptions = read_index(lines("index.verb")).keys(), read_exceptions(lines("verb.exc"))
    lexicon = table([LEXICON, *lexicon_rows(read_wordnet(lines("data.noun")), index)])
    uses = table([USES, *use_rows(index, verbs, exceptions, read_counts(lines("cntlist.rev")))])
    (asked.to / "lexicon.tsv.gz").write_bytes(gzip.compress(lexicon, mtime=0))
    (asked.to / "uses.tsv").write_bytes(uses)


if __name__ == "__main__":
    main()
