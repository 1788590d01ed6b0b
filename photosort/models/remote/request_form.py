"""What a question is sent with: parts that make an answer better where a server knows them, and its longest length."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from photosort.models.remote.server import reason_of

if TYPE_CHECKING:
    from openai import APIStatusError

SEED = 42
LIMITS = ("max_tokens", "max_completion_tokens")
"""The names that servers have for the longest answer; OpenAI's own takes the second."""

REFUSALS = (400, 413, 422, 500, 501)
"""Statuses of a server that may answer the same question in a simpler form; some break down over a schema."""

_OF_THE_SCHEMA = ("schema", "grammar", "structured", "guided")


@dataclass(frozen=True, slots=True)
class RequestForm:
    """The form of one request.

    parts   optional arguments
    limits  names for the longest answer, of which the first is used; none where it is left open
    """

    parts: Mapping[str, Any]
    limits: tuple[str, ...]

    @classmethod
    def best(cls, schema: dict[str, Any], limits: tuple[str, ...]) -> RequestForm:
        """Return the form that brings the best answers."""
        form = {"name": "answer", "schema": schema, "strict": True}
        response_format = {"type": "json_schema", "json_schema": form}
        return cls({"response_format": response_format, "temperature": 0, "seed": SEED}, limits)

    def arguments(self, longest: int) -> dict[str, Any]:
        """Return the arguments for an answer of at most `longest` tokens."""
        return {**self.parts, **dict.fromkeys(self.limits[:1], longest)}

    def simpler(self, error: APIStatusError, *, limited: bool) -> RequestForm | None:
        """Return the form without what the server names, or, where it names nothing, without all; None where nothing
        is left to leave out.

        The longest answer gets its other name instead. Where it has to be `limited`, one of the two stays.
        """
        if named := self.named(error):
            return self.without(named, limited=limited)
        if self.parts:
            open_ended = not limited and error.status_code < 500
            return RequestForm({}, () if open_ended else self.limits)
        return self.without(set(self.limits[:1]), limited=limited) if self.limits and error.status_code < 500 else None

    def named(self, error: APIStatusError) -> set[str]:
        """Return which of its arguments a server names where it refuses them."""
        told = f"{getattr(error, 'param', '')} {reason_of(error)}".lower()
        if any(name in told for name in self.limits[:1]):
            return set(self.limits[:1])
        by_other_words = {"response_format"} if any(word in told for word in _OF_THE_SCHEMA) else set[str]()
        named = {part for part in self.parts if part in told or part.replace("_", " ") in told}
        return named | by_other_words & set(self.parts)

    def without(self, named: set[str], *, limited: bool) -> RequestForm | None:
        """Return the form without these arguments; see `simpler`."""
        if not named.isdisjoint(self.limits):
            return None if limited and not self.limits[1:] else replace(self, limits=self.limits[1:])
        return replace(self, parts={name: part for name, part in self.parts.items() if name not in named})
