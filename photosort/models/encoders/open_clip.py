"""CLIP, SigLIP and their like by open_clip: photos and texts in one space.

Radford et al. 2021, https://arxiv.org/abs/2103.00020; SigLIP 2: Tschannen et al. 2025, https://arxiv.org/abs/2502.14786.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from photosort.errors import ModelMissing, SettingsError
from photosort.models.protocols import Frame, Identity, Pictures, Vectors
from photosort.models.runtime.batch_size import BatchSize
from photosort.models.runtime.on_device import loaded, number_format, numbers, on_device, unit_vectors
from photosort.models.runtime.placement import DevicePlacement
from photosort.models.runtime.torchvision_ops import repair_torchvision
from photosort.models.weights.hub import HUB, OPEN_CLIP, Snapshot, Source
from photosort.models.weights.pinned import recall, replace_whole
from photosort.photos.pixels import decode

REVISION = "1"
"""Part of the identity; changes with anything here that may change a vector."""
CONFIG = "open_clip_config.json"


class OpenClip:
    """Photos and texts to vectors of one space (`DualEncoder`).

    `quick_gelu` makes sure of the activation that the weights were trained with, where the pair of names in open_clip's
    own table asks for it.
    """

    def __init__(self, snapshot: Snapshot, placement: DevicePlacement, *, quick_gelu: bool = False) -> None:
        self._snapshot, self._placement, self._quick_gelu = snapshot, placement, quick_gelu
        self.frame = _frame(snapshot)
        revision = f"{snapshot.revision}-{REVISION}-{decode.REVISION}-{self.frame.side}{self.frame.fit}"
        self.identity = Identity(snapshot.name, revision)

    @property
    def device(self) -> str:
        """Where it runs. Raises SettingsError for a device that is not there."""
        return self._placement.device

    @cached_property
    def batch(self) -> BatchSize:
        """How many photos it looks at together, on its device."""
        return self._placement.batch(self.identity, "encoder")

    def encode_images(self, pixels: Pictures) -> Vectors:
        """B pictures of the frame -> (b, d) float32, as long as the model makes them."""
        import torch

        model, _ = self._loaded
        colours = model.visual.preprocess_cfg
        with torch.inference_mode():
            pictures = on_device(pixels, self.device, colours["mean"], colours["std"])
            return numbers(model.encode_image(pictures))

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode n texts as (n, d) float32, unit length. What passes the length that the model reads is cut off."""
        model, tokenizer = self._loaded
        return unit_vectors(texts, lambda some: model.encode_text(tokenizer(some).to(self.device)))

    def place(self, vectors: Vectors) -> Vectors:
        """Return the vectors as they are: those of photos lie in the space of the texts already."""
        return vectors

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        return loaded(self._snapshot.name, self.device, self._load)

    def _load(self) -> tuple[Any, Any]:
        repair_torchvision()
        import open_clip

        folder = f"local-dir:{self._snapshot.folder}"
        precision = {"torch.float32": "fp32", "torch.float16": "pure_fp16", "torch.bfloat16": "pure_bf16"}
        model = open_clip.create_model(
            folder,
            precision=precision[str(number_format(self.device))],
            device=self.device,
            force_quick_gelu=self._quick_gelu,
            require_pretrained=True,
        )
        return model.eval(), open_clip.get_tokenizer(folder)


def listed(pair: str, remembered: Path) -> tuple[Source, bool]:
    """Return the repository of an `ARCH/PRETRAINED` pair of open_clip's table, and whether its weights need QuickGELU.

    `remembered` is a JSON file of the answers so far: the table lies behind the import of torch.

    Raises SettingsError for a pair that the table does not have, or whose weights on the hub are not safetensors.
    """
    known = recall(remembered)
    if pair not in known:
        known[pair] = _from_table(pair)
        replace_whole(remembered, json.dumps(known).encode())
    repository, quick_gelu = known[pair]
    return Source(f"open_clip:{pair}", HUB + repository, OPEN_CLIP), bool(quick_gelu)


def _from_table(pair: str) -> tuple[str, bool]:
    repair_torchvision()
    import open_clip

    architecture, _, tag = pair.partition("/")
    settings = open_clip.get_pretrained_cfg(architecture, tag)
    if not settings:
        tags = open_clip.list_pretrained_tags_by_model(architecture)
        raise SettingsError(
            f"open_clip has no '{pair}'",
            f"With {architecture} go: {', '.join(tags)}" if tags else "Write ARCH/PRETRAINED, such as ViT-B-32/openai.",
        )
    if not (repository := str(settings.get("hf_hub", "")).strip("/")):
        raise SettingsError(
            f"The weights of open_clip:{pair} are not available as safetensors",
            "Choose another pair of the same table.",
        )
    return repository, bool(settings.get("quick_gelu"))


def _frame(snapshot: Snapshot) -> Frame:
    settings = snapshot.json(CONFIG)
    try:
        side = settings["model_cfg"]["vision_cfg"].get("image_size", 224)
        fit = settings.get("preprocess_cfg", {}).get("resize_mode", "shortest")
        return Frame(int(side), {"shortest": "crop", "squash": "squeeze"}[fit])  # type: ignore[arg-type]
    except (KeyError, TypeError) as error:
        raise ModelMissing(
            f"The model {snapshot.name} does not say which pictures it wants ({snapshot.folder / CONFIG})",
            "Only square pictures, cropped or squeezed, can be made.",
        ) from error
