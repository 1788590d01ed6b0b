"""What people call folders of photos by: things, activities, places, events and kinds of pictures.

The table is data/album.tsv, written for photosort; data/README.md says how.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Literal, cast

ConceptKind = Literal["thing", "activity", "place", "event", "people", "picture"]
Where = Literal["", "indoors", "outdoors"]


@dataclass(frozen=True, slots=True)
class Concept:
    """One name for a folder.

    name   as it stands alone: "Beach", "Dogs", "Birthday"
    kind   what is named
    seen   how a photo of it could be described, for a text encoder
    wnids  its meanings in WordNet 3.0; none where WordNet has no word for it
    where  "indoors" or "outdoors" where photos of a place, an activity or a building mostly are taken there; else empty
    """

    name: str
    kind: ConceptKind
    seen: str
    wnids: tuple[str, ...]
    where: Where = ""

    @property
    def inside(self) -> str:
        """The name in the middle of a text: "beach", "Christmas"."""
        return self.name if self.name in self.seen else self.name[:1].lower() + self.name[1:]


class Album:
    """All concepts, in the order of the table."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self.concepts = tuple(concepts)

    @cached_property
    def by_meaning(self) -> dict[str, Concept]:
        """WordNet id -> the concept of this meaning."""
        return {wnid: concept for concept in self.concepts for wnid in concept.wnids}


@lru_cache(maxsize=1)
def album() -> Album:
    """Load the table; later calls return the same one."""
    text = files("photosort.wordnet").joinpath("data/album.tsv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    return Album(
        Concept(
            row["name"],
            cast(ConceptKind, row["kind"]),
            row["seen"],
            tuple((row["wnids"] or "").split()),
            cast(Where, row["where"] or ""),
        )
        for row in rows
    )
