"""Models that ask the cache first: what was asked once, on any day, is not asked again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from threading import Lock
from typing import Any

from photosort.methods.conversation import Question
from photosort.models.protocols import LanguageModel, NoAnswer, TextEncoder, Used, Vectors
from photosort.naming.answer import AnswerError
from photosort.store.cache import Cache, text_key

_BUDGET = text_key("budget")


class RememberedTexts:
    """A TextEncoder that asks the cache first, so that each distinct text is encoded once, ever."""

    def __init__(self, encoder: TextEncoder, cache: Cache) -> None:
        self.identity = encoder.identity
        self._encoder = encoder
        self._cache = cache

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode n texts as (n, d) float32 unit vectors."""
        keys = [text_key(text) for text in texts]
        known = self._cache.vectors(self.identity, keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            self._cache.put_vectors(self.identity, list(missing), self._encoder.encode_texts(list(missing.values())))
        return self._cache.matrix(self.identity, keys)


class RememberedWriter:
    """A LanguageModel whose answers are kept under the whole question, so that a second run starts no language model.

    An empty answer is none, and is not kept. A writer that has failed for good (it raises NoAnswer) is not asked
    again; what it answered before still counts. The budget of the last answer is kept as well: questions are the same
    again without a look at the server.
    """

    def __init__(self, writer: LanguageModel, cache: Cache) -> None:
        self.identity = replace(writer.identity, prompt="write")
        self.form, self.parallel = writer.form, writer.parallel
        self._writer = writer
        self._fault = ""
        self._checked = False
        self._cache = cache
        self._lock = Lock()
        self._of_budget = replace(writer.identity, prompt="budget")
        known = cache.texts(self._of_budget, [_BUDGET]).get(_BUDGET, "")
        self._kept_budget = int(known) if known.isdecimal() else None

    @property
    def budget(self) -> int:
        """Tokens that a question may have: what the writer says once it was tried, else what it last said."""
        now = self._writer.budget
        return now if self._checked or self._kept_budget is None else min(self._kept_budget, now)

    @property
    def used(self) -> Used | None:
        """What the writer itself has used."""
        return self._writer.used

    def cost(self, tokens_in: int, tokens_out: int) -> float | None:
        """Return what the writer says."""
        return self._writer.cost(tokens_in, tokens_out)

    def knows(self, question: Question) -> bool:
        """Return whether exactly this question was answered before."""
        with self._lock:
            return bool(self._known(_key(*question)))

    def check(self, *, needed: bool = False) -> None:
        """Raise what keeps the writer from answering; try it once at most.

        One that has answered before may not be needed, for a second run needs no server. It is tried when it is known
        to be `needed`: a new photo makes new questions.
        """
        if not self._checked and (needed or not self._cache.has_texts(self.identity)):
            self._writer.check()
            self._checked = True

    def write(self, system: str, prompt: str, schema: dict[str, Any]) -> str:
        """Return the answer of the writer to exactly this question; may be called from several threads.

        Raises AnswerError where the writer has failed for good and the names are made without it, and what else it
        raises.
        """
        key = _key(system, prompt, schema)
        with self._lock:
            known = self._known(key)
        if known:
            return known
        answer = self._ask(system, prompt, schema)
        if answer.strip():
            with self._lock:
                self._cache.put_texts(self.identity, {key: answer})
                if self.budget != self._kept_budget:
                    self._kept_budget = self.budget
                    self._cache.put_texts(self._of_budget, {_BUDGET: str(self._kept_budget)})
        return answer

    def _known(self, key: str) -> str:
        return self._cache.texts(self.identity, [key]).get(key, "").strip()

    def _ask(self, system: str, prompt: str, schema: dict[str, Any]) -> str:
        if self._fault:
            raise AnswerError(self._fault)
        try:
            return self._writer.write(system, prompt, schema)
        except NoAnswer as error:
            self._fault = str(error)
            raise AnswerError(self._fault) from error


def _key(system: str, prompt: str, schema: dict[str, Any]) -> str:
    return text_key(json.dumps([system, prompt, schema], sort_keys=True))
