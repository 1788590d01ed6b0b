"""The user's config file: what each setting is and why, and changes that are checked before they are written."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from photosort.errors import SettingsError
from photosort.settings.config_edit import checked_text
from photosort.settings.config_file import config_file, read_config
from photosort.settings.settings import Settings, load_settings, variable_of


@dataclass(frozen=True, slots=True)
class Shown:
    """One setting: its value, where that comes from, and what the setting is."""

    name: str
    value: Any
    origin: str
    about: str


def all_settings() -> tuple[Shown, ...]:
    """Return every setting. Raises SettingsError where the file or a variable is wrong."""
    settings, said = load_settings(), read_config()
    return tuple(
        Shown(name, getattr(settings, name), _origin(name, settings, said), field.description or "")
        for name, field in Settings.model_fields.items()
    )


def _origin(name: str, settings: Settings, said: dict[str, Any]) -> str:
    if variable := variable_of(name):
        return variable
    if name in said:
        return "config file"
    if name == "method" and settings.method != Settings.model_fields[name].default:
        return "by, or into"
    return "default"


def read_text() -> str:
    """Return the text of the config file as it is, valid or not; empty where there is none. Raises SettingsError."""
    try:
        return config_file().read_bytes().decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        read_config()  # says so where it is a link to nothing
        return ""
    except UnicodeDecodeError as error:
        raise SettingsError(f"{config_file()} is not encoded in UTF-8 ({error.reason})", "Save it as UTF-8.") from error
    except OSError as error:
        raise SettingsError(f"{config_file()} cannot be read ({error.strerror})", "Check its permissions.") from error


def change(how: Callable[[str], str]) -> Path:
    """Write what `how` makes of the file's text, and return the file. Raises SettingsError; then nothing is changed."""
    read_config()
    before = read_text()
    write(how(before), before)
    return config_file()


def write(text: str, before: str) -> None:
    """Replace the file, which holds `before`, in one step; a link to it stays a link.

    Raises SettingsError where `text` is no valid config file, the file was changed meanwhile, or cannot be written.
    """
    checked_text(text)
    if read_text() != before:
        raise SettingsError(f"{config_file()} was changed by another program meanwhile", "Try again.")
    target = Path(os.path.realpath(config_file()))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, text.encode())
    except OSError as error:
        raise SettingsError(f"{target} cannot be written ({error.strerror})", "Check its folder.") from error


def keep_aside(text: str) -> Path:
    """Write a text that is not used beside the config file, under a new name. Raises SettingsError."""
    file = config_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        for number in count(1):
            with (
                suppress(FileExistsError),
                (aside := file.with_name(f"config-{number}.rejected.toml")).open("xb") as out,
            ):
                out.write(text.encode())
                return aside
    except OSError as error:
        raise SettingsError(f"{file.parent} cannot be written ({error.strerror})", "Check its permissions.") from error
    raise AssertionError("there is always another number")


def _replace(target: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".config-", suffix=".toml")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            Path(name).chmod(stat.S_IMODE(target.stat().st_mode))
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
