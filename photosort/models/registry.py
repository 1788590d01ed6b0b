"""From the name in a setting to the model. Nothing is loaded before it is asked something."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from photosort.errors import ModelMissing, SettingsError
from photosort.methods.questions import questions, samples
from photosort.models.devices import check_device
from photosort.models.protocols import (
    Captioner,
    FeatureCaptioner,
    ImageEncoder,
    JointEncoder,
    NoAnswer,
    TextEncoder,
    Writer,
)
from photosort.settings import Settings

Made = TypeVar("Made")

EVEN = 0.5
TEXT_WEIGHT = {"tags": 0.3}
"""The share of the text in a fusion, where it is not one half. Tags come from the image encoder's own network: they
name what its vectors already know, so they get less than what a captioner has seen for itself."""


def check(settings: Settings) -> None:
    """Make sure that every model that is named exists, before any photo is looked at.

    Raises SettingsError for an unknown name and ModelMissing where a writer that was asked for is not installed.
    """
    check_device(settings.device)
    image_encoder(settings)
    text_encoder(settings)
    captioners(settings)
    writer(settings)


def model_folder(settings: Settings) -> Path:
    """Where weights that are fetched or converted are kept."""
    return settings.cache_dir / "models"


def image_encoder(settings: Settings) -> ImageEncoder:
    """The model that turns photos into vectors. Raises SettingsError for an unknown name."""
    return _pick("image_encoder", settings.image_encoder, _IMAGE_ENCODERS)(settings)


def text_encoder(settings: Settings) -> TextEncoder:
    """The model that turns texts into vectors. Raises SettingsError for an unknown name."""
    return _pick("text_encoder", settings.text_encoder, _TEXT_ENCODERS)(settings)


def captioner(settings: Settings, question: str = "", samples: int = 1) -> Captioner | FeatureCaptioner:
    """The model that captions photos, or answers a question about them, with `samples` texts for each.

    Raises SettingsError for an unknown name, and where the model cannot follow a question.
    """
    return _pick("captioner", settings.captioner, _CAPTIONERS)(settings, question, samples)


def captioners(settings: Settings) -> tuple[Captioner | FeatureCaptioner, ...]:
    """The captioners of a run, one for each question of its method."""
    return tuple(captioner(settings, question, samples(settings)) for question in questions(settings))


def joint_encoder(settings: Settings, texts: TextEncoder) -> JointEncoder:
    """The model that puts photos into the space of `texts`, from the vectors of the image encoder."""
    return _conse(settings, texts)


def unrounded(settings: Settings, texts: TextEncoder) -> JointEncoder | None:
    """The encoder that says in full what the captions of this captioner say in a few words; None where there is none.

    A tag is the most probable noun, put into words; ConSE is the mean of all probable nouns, as a vector.
    """
    return _conse(settings, texts) if settings.captioner == "tags" else None


def writer(settings: Settings) -> Writer | None:
    """The language model that writes names; None where keywords are to name the folders.

    `auto` takes smollm2 where it is installed and pulled, and else none; `openai:MODEL` asks a server; `t5:NAME`
    summarizes. Raises SettingsError for an unknown name, and where the user wishes for a language or a style that the
    writer cannot follow.
    """
    kind, colon, name = settings.writer.partition(":")
    if settings.names == "keywords":
        chosen = None
    elif colon and kind in _NAMED_WRITERS:
        chosen = _NAMED_WRITERS[kind](settings, name)
    else:
        chosen = _pick("writer", settings.writer, _WRITERS)(settings)
    _check_wishes(settings, chosen)
    return chosen


def what_is_sent(settings: Settings) -> str:
    """What leaves this process for a writer on a server, and where to; empty where nothing does."""
    from photosort.models.openai_chat import OpenAIChat

    chosen = writer(settings)
    if not isinstance(chosen, OpenAIChat):
        return ""
    where = f"{chosen.host}, on this machine" if chosen.is_local else chosen.host
    return f"{chosen.identity.model} gets captions and keywords, no pixels and no file names, sent to {where}"


def writer_name(settings: Settings) -> str:
    """Who writes the names: a language model, or "keywords"."""
    chosen = writer(settings)
    return chosen.identity.model if chosen else "keywords"


def weight(settings: Settings) -> float:
    """The share of the text in a fusion."""
    return default_weight(settings) if settings.weight is None else settings.weight


def default_weight(settings: Settings) -> float:
    """The share of the text in a fusion when the user names none."""
    return TEXT_WEIGHT.get(settings.captioner, EVEN)


def _efficientnet(settings: Settings) -> ImageEncoder:
    from photosort.models.efficientnet import BATCH, EfficientNetLite2

    return EfficientNetLite2(model_folder(settings), device=settings.device, batch=settings.batch or BATCH)


def _minilm(settings: Settings) -> TextEncoder:
    from photosort.models.minilm import MiniLM

    return MiniLM()


def _tags(settings: Settings, question: str, samples: int) -> FeatureCaptioner:
    from photosort.models.efficientnet import NAME, LabelHead
    from photosort.models.tags import TagCaptioner

    if settings.image_encoder != NAME:
        raise SettingsError(
            f"The captioner tags reads the vectors of {NAME}, not of {settings.image_encoder}",
            f"Use --image-encoder {NAME}, or another captioner.",
        )
    if question:
        raise SettingsError(
            "The captioner tags cannot follow a question",
            "Use --texts caption, or set a captioner that can, such as blip2, smolvlm or qwen2.5-vl.",
        )
    return TagCaptioner(LabelHead(model_folder(settings)), LabelHead.revision)


def _conse(settings: Settings, texts: TextEncoder) -> JointEncoder:
    from photosort.models.conse import ConSE
    from photosort.models.efficientnet import LabelHead

    return ConSE(LabelHead(model_folder(settings)), texts, LabelHead.revision)


def _smollm2(settings: Settings) -> Writer:
    from photosort.models.smollm2 import SmolLM2

    return SmolLM2(model_folder(settings))


def _best_writer(settings: Settings) -> Writer | None:
    """Nobody asked for this writer by name, so an engine that fails is no reason to name nothing."""
    if importlib.util.find_spec("xllamacpp") is None:
        return None
    from photosort.models.smollm2 import SmolLM2

    try:
        return SmolLM2(model_folder(settings), failure=NoAnswer)
    except ModelMissing:
        return None


def _openai(settings: Settings, model: str) -> Writer:
    from photosort.models.openai_chat import OpenAIChat

    return OpenAIChat(model, max_cost=settings.max_cost)


def _t5(settings: Settings, name: str) -> Writer:
    from photosort.models.seq2seq import Seq2Seq

    return Seq2Seq(name)


def _check_wishes(settings: Settings, chosen: Writer | None) -> None:
    if chosen is not None and chosen.form == "full":
        return
    for wish, given in (("language", settings.language != "en"), ("style", bool(settings.style))):
        if given:
            name = chosen.identity.model if chosen else "keywords"
            raise SettingsError(
                f"--{wish} needs a writer that follows instructions, and {name} does not",
                "Use --writer openai:MODEL; with OPENAI_BASE_URL that may be a server on this machine.",
            )


_IMAGE_ENCODERS: dict[str, Callable[[Settings], ImageEncoder]] = {"efficientnet-lite2": _efficientnet}
_TEXT_ENCODERS: dict[str, Callable[[Settings], TextEncoder]] = {"minilm": _minilm}
_CAPTIONERS: dict[str, Callable[[Settings, str, int], Captioner | FeatureCaptioner]] = {"tags": _tags}
_WRITERS: dict[str, Callable[[Settings], Writer | None]] = {
    "auto": _best_writer,
    "smollm2": _smollm2,
    "keywords": lambda settings: None,
}
_NAMED_WRITERS: dict[str, Callable[[Settings, str], Writer]] = {"openai": _openai, "t5": _t5}


def _pick(setting: str, name: str, known: dict[str, Made]) -> Made:
    if name not in known:
        more = ", openai:MODEL, t5:NAME" if setting == "writer" else ""
        raise SettingsError(f"{setting} = '{name}' is not known", f"Choose one of: {', '.join(known)}{more}")
    return known[name]
