"""Photos in the order of time, split into events."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from photosort.clustering.events import AROUND, ends
from photosort.clustering.kmeans import Labels
from photosort.naming.prompt import MIXED
from photosort.naming.subject import inside
from photosort.naming.summary import ClusterName
from photosort.photos.facts.facts import Facts
from photosort.photos.facts.fields import UNDATED, clock, shared
from photosort.photos.files.photo import Photo
from photosort.towns.towns import EARTH, Town

SAYS_NOTHING = (MIXED, "unclear", "unnamed")
"""How titles begin that say nothing of an event: its date says more."""


def events_of(photos: Sequence[Photo], facts: Sequence[Facts]) -> Labels:
    """Return (n,) the event of each photo, numbered by time; those without a date are the last one.

    The times are those of the cameras: two whose clocks differ by a day or more make two events of one.
    """
    seconds = [clock(each) for each in facts]
    known = {row: moment for row, moment in enumerate(seconds) if moment is not None}
    order = sorted(known, key=lambda row: (known[row], photos[row].path))
    labels = np.zeros(len(photos), dtype=np.intp)
    if order:
        gaps = np.diff(np.array([known[row] for row in order], dtype=np.float64))
        numbers = np.concatenate([[0], np.cumsum(ends(gaps, moved([facts[row].place for row in order])))])
        labels[:] = int(numbers[-1]) + 1
        labels[order] = numbers
    return labels


def moved(places: Sequence[tuple[float, float] | None]) -> NDArray[np.float64]:
    """Return (n - 1,) kilometres between the last place known before each gap and the first one known after it.

    0 where none of the nearest photos has a place.
    """
    found = np.zeros(max(0, len(places) - 1))
    following = [place for place, known in enumerate(places) if known]
    for before, after in pairwise(following):
        if after - before <= AROUND:
            distance = kilometres(places[before], places[after])
            found[before:after] = distance
    return found


def kilometres(one: tuple[float, float] | None, other: tuple[float, float] | None) -> float:
    """Return the distance of two places, in degrees, along the surface of the earth; 0 where one is not known."""
    if not one or not other:
        return 0.0
    (north, east), (north2, east2) = (tuple(map(math.radians, place)) for place in (one, other))
    chord = math.sin((north2 - north) / 2) ** 2 + math.cos(north) * math.cos(north2) * math.sin((east2 - east) / 2) ** 2
    return 2 * EARTH * math.asin(min(1.0, math.sqrt(chord)))


def event_name(name: ClusterName, facts: Sequence[Facts], towns: Sequence[Town | None]) -> ClusterName:
    """Return the name of an event: its days, where most of it was, what most of it shows, as far as these are known.

    Such as "2019-07-13 – 14 Rimini, beach".
    """
    common = shared(facts, towns)
    if not common["date"]:
        return replace(name, title=UNDATED, support=0.0, note="")
    where = common["place"] or common["country"]
    what = "" if name.title.casefold().startswith(SAYS_NOTHING) else name.title
    about = f"{where}, {inside(what)}" if where and what else where or what
    title = " ".join(filter(None, (common["date"], about)))
    return replace(name, title=title, support=name.support if what else 0.0, note=name.note if what else "")
