"""The town and the country of a place on the map. No server is asked: the table is data/towns.tsv.gz.

A town is a point with a number of people. So that a photo in the middle of a large city gets the name of the city, and
not that of the nearest suburb, each town reaches as far as its people need at a usual density, and a place belongs to
the town whose reach is nearest: an additively weighted Voronoi diagram (Okabe, Boots, Sugihara, Chiu, "Spatial
Tessellations", 2000, section 3.1.2). Borders are not known: beside one, the town across it may be nearer.
"""

from __future__ import annotations

import csv
import gzip
import io
import math
from collections.abc import Sequence
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

EARTH = 6371.0
"""Mean radius, in kilometres."""
FARTHEST = 30.0
"""Kilometres: a place that is farther from every town has no name, as on the open sea."""
DENSITY = 8000.0
"""People per square kilometre inside a large city: Paris then reaches 9 km, and Versailles, 17 km away, is its own."""
DIGITS = 3
"""Places that agree in so many digits of a degree, some 100 m, are looked up once."""

Floats = NDArray[np.float64]


class Town(NamedTuple):
    """A town of 5,000 people or more, or the seat of an administration; `country` in English."""

    name: str
    country: str


class Towns:
    """All towns, found by place."""

    def __init__(self, rows: Sequence[tuple[str, str, float, float, int]], countries: dict[str, str]) -> None:
        """Take rows of name, code of the country, degrees of latitude and longitude, and people."""
        self._rows, self._countries = rows, countries
        self._points = _on_the_sphere(np.array([row[2:4] for row in rows], dtype=np.float64))
        people = np.array([row[4] for row in rows], dtype=np.float64)
        self._reach = np.sqrt(people / (math.pi * DENSITY))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._rows)

    def at(self, places: Sequence[tuple[float, float] | None]) -> list[Town | None]:
        """Return the town of each place, in degrees of latitude and longitude.

        None for a place that is None, or farther than FARTHEST from every town.
        """
        rounded = [place and (round(place[0], DIGITS), round(place[1], DIGITS)) for place in places]
        different = sorted({place for place in rounded if place})
        if not different:
            return [None] * len(places)
        found = dict(zip(different, self._looked_up(np.array(different, dtype=np.float64)), strict=True))
        return [found[place] if place else None for place in rounded]

    @cached_property
    def _tree(self) -> Any:
        from scipy.spatial import KDTree

        return KDTree(self._points)

    def _looked_up(self, degrees: Floats) -> list[Town | None]:
        points = _on_the_sphere(degrees)
        near = self._tree.query_ball_point(points, 2 * math.sin(FARTHEST / EARTH / 2), return_sorted=True)
        return [self._town(point, indices) for point, indices in zip(points, near, strict=True)]

    def _town(self, point: Floats, near: Sequence[int]) -> Town | None:
        if not near:
            return None
        among = np.asarray(near)
        chords = np.linalg.norm(self._points[among] - point, axis=1)
        distances = 2 * EARTH * np.arcsin(np.minimum(chords / 2, 1))
        name, code, *_ = self._rows[int(among[(distances - self._reach[among]).argmin()])]
        return Town(name, self._countries[code])


def _on_the_sphere(degrees: Floats) -> Floats:
    """Return (n, 3) unit vectors of (n, 2) latitudes and longitudes: right at the poles and at the date line."""
    latitude, longitude = np.radians(degrees).T
    flat = np.cos(latitude)
    return np.stack([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)], axis=1)


@lru_cache(maxsize=1)
def towns() -> Towns:
    """Return all towns; reads the tables once."""
    data = files("photosort.towns") / "data"
    with io.TextIOWrapper(io.BytesIO(gzip.decompress((data / "towns.tsv.gz").read_bytes())), "utf-8") as lines:
        rows = [
            (name, code, float(latitude), float(longitude), int(people))
            for name, code, latitude, longitude, people in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]
    said = (data / "countries.tsv").read_text(encoding="utf-8").splitlines()
    return Towns(rows, dict(line.split("\t") for line in said))
