"""What a folder's name may be put together of."""

from __future__ import annotations

import re
from string import Formatter

from photosort.settings.levels import TITLES, fields_of

FACTS = ("year", "month", "date", "place", "country", "kind", "people")
"""Fields that say what is true of the photos."""
NAME_FIELDS = {
    **dict.fromkeys(("name", "title", "summary", "keywords"), "a"),
    **dict.fromkeys(("index", "photos"), 1),
    **dict.fromkeys(FACTS, ""),
}
"""What a template may name, with a value of the type that it gets."""
MOST = 5
"""Levels of folders."""


def checked_template(template: str) -> str:
    """Return the template, without blanks around its levels.

    Raises ValueError unless it has fields that there are, and one level that tells folders apart.
    """
    if re.search(r"\d{3}", template):
        raise ValueError("may not fill up with hundreds of characters")
    try:
        fields = [field for _, field, _, _ in Formatter().parse(template) if field is not None]
        template.format(**NAME_FIELDS)
    except KeyError as error:
        raise ValueError(f"has an unknown field {{{error.args[0]}}}; the fields are {_listed_fields()}") from error
    except (ValueError, IndexError, AttributeError, TypeError) as error:
        raise ValueError(f"is not a valid template ({error}); the fields are {_listed_fields()}") from error
    if not set(fields) <= set(NAME_FIELDS):
        raise ValueError(f"may have {_listed_fields()} and nothing else")
    if not set(fields) & set(TITLES):
        facts = ",".join(field for field in dict.fromkeys(fields) if field in ("year", "month", "date"))
        more = f"; for folders by date alone leave it out and take --levels {facts}" if facts else ""
        raise ValueError(f"would give all folders the same name; add {{name}}, {{title}} or {{index}}{more}")
    return _checked_levels(template) if "/" in template else template


def _checked_levels(template: str) -> str:
    levels = [level.strip() for level in template.split("/")]
    if "" in levels:
        raise ValueError('has an empty level; write it like "{year}/{title}", with no "/" at its ends')
    if len(levels) > MOST:
        raise ValueError(f"has too many levels; at most {MOST}")
    try:
        named = [level for level in levels if set(fields_of(level)) & set(TITLES)]
        counted = [level for level in levels if "photos" in fields_of(level) and level not in named]
        for level in levels:
            level.format(**NAME_FIELDS)
    except (ValueError, IndexError) as error:
        raise ValueError('may not have "/" inside of { and }') from error
    if len(named) > 1 or counted:
        raise ValueError(
            "may have one level with a title, and in the others only {year}, {month}, {date}, {place}, {country},"
            " {kind} and {people}"
        )
    return "/".join(levels)


def _listed_fields() -> str:
    return ", ".join(f"{{{name}}}" for name in NAME_FIELDS)
