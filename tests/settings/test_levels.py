"""What --levels and a name template say of the levels of folders."""

from __future__ import annotations

import pytest

from photosort.errors import SettingsError
from photosort.settings.levels import Layout, checked_levels, fields_of, layout_of
from photosort.settings.settings import load_settings


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("auto", "auto"),
        (1, "auto"),
        ("1", "auto"),
        (2, "2"),
        (" Year , AUTO ", "year,auto"),
        ("year,2", "year,2"),
        ("place", "place"),
        ("year,month", "year,month"),
    ],
)
def test_levels_have_one_plain_form(written: object, plain: str) -> None:
    assert checked_levels(written) == plain == checked_levels(plain) == load_settings(levels=written).levels


@pytest.mark.parametrize(
    "levels", ["3", "0", "", "auto,year", "year,year", "year,,auto", "kind,auto", "2,2", "weekday"]
)
def test_other_levels_are_refused_with_what_they_may_be(levels: str) -> None:
    with pytest.raises(SettingsError, match=r"Write auto, 2 .* facts before it, such as year,auto"):
        load_settings(levels=levels)


def test_levels_stand_before_those_of_the_template() -> None:
    assert layout_of("auto", "{name}") == Layout()
    assert layout_of("year,auto", "{name}") == Layout(("{year}",), "{name}")
    assert layout_of("country,2", "{year}/{title} ({photos})/{month}") == Layout(
        ("{country}", "{year}"), "{title} ({photos})", ("{month}",)
    )
    assert layout_of("year,month", "{title}") == Layout(("{year}", "{month}"), "")
    assert layout_of("year,month", "{title}").facts == {"year", "month"}


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{year}/{month}", "--levels year,month"),
        ("{title}/{keywords}", "may have one level with a title"),
        ("/{title}", "has an empty level"),
        ("{year}//{title}", "has an empty level"),
        ("{photos}/{title}", "may have one level with a title"),
        ("{index:/<3}", 'may not have "/" inside'),
        ("a/b/c/d/e/{title}", "too many levels"),
    ],
)
def test_a_template_with_levels_that_cannot_be_is_refused(template: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(name_template=template)
    assert said in f"{caught.value} {caught.value.hint}"


def test_blanks_around_levels_fall_away() -> None:
    assert load_settings(name_template=" {year} / {title} ").name_template == "{year}/{title}"
    assert fields_of("{year} {title} {{no}}") == ["year", "title"]


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ({"events": True, "by": ("mood",)}, "--events is a way to sort of its own"),
        ({"events": True, "into": "a, b"}, "--events is a way to sort of its own"),
        ({"events": True, "facts": False}, "need facts"),
        ({"levels": "year,auto", "facts": False}, "need facts"),
        ({"name_template": "{year}/{title}", "facts": False}, "need facts"),
        ({"levels": "year", "into": "a, b"}, "write year,auto"),
        ({"levels": "year", "events": True}, "write year,auto"),
    ],
)
def test_what_excludes_each_other_is_said(flags: dict[str, object], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(**flags)
    assert said in f"{caught.value} {caught.value.hint}"
