"""What a query says: texts and photos that are added and taken away, as rclip writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from photosort.errors import SettingsError
from photosort.photos.files.suffixes import PHOTOS
from photosort.support.printable import printable

LARGEST = 100.0
"""The largest factor of a term: beyond it the other terms no longer count."""
FORM = "Write for example: 'dog + beach', 'fruit - apple', '2:golden retriever', './pool.jpg + night'."

_TERM = re.compile(
    r"""\s*(?:(?P<factor>[\d.]+)\s*:\s*)?(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>.*))\s*\Z""", re.DOTALL
)
_OPERATOR = re.compile(r"""(?:(?<=\s)|^)([+-])(?=\s|$)""")
_QUOTED = re.compile(r"""(?:(?<=[\s:])|^)("[^"]*"|'[^']*')(?=\s|$)""")
_PLACES = ("./", "../", "/", "~/", ".\\", "..\\")


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a query: a text, or a photo where `photo` is set; `weight` is negative where it is taken away."""

    weight: float
    text: str = ""
    photo: Path | None = None


def parse(query: str, like: Path | None = None) -> tuple[Term, ...]:
    """Return the terms of a query; `like` is one more photo to be similar to.

    Terms stand between " + " and " - "; a factor before a colon makes one count more or less. What begins like a path
    (./ ../ / ~/) is a photo. Quotes around a term keep operators inside it. Raises SettingsError, which names the part
    that makes no sense.
    """
    terms = [] if like is None else [Term(1.0, photo=like)]
    if query.strip():
        terms += [_term(sign, part, query) for sign, part in _split(query)]
    if not terms:
        raise SettingsError("There is nothing to search for", 'Name what to find: photosort search "dog on a beach"')
    if all(term.weight < 0 for term in terms):
        raise SettingsError(f"The query {_shown(query)} only takes away", f"Add what to find. {FORM}")
    return tuple(terms)


def _split(query: str) -> list[tuple[float, str]]:
    """Return the sign and the text of each term; operators in quotes belong to their term."""
    hidden = _QUOTED.sub(lambda found: "_" * len(found[0]), query)
    parts, start, sign = list[tuple[float, str]](), 0, 1.0
    for number, found in enumerate(_OPERATOR.finditer(hidden)):
        before = query[start : found.start()]
        if number or before.strip():
            parts.append((sign, before))
        sign, start = 1.0 if found[1] == "+" else -1.0, found.end()
    return [*parts, (sign, query[start:])]


def _term(sign: float, part: str, query: str) -> Term:
    found = _TERM.match(part)
    assert found is not None, "the pattern takes every text"
    text = " ".join((found["double"] or found["single"] or found["bare"] or "").split())
    if not text:
        raise SettingsError(f"A part of the query {_shown(query)} is empty", FORM)
    weight = sign * _factor(found["factor"], part)
    if text.startswith(_PLACES):
        return Term(weight, photo=Path(_path(found, text)).expanduser())
    if Path(text).suffix.lower() in PHOTOS:
        raise SettingsError(
            f"{_shown(text)} looks like the name of a photo", f"Write it as a path: ./{printable(text)}"
        )
    return Term(weight, text)


def _path(found: re.Match[str], text: str) -> str:
    """Return a path as it was written: spaces inside it count."""
    return found["double"] or found["single"] or (found["bare"] or text).strip()


def _factor(written: str | None, part: str) -> float:
    if written is None:
        return 1.0
    try:
        factor = float(written)
    except ValueError:
        factor = 0.0
    if not 0 < factor <= LARGEST:
        raise SettingsError(
            f"{_shown(part.strip())} begins with a factor that is not above 0 and at most {LARGEST:g}", FORM
        )
    return factor


def _shown(text: str) -> str:
    return f"'{printable(text.strip())}'"
