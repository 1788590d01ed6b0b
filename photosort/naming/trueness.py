"""Whether a name is still true of a folder: how many of its photos bear it out, by the rules that gave the name."""

from __future__ import annotations

from collections.abc import Iterator

from photosort.models.protocols import Sightings
from photosort.naming.seen import PROBABLE, Told, noun_title, places_of, supported
from photosort.naming.subject import MOST
from photosort.wordnet.album import album
from photosort.wordnet.nouns import nouns

PEOPLE = "people"


def is_borne_out(share: float) -> bool:
    """Return whether a share of the photos, 0 to 1, is most of them: no rule gives a name to less."""
    return share > MOST


def subject_in(title: str) -> str:
    """Return what a title is of, without what sets it apart: of "Dogs (snow)" the dogs."""
    return title.partition(" (")[0]


def share_seen(title: str, seen: Sightings, facts: Told) -> float | None:
    """Return the share of m photos that show what a title says, by what a model sees in them and by their facts.

    None where the title is none that can be seen, or there is no photo. Where a concept and a noun are called so, the
    larger share counts.
    """
    return max(_shares(title, seen, facts), default=None) if len(seen.concepts) else None


def _shares(title: str, seen: Sightings, facts: Told) -> Iterator[float]:
    photos, word = len(seen.concepts), title.casefold()
    if word == PEOPLE:
        yield sum(map(bool, facts.people)) / photos
    for said in (facts.kinds, facts.people, tuple(places_of(seen))):
        if count := sum(each.casefold() == word for each in said):
            yield count / photos
    concepts = [place for place, concept in enumerate(album().concepts) if concept.name == title]
    if concepts:
        yield float(supported(seen)[:, concepts].mean(axis=0).max())
    spoken = [place for place in range(len(nouns().spoken)) if noun_title(place) == title]
    if spoken:
        likely = seen.labels @ nouns().membership[spoken].T
        yield float((likely >= PROBABLE).mean(axis=0).max())
