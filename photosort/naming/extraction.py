"""The JSON object in what a language model wrote: after its thoughts, in a Markdown fence, or between sentences."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any

LONGEST = 20_000
"""Characters of an answer that are read at all; a model that thinks first writes a few thousand."""

_DECODER = json.JSONDecoder()
_THOUGHT = r"\s*(?:think|thinking|thought|reasoning)\s*>"
_BEGINS = re.compile(f"<{_THOUGHT}", re.I)
_ENDS = re.compile(f"</{_THOUGHT}", re.I)


class NoObjectError(ValueError):
    """The text holds no such object; the message says what it is instead."""


def find_object(raw: str, keys: Collection[str]) -> dict[str, Any]:
    """Return the last JSON object of `raw` that has all `keys`; it may have more.

    A model may draft an answer before the one that counts, so thoughts are left out and the last object is taken.
    Raises NoObjectError.
    """
    text = after_thoughts(raw)
    found = None
    start = text.find("{")
    while start >= 0:
        data, end = _object_at(text, start)
        has_all = data is not None and all(key in data for key in keys)
        found = data if has_all else found
        start = text.find("{", end if has_all else start + 1)
    if found is None:
        raise NoObjectError(f"it was no JSON object with {' and '.join(keys)}")
    return found


def after_thoughts(raw: str) -> str:
    """Return what follows the thoughts of a model. Raises NoObjectError where there is nothing to read."""
    if len(raw) > LONGEST:
        raise NoObjectError("it was far too long")
    text = _ENDS.split(raw)[-1].strip()
    if not raw.strip():
        raise NoObjectError("it was empty")
    if not text or _BEGINS.search(text):
        raise NoObjectError("it thought aloud and came to no answer")
    return text


def _object_at(text: str, start: int) -> tuple[dict[str, Any] | None, int]:
    """Return the object that begins at `start` and where it ends; None where there is none."""
    try:
        data, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None, start + 1
    return data, end
