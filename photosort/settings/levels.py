"""How deep folders are nested, and by what: `--levels`, and the levels of a name template.

A level that names only facts, such as "{year}", holds each photo by its own; the one level with a title is the folder
of a cluster, and facts in it are those that most of its photos share.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import Formatter

BY_FACT = ("year", "month", "date", "country", "place", "people")
"""Facts of a photo that a level may be made of."""
AUTO, TWO = "auto", "2"
"""What stands for the folders that photosort finds: one level of them, or two."""
TITLES = ("name", "title", "summary", "keywords", "index")
"""Fields of a name that tell clusters apart."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The levels of a path below the destination, as templates.

    above  levels of facts before the folder of a cluster
    name   the template of that folder; empty where facts alone make the folders
    below  levels of facts inside it
    """

    above: tuple[str, ...] = ()
    name: str = "{name}"
    below: tuple[str, ...] = ()

    @property
    def splits(self) -> bool:
        """Whether a cluster is spread over several folders by facts."""
        return bool(self.above or self.below)

    @property
    def facts(self) -> frozenset[str]:
        """The facts that its levels are made of."""
        return frozenset(field for level in (*self.above, *self.below) for field in fields_of(level))


def checked_levels(levels: object) -> str:
    """Return `--levels` in its plain form: facts, then "auto" or "2", with commas between. Raises ValueError."""
    parts = [part.strip().casefold() for part in str(levels).split(",")]
    plain = [AUTO if part == "1" else part for part in parts]
    *facts, last = plain
    facts += [last] if last not in (AUTO, TWO) else []
    if not all(fact in BY_FACT for fact in facts) or len(set(facts)) < len(facts):
        raise ValueError(
            "is not valid; write auto, 2 (folders in folders), or facts before it, such as year,auto or year,month;"
            f" facts are {', '.join(BY_FACT)}"
        )
    return ",".join(plain)


def layout_of(levels: str, template: str) -> Layout:
    """Return the levels of `--levels`, with those of the name template after them."""
    parts = levels.split(",")
    above = tuple(f"{{{part}}}" for part in parts if part in BY_FACT)
    if parts[-1] in BY_FACT:
        return Layout(above, "")
    pieces = template.split("/")
    named = next(place for place, piece in enumerate(pieces) if set(fields_of(piece)) & set(TITLES))
    return Layout((*above, *pieces[:named]), pieces[named], tuple(pieces[named + 1 :]))


def fields_of(template: str) -> list[str]:
    """Return the fields of a template, without what formats them."""
    return [re.split(r"[.\[]", field)[0] for _, field, _, _ in Formatter().parse(template) if field is not None]
