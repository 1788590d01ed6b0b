"""Which photos are wanted, by what is true of them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from photosort.errors import SettingsError
from photosort.photos.facts.facts import GROUP, KINDS, Facts

_DATE = re.compile(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?")
_PEOPLE = re.compile(r"(\d{1,3})(\+?)")


@dataclass(frozen=True, slots=True)
class People:
    """How many faces a photo shows, at least and at most; without `most`, any number from `least` on."""

    least: int
    most: int | None = None

    def fits(self, count: int) -> bool:
        """Return whether so many are wanted."""
        return count >= self.least and (self.most is None or count <= self.most)


@dataclass(frozen=True, slots=True)
class Filters:
    """What has to be true of a photo; None is not asked.

    after   taken on this day or later
    before  taken before this day
    people  the number of faces
    kind    what the picture is; "photo" is none of the kinds
    place   the name of a town or a country, or both: "Paris, France", as `plain` leaves it
    """

    after: date | None = None
    before: date | None = None
    people: People | None = None
    kind: str | None = None
    place: str | None = None

    @property
    def dated(self) -> bool:
        """Whether a photo needs a date."""
        return self.after is not None or self.before is not None

    @property
    def any(self) -> bool:
        """Whether facts are asked for at all."""
        return self.dated or self.people is not None or self.kind is not None or self.place is not None

    def lacks(self, facts: Facts) -> bool:
        """Return whether it cannot be said if a photo with these facts is wanted."""
        return (self.dated and not facts.taken) or (self.place is not None and facts.place is None)

    def fit(self, facts: Facts, town: str = "", country: str = "") -> bool:
        """Return whether a photo with these facts is wanted; what is not known of it does not fit. Town and country are
        those of its place.
        """
        taken = facts.taken[:10]
        if self.dated and not taken:
            return False
        if self.after and taken < self.after.isoformat():
            return False
        if self.before and taken >= self.before.isoformat():
            return False
        if self.people and not (facts.people and self.people.fits(facts.people.count)):
            return False
        if self.place and self.place not in (plain(town), plain(country), plain(f"{town}, {country}")):
            return False
        return self.kind is None or self.kind == (facts.kind.name if facts.kind else PHOTO)


PHOTO = "photo"
"""A picture that is none of `photos.facts.KINDS`."""


def filters_of(
    *,
    after: str | None = None,
    before: str | None = None,
    people: str | None = None,
    kind: str | None = None,
    place: str | None = None,
) -> Filters:
    """Read the filters as a user writes them; None asks for nothing. Raises SettingsError."""
    first = read_date(after, "--after") if after is not None else None
    end = read_date(before, "--before") if before is not None else None
    if first and end and first >= end:
        raise SettingsError(
            f"No day is after {first} and before {end}", "--before names the first day that is not wanted any more."
        )
    return Filters(
        first,
        end,
        read_people(people) if people is not None else None,
        read_kind(kind) if kind is not None else None,
        read_place(place) if place is not None else None,
    )


def read_date(text: str, flag: str) -> date:
    """Return the first day of "2023", "2023-05" or "2023-05-17". Raises SettingsError, which names the `flag`."""
    found = _DATE.fullmatch(text.strip())
    try:
        if found:
            return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        pass
    raise SettingsError(f"{flag} {text!r} is not a date", f"Write {flag} 2023, {flag} 2023-05 or {flag} 2023-05-17.")


def read_people(text: str) -> People:
    """Return what "0", "1", "2+" or "group" asks for. Raises SettingsError."""
    wanted = text.strip().casefold()
    if wanted == "group":
        return People(GROUP)
    if found := _PEOPLE.fullmatch(wanted):
        count = int(found[1])
        return People(count, None if found[2] else count)
    raise SettingsError(
        f"--people {text!r} is not a number of people", f"Write --people 1, --people 2+ or --people group ({GROUP}+)."
    )


def read_kind(text: str) -> str:
    """Return a kind of picture, of one or of many: "screenshots" too. Raises SettingsError."""
    wanted = text.strip().casefold().removesuffix("s")
    if wanted in (PHOTO, *KINDS):
        return wanted
    raise SettingsError(f"--kind {text!r} is not a kind of picture", f"Choose one of: {', '.join((PHOTO, *KINDS))}")


def read_place(text: str) -> str:
    """Return the name of a place as `plain` leaves it. Raises SettingsError where there is none."""
    if name := plain(text):
        return name
    raise SettingsError("--place names no place", "Write --place Paris, --place France or --place 'Paris, France'.")


def plain(name: str) -> str:
    """Return a name without accents, case and spaces at its ends: "são paulo" and "Sao Paulo" are one."""
    letters = unicodedata.normalize("NFKD", name)
    return " ".join("".join(char for char in letters if not unicodedata.combining(char)).casefold().split())
