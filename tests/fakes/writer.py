"""A language model that says what the test wants."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from photosort.models.protocols import Identity, WriterForm


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, as the writer got it."""

    system: str
    prompt: str
    schema: dict[str, Any]


@dataclass
class ScriptedWriter:
    """A `LanguageModel` that gives the queued answers in turn, the last one for ever, and keeps what it was asked.

    An answer may be an exception, which is raised.
    """

    answers: list[str | Exception]
    identity: Identity = Identity("scripted", "1")  # noqa: RUF009
    asked: list[Asked] = field(default_factory=list)
    form: WriterForm = "small"
    parallel: int = 1
    budget: int = 2000
    used: None = None

    @classmethod
    def of(cls, *titles: tuple[str, str]) -> ScriptedWriter:
        """Answer well: each pair is a title and a summary."""
        return cls([answer(title, summary) for title, summary in titles])

    def write(self, system: str, prompt: str, schema: dict[str, Any]) -> str:
        self.asked.append(Asked(system, prompt, schema))
        said = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(said, Exception):
            raise said
        return said

    def cost(self, tokens_in: int, tokens_out: int) -> float | None:
        return None

    def check(self) -> None:
        """It is there."""

    @property
    def prompts(self) -> Iterable[str]:
        return [question.prompt for question in self.asked]


def answer(title: str, summary: str) -> str:
    """Return the JSON of a good answer of a small writer."""
    return json.dumps({"title": title, "summary": summary})


def full_answer(title: str, summary: str, *spare: str) -> str:
    """Return the JSON of a good answer of a writer that follows instructions."""
    return json.dumps({"titles": [title, *spare], "summary": summary})
