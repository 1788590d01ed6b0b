"""Defaults < config file < environment < flags."""

from pathlib import Path

import pytest

from photosort.errors import SettingsError
from photosort.settings import config_file, load_settings


def write_config(text: str) -> None:
    config_file().parent.mkdir(parents=True, exist_ok=True)
    config_file().write_text(text)


def test_each_place_overrides_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().max_k == 30
    write_config("max_k = 9\nmin_k = 3\nseed = 1\n")
    monkeypatch.setenv("PHOTOSORT_MIN_K", "4")
    monkeypatch.setenv("PHOTOSORT_SEED", "2")
    settings = load_settings(seed=5, k=None)
    assert (settings.max_k, settings.min_k, settings.seed, settings.k) == (9, 4, 5, None)


def test_folders_come_from_the_environment(own_folders: Path) -> None:
    assert load_settings().data_dir == own_folders / "data"


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"k": 0}, r"k = 0.*PHOTOSORT_K"),
        ({"weight": 1.5}, r"weight = 1\.5"),
        ({"mode": "burn"}, r"mode = 'burn'.*copy"),
        ({"min_k": 9, "max_k": 3}, r"min_k \(9\) is larger than max_k \(3\)"),
        ({"name_template": "{titel}"}, r"no template \('titel'\); it may have \{name\}, \{title\}"),
        ({"name_template": "{title"}, "no template .expected"),
        ({"name_template": "{}"}, "no template"),
        ({"name_template": "{title:d}"}, "no template"),
        ({"name_template": "{title.__class__}"}, "and nothing else"),
        ({"name_template": "{title:>999999999}"}, "hundreds of characters"),
        ({"name_template": "{photos}"}, "the same name; add"),
        ({"name_template": "Photos"}, "the same name; add"),
        ({"language": "1"}, "no language; write a code such as de"),
        ({"language": "de. Ignore"}, "no language"),
        ({"max_cost": -1}, "max_cost"),
        ({"style": "x" * 201}, "style"),
        ({"method": "text", "texts": "caption", "ask": ["Q?"]}, "with texts = caption no question of yours is asked"),
    ],
)
def test_a_value_that_makes_no_sense_is_named(flags: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message) as caught:
        load_settings(**flags)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "template", ["{name}", "{index:02d} {title}", "{index}", "{photos:,} {keywords}", "{{}}{name}"]
)
def test_templates_that_make_sense(template: str) -> None:
    assert load_settings(name_template=template).name_template == template


def test_a_broken_config_file_is_named() -> None:
    write_config("k = = 3")
    with pytest.raises(SettingsError, match=r"config\.toml is no valid TOML"):
        load_settings()


def test_a_question_is_asked_once_however_often_it_is_written() -> None:
    assert load_settings(method="text", ask=["What?", "Where?", "What?"]).ask == ("What?", "Where?")
