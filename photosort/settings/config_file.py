"""The config file: where it is looked for, and what it says."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from photosort.errors import SettingsError


def config_file() -> Path:
    """Return where the config file is looked for."""
    return user_config_path("photosort", appauthor=False) / "config.toml"


def read_config() -> dict[str, Any]:
    """Return what the file says; nothing where there is none. Raises SettingsError where it cannot be read."""
    path = config_file()
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError) as error:
        if not path.is_symlink():
            return {}
        raise SettingsError(f"{path} is a link to a file that is not there", "Correct or remove the link.") from error
    except IsADirectoryError as error:
        raise SettingsError(f"{path} is a folder", "Rename it: a file with settings is looked for there.") from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror})", "Check its permissions.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not encoded in UTF-8 ({error.reason})", "Save it as UTF-8.") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(f"{path} is not valid TOML ({error})", "Correct it with: photosort config edit") from error


def may_set(setting: str) -> bool:
    """Return whether the file, which cannot be understood, may have a line on this setting."""
    try:
        content = config_file().read_bytes()
    except IsADirectoryError:
        return False
    except OSError:
        return True
    return setting.encode() in content.replace(b"\0", b"")  # UTF-16 is ASCII with zeros between
