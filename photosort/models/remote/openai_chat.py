"""Any server that speaks the chat protocol of OpenAI: a `LanguageModel` through the openai package.

OpenAI itself, and by OPENAI_BASE_URL vLLM, Ollama, llama.cpp, LM Studio and many more. What is sent are the questions
of `naming.prompt`: keywords and captions, never pixels nor file names.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

from photosort.errors import SettingsError, WriterRefused
from photosort.models.protocols import Identity, NoAnswer, Used, WriterForm
from photosort.models.remote.pricing import Meter, price_of
from photosort.models.remote.server import ADDRESS, BROKEN, KEY, one_line, redirected, server_at, text_of

if TYPE_CHECKING:
    from openai import APIError, BadRequestError, OpenAI

OPENAI = "https://api.openai.com/v1"
PARALLEL = 8
BUDGET = 2000
"""Tokens of a question. Ollama gives a model 4,096 unless told otherwise, for question and answer together."""

MAX_TOKENS = 1500
"""Longest answer. A name takes 150; a model that thinks first spends the rest."""

RETRIES = 5

TIMEOUT = 120.0
"""Seconds for one answer; a large model on a processor takes its time."""

CHECK_SECONDS = 15.0
READY: tuple[str, str, dict[str, Any]] = (
    "You answer in JSON.",
    'Answer {"ready": true}.',
    {
        "type": "object",
        "properties": {"ready": {"type": "boolean"}},
        "required": ["ready"],
        "additionalProperties": False,
    },
)
"""A question that asks for nothing but an answer."""
SEED = 42
LIMITS = ("max_tokens", "max_completion_tokens")
"""The names that servers have for the longest answer; OpenAI's own takes the second."""
_NAMES_SHOWN = 5
_MOST_COUNTED = 10**9
"""Tokens of one answer that are believed."""


