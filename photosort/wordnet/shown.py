"""Which labels of ImageNet speak for folders whose name means none of them: a four-poster for a bedroom.

The table is data/shown.tsv, written for photosort; data/README.md says how. That objects tell scenes and activities is
the idea of "Object Bank" (Li, Su, Xing & Fei-Fei, NeurIPS 2010).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from photosort.wordnet.nouns import nouns


@lru_cache(maxsize=1)
def shown() -> Mapping[str, tuple[int, ...]]:
    """Load the table: the name in small letters -> places of the labels among the outputs of the network."""
    places: dict[str, list[int]] = {}
    for place, label in enumerate(nouns().labels):
        places.setdefault(label.noun, []).append(place)
    text = files("photosort.wordnet").joinpath("data/shown.tsv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {
        row["name"].casefold(): tuple(place for noun in row["labels"].split(", ") for place in places[noun])
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    }
