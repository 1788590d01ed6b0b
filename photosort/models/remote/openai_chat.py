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
from photosort.models.protocols import Identity, NoAnswer, QuestionTooLong, Used, WriterForm, tokens
from photosort.models.remote.pace import Pace
from photosort.models.remote.pricing import Meter, price_of
from photosort.models.remote.request_form import LIMITS, REFUSALS, RequestForm
from photosort.models.remote.server import ADDRESS, BROKEN, KEY, reason_of, redirected, server_at, text_of
from photosort.models.remote.window import ANSWER, LEAST, Window, is_too_long, listed_context, told_context

if TYPE_CHECKING:
    from openai import APIError, APIStatusError, OpenAI

OPENAI = "https://api.openai.com/v1"
PARALLEL = 8
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
READY_TOKENS = 16
_PASSING = (408, 409, 429)
_NAMES_SHOWN = 5
_MOST_COUNTED = 10**9
"""Tokens of one answer that are believed."""


class OpenAIChat:
    """Questions to JSON, asked of a server.

    `response_format` and the other optional parts of a request are left out of a question that a server refuses or
    breaks down over; the next one has them again. A server on this machine, which may have a single slot, is asked one
    question at a time until its answers come fast.
    """

    form: WriterForm = "full"
    parallel = PARALLEL

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
        self._window = Window()
        self._pace = Pace(1 if self.server.here else PARALLEL, PARALLEL, timeout)
        self._limits: tuple[str, ...] = LIMITS[::-1] if self._is_openai else LIMITS
        self._answered = False
        self._lock = Lock()

    @property
    def used(self) -> Used:
        """Calls, tokens and cost so far."""
        return self.meter.used

    @property
    def budget(self) -> int:
        """Tokens that a question may have, as far as the context of the server is known."""
        return self._window.question

    def cost(self, tokens_in: int, tokens_out: int) -> float | None:
        """Return the US dollars of so many tokens; None where no price is known, 0 on this machine."""
        return self.meter.cost(tokens_in, tokens_out)

    def check(self) -> None:
        """Learn whether the server takes key and model, before anything is worth losing; no caption is sent.

        A list of models tells that of a server on this machine, and often the context. Others show theirs to any key,
        hide it from a good one, or list models under other names (OpenRouter, OpenAI's restricted keys, Gemini), so
        that only an answer tells: READY costs some thirty tokens, where `max_cost` allows them.

        Raises WriterRefused where the server cannot be reached or does not answer, or its context is too small.
        """
        listed = self._listed()
        own = [model for name, model in listed if name in (self.model, f"{self.model}:latest")]
        only = own or [model for _, model in listed if len(listed) == 1]
        if only and (context := listed_context(only[0])):
            self._narrow(context)
        if own and self.server.here:
            return
        try:
            self._ask(*READY, READY_TOKENS)
        except NoAnswer:
            return
        except WriterRefused as error:
            if own or not listed:
                raise
            names = sorted(name for name, _ in listed)
            raise WriterRefused(error.problem, f"It has {', '.join(names[:_NAMES_SHOWN])}.") from error

    def write(self, system: str, prompt: str, schema: dict[str, Any]) -> str:
        """Return the answer, raw. Failures that pass (429, 5xx, a cut line) are tried again with growing pauses.

        Raises WriterRefused for a bad key or an unknown model, and where a server that never answered fails; NoAnswer
        where it goes on failing later, or the next question might cost more than is left; QuestionTooLong where
        `budget` has become smaller than the question.
        """
        return self._ask(system, prompt, schema, ANSWER)

    def _ask(self, system: str, prompt: str, schema: dict[str, Any], longest: int) -> str:
        """Return an answer of at most `longest` tokens."""
        with self._pace.turn(), self.meter.reserve(system + prompt, longest) as spent:
            answer = self._answer(system, prompt, schema, longest)
            usage = getattr(answer, "usage", None)
            spent(_count(usage, "prompt_tokens"), _count(usage, "completion_tokens"))
        try:
            text = text_of(answer)
        except BROKEN as error:
            raise self._failed("its answer is none of a chat model") from error
        self._answered = True
        return text

    def _listed(self) -> list[tuple[str, Any]]:
        """Return the models that the server lists, by name; none where it does not tell. Raises WriterRefused where it
        is not there.
        """
        import openai

        try:
            client = self._client.with_options(timeout=CHECK_SECONDS, max_retries=1)
            content = client.models.with_raw_response.list().http_response.json()
            return [(str(model["id"]), model) for model in (content if isinstance(content, list) else content["data"])]
        except openai.APIConnectionError as error:
            raise self._failure(error) from error
        except (openai.APIError, *BROKEN):
            return []

    def _answer(self, system: str, prompt: str, schema: dict[str, Any], longest: int) -> Any:
        """Return what the server says, unread; None where that is not JSON of its kind.

        What breaks down once may do so for ever in this form, so the first tries are few.
        """
        import openai

        messages: Any = [{"role": "system", "content": system}, {"role": "user", "content": prompt}]
        form, refused = RequestForm.best(schema, self._limits), ""
        retries, later = min(1, self._retries), self._retries - 2
        while True:
            client, most = self._client.with_options(max_retries=retries), min(longest, self._window.answer)
            try:
                return client.chat.completions.create(model=self.model, messages=messages, **form.arguments(most))
            except openai.APIError as error:
                status = getattr(error, "status_code", None)
                if isinstance(error, openai.APIStatusError) and status in REFUSALS:
                    if self._has_room_now(error, tokens(system + prompt), most):
                        continue
                    form = self._simpler(form, error, refused)
                    refused = refused or f"{status}: {reason_of(error)}"
                    retries, later = (0, later) if form.parts else (self._retries, -1)
                elif later >= 0 and (status is None or status in _PASSING or status >= 500):
                    retries, later = later, -1
                else:
                    raise self._failure(error, refused) from error
            except BROKEN:
                return None

    @property
    def _is_openai(self) -> bool:
        return self.server.address == OPENAI

    def _simpler(self, form: RequestForm, error: APIStatusError, refused: str) -> RequestForm:
        simpler = form.simpler(error, limited=self.meter.is_limited)
        if simpler is None:
            raise self._failure(error, refused) from error
        if simpler.parts and simpler.limits:
            self._limits = tuple(sorted(LIMITS, key=lambda name: name != simpler.limits[0]))
        return simpler

    def _has_room_now(self, error: APIStatusError, question: int, answer: int) -> bool:
        """Return whether a question refused for its length has room after all beside a shorter answer; False where it
        was refused for anything else. Both in tokens, the answer as it was asked for.

        Raises QuestionTooLong where it has none, and WriterRefused where the context has room for no question.
        """
        if not is_too_long(error):
            return False
        context = told_context(error)
        with self._lock:
            if context:
                self._narrow(context)
            if question <= self._window.question and self._window.answer < answer:
                return True
            if question < LEAST // 2:
                return False
            self._window.shorten(question)
        raise QuestionTooLong(f"{self.host} has no room for the question ({reason_of(error)})")

    def _narrow(self, context: int) -> None:
        if context < LEAST:
            raise WriterRefused(
                f"{self.host} gives {self.model} a context of {context} tokens, too few for a question",
                f"Start the server with a larger one, of at least {LEAST} tokens.",
            )
        self._window.narrow(context)

    def _failure(self, error: APIError, refused: str = "") -> WriterRefused | NoAnswer:
        """Return the failure of a question; `refused` is why its first form was."""
        import openai

        code = getattr(error, "status_code", None)
        said = reason_of(error)
        if refused and not refused.endswith(said):
            said = f"{said}; first {refused}"
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
