"""Paths as they may be shown to others."""

from __future__ import annotations

from pathlib import Path


def shortened(text: str) -> str:
    """Return a text with the user's home folder written as ~."""
    home = str(Path.home())
    return text.replace(home, "~") if len(home) > 1 else text
