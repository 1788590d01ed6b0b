"""What a language model says in answer to a question for one text: in JSON, after "Answer:", or in prose."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from photosort.naming.answer import is_refusal
from photosort.naming.extraction import LONGEST, NoObjectError, after_thoughts, find_object
from photosort.naming.prompt import plain

_SAID = re.compile(
    r"^[^\w\n]*(?:final )?(?:answer|label|category|folder|class|name)(?: \d+)?\s*(?:is\b|[:=])\s*(.+)$", re.I | re.M
)
_FENCES = re.compile(r"```\w*|\*{1,3}|`|\b__|__\b|^#+\s", re.M)
_ENDS = " \t\"'“”‘’«»[]{}.,:;!"


class Reply(NamedTuple):
    """One text, in one line.

    text   empty where the model refuses, or says nothing
    bare   whether it is what was asked for, and not a sentence around it
    """

    text: str
    bare: bool


NONE = Reply("", True)

READ = 2_000
"""Characters of a text that are read; a name or a label has a few."""


def read_reply(raw: str, key: str) -> Reply:
    """Read the answer to a question for a JSON object with one text under `key`."""
    try:
        found = _in_object(raw, key)
        if found is not None:
            text = trimmed(found)
            return NONE if is_refusal(text) else Reply(text, bare=True)
        prose = _FENCES.sub("", after_thoughts(raw))
    except NoObjectError:
        return NONE
    if is_refusal(prose[:LONGEST]):
        return NONE
    if said := _SAID.findall(prose):
        return Reply(trimmed(said[-1]), bare=True)
    return Reply(trimmed(prose), bare=False)


def trimmed(text: str) -> str:
    """Return a text in one line without quotes, Markdown and punctuation around it."""
    return plain(_FENCES.sub("", text[:READ])).strip(_ENDS)


def _in_object(raw: str, key: str) -> str | None:
    """Return the text of the last object in an answer; one with another key counts where it holds nothing else."""
    for keys in ((key,), ()):
        try:
            data: dict[str, Any] = find_object(raw, keys)
        except NoObjectError:
            continue
        value = data.get(key, next(iter(data.values())) if len(data) == 1 else None)
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if isinstance(value, str | int) and not isinstance(value, bool):
            return str(value)
        if value is None and key in data:
            return ""
    return None
