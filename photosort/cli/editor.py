"""The user's own editor, for texts of a few lines."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from photosort.errors import SettingsError

_ANOTHER = "Set VISUAL or EDITOR to one that is installed, such as: EDITOR=nano"


def need_terminal(instead: str) -> None:
    """Raise SettingsError where no editor can be used, as the command has no terminal; `instead` says what else can."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise SettingsError("An editor needs a terminal, and this command has none", instead)


def edit(text: str, name: str = "folders.txt") -> str:
    """Open a text in $VISUAL or $EDITOR, as a file of this name, and return the saved version.

    Raises SettingsError if the editor fails.
    """
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ("notepad" if sys.platform == "win32" else "vi")
    with tempfile.TemporaryDirectory(prefix="photosort-") as folder:
        file = Path(folder) / name
        file.write_text(text, encoding="utf-8")
        try:
            subprocess.run([*shlex.split(named), str(file)], check=True)
            return file.read_text(encoding="utf-8-sig")
        except (OSError, ValueError, subprocess.CalledProcessError) as error:
            missing = isinstance(error, FileNotFoundError) and error.filename != str(file)
            problem = "was not found" if missing else f"failed ({error})"
            raise SettingsError(f"The editor {named} {problem}", _ANOTHER) from error
