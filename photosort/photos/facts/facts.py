"""Facts: what is simply true of a photo, and how sure that is. Captions say them; clusters do not depend on them."""

from __future__ import annotations

from calendar import month_name
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeVar, get_args

One = TypeVar("One")

KindName = Literal["screenshot", "document", "receipt", "meme", "drawing", "scan"]
KINDS: tuple[KindName, ...] = get_args(KindName)
"""What a picture may be instead of a photo of something."""

GROUP = 3
"""From so many people on it is a group."""
MOST = 2 / 3
"""The share of a folder's photos that a fact has to hold for, to be said of the folder."""


@dataclass(frozen=True, slots=True)
class People:
    """The faces in a photo, counted; whose they are is not asked.

    count     of faces that can be seen; someone who turns away is not counted
    portrait  whether there is one, and it is large
    sure      0 to 1: the probability of the least certain face, or of there being no other one, whichever is lower
    """

    count: int
    portrait: bool
    sure: float

    @property
    def phrase(self) -> str:
        """Say how many they are, as captions do; empty without any."""
        if self.count == 1:
            return "a person"
        return ("", "", "two people")[self.count] if self.count < GROUP else "a group of people"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a picture is instead of a photo of something.

    sure  0 to 1
    by    what tells it: "name", "size", "program" or "pixels"
    """

    name: KindName
    sure: float
    by: tuple[str, ...] = ()


class Said(NamedTuple):
    """What captions say of the facts of a photo; each is empty where there is nothing to say.

    kind    the word for the picture, in place of "photo"
    people  who can be seen, with the article
    """

    kind: KindName | Literal["portrait", ""] = ""
    people: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true of one photo; None or empty where it is not known.

    taken     ISO 8601, the local time of the camera, with its distance from UTC where it is known
    taken_by  "EXIF", or "name" where only the name of the file tells it
    place     degrees of latitude (north) and longitude (east)
    """

    people: People | None = None
    kind: Kind | None = None
    taken: str = ""
    taken_by: str = ""
    place: tuple[float, float] | None = None

    @property
    def said(self) -> Said:
        """Return what captions say of them."""
        people = self.people or People(0, portrait=False, sure=0)
        return Said(self.kind.name if self.kind else "portrait" if people.portrait else "", people.phrase)

    def as_dict(self) -> dict[str, Any]:
        """Return what is known, for JSON."""
        people, kind = self.people, self.kind
        every = {
            "people": people and {"count": people.count, "portrait": people.portrait, "sure": people.sure},
            "kind": kind and {"name": kind.name, "sure": kind.sure, "by": kind.by},
            "taken": self.taken,
            "taken_by": self.taken_by,
            "place": self.place,
        }
        return {name: value for name, value in every.items() if value}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Facts:
        """Return the facts that `as_dict` has written, also where they went through JSON."""
        people, kind, place = values.get("people"), values.get("kind"), values.get("place")
        return cls(
            People(**people) if people else None,
            Kind(kind["name"], kind["sure"], tuple(kind["by"])) if kind else None,
            values.get("taken", ""),
            values.get("taken_by", ""),
            (place[0], place[1]) if place else None,
        )


def in_common(facts: Sequence[Facts]) -> dict[str, str]:
    """Return what holds for a folder's photos, as the fields of a name template: year, kind and people.

    Each is empty where nothing holds for most of them. Years: "2019", or from the first to the last, "2017-2019".
    """
    years = sorted({each.taken[:4] for each in facts if each.taken})
    return {
        "year": "-".join(dict.fromkeys((years[0], years[-1]))) if years else "",
        "kind": most_of(facts, lambda each: f"{each.kind.name}s" if each.kind else ""),
        "people": most_of(facts, people_of),
    }


def in_words(facts: Facts) -> tuple[str, ...]:
    """Return what the facts of a photo say in words that folders are named by: ("people",), ("screenshots",)."""
    return tuple(filter(None, (f"{facts.kind.name}s" if facts.kind else "", who(facts))))


def who(facts: Facts) -> str:
    """Return the people of a photo in the words that folders are named by; empty without any."""
    if facts.people is None or not facts.people.count:
        return ""
    if facts.people.portrait:
        return "portraits"
    return "two people" if facts.people.count == 2 else "people"


def dates(facts: Sequence[Facts]) -> tuple[str, ...]:
    """Return the month and the year that most of a folder's photos were taken in, as far as there is one."""
    months = most_of(facts, lambda each: each.taken[:7])
    named = f"{month_name[int(months[5:7])]} {months[:4]}" if len(months) == 7 and "01" <= months[5:7] <= "12" else ""
    return tuple(filter(None, (named, most_of(facts, lambda each: each.taken[:4]))))


def people_of(facts: Facts) -> str:
    """Return the people of a photo as a field of a name: "one person", "groups"; empty without any."""
    if facts.people is None or not facts.people.count:
        return ""
    if facts.people.portrait:
        return "portraits"
    return ("", "one person", "two people")[facts.people.count] if facts.people.count < GROUP else "groups"


def most_of(facts: Sequence[One], said: Callable[[One], str]) -> str:
    """Return what is said of most of these, MOST at least; empty where that is nothing."""
    ((words, count),) = Counter(map(said, facts)).most_common(1) or [("", 0)]
    return words if count >= MOST * len(facts) else ""
