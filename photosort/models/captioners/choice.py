"""Which adapter a captioner on this machine gets, and who can follow a question."""

from __future__ import annotations

from photosort.errors import SettingsError
from photosort.models.captioners.chat_captioner import ChatCaptioner
from photosort.models.captioners.generating import Asking
from photosort.models.captioners.transformers_captioners import ANSWERING, FAMILIES, TransformersCaptioner
from photosort.models.catalogue import CAPTIONERS
from photosort.models.protocols import Captioner
from photosort.models.runtime.placement import DevicePlacement
from photosort.models.weights.hub import Snapshot


def local_captioner(snapshot: Snapshot, asking: Asking, placement: DevicePlacement) -> Captioner:
    """Return the captioner for the family that the configuration of a model names. Raises SettingsError as
    `cannot_answer`.
    """
    family = snapshot.json("config.json").get("model_type")
    if family not in FAMILIES:
        return ChatCaptioner(snapshot, placement, asking)
    if asking.question and family not in ANSWERING:
        raise cannot_answer(snapshot.name)
    return TransformersCaptioner(snapshot, placement, asking)


def cannot_answer(name: str) -> SettingsError:
    """Return why a question to a captioner that follows none is an error, and which ones follow it."""
    answering = ", ".join(short for short, listed in CAPTIONERS.items() if listed.questions)
    return SettingsError(
        f"The captioner {name} cannot answer questions",
        f"Choose one with --captioner: {answering}, server:MODEL. Without any: --into with folders of your own",
    )
