"""Facts as fields of folder names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photosort.naming.folder_name import folder_name
from photosort.photos.facts.facts import Facts, Kind, People
from photosort.photos.facts.fields import clock, fields_of, marks, shared, span, towns_of
from photosort.towns.towns import Town

RIMINI, VIENNA = (44.0627, 12.5787), (48.2082, 16.3738)
DATES = st.dates().map(str)


def taken(*times: str) -> list[Facts]:
    return [Facts(taken=time) for time in times]


def test_a_photo_has_a_name_for_every_level() -> None:
    full = Facts(People(2, portrait=False, sure=0.9), Kind("receipt", 0.9), "2019-07-13T10:00:00+02:00", "EXIF", RIMINI)
    assert fields_of(full, Town("Rimini", "Italy")) == {
        "year": "2019",
        "month": "2019-07",
        "date": "2019-07-13",
        "place": "Rimini",
        "country": "Italy",
        "people": "Two people",
        "kind": "Receipts",
    }


def test_what_lacks_a_fact_says_so() -> None:
    names = fields_of(Facts(), None)
    assert set(names.values()) == {"Undated", "Unknown place", "No people", "Photos"}
    assert all(folder_name(name) == name for name in names.values())


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2019-07-13", "2019-07-13", "2019-07-13"),
        ("2019-07-13", "2019-07-14", "2019-07-13 – 14"),
        ("2019-07-30", "2019-08-02", "2019-07-30 – 08-02"),
        ("2019-12-30", "2020-01-02", "2019-12-30 – 2020-01-02"),
        ("2019-07-13", "2020-07-13", "2019-07-13 – 2020-07-13"),
    ],
)
def test_a_span_of_days_says_what_changes(first: str, last: str, said: str) -> None:
    assert span(first, last) == said == folder_name(said)


@given(DATES, DATES, DATES, DATES)
def test_spans_sort_on_disk_as_their_first_days(one: str, two: str, three: str, four: str) -> None:
    (first, last), (later, end) = sorted((one, two)), sorted((three, four))
    if first < later:
        assert span(first, last) < span(later, end)


def test_what_most_share_is_said_of_a_folder() -> None:
    rimini = Town("Rimini", "Italy")
    found = shared(taken("2019-07-13T10:00:00", "2019-08-02", ""), [rimini, rimini, None])
    assert found == {
        "year": "2019",
        "month": "2019-07 – 2019-08",
        "date": "2019-07-13 – 08-02",
        "place": "Rimini",
        "country": "Italy",
        "people": "",
        "kind": "",
    }
    assert shared(taken("", ""), [rimini, Town("Bologna", "Italy")])["place"] == ""
    assert shared(taken("", ""), [rimini, Town("Bologna", "Italy")])["country"] == "Italy"
    assert set(shared([], []).values()) == {""}


def test_a_cluster_without_a_subject_can_be_called_by_place_and_time() -> None:
    here = [Town("Rimini", "Italy")] * 2
    assert marks(taken("2019-07-13", "2019-07-14"), here) == ("Rimini, July 2019", "Rimini, 2019", "Rimini")
    assert marks(taken("", ""), here) == ("Rimini",)
    assert marks(taken("2019-07-13", "2019-07-14"), [None, None]) == ("July 2019", "2019")


def test_towns_are_those_of_the_places() -> None:
    facts = [Facts(place=RIMINI), Facts(), Facts(place=VIENNA), Facts(place=(0.0, -30.0))]
    assert towns_of(facts) == [Town("Rimini", "Italy"), None, Town("Vienna", "Austria"), None]
    assert towns_of([Facts()]) == [None]


def test_the_clock_of_the_camera_counts_and_a_day_alone_is_its_noon() -> None:
    def between(one: str, other: str) -> float:
        first, second = clock(Facts(taken=one)), clock(Facts(taken=other))
        assert first is not None and second is not None
        return second - first

    assert between("2019-07-13T11:00:00", "2019-07-13") == 3600
    assert between("2019-07-13T11:00:00+02:00", "2019-07-13T12:00:00-05:00") == 3600
    assert between("2019-03-31T00:00:00", "2019-04-01T00:00:00") == 86400
    assert clock(Facts()) is None and clock(Facts(taken="2019-13-01")) is None
