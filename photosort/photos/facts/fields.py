"""The facts of photos as fields of folder names: of one photo, and of all photos of a folder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from photosort.photos.facts.facts import Facts, dates, in_common, most_of, people_of
from photosort.towns.towns import Town, towns

UNDATED, NOWHERE, NO_PEOPLE, NO_KIND = "Undated", "Unknown place", "No people", "Photos"
"""What a level of folders is called for photos that lack the fact."""
NOON = "T12:00:00"


def towns_of(facts: Sequence[Facts]) -> list[Town | None]:
    """Return the town of each photo; None without a place, and far from every town. Reads the table at need."""
    if not any(each.place for each in facts):
        return [None] * len(facts)
    return towns().at([each.place for each in facts])


def fields_of(facts: Facts, town: Town | None) -> dict[str, str]:
    """Return the fields of one photo; none is empty. Months are "2019-07", so that they sort as they follow."""
    people = people_of(facts)
    return {
        "year": facts.taken[:4] or UNDATED,
        "month": facts.taken[:7] or UNDATED,
        "date": facts.taken[:10] or UNDATED,
        "place": town.name if town else NOWHERE,
        "country": town.country if town else NOWHERE,
        "people": people[:1].upper() + people[1:] if people else NO_PEOPLE,
        "kind": f"{facts.kind.name}s".capitalize() if facts.kind else NO_KIND,
    }


def shared(facts: Sequence[Facts], found: Sequence[Town | None]) -> dict[str, str]:
    """Return what holds for a folder's photos, as fields; each is empty where nothing holds for most of them.

    Years, months and dates go from the first to the last.
    """
    days = sorted(each.taken[:10] for each in facts if len(each.taken) >= len("2019-07-13"))
    return {
        **in_common(facts),
        "month": " – ".join(dict.fromkeys((days[0][:7], days[-1][:7]))) if days else "",
        "date": span(days[0], days[-1]) if days else "",
        "place": most_of(found, lambda town: town.name if town else ""),
        "country": most_of(found, lambda town: town.country if town else ""),
    }


def span(first: str, last: str) -> str:
    """Return a range of days in ISO 8601, the end without what it shares with the start: "2019-07-13 – 14"."""
    if first == last:
        return first
    for shares in (8, 5):
        if first[:shares] == last[:shares]:
            return f"{first} – {last[shares:]}"
    return f"{first} – {last}"


def marks(facts: Sequence[Facts], found: Sequence[Town | None]) -> tuple[str, ...]:
    """Return where and when most of a folder's photos were taken, in words: "Rimini, July 2019", "Rimini"."""
    when = dates(facts)
    where = most_of(found, lambda town: town.name if town else "")
    return (*(f"{where}, {date}" for date in when), where) if where else when


def clock(facts: Facts) -> float | None:
    """Return what the clock of the camera showed, in seconds of any fixed origin; None without a day.

    Where only the day is known it is noon.
    """
    said = facts.taken if "T" in facts.taken else facts.taken + NOON
    try:
        return (datetime.fromisoformat(said).replace(tzinfo=None) - datetime(1826, 1, 1)).total_seconds()
    except ValueError:
        return None
