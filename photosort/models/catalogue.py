"""The models that photosort knows by a short name, and how any other one is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import NoReturn

from photosort.errors import SettingsError
from photosort.models.weights.conversion import Checkpoint
from photosort.models.weights.hub import HUB, LOCAL, OPEN_CLIP, TRANSFORMERS, Source

SERVER, SENTENCES, OPEN_CLIP_PREFIX = "server:", "st:", "open_clip:"
IN_HUB, IN_FOLDER = "hf-hub:", "local-dir:"
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True, slots=True)
class Listed:
    """A model of the hub.

    repository  ORG/NAME
    licence     as the repository says; a language model inside may come with one of its own
    size        of its weights in bytes, roughly: what is really fetched is said before it is fetched
    questions   whether it can follow a question
    checkpoint  the pickled one that its safetensors are made of here, where the repository has none
    """

    repository: str
    about: str
    licence: str
    size: float
    questions: bool = False
    weights: str = TRANSFORMERS
    checkpoint: Checkpoint | None = None


CAPTIONERS: Mapping[str, Listed] = {
    "blip": Listed(
        "Salesforce/blip-image-captioning-base",
        "BLIP, short captions",
        "BSD-3-Clause",
        1.0e9,
        checkpoint=Checkpoint(
            "82a37760796d32b1411fe092ab5d4e227313294b",
            "d6638651a5526cc2ede56f2b5104d6851b0755816d220e5e046870430180c767",
        ),
    ),
    "blip-large": Listed("Salesforce/blip-image-captioning-large", "BLIP, short captions", "BSD-3-Clause", 1.9e9),
    "blip2-opt-2.7b": Listed("Salesforce/blip2-opt-2.7b", "BLIP-2 on OPT", "MIT", 15e9, True),
    "blip2-flan-t5-xl": Listed(
        "Salesforce/blip2-flan-t5-xl", "BLIP-2 on Flan-T5, as in the papers", "MIT", 15.8e9, True
    ),
    "blip2-flan-t5-xxl": Listed("Salesforce/blip2-flan-t5-xxl", "BLIP-2 on Flan-T5", "MIT", 49e9, True),
    "git-large-coco": Listed("microsoft/git-large-coco", "GIT, short captions", "MIT", 1.6e9),
    "florence2": Listed("florence-community/Florence-2-base", "Florence-2, short captions", "MIT", 0.5e9),
    "smolvlm2": Listed("HuggingFaceTB/SmolVLM2-2.2B-Instruct", "SmolVLM2, 2.2 billion", "Apache-2.0", 9e9, True),
    "qwen2.5-vl": Listed("Qwen/Qwen2.5-VL-3B-Instruct", "Qwen2.5-VL, 3 billion", "Qwen Research", 7.5e9, True),
    "qwen3-vl": Listed("Qwen/Qwen3-VL-2B-Instruct", "Qwen3-VL, 2 billion", "Apache-2.0", 4.3e9, True),
    "llava-onevision": Listed(
        "llava-hf/llava-onevision-qwen2-0.5b-ov-hf", "LLaVA-OneVision, 0.5 billion", "Apache-2.0", 1.8e9, True
    ),
}
ENCODERS: Mapping[str, Listed] = {
    "clip": Listed("timm/vit_base_patch32_clip_224.openai", "CLIP ViT-B/32", "Apache-2.0", 0.6e9, weights=OPEN_CLIP),
    "siglip2-b32": Listed(
        "timm/ViT-B-32-SigLIP2-256", "SigLIP 2 B/32 at 256 pixels", "Apache-2.0", 1.5e9, weights=OPEN_CLIP
    ),
    "siglip2": Listed("timm/ViT-B-16-SigLIP2", "SigLIP 2 B/16", "Apache-2.0", 1.5e9, weights=OPEN_CLIP),
    "blip-itm": Listed(
        "Salesforce/blip-itm-base-coco",
        "BLIP's own two encoders",
        "BSD-3-Clause",
        0.9e9,
        checkpoint=Checkpoint(
            "bed8ad38cb2d04a5a4bdf2d071b3c3c0a4aa724c",
            "017fb3e7f4e125f13a8a4717f1402dbe0d0bb877474b4a203db13a4447b0227f",
        ),
    ),
    "blip-vision": Listed(
        "Salesforce/blip-image-captioning-base",
        "the image encoder of BLIP's captioner",
        "BSD-3-Clause",
        1.0e9,
        checkpoint=CAPTIONERS["blip"].checkpoint,
    ),
}
PHOTOS_ONLY = frozenset({"blip-vision"})
"""The encoders that read no texts."""
TAGS, EFFICIENTNET, MINILM, SMOLLM2 = "tags", "efficientnet-lite2", "minilm", "smollm2"
"""The packaged models."""
_IN_HUB_OR_FOLDER = (f"{HUB}ORG/NAME", f"{LOCAL}FOLDER")
_DUAL = tuple(name for name in ENCODERS if name not in PHOTOS_ONLY)
_OPEN_CLIP = f"{OPEN_CLIP_PREFIX}ARCH/PRETRAINED"
CHOICES: Mapping[str, tuple[str, ...]] = {
    "captioner": (TAGS, *CAPTIONERS, f"{SERVER}MODEL", *_IN_HUB_OR_FOLDER),
    "image_encoder": (EFFICIENTNET, *ENCODERS, _OPEN_CLIP, *_IN_HUB_OR_FOLDER),
    "text_encoder": (
        MINILM,
        f"{SENTENCES}NAME_OR_FOLDER",
        *(name for name in ENCODERS if name not in PHOTOS_ONLY),
        _OPEN_CLIP,
        *_IN_HUB_OR_FOLDER,
    ),
    "writer": ("auto", SMOLLM2, "keywords", "openai:MODEL", "t5:NAME"),
}
"""What a setting may name, for messages and for the completion of the shell; the user fills in what is in capitals."""
QUICK_GELU = frozenset({"clip"})
"""The listed encoders whose weights were trained with that activation."""


def source_of(name: str, listed: Mapping[str, Listed], weights: str = TRANSFORMERS) -> Source | None:
    """Return where a model comes from: a listed name, `hf:ORG/NAME` or `local:FOLDER`; None for anything else.

    Raises SettingsError for an `hf:` that is not ORG/NAME.
    """
    if name in listed:
        return Source(name, HUB + listed[name].repository, listed[name].weights)
    if name.startswith(LOCAL):
        return Source(name, name, weights)
    if not name.startswith(HUB):
        return None
    repository = name.removeprefix(HUB)
    if not _REPOSITORY.fullmatch(repository):
        raise SettingsError(f"'{name}' names no model of the hub", "Write hf:ORG/NAME.")
    short = next((short for short, known in listed.items() if known.repository == repository), "")
    return Source(short or name, name, listed[short].weights if short else weights)


def checkpoint_of(repository: str) -> Checkpoint | None:
    """Return the pickled checkpoint that a listed repository is converted from; None where it has safetensors."""
    listed = (*CAPTIONERS.values(), *ENCODERS.values())
    return next((known.checkpoint for known in listed if known.repository == repository), None)


def sentences_source(name: str) -> Source:
    """Return where the `st:NAME_OR_PATH` of sentence-transformers comes from; a name without ORG is one of its own.

    A path is what begins or looks like one, on any system, and what is a folder here.
    """
    wanted = name.removeprefix(SENTENCES)
    windows = "\\" in wanted or bool(PureWindowsPath(wanted).drive)
    if windows or wanted.startswith(("/", ".", "~")) or (wanted and Path(wanted).is_dir()):
        return Source(name, LOCAL + wanted)
    return Source(name, HUB + (wanted if "/" in wanted else f"sentence-transformers/{wanted}"))


def unknown(setting: str, name: str) -> NoReturn:
    """Raise SettingsError with what the setting may be."""
    raise SettingsError(f"Unknown {setting} '{name}'", f"Choose one of: {', '.join(CHOICES[setting])}")
