"""The user's own editor, for texts of a few lines."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from photosort.errors import SettingsError


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
            raise SettingsError(f"The editor {named} failed ({error})", "Set EDITOR to another one.") from error
