"""The context of a model on a server: how many tokens question and answer may have together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from photosort.models.remote.server import reason_of

if TYPE_CHECKING:
    from openai import APIStatusError

QUESTION = 2000
"""Tokens of a question. Ollama gives a model 4,096 unless told otherwise, for question and answer together."""

ANSWER = 1500
"""Longest answer. A name takes 100; a model that thinks first spends the rest."""

LEAST = 480
"""The smallest context that has room for the instructions, some captions and an answer."""

_LISTED = ("n_ctx", "max_model_len", "loaded_context_length", "context_length", "context_window")
"""What servers call the context in their list of models; n_ctx_train of llama.cpp is another thing."""

_LARGEST = 10**8
_TOO_LONG = re.compile(
    r"context[ _](length|size|window)|(exceed|longer than|overflow).{0,60}(context|tokens)|"
    r"context.{0,40}(exceed|overflow)|(prompt|input|message|request).{0,20}too (long|large)|"
    r"too many tokens|(less than|at most|<=) \d+ tokens",
    re.I,
)
_SIZE = re.compile(r"context (?:length|size|window)\D{0,20}(\d+)|(?:less than|at most|<=) (\d+)", re.I)


class Window:
    """How a context is shared between question and answer, as far as it is known.

    question  tokens that a question may have
    answer    tokens that an answer may have
    """

    def __init__(self) -> None:
        self.question, self.answer = QUESTION, ANSWER

    def narrow(self, context: int) -> None:
        """Share a context of so many tokens: a quarter is for the answer, or all that a question leaves."""
        self.answer = min(self.answer, max(context // 4, min(ANSWER, context - QUESTION)))
        self.question = min(self.question, context - self.answer)

    def shorten(self, refused: int) -> None:
        """Make questions clearly shorter than one of `refused` tokens."""
        self.question = min(self.question, refused * 3 // 4)


def listed_context(model: Any) -> int | None:
    """Return the context that a list of models gives one of them; None where it tells none."""
    found: list[Any] = []
    for place in (model, model.get("meta") if isinstance(model, Mapping) else None):
        if isinstance(place, Mapping):
            found += [place.get(name) for name in _LISTED]
    return next((size for size in found if type(size) is int and 0 < size < _LARGEST), None)


def is_too_long(error: APIStatusError) -> bool:
    """Return whether a server refuses a question because of its length."""
    return _told_size(error) is not None or _TOO_LONG.search(reason_of(error)) is not None


def told_context(error: APIStatusError) -> int | None:
    """Return the context that a server names where it refuses a question as too long; None where it names none.

    A number in a sentence may be another one, so that one of less than LEAST is none.
    """
    size = _told_size(error)
    if size is not None:
        return size
    named = _SIZE.search(reason_of(error))
    size = int((named[1] or named[2])[: len(str(_LARGEST))]) if named else 0
    return size if size >= LEAST else None


def _told_size(error: APIStatusError) -> int | None:
    return listed_context(error.body)
