"""Defaults < config file < environment < flags."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from photosort.errors import SettingsError
from photosort.settings.settings import config_file, load_places, load_settings, unknown_variables


def write_config(text: str) -> None:
    config_file().parent.mkdir(parents=True, exist_ok=True)
    config_file().write_text(text)


def test_each_place_overrides_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().max_k is None
    write_config("max_k = 9\nmin_k = 3\nseed = 1\n")
    monkeypatch.setenv("PHOTOSORT_MIN_K", "4")
    monkeypatch.setenv("PHOTOSORT_SEED", "2")
    settings = load_settings(seed=5, k=None)
    assert (settings.max_k, settings.min_k, settings.seed, settings.k) == (9, 4, 5, None)


def test_a_k_is_usual_unless_it_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not load_settings().k_is_usual
    write_config("k = 9\n")
    assert load_settings().k_is_usual and not load_settings(k=9).k_is_usual
    assert load_settings(max_k=5).k is None and load_settings(k=4, max_k=5).k == 4
    monkeypatch.setenv("PHOTOSORT_K", "7")
    assert load_settings().model_copy(update={"seed": 1}).k_is_usual


def test_folders_come_from_the_environment(own_folders: Path) -> None:
    assert load_settings().data_dir == own_folders / "data"


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"k": 0}, r"--k 0 is not valid. It must be a positive integer or 'auto'."),
        ({"weight": 1.5}, r"--weight 1\.5 is too large\. It must be at most 1\."),
        ({"seed": 2**32}, r"at most 4294967295"),
        ({"mode": "burn"}, r"--mode burn is not known\. Choose one of: copy, move, hardlink or symlink\."),
        ({"engine": "spark"}, r"--engine spark is not known\. Choose local, ray, or ray:WORKERS"),
        ({"min_k": 9, "max_k": 3}, r"--min-k \(9\) must not be larger than --max-k \(3\)"),
        ({"name_template": "{titel}"}, r"has an unknown field \{titel\}\. The fields are \{name\}, \{title\}"),
        ({"name_template": "{title"}, "not a valid template .expected"),
        ({"name_template": "{}"}, "not a valid template"),
        ({"name_template": "{title:d}"}, "not a valid template"),
        ({"name_template": "{title.__class__}"}, "and nothing else"),
        ({"name_template": "{title:>999999999}"}, "hundreds of characters"),
        ({"name_template": "{photos}"}, r"the same name\. Add"),
        ({"name_template": "Photos"}, r"the same name\. Add"),
        ({"language": "1"}, r"is not valid. It must be a language: a code such as de"),
        ({"language": "de. Ignore"}, "It must be a language"),
        ({"max_cost": -1}, "--max-cost -1 is too small"),
        ({"style": "x" * 201}, r"--style x{59}… is too long\. It must have at most 200 characters\."),
        ({"method": "text", "texts": "caption", "ask": ["Q?"]}, "with texts = caption no question of yours is asked"),
    ],
)
def test_a_value_that_makes_no_sense_is_named(flags: dict[str, object], message: str) -> None:
    assert re.search(message, refused(**flags))


def refused(**flags: object) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(**flags)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('k = "foo"', "k = \"foo\" in FILE is not valid. It must be a positive integer or 'auto'."),
        ("captions = 0", "captions = 0 in FILE is too small. It must be at least 1."),
        ("captions = 1.5", "captions = 1.5 in FILE is not valid. It must be a whole number, such as 12."),
        ("writer = 3", "writer = 3 in FILE is not valid. It must be a text in quotes."),
        ('about = "perhaps"', 'about = "perhaps" in FILE is neither true nor false. Write one of them.'),
        ('exclude = "*.png"', 'exclude = "*.png" in FILE is not valid. It must be a list, such as ["a", "b"].'),
        ('modee = "move"', "modee in FILE is not a setting. Did you mean mode?"),
        ("max-k = 9", "max-k in FILE is not a setting. Did you mean max_k?"),
        (
            "[organize]",
            "organize in FILE is not a setting. Its keys are the flags of photosort organize, with _ for -.",
        ),
    ],
)
def test_a_line_of_the_file_that_makes_no_sense_is_named(line: str, message: str) -> None:
    write_config(line)
    assert refused() == message.replace("FILE", str(config_file()))


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("PHOTOSORT_K", "foo", "PHOTOSORT_K=foo is not valid. It must be a positive integer or 'auto'."),
        ("photosort_weight", "1,5", "photosort_weight=1,5 is not valid. It must be a number, such as 0.5."),
        ("PHOTOSORT_EXCLUDE", "*.png", "PHOTOSORT_EXCLUDE='*.png' must be a list. A list is written as JSON: "),
    ],
)
def test_a_variable_that_makes_no_sense_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str
) -> None:
    write_config("k = 3\nweight = 0.5\n")
    monkeypatch.setenv(variable, value)
    assert refused().startswith(message)


def test_variables_that_set_nothing_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert unknown_variables() == []
    monkeypatch.setenv("PHOTOSORT_MODEE", "move")
    monkeypatch.setenv("PHOTOSORT_PORT", "80")
    monkeypatch.setenv("photosort_k", "3")
    assert unknown_variables() == [
        "PHOTOSORT_MODEE is ignored: there is no such setting. Did you mean PHOTOSORT_MODE?",
        "PHOTOSORT_PORT is ignored: there is no such setting.",
    ]


@pytest.mark.parametrize(
    "template", ["{name}", "{index:02d} {title}", "{index}", "{photos:,} {keywords}", "{{}}{name}"]
)
def test_templates_that_make_sense(template: str) -> None:
    assert load_settings(name_template=template).name_template == template


def test_a_broken_config_file_is_named() -> None:
    write_config("k = = 3")
    with pytest.raises(SettingsError, match=r"config\.toml is not valid TOML"):
        load_settings()


def test_a_byte_order_mark_is_no_part_of_the_first_pattern() -> None:
    write_config("")
    config_file().write_bytes(b"\xef\xbb\xbfmax_k = 9\r\n")
    assert load_settings().max_k == 9


def encoded() -> None:
    config_file().write_text("max_k = 9", encoding="utf-16")


def folder() -> None:
    config_file().mkdir()


def dangling() -> None:
    config_file().symlink_to("nowhere.toml")


def circle() -> None:
    config_file().symlink_to(config_file())


def broken() -> None:
    config_file().write_text('max_k = "9')


def deep() -> None:
    config_file().write_text(f"ask = {'[' * 5000}")


UNREADABLE = {
    encoded: "FILE is not encoded in UTF-8 (invalid start byte). Save it as UTF-8.",
    folder: "FILE is a folder. Rename it: a file with settings is looked for there.",
    dangling: "FILE is a link to a file that is not there. Correct or remove the link.",
    circle: "FILE cannot be read (Too many levels of symbolic links). Check its permissions.",
    broken: "FILE is not valid TOML",
    deep: "FILE is not valid TOML",
}


@pytest.mark.parametrize("make", UNREADABLE)
def test_an_unreadable_config_file_is_named_with_the_remedy(make: Callable[[], None]) -> None:
    config_file().parent.mkdir(parents=True)
    make()
    assert refused().startswith(UNREADABLE[make].replace("FILE", str(config_file())))


@pytest.mark.parametrize("make", UNREADABLE)
def test_no_config_file_keeps_a_run_from_being_taken_back(
    monkeypatch: pytest.MonkeyPatch, own_folders: Path, make: Callable[[], None]
) -> None:
    config_file().parent.mkdir(parents=True)
    make()
    assert load_places().data_dir == own_folders / "data"
    monkeypatch.delenv("PHOTOSORT_DATA_DIR")
    if make in (dangling, circle):  # what the file says of the folder is not known
        with pytest.raises(SettingsError):
            load_places()
    else:
        assert load_places().data_dir.name == "photosort"


@pytest.mark.parametrize("line", ['data_dir = "/x', "cache_dir = 3\ndata_dir = 4"])
def test_where_the_runs_are_kept_is_never_guessed(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    write_config(line)
    assert load_places().data_dir.name == "data"
    monkeypatch.delenv("PHOTOSORT_DATA_DIR")
    for encoding in ("utf-8", "utf-16"):
        config_file().write_text(line, encoding=encoding)
        with pytest.raises(SettingsError):
            load_places()


def test_a_wrong_place_of_the_cache_concerns_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    write_config("cache_dir = 3")
    assert load_places().data_dir.name == "data"
    monkeypatch.delenv("PHOTOSORT_CACHE_DIR")
    with pytest.raises(SettingsError, match="cache_dir = 3"):
        load_settings()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become somebody else")
def test_a_config_file_without_permission_is_named() -> None:
    write_config("max_k = 9")
    config_file().parent.chmod(0)
    os.seteuid(65534)
    try:
        assert refused().startswith(f"{config_file()} cannot be read (Permission denied). Check its permissions.")
    finally:
        os.seteuid(0)


def test_a_question_is_asked_once_however_often_it_is_written() -> None:
    assert load_settings(method="text", ask=["What?", "Where?", "What?"]).ask == ("What?", "Where?")


@pytest.mark.parametrize(
    ("line", "flags", "counts"),
    [
        ('by = ["mood"]', {"method": "tac"}, ("tac", (), None)),
        ('by = ["mood"]', {"method": "criterion"}, ("criterion", ("mood",), None)),
        ('by = ["mood"]', {"into": "a, b"}, ("into", (), "a, b")),
        ('by = ["mood"]', {"into": "a, b", "by": ("place",)}, ("criterion", ("place",), "a, b")),
        ('by = ["mood"]', {"names_from": 3}, ("criterion", ("mood",), None)),
        ('into = "a, b"', {"by": ("mood",)}, ("criterion", ("mood",), None)),
        ('into = "a, b"', {"method": "fusion"}, ("fusion", (), None)),
        ('into = "a, b"', {"method": "into"}, ("into", (), "a, b")),
        ('into = "a, b"', {}, ("into", (), "a, b")),
        ('method = "tac"', {"into": "a, b"}, ("into", (), "a, b")),
        ('method = "tac"', {"by": ("mood",)}, ("criterion", ("mood",), None)),
        ('method = "tac"', {"k": 3}, ("tac", (), None)),
    ],
)
def test_a_flag_for_one_way_to_sort_sets_the_usual_one_aside(
    line: str, flags: dict[str, object], counts: tuple[str, tuple[str, ...], str | None]
) -> None:
    write_config(line)
    settings = load_settings(**flags)
    assert (settings.method, settings.by, settings.into) == counts


def test_two_ways_to_sort_are_refused_where_both_are_flags() -> None:
    assert "--by is a way to sort of its own; leave out --method tac" in refused(by=("mood",), method="tac")
