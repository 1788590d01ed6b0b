"""The config file is shown, changed and edited: checked first, written whole or not at all, comments and order kept."""

from __future__ import annotations

import io
import json
import os
import shlex
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from photosort.cli.app import app
from photosort.cli.config import _written
from photosort.errors import SettingsError
from photosort.settings.config_edit import checked_text, template, with_value, without
from photosort.settings.config_file import config_file
from photosort.settings.settings import Settings, load_settings
from photosort.workflows import configuring

ORIGINAL = "# mine\nk = 3  # three\n\n# and how\nmode = 'copy'\nexclude = [\n  '*.png', # no screens\n]\n"


def config(*words: str) -> Result:
    return CliRunner().invoke(app, ["config", *words])


def holds(text: str) -> None:
    config_file().parent.mkdir(parents=True, exist_ok=True)
    config_file().write_bytes(text.encode())


def editor(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Let an editor change the text `t` of a file by Python code."""
    program = f"import sys, pathlib\np = pathlib.Path(sys.argv[1])\nt = p.read_text()\n{code}\np.write_text(t)"
    monkeypatch.setenv("VISUAL", shlex.join([sys.executable, "-c", program]))


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def edited(stdin: io.StringIO | None = None, stdout: io.StringIO | None = None) -> tuple[int, str]:
    """The exit code of `config edit`, at a terminal unless a stream is given, and what it writes to stderr."""
    errors = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", stdin or Terminal())
        patch.setattr(sys, "stdout", stdout or Terminal())
        patch.setattr(sys, "stderr", errors)
        code = app(["config", "edit"], standalone_mode=False)
    return code or 0, errors.getvalue()


def shown(*words: str) -> dict[str, tuple[object, str]]:
    done = config("show", "--json", *words)
    assert done.exit_code == 0
    return {one["name"]: (one["value"], one["from"]) for one in json.loads(done.stdout)["settings"]}


def test_every_setting_is_shown_with_where_it_comes_from(monkeypatch: pytest.MonkeyPatch, own_folders: Path) -> None:
    holds("max_k = 9\nseed = 1\nby = ['the mood']\n")
    monkeypatch.setenv("PHOTOSORT_SEED", "2")
    found = shown()
    assert list(found) == list(Settings.model_fields)
    assert found["max_k"] == (9, "config file") and found["seed"] == (2, "PHOTOSORT_SEED")
    assert found["mode"] == ("copy", "default") and found["method"] == ("criterion", "by, or into")
    assert found["cache_dir"] == (str(own_folders / "cache"), "PHOTOSORT_CACHE_DIR")
    said = config("show")
    lines = {line.split()[0]: line.split()[1:] for line in said.stdout.splitlines() if line}
    assert lines["max_k"] == ["9", "config", "file"] and lines["weight"] == ["not", "set", "default"]
    assert "largest number to choose" in config("show", "max-k").stdout


def test_path_is_one_line_for_scripts() -> None:
    assert config("path").stdout == f"{config_file()}\n"
    assert json.loads(config("path", "--json").stdout) == {"file": str(config_file()), "exists": False}


def test_comments_order_and_permissions_stay(tmp_path: Path) -> None:
    holds(ORIGINAL)
    config_file().chmod(0o640)
    assert config("set", "max-k", "12").exit_code == 0
    assert config("set", "k", "5").exit_code == 0
    assert config_file().read_text() == ORIGINAL.replace("k = 3 ", "k = 5 ") + "max_k = 12\n"
    assert config_file().stat().st_mode & 0o777 == 0o640
    assert config("unset", "max_k").exit_code == 0
    assert config("unset", "mode").exit_code == 0
    text = config_file().read_text()
    assert "mode" not in text.replace("# mine", "") and "# no screens" in text and "# three" in text
    assert [path.name for path in config_file().parent.iterdir()] == ["config.toml"]


def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    kept = tmp_path / "dotfiles.toml"
    kept.write_text("k = 3\n")
    config_file().parent.mkdir(parents=True)
    config_file().symlink_to(kept)
    assert config("set", "k", "4").exit_code == 0
    assert config_file().is_symlink() and kept.read_text() == "k = 4\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("k", "0"), "k = 0 is not valid. It must be a positive integer or 'auto'. The config file is unchanged."),
        (("k", "lots"), ': k = "lots" is not valid. It must be'),
        (("about", "perhaps"), 'about = "perhaps" is neither true nor false. Write one of them. The config file is'),
        (("mode", "burn"), "Choose one of: copy, move, hardlink or symlink."),
        (("captions", "1.5"), "It must be a whole number, such as 12."),
        (
            ("min_k", "40"),
            "--min-k (40) must not be larger than --max-k (9). Change the other one first, or both with:"
            " photosort config edit",
        ),
        (("modee", "move"), "modee is not a setting. Did you mean mode?"),
        (("xyzzy", "1"), "xyzzy is not a setting. List all settings: photosort config show"),
        (("k", "1", "2"), "k takes one value, not 2. Put a value with spaces in quotes."),
    ],
)
def test_a_wrong_value_is_refused_and_nothing_is_written(words: tuple[str, ...], message: str) -> None:
    holds("max_k = 9\n")
    done = config("set", *words)
    assert done.exit_code == 2
    assert message.replace("FILE", str(config_file())) in done.stderr
    assert config_file().read_text() == "max_k = 9\n"


def test_a_file_that_is_broken_is_not_changed_by_set() -> None:
    holds("k = = 3\n")
    done = config("set", "seed", "3")
    assert done.exit_code == 2 and "is not valid TOML" in done.stderr
    assert "Correct it with: photosort config edit" in done.stderr
    assert config_file().read_text() == "k = = 3\n"


def test_a_wrong_line_of_the_file_is_not_taken_for_the_new_value() -> None:
    holds('k = "lots"\n')
    assert f'k = "lots" in {config_file()} is not valid' in config("set", "seed", "3").stderr


def test_an_unknown_line_can_be_taken_out() -> None:
    holds("kk = 3\nseed = 4\n")
    assert config("show").exit_code == 2
    assert config("unset", "kk").exit_code == 0
    assert config_file().read_text() == "seed = 4\n"
    assert "k is not in the config file" in config("unset", "k").stderr


def test_values_are_written_as_what_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PHOTOSORT_DATA_DIR")
    for words in (
        ("k", "auto"),
        ("weight", "0.25"),
        ("about", "FALSE"),
        ("exclude", "*.png", "a b"),
        ("into", "people, food"),
        ("data_dir", "here"),
        ("language", "123 no"),
    ):
        config("set", *words)
    assert tomllib.loads(config_file().read_text()) == {
        "k": "auto",
        "weight": 0.25,
        "about": False,
        "exclude": ["*.png", "a b"],
        "into": "people, food",
        "data_dir": str(tmp_path / "here"),
    }
    loaded = load_settings()
    assert (loaded.k, loaded.weight, loaded.about, loaded.data_dir) == (None, 0.25, False, tmp_path / "here")


def test_a_variable_that_wins_is_pointed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHOTOSORT_SEED", "2")
    assert "PHOTOSORT_SEED is set in the environment and takes precedence" in config("set", "seed", "3").stderr


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=80))
def test_any_text_is_read_back_as_it_was_set(text: str) -> None:
    changed = with_value(ORIGINAL, "style", [text])
    assert checked_text(changed).style == text
    assert checked_text(without(changed, "style")) == checked_text(ORIGINAL)


def test_the_template_describes_every_setting_and_sets_none(own_folders: Path) -> None:
    assert tomllib.loads(template()) == {}
    lines = template().splitlines()
    named = [
        line[2:].split(" =")[0] for line in lines if line.startswith("# ") and line[2:].split(" =")[0].isidentifier()
    ]
    assert set(Settings.model_fields) <= set(named)
    settable = "\n".join(
        line[2:] for line in lines if " = " in line and line[2:].split(" =")[0] in Settings.model_fields
    )
    assert checked_text(settable).seed == 42


def test_edit_begins_with_the_template_and_saves_what_is_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    editor(monkeypatch, "assert '# seed = 42' in t; t = t.replace('# seed = 42', 'seed = 7')")
    assert edited() == (0, f"{config_file()} is saved\n")
    assert load_settings().seed == 7 and "# k =" in config_file().read_text()
    editor(monkeypatch, "pass")
    assert "Nothing was changed." in edited()[1]


def test_edit_without_a_change_makes_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    editor(monkeypatch, "pass")
    assert "Nothing was changed." in edited()[1] and not config_file().exists()


@pytest.mark.parametrize("broken", ["k = = 3", "kk = 3", "min_k = 40\\nmax_k = 3"])
def test_a_broken_edit_is_kept_and_the_file_stays(monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    holds(ORIGINAL)
    for number in (1, 2):
        editor(monkeypatch, f"t = '{broken}'")
        code, said = edited()
        kept = config_file().with_name(f"config-{number}.rejected.toml")
        assert code == 2 and str(kept) in said
        assert kept.read_text() == broken.replace("\\n", "\n") and config_file().read_text() == ORIGINAL


def test_a_broken_file_can_be_edited_until_it_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    holds("k = = 3\n")
    editor(monkeypatch, "t = t.replace('= =', '=')")
    assert edited() == (0, f"{config_file()} is saved\n") and load_settings().k == 3


def test_an_editor_that_fails_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    holds(ORIGINAL)
    editor(monkeypatch, "sys.exit(3)")
    code, said = edited()
    assert code == 2 and "failed" in said and config_file().read_text() == ORIGINAL


@pytest.mark.parametrize("pipe", ["stdin", "stdout"])
def test_no_editor_is_started_without_a_terminal(monkeypatch: pytest.MonkeyPatch, pipe: str) -> None:
    holds(ORIGINAL)
    editor(monkeypatch, "t = 'k = 9'")
    assert edited(**{pipe: io.StringIO()}) == (
        SettingsError.exit_code,
        "photosort: An editor needs a terminal, and this command has none. photosort config set KEY VALUE changes a"
        " setting without an editor.\n",
    )
    assert config_file().read_text() == ORIGINAL


def test_an_editor_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "no-such-editor --wait")
    code, said = edited()
    assert code == 2 and said.startswith("photosort: The editor no-such-editor --wait was not found. Set VISUAL")
    assert "Errno" not in said


@pytest.mark.parametrize("broken, where", [("k = = 3\n", "(at line 1, column 5)"), ("kk = 3\n", "kk in ")])
def test_a_broken_file_that_stays_as_it_is_is_still_pointed_out(
    monkeypatch: pytest.MonkeyPatch, broken: str, where: str
) -> None:
    holds(broken)
    editor(monkeypatch, "pass")
    code, said = edited()
    assert code == 2 and said.startswith("photosort: Nothing was changed, and the config file is still not valid: ")
    assert where in said and str(config_file()) in said


def test_a_change_by_another_program_meanwhile_is_not_overwritten() -> None:
    holds("k = 3\n")
    before = configuring.read_text()
    holds("k = 4\n")
    with pytest.raises(SettingsError, match="changed by another program meanwhile"):
        configuring.write("k = 5\n", before)
    assert config_file().read_text() == "k = 4\n"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named() -> None:
    holds("k = 3\n")
    config_file().parent.chmod(0o500)
    try:
        done = config("set", "k", "4")
    finally:
        config_file().parent.chmod(0o700)
    assert done.exit_code == 2 and "cannot be written" in done.stderr


def test_values_are_shown_on_one_line() -> None:
    assert _written("a\nb\x1b") == r'"a\nb\u001b"' and _written(None) == "not set" and _written(Path("/a")) == "/a"
