"""How a language model is asked by a method: billed before the first question, several at once, failing as a whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from threading import Lock
from typing import NamedTuple, NoReturn

from photosort.errors import ModelFailed, WriterRefused
from photosort.methods.conversation import Announce, Bill, Question
from photosort.models.protocols import LanguageModel, NoAnswer, QuestionTooLong, tokens
from photosort.naming.answer import AnswerError
from photosort.support.progress import Progress, silent
from photosort.support.threads import at_once

Draft = Callable[[int], Question]
"""Tokens that a question may have -> the question."""

GOES_ON = "What it has answered is kept: the same command goes on from there, and asks only the rest."

REFUSED_OF = 10
"""A server that refuses more than one question, and one in so many answers, refuses the model or the key."""


STAGE = "asking"


class Cost(NamedTuple):
    """Questions, their tokens and those of their answers."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0

    def plus(self, other: Cost) -> Cost:
        """Return the sum of both."""
        return Cost(self.calls + other.calls, self.tokens_in + other.tokens_in, self.tokens_out + other.tokens_out)


Coming = Callable[[], Cost]
"""What later steps will cost, about."""

NOTHING = Cost()


def nothing() -> Cost:
    """Return the cost of no question."""
    return NOTHING


class Desk:
    """Questions to one language model.

    The bill is announced once, before the first question that is not `known`: what the step at hand asks, by count,
    and what later steps will ask, by estimate. Where all questions are known, a bill of nothing is announced at the
    end, by `close`.
    """

    def __init__(
        self,
        model: LanguageModel,
        known: Callable[[Question], bool],
        announce: Announce,
        assign: str,
        progress: Progress = silent,
    ) -> None:
        self._model, self._known, self._announce, self._assign = model, known, announce, assign
        self._progress = progress
        self._is_announced = False
        self._answered, self._refused = 0, list[WriterRefused]()
        self._lock = Lock()

    @property
    def budget(self) -> int:
        """Tokens that a question may have now."""
        return self._model.budget

    def cost(self, drafts: Sequence[Draft], answer: int) -> Cost:
        """Return what questions cost that are not known, with answers of so many tokens."""
        new = [question for draft in drafts if not self._known(question := draft(self.budget))]
        asked = sum(tokens(one.system + one.prompt + json.dumps(one.schema)) for one in new)
        return Cost(len(new), asked, len(new) * answer)

    def answers(self, drafts: Sequence[Draft], answer: int, coming: Coming = nothing) -> list[str]:
        """Return the raw answers; a question that turns out too long is drafted anew in the budget that is left.

        Raises ModelFailed where the model has failed for good, and what else it raises.
        """
        return self._asked(self._fitted, drafts, answer, coming)

    def fixed_answers(
        self, questions: Sequence[Question], budget: int, answer: int, coming: Coming = nothing
    ) -> list[str]:
        """Return the raw answers to questions that belong together, all drafted in one budget.

        Raises QuestionTooLong where one of them is too long and the budget is smaller now.
        """
        return self._asked(lambda draft: self._answer(draft(budget), budget), [*map(_as_is, questions)], answer, coming)

    def close(self) -> None:
        """Announce a bill of nothing where there was no other."""
        if not self._is_announced:
            self._show(NOTHING)

    def _asked(self, ask: Callable[[Draft], str], drafts: Sequence[Draft], answer: int, coming: Coming) -> list[str]:
        if not self._is_announced and (now := self.cost(drafts, answer)).calls:
            self._show(now.plus(coming()))
        self._progress(STAGE, 0, len(drafts), self._model.used)
        given = dict[int, str]()
        for number, text in at_once(ask, drafts, self._model.parallel):
            given[number] = text
            self._progress(STAGE, len(given), len(drafts), self._model.used)
        if self._refused and not self._answered:
            raise self._refused[0]
        return [given[number] for number in range(len(drafts))]

    def _show(self, cost: Cost) -> None:
        self._is_announced = True
        self._announce(Bill(self._assign, *cost))

    def _fitted(self, draft: Draft) -> str:
        while True:
            budget = self.budget
            try:
                return self._answer(draft(budget), budget)
            except QuestionTooLong:
                continue

    def _answer(self, question: Question, budget: int) -> str:
        """Return the answer; empty for a question that the server refuses, as a content filter does, but not others."""
        try:
            answer = self._model.write(*question)
        except WriterRefused as error:
            with self._lock:
                self._refused.append(error)
                if len(self._refused) > 1 + self._answered // REFUSED_OF:
                    raise
            return ""
        except QuestionTooLong as error:
            if self.budget >= budget:
                self._fail(error, "Start the server with a larger context, or choose another --writer.")
            raise
        except (AnswerError, NoAnswer) as error:
            self._fail(error, GOES_ON)
        with self._lock:
            self._answered += 1
        return answer

    def _fail(self, error: Exception, hint: str) -> NoReturn:
        raise ModelFailed(f"{self._model.identity.model} has not answered all questions: {error}", hint) from error


def _as_is(question: Question) -> Draft:
    return lambda budget: question
