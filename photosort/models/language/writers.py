"""From the name in a setting to the language model that writes names, or to none."""

from __future__ import annotations

from collections.abc import Callable

from photosort.errors import SettingsError
from photosort.models.catalogue import unknown
from photosort.models.protocols import LanguageModel
from photosort.settings.settings import Settings


def writer(settings: Settings) -> LanguageModel | None:
    """Return the language model that writes names; None where keywords are to name the folders.

    `auto` takes keywords: smollm2, which has to be asked for, names fewer folders well (tests/bench/README.md);
    `openai:MODEL` asks a server; `t5:NAME` summarizes. Raises SettingsError for an unknown name, and where the user
    wishes for a language or a style that the writer cannot follow.
    """
    kind, colon, name = settings.writer.partition(":")
    if settings.names == "keywords" and not settings.by and settings.into is None:
        chosen = None
    elif colon and kind in _NAMED_WRITERS:
        chosen = _NAMED_WRITERS[kind](settings, name)
    else:
        make = _WRITERS.get(settings.writer) or unknown("writer", settings.writer)
        chosen = make(settings)
    _check_wishes(settings, chosen)
    return chosen


def texts_sent(chosen: LanguageModel | None, what: str = "captions and keywords") -> str:
    """Return which texts go to a language model on a server, and to which, in one line; empty where none do."""
    from photosort.models.remote.openai_chat import OpenAIChat

    if not isinstance(chosen, OpenAIChat):
        return ""
    where = f"{chosen.host}, on this machine" if chosen.server.here else chosen.host
    return f"{chosen.identity.model} gets {what}, no pixels and no file names, sent to {where}"


def _smollm2(settings: Settings) -> LanguageModel:
    from photosort.models.language.smollm2 import SmolLM2

    return SmolLM2(settings.model_folder)


def _openai(settings: Settings, model: str) -> LanguageModel:
    from photosort.models.remote.openai_chat import OpenAIChat

    return OpenAIChat(model, max_cost=settings.max_cost)


def _t5(settings: Settings, name: str) -> LanguageModel:
    from photosort.models.language.seq2seq import Seq2Seq

    return Seq2Seq(name, settings.device)


def _check_wishes(settings: Settings, chosen: LanguageModel | None) -> None:
    if chosen is not None and chosen.form == "full":
        return
    for wish, given in (("language", settings.language != "en"), ("style", bool(settings.style))):
        if given:
            name = chosen.identity.model if chosen else "keywords"
            raise SettingsError(
                f"--{wish} needs a language model that follows instructions; --writer {name} cannot do that",
                "Use --writer openai:MODEL; with OPENAI_BASE_URL that may be a server on this machine.",
            )


_WRITERS: dict[str, Callable[[Settings], LanguageModel | None]] = {
    "auto": lambda settings: None,
    "smollm2": _smollm2,
    "keywords": lambda settings: None,
}
_NAMED_WRITERS: dict[str, Callable[[Settings, str], LanguageModel]] = {"openai": _openai, "t5": _t5}
