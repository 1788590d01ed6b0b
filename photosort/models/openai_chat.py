"""Any server that speaks the chat protocol of OpenAI: a `Writer` through the openai package.

OpenAI itself, and by OPENAI_BASE_URL vLLM, Ollama, llama.cpp, LM Studio and many more. What is sent are the questions
of `naming.prompt`: keywords and captions, never pixels nor file names.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from photosort.errors import SettingsError, WriterRefused
from photosort.models.pricing import Meter, price_of
from photosort.models.protocols import Identity, NoAnswer, Used, WriterForm

if TYPE_CHECKING:
    from openai import APIError, BadRequestError, OpenAI

OPENAI = "https://api.openai.com/v1"
PARALLEL = 8
BUDGET = 2000
"""Tokens of a question. Ollama gives a model 4,096 unless told otherwise, for question and answer together."""

MAX_TOKENS = 1500
"""Longest answer. A name takes 150; a model that thinks first spends the rest."""

RETRIES = 5
"""The openai package waits 0.5 to 8 seconds between them, or as long as the server says."""

TIMEOUT = 120.0
"""Seconds for one answer; a large model on a processor takes its time."""

CHECK_SECONDS = 15.0
SEED = 42
_NAMES_SHOWN = 5
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


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
        `max_cost` cannot be kept because nobody knows the model's price.
        """
        if not model:
            raise SettingsError("openai: says no model", "Write --writer openai:MODEL, such as openai:gpt-4o-mini.")
        self.url = (environment.get("OPENAI_BASE_URL") or OPENAI).rstrip("/")
        place = urlsplit(self.url)
        if place.scheme not in ("http", "https") or not place.hostname:
            raise SettingsError("OPENAI_BASE_URL is no address of a server", "Write it like http://localhost:8000/v1.")
        self.host = place.netloc.rpartition("@")[2]
        self._key = environment.get("OPENAI_API_KEY", "")
        if not self._key and self.url == OPENAI:
            raise SettingsError(
                "OPENAI_API_KEY is not set", "Set it to your key, or OPENAI_BASE_URL to a server that needs none."
            )
        self.model = model
        self.identity = Identity(f"openai:{model}", f"{self.host}{place.path} 1")
        self.meter = Meter(None if self.is_local else price_of(model, self.url), max_cost, free=self.is_local)
        self._timeout, self._retries = timeout, retries
        self._refused: set[str] = set()
        self._lock = Lock()

    @property
    def is_local(self) -> bool:
        """Whether the server is on this machine."""
        return urlsplit(self.url).hostname in _LOOPBACK

    @property
    def used(self) -> Used:
        """Calls, tokens and cost so far."""
        return self.meter.used

    def check(self) -> None:
        """Ask the server for its models; no caption is sent.

        Raises WriterRefused where it cannot be reached, refuses the key or does not have the model. A server that does
        not tell, or that has one model under any name, as llama.cpp, passes.
        """
        import openai

        try:
            client = self._client.with_options(timeout=CHECK_SECONDS, max_retries=1)
            known = [model.id for model in client.models.list()]
        except (openai.AuthenticationError, openai.PermissionDeniedError, openai.APIConnectionError) as error:
            raise self._failure(error) from error
        except openai.APIError:
            return
        if len(known) > 1 and self.model not in known and f"{self.model}:latest" not in known:
            raise WriterRefused(
                f"{self.host} has no model {self.model}", f"It has {', '.join(sorted(known)[:_NAMES_SHOWN])}."
            )

    def write(self, system: str, prompt: str, schema: dict[str, Any]) -> str:
        """Return the answer, raw. Failures that pass (429, 5xx, a cut line) are tried again with growing pauses.

        Raises WriterRefused for a bad key or an unknown model, and NoAnswer where the server goes on failing or the
        next question might cost more than is left.
        """
        import openai

        messages: Any = [{"role": "system", "content": system}, {"role": "user", "content": prompt}]
        with self.meter.reserve(system + prompt, MAX_TOKENS) as spent:
            while True:
                parts = {name: part for name, part in self._parts(schema).items() if name not in self._refused}
                try:
                    answer: Any = self._client.chat.completions.create(model=self.model, messages=messages, **parts)
                except openai.BadRequestError as error:
                    self._leave_out(error, parts)
                except openai.APIError as error:
                    raise self._failure(error) from error
                else:
                    break
            if usage := getattr(answer, "usage", None):
                spent(usage.prompt_tokens or 0, usage.completion_tokens or 0)
        choices = getattr(answer, "choices", None)
        return str(choices[0].message.content or "") if choices else ""

    def _parts(self, schema: dict[str, Any]) -> dict[str, Any]:
        """What makes an answer better where the server knows it."""
        form = {"name": "answer", "schema": schema, "strict": True}
        return {
            "response_format": {"type": "json_schema", "json_schema": form},
            "max_completion_tokens" if self.url == OPENAI else "max_tokens": MAX_TOKENS,
            "temperature": 0,
            "seed": SEED,
        }

    def _leave_out(self, error: BadRequestError, parts: Mapping[str, Any]) -> None:
        """Ask without the part that the server has named, or, where it names none, without all."""
        told = f"{error.param} {error.message}".lower()
        named = {part for part in parts if part in told or part.replace("_", " ") in told}
        named |= {"response_format"} & set(parts) if "schema" in told else set()
        if not parts:
            raise self._failure(error) from error
        with self._lock:
            self._refused |= named or set(parts)

    def _failure(self, error: APIError) -> WriterRefused | NoAnswer:
        import openai

        code = getattr(error, "status_code", None)
        said = " ".join(str(getattr(error, "message", "") or error).split())[:200].rstrip(".")
        if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
            return WriterRefused(f"{self.host} refuses the key ({code}: {said})", "Set OPENAI_API_KEY to one it takes.")
        if isinstance(error, openai.NotFoundError):
            return WriterRefused(
                f"{self.host} does not know {self.model} ({code}: {said})", "Mend --writer or OPENAI_BASE_URL."
            )
        if isinstance(error, openai.BadRequestError | openai.UnprocessableEntityError):
            return WriterRefused(f"{self.host} refuses the question ({code}: {said})", "Choose another --writer.")
        if getattr(error, "code", None) == "insufficient_quota":
            return WriterRefused(f"{self.host} says that the quota is used up", "Add credit, or --writer keywords.")
        if self.meter.calls:
            return NoAnswer(f"{self.host} failed ({code or 'no answer'}: {said})")
        return WriterRefused(
            f"{self.host} does not answer ({code or 'no connection'}: {said})",
            "Start the server, mend OPENAI_BASE_URL, or go without: --writer keywords",
        )

    @cached_property
    def _client(self) -> OpenAI:
        from openai import OpenAI

        return OpenAI(api_key=self._key or "none", base_url=self.url, timeout=self._timeout, max_retries=self._retries)
