"""Names from disk or a model as they may be stored as text and shown on a terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    """Control characters, and bytes that are no text, made visible; what is printable already stays as it is."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)
