"""How a writer is asked for a name, and asked again. What it answers is untrusted.

A writer that follows instructions gets captions and the user's wishes; a small one examples and keywords, and is
held to what the captions say; a summarizer nothing but captions to be made shorter.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

from photosort.models.protocols import LanguageModel, QuestionTooLong, tokens
from photosort.naming.answer import (
    SCHEMA,
    SMALL_SCHEMA,
    Answer,
    AnswerError,
    read_answer,
    read_digest,
    read_small_answer,
)
from photosort.naming.evidence import Evidence
from photosort.naming.prompt import (
    EXAMPLE_NAMES,
    SMALL_EXAMPLE_NAMES,
    SMALL_SYSTEM,
    ClusterText,
    Wish,
    digest_prompt,
    full_prompt,
    full_system,
    small_prompt,
)
from photosort.naming.wording import Wording

TRIES = 2


def ask(
    writer: LanguageModel,
    cluster: ClusterText,
    wish: Wish,
    injected: Container[str] = (),
    fault: str = "",
    tries: int = TRIES,
) -> Answer | str:
    """Return an answer, or the fault of the last one.

    Each retry gets the fault of the answer before; the first try gets `fault`. What can be used of an answer with a
    fault is returned where no try brings a better one. A summarizer, which cannot be told anything, is asked once.
    """
    usable = None
    for _ in range(1 if writer.form == "digest" else tries):
        try:
            answer = _answer(writer, cluster, wish, injected, fault)
        except AnswerError as error:
            fault = str(error)
            continue
        if not answer.fault:
            return answer
        usable, fault = answer, answer.fault
    return replace(usable, fault=fault) if usable else fault


def is_worth_asking(writer: LanguageModel, cluster: ClusterText) -> bool:
    """Return whether the writer can say more than counting; a small one cannot where no word is said of enough."""
    if not cluster.captions:
        return False
    return writer.form != "small" or bool(cluster.keywords and not cluster.broad)


def _answer(writer: LanguageModel, cluster: ClusterText, wish: Wish, injected: Container[str], fault: str) -> Answer:
    if writer.form == "full":
        raw, system = _written(writer, cluster, wish, fault)
        wording = Wording(system, EXAMPLE_NAMES, cluster.captions, wish.language)
        return read_answer(raw, wording, injected)
    evidence = Evidence(cluster.captions, cluster.keywords)
    if writer.form == "small":
        prompt = small_prompt(cluster, fault)
        wording = Wording(SMALL_SYSTEM, SMALL_EXAMPLE_NAMES, cluster.captions, wish.language)
        return read_small_answer(writer.write(SMALL_SYSTEM, prompt, SMALL_SCHEMA), evidence, wording, injected)
    wording = Wording("", (), cluster.captions, wish.language)
    return read_digest(writer.write("", digest_prompt(cluster), {}), evidence, wording, injected)


def _written(writer: LanguageModel, cluster: ClusterText, wish: Wish, fault: str) -> tuple[str, str]:
    """Return what a writer answers to a question that it has room for, and the instructions of that question."""
    while True:
        budget = writer.budget
        system = full_system(budget)
        prompt = full_prompt(cluster, wish, fault, budget - tokens(system))
        try:
            return writer.write(system, prompt, SCHEMA), system
        except QuestionTooLong as error:
            if writer.budget >= budget:
                raise AnswerError(str(error)) from error
