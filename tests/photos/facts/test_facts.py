"""Facts: what captions and folder names say of them, and how they are kept."""

import json

import pytest

from photosort.photos.facts.facts import Facts, Kind, People, Said, dates, in_common

FULL = Facts(
    People(2, portrait=False, sure=0.9),
    Kind("meme", 0.95, ("pixels",)),
    "2019-07-14T12:33:01+02:00",
    "EXIF",
    (48.2, 16.4),
)


def taken(*times: str) -> list[Facts]:
    return [Facts(taken=time) for time in times]


def people(count: int, *, portrait: bool = False) -> Facts:
    return Facts(People(count, portrait=portrait, sure=0.9))


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (Facts(), Said()),
        (people(0), Said()),
        (people(1), Said("", "a person")),
        (people(1, portrait=True), Said("portrait", "a person")),
        (people(2), Said("", "two people")),
        (people(9), Said("", "a group of people")),
        (FULL, Said("meme", "two people")),
    ],
)
def test_captions_say_one_two_and_a_group(facts: Facts, said: Said) -> None:
    assert facts.said == said


@pytest.mark.parametrize("facts", [FULL, Facts(), people(0)])
def test_facts_go_through_json_unchanged(facts: Facts) -> None:
    assert Facts.from_dict(json.loads(json.dumps(facts.as_dict()))) == facts


def test_years_are_one_or_a_span() -> None:
    assert in_common(taken("2019-07-14", "2019-01-01"))["year"] == "2019"
    assert in_common(taken("2019-07-14", "", "2017-01-01"))["year"] == "2017-2019"
    assert in_common(taken(""))["year"] == in_common([])["year"] == ""


def test_what_holds_for_most_is_said_of_all() -> None:
    groups = [people(5), people(3), people(0)]
    assert in_common(groups)["people"] == "groups"
    assert in_common([*groups, people(1)])["people"] == ""
    assert in_common([people(1, portrait=True)])["people"] == "portraits"
    assert in_common([FULL, FULL, people(0)])["kind"] == "memes"
    assert in_common([people(0)] * 3) == {"year": "", "kind": "", "people": ""}


@pytest.mark.parametrize(
    ("taken", "said"),
    [
        (["2019-06-01T10:00:00", "2019-06-30", "2019-06", ""], ("June 2019", "2019")),
        (["2019-06-01", "2019-07-01", "2019-08-01"], ("2019",)),
        (["2018-06-01", "2019-07-01", "2020-08-01"], ()),
        (["2019-06-01", "", ""], ()),
        (["2019-13-01", "2019-13-02"], ("2019",)),
        ([], ()),
    ],
)
def test_dates_are_the_month_and_the_year_of_most_photos(taken: list[str], said: tuple[str, ...]) -> None:
    assert dates([Facts(taken=one) for one in taken]) == said
