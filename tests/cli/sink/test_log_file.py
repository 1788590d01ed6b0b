"""photosort -v writes a log that can be sent: versions, settings, stages, failures; photo names with -vv alone."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from photosort.cli.app import app
from photosort.cli.sink import log_file
from photosort.settings.config_file import config_file
from photosort.settings.settings import load_settings
from photosort.workflows import history

SECRET = "Anna at the sea.jpg"


def photosort(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def log() -> Path:
    return load_settings().cache_dir / "logs" / "photosort.log"


def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `photosort runs` meet a bug."""

    def fail(_: Path) -> None:
        warnings.warn("an old function", DeprecationWarning, stacklevel=1)
        try:
            raise KeyError(SECRET)
        except KeyError as error:
            raise RuntimeError(f"cannot sort {SECRET}") from error

    monkeypatch.setattr(history, "past_runs", fail)


def test_without_the_flag_no_log_is_written() -> None:
    assert photosort("runs").exit_code == 0 and not log().parent.exists()


@pytest.mark.slow
def test_versions_settings_and_stages_are_there_and_photo_names_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        Image.new("RGB", (64, 64), (number * 80, 90, 30)).save(tmp_path / f"{number} {SECRET}")
    (tmp_path / "torn.jpg").write_bytes(b"\xff\xd8\xff")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    done = photosort("-v", "organize", str(tmp_path), "--k", "2", "--dry-run", "--profile", "builtin")
    assert done.exit_code == 0 and f"Log: {log()}" in done.stderr
    text = log().read_text()
    assert "begins: photosort organize" in text and "SQLite" in text and "'k': 2" in text
    assert " ends after " in text.partition("stage ")[2]
    assert "Anna" not in text and "torn" not in text and "sk-secret" not in text
    assert log().stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("flag", "named"), [("-v", False), ("-vv", True)])
def test_the_traceback_of_a_bug_names_a_photo_with_vv_alone(
    monkeypatch: pytest.MonkeyPatch, flag: str, named: bool
) -> None:
    broken(monkeypatch)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        done = photosort(flag, "runs")
    text = log().read_text()
    assert done.exit_code == 23 and "failed with Unexpected, exit code 23" in text
    assert "RuntimeError" in text and "KeyError" in text and "in fail" in text and "an old function" in text
    assert (SECRET in text) is named


def test_a_failure_with_words_of_its_own_has_no_traceback() -> None:
    assert photosort("-v", "undo", "7").exit_code == 10
    text = log().read_text()
    assert "failed with NoSuchRun, exit code 10" in text and "in main" not in text


def test_the_home_folder_is_short_and_each_record_one_line(monkeypatch: pytest.MonkeyPatch, own_folders: Path) -> None:
    monkeypatch.setenv("HOME", str(own_folders))
    monkeypatch.setenv("PHOTOSORT_INTO", f"{own_folders}/list\n\x1b[31m")
    photosort("-v", "cache", "info")
    text = log().read_text()
    assert "~/list" in text and str(own_folders) not in text and "\x1b" not in text
    assert all(line[:2] == "20" for line in text.splitlines())


def test_the_size_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_file, "LARGEST", 1000)
    for _ in range(8):
        photosort("-v", "runs")
    files = sorted(log().parent.iterdir())
    assert [file.name for file in files] == ["photosort.log", "photosort.log.1"]
    assert sum(file.stat().st_size for file in files) < 3000


def test_a_log_that_cannot_be_written_ends_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PHOTOSORT_CACHE_DIR", str(tmp_path / "file"))
    done = photosort("-v", "runs")
    assert done.exit_code == 0 and "No log can be written" in done.stderr


def test_wrong_settings_are_logged_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    config_file().parent.mkdir(parents=True)
    config_file().write_text("kk = 3\n")
    assert photosort("-v", "config", "show").exit_code == 2
    assert "failed with SettingsError" in (tmp_path / "photosort" / "logs" / "photosort.log").read_text()


def test_the_short_version_flag() -> None:
    assert photosort("-V").stdout == photosort("--version").stdout != ""