class OpenAIChat:
    """Questions to JSON, asked of a server.

    `response_format` and the other optional parts of a request are left out as soon as a server refuses them.
    """

    form: WriterForm = "full"
    parallel = PARALLEL
    budget = BUDGET

    def __init__(
        self,
        model: str,
        environment: Mapping[str, str] = os.environ,
        *,
        max_cost: float | None = None,
        timeout: float = TIMEOUT,
        retries: int = RETRIES,
    ) -> None:
        """`max_cost` in US dollars. Asks nothing yet.

        Raises SettingsError without a model, without a key for OpenAI, for an address that is none, and where
        `max_cost` cannot be kept because no price is known for the model.
        """
        if not model:
            raise SettingsError("openai: says no model", "Write --writer openai:MODEL, such as openai:gpt-4o-mini.")
        self.server = server_at(environment.get(ADDRESS, "").strip() or OPENAI)
        self.host = self.server.place
        self._key = environment.get(KEY, "")
        if not self._key and self._is_openai:
            raise SettingsError(
                "OPENAI_API_KEY is not set",
                "Set it to your key, or point to a server on this machine, such as Ollama: export OPENAI_BASE_URL=http://localhost:11434/v1",
            )
        self.model = model
        self.identity = Identity(f"openai:{model}", f"{self.server.address.partition('://')[2]} 1")
        price = None if self.server.here else price_of(model, self.server.address)
        self.meter = Meter(price, max_cost, free=self.server.here)
        self._timeout, self._retries = timeout, retries
        self._refused: set[str] = set()
        self._answered = False
        self._lock = Lock()

    @property
    def used(self) -> Used:
        """Calls, tokens and cost so far."""
        return self.meter.used

    def check(self) -> None:
        """Learn whether the server takes key and model, before anything is worth losing; no caption is sent.

        A list of models tells that of a server on this machine. Others show theirs to any key, hide it from a good
        one, or list models under other names (OpenRouter, OpenAI's restricted keys, Gemini), so that only an answer
        tells: READY costs some thirty tokens, where `max_cost` allows them.

        Raises WriterRefused where the server cannot be reached or does not answer.
        """
        names = self._listed()
        known = self.model in names or f"{self.model}:latest" in names
        if known and self.server.here:
            return
        try:
            self.write(*READY)
        except NoAnswer:
            return
        except WriterRefused as error:
            if known or not names:
                raise
            raise WriterRefused(error.problem, f"It has {', '.join(sorted(names)[:_NAMES_SHOWN])}.") from error

    def write(self, system: str, prompt: str, schema: dict[str, Any]) -> str:
        """Return the answer, raw. Failures that pass (429, 5xx, a cut line) are tried again with growing pauses.

        Raises WriterRefused for a bad key or an unknown model, and where a server that never answered fails; NoAnswer
        where it goes on failing later, or the next question might cost more than is left.
        """
        with self.meter.reserve(system + prompt, MAX_TOKENS) as spent:
            answer = self._answer(system, prompt, schema)
            usage = getattr(answer, "usage", None)
            spent(_count(usage, "prompt_tokens"), _count(usage, "completion_tokens"))
        try:
            text = text_of(answer)
        except BROKEN as error:
            raise self._failed("its answer is none of a chat model") from error
        self._answered = True
        return text

    def _listed(self) -> list[str]:
        """Return the models that the server lists; none where it does not tell. Raises WriterRefused where it is not
        there.
        """
        import openai

        try:
            client = self._client.with_options(timeout=CHECK_SECONDS, max_retries=1)
            content = client.models.with_raw_response.list().http_response.json()
            return [str(model["id"]) for model in (content if isinstance(content, list) else content["data"])]
        except openai.APIConnectionError as error:
            raise self._failure(error) from error
        except (openai.APIError, *BROKEN):
            return []

    def _answer(self, system: str, prompt: str, schema: dict[str, Any]) -> Any:
        """Return what the server says, unread; None where that is not JSON of its kind."""
        import openai

        messages: Any = [{"role": "system", "content": system}, {"role": "user", "content": prompt}]
        while True:
            parts = self._parts(schema)
            try:
                return self._client.chat.completions.create(model=self.model, messages=messages, **parts)
            except openai.BadRequestError as error:
                self._leave_out(error, parts)
            except openai.APIError as error:
                raise self._failure(error) from error
            except BROKEN:
                return None

    @property
    def _is_openai(self) -> bool:
        return self.server.address == OPENAI

    def _parts(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return what makes an answer better where the server knows it, and keeps it short."""
        form = {"name": "answer", "schema": schema, "strict": True}
        parts: dict[str, Any] = {
            "response_format": {"type": "json_schema", "json_schema": form},
            "temperature": 0,
            "seed": SEED,
        }
        limits = [name for name in (LIMITS[::-1] if self._is_openai else LIMITS) if name not in self._refused]
        return {name: part for name, part in parts.items() if name not in self._refused} | (
            {limits[0]: MAX_TOKENS} if limits else {}
        )

    def _leave_out(self, error: BadRequestError, parts: Mapping[str, Any]) -> None:
        """Ask without the part that the server has named, or, where it names none, without all.

        The longest answer gets its other name instead. Where a cost is to be kept, one of the two stays.
        """
        told = f"{error.param} {error.message}".lower()
        named = {part for part in parts if part in told or part.replace("_", " ") in told}
        named |= {"response_format"} & set(parts) if "schema" in told else set()
        all_of_them = (set(parts) - set(LIMITS) or set(parts)) if self.meter.is_limited else {*parts, *LIMITS}
        with self._lock:
            refused = self._refused | (named or all_of_them)
            if not parts or (self.meter.is_limited and refused >= set(LIMITS)):
                raise self._failure(error) from error
            self._refused = refused

    def _failure(self, error: APIError) -> WriterRefused | NoAnswer:
        import openai

        code = getattr(error, "status_code", None)
        told = error.__cause__ if isinstance(error, openai.APIConnectionError) and error.__cause__ else error
        said = one_line(str(getattr(told, "message", "") or told)).rstrip(".")
        if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
            return WriterRefused(f"{self.host} refuses the key ({code}: {said})", "Set OPENAI_API_KEY to one it takes.")
        if isinstance(error, openai.NotFoundError):
            return WriterRefused(
                f"{self.host} does not know {self.model} ({code}: {said})", "Check --writer and OPENAI_BASE_URL."
            )
        if isinstance(error, openai.BadRequestError | openai.UnprocessableEntityError):
            return WriterRefused(f"{self.host} refuses the question ({code}: {said})", "Choose another --writer.")
        if elsewhere := redirected(error):
            return WriterRefused(f"{self.host} does not answer ({elsewhere})", "Check OPENAI_BASE_URL.")
        if getattr(error, "code", None) == "insufficient_quota":
            return WriterRefused(f"{self.host} says that the quota is used up", "Add credit, or --writer keywords.")
        return self._failed(f"{code}: {said}" if code else said)

    def _failed(self, reason: str) -> WriterRefused | NoAnswer:
        """Let keywords stand in for the rest of a server that answered before; one that never did ends the run."""
        if self._answered:
            return NoAnswer(f"{self.host} failed ({reason})")
        return WriterRefused(
            f"{self.host} does not answer ({reason})",
            "Start the server, check OPENAI_BASE_URL, or do without: --writer keywords",
        )

    @cached_property
    def _client(self) -> OpenAI:
        return self.server.client(self._key, self._timeout, self._retries)


def _count(usage: Any, name: str) -> int | None:
    tokens = getattr(usage, name, None)
    return tokens if isinstance(tokens, int) and tokens in range(_MOST_COUNTED) else None
