"""Which facts fit which filters."""

from __future__ import annotations

from datetime import date

import pytest

from photosort.errors import SettingsError
from photosort.photos.facts.facts import Facts, Kind
from photosort.photos.facts.facts import People as Seen
from photosort.searching.filters import Filters, People, filters_of, read_date, read_people


@pytest.mark.parametrize(
    ("text", "day"),
    [("2023", date(2023, 1, 1)), ("2023-05", date(2023, 5, 1)), ("2023-5-17", date(2023, 5, 17))],
)
def test_a_date_is_the_first_day_of_what_is_named(text: str, day: date) -> None:
    assert read_date(text, "--after") == day


@pytest.mark.parametrize("text", ["", "23", "2023-13", "2023-02-30", "May 2023", "0000", "2023-05-17T12:00"])
def test_what_is_not_a_date_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match=r"--before .* is not a date. Write --before 2023"):
        read_date(text, "--before")


@pytest.mark.parametrize(
    ("text", "fits"),
    [("0", {0}), ("1", {1}), ("2+", {2, 3, 4}), ("group", {3, 4}), ("GROUP", {3, 4}), ("0+", {0, 1, 2, 3, 4})],
)
def test_numbers_of_people(text: str, fits: set[int]) -> None:
    people = read_people(text)
    assert {count for count in range(5) if people.fits(count)} == fits


@pytest.mark.parametrize("text", ["", "two", "-1", "2-3", "+2", "1.5", "1000"])
def test_what_is_not_a_number_of_people_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match=r"is not a number of people. Write --people 1, --people 2\+"):
        read_people(text)


def facts(taken: str = "", people: int | None = None, kind: str = "") -> Facts:
    return Facts(
        None if people is None else Seen(people, portrait=False, sure=0.9),
        Kind(kind, 0.9) if kind else None,  # type: ignore[arg-type]
        taken,
    )


@pytest.mark.parametrize(
    ("filters", "fitting", "others"),
    [
        (Filters(), [facts(), facts("2023-05-17T10:00:00", 2, "meme")], []),
        (
            Filters(after=date(2023, 5, 17)),
            [facts("2023-05-17T00:00:00"), facts("2024-01-01T00:00:00+02:00")],
            [facts("2023-05-16T23:59:59"), facts()],
        ),
        (Filters(before=date(2023, 5, 17)), [facts("2023-05-16T23:59:59")], [facts("2023-05-17T00:00:00"), facts()]),
        (Filters(people=People(2)), [facts(people=2), facts(people=9)], [facts(people=1), facts()]),
        (Filters(people=People(0, 0)), [facts(people=0)], [facts(people=1), facts()]),
        (Filters(kind="meme"), [facts(kind="meme")], [facts(kind="scan"), facts()]),
        (Filters(kind="photo"), [facts()], [facts(kind="scan")]),
    ],
)
def test_what_fits(filters: Filters, fitting: list[Facts], others: list[Facts]) -> None:
    assert all(map(filters.fit, fitting))
    assert not any(map(filters.fit, others))


def test_filters_are_read_together() -> None:
    assert filters_of() == Filters() and not filters_of().any
    assert filters_of(after="2023", before="2024", people="1", kind="Screenshots") == Filters(
        date(2023, 1, 1), date(2024, 1, 1), People(1, 1), "screenshot"
    )
    with pytest.raises(SettingsError, match="No day is after 2024-01-01 and before 2024-01-01"):
        filters_of(after="2024", before="2024")
    with pytest.raises(
        SettingsError, match=r"--kind 'cat' is not a kind of picture. Choose one of: photo, screenshot, document"
    ):
        filters_of(kind="cat")


def test_a_place_is_a_town_or_a_country_or_both() -> None:
    seen, wanted = Facts(place=(48.9, 2.4)), filters_of(place=" Orléans ")
    assert wanted.any and wanted.fit(seen, "Orleans", "France") and not wanted.fit(seen, "Paris", "France")
    assert filters_of(place="orleans,  france").fit(seen, "Orléans", "France")
    assert filters_of(place="France").fit(seen, "Paris", "France")
    assert not filters_of(place="Fran").fit(seen, "Paris", "France")
    assert wanted.lacks(Facts()) and not wanted.lacks(seen) and not wanted.fit(Facts())
    with pytest.raises(SettingsError, match="--place names no place"):
        filters_of(place="  ")
