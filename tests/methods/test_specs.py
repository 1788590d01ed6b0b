"""The table of methods: what the command line and the settings read from it."""

from __future__ import annotations

import pytest

from photosort.errors import SettingsError
from photosort.methods.specs import METHODS, VARIANTS, reader_of
from photosort.models.selected import select_models
from photosort.settings.settings import load_settings


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"ask": ["What?"]}, r"--ask needs a method that asks questions\. Add --method text\."),
        ({"method": "texts"}, r"Unknown method 'texts'\. Choose one of: fusion, text"),
    ],
)
def test_what_the_table_does_not_know_is_refused(flags: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        _ = select_models(load_settings(**flags)).captioners


def test_no_flag_belongs_to_two_methods() -> None:
    flags = [flag for spec in METHODS.values() for flag in spec.flags]
    assert len(flags) == len(set(flags))
    assert [reader_of(flag) for flag in flags] == [name for name, spec in METHODS.items() for _ in spec.flags]


def test_no_variant_has_the_name_of_another() -> None:
    assert len(VARIANTS) == sum(len(spec.variants) for spec in METHODS.values())
