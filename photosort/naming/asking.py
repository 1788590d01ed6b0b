"""How a writer is asked for a name, and asked again. What it answers is untrusted.

A writer that follows instructions gets captions and the user's wishes; a small one examples and keywords, and is
held to what the captions say; a summarizer nothing but captions to be made shorter.
"""

from __future__ import annotations

from collections.abc import Container

from photosort.models.protocols import LanguageModel
from photosort.naming.answer import (
    SCHEMA,
    SMALL_SCHEMA,
    Answer,
    AnswerError,
    Evidence,
    read_answer,
    read_digest,
)
from photosort.naming.prompt import (
    SMALL_SYSTEM,
    ClusterText,
    Wish,
    digest_prompt,
    full_prompt,
    full_system,
    small_prompt,
    tokens,
)

TRIES = 2


def ask(
    writer: LanguageModel,
    cluster: ClusterText,
    wish: Wish,
    injected: Container[str] = (),
    fault: str = "",
    tries: int = TRIES,
) -> Answer | str:
    """Return a usable answer, or the fault of the last one.

    Each retry gets the fault of the answer before; the first try gets `fault`. A summarizer, which cannot
    be told anything, is asked once.
    """
    for _ in range(1 if writer.form == "digest" else tries):
        try:
            return _answer(writer, cluster, wish, injected, fault)
        except AnswerError as error:
            fault = str(error)
    return fault


def is_worth_asking(writer: LanguageModel, cluster: ClusterText) -> bool:
    """Return whether the writer can say more than counting; a small one cannot where no word is said of enough."""
    if not cluster.captions:
        return False
    return writer.form != "small" or bool(cluster.keywords and not cluster.broad)


def _answer(writer: LanguageModel, cluster: ClusterText, wish: Wish, injected: Container[str], fault: str) -> Answer:
    if writer.form == "full":
        system = full_system(wish)
        prompt = full_prompt(cluster, fault, writer.budget - tokens(system))
        return read_answer(writer.write(system, prompt, SCHEMA), injected=injected, language=wish.language)
    evidence = Evidence(cluster.captions, cluster.keywords)
    if writer.form == "small":
        raw = writer.write(SMALL_SYSTEM, small_prompt(cluster, fault), SMALL_SCHEMA)
        return read_answer(raw, evidence, injected)
    return read_digest(writer.write("", digest_prompt(cluster), {}), evidence, injected)
