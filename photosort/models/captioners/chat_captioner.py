"""Any vision-language chat model of transformers: SmolVLM, Qwen-VL, LLaVA-OneVision and their like.

The photo and the question go through the model's own processor and chat template.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Literal, overload

from photosort.models.captioners import generating
from photosort.models.captioners.generating import Asking, keys_of, tidy
from photosort.models.captioners.transformers_captioners import OFFLINE, load_model
from photosort.models.protocols import Frame, Identity, Pictures, Pixels
from photosort.models.runtime.batch_size import BatchSize
from photosort.models.runtime.on_device import loaded, number_format
from photosort.models.runtime.placement import DevicePlacement
from photosort.models.runtime.preprocessing import image_settings
from photosort.models.runtime.torchvision_ops import repair_torchvision
from photosort.models.weights.hub import Snapshot
from photosort.photos.pixels import decode

REVISION = "3"
"""Part of the identity; changes with anything here that may change a text."""
CAPTION = "Describe this photo in one short sentence."
SIDE = 448
"""Pixels of the longer side. Qwen-VL makes at most 256 tokens of such a photo; a description needs no more."""


class PreparedPictures(Sequence[Pixels]):
    """Pictures that the processor has seen already, and what it made of them; a part of them are pictures alone."""

    def __init__(self, pictures: Pictures, inputs: Any) -> None:
        self._pictures, self.inputs = list(pictures), inputs

    def __len__(self) -> int:
        return len(self._pictures)

    @overload
    def __getitem__(self, place: int) -> Pixels: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Pixels]: ...

    def __getitem__(self, place: int | slice) -> Pixels | Sequence[Pixels]:
        whole = isinstance(place, slice) and place.indices(len(self)) == (0, len(self), 1)
        return self if whole else self._pictures[place]


class ChatCaptioner:
    """Photos to answers, and to captions where nothing is asked (a `Captioner`, and `Preparing`).

    Drawn texts follow from the photo and the seed, whatever is in the batch, but for the rounding of the device and of
    the padding.
    """

    reads: Literal["pixels"] = "pixels"

    def __init__(self, snapshot: Snapshot, placement: DevicePlacement, asking: Asking) -> None:
        self._snapshot, self._placement, self._asking = snapshot, placement, asking
        self._settings = image_settings(snapshot)
        self._lock = threading.Lock()
        self.frame = _frame(self._settings)
        revision = f"{snapshot.revision}-{REVISION}-{decode.REVISION}-{self.frame.side}{self.frame.fit}"
        self.identity = Identity(snapshot.name, revision, asking.prompt(CAPTION))

    @property
    def device(self) -> str:
        """Where it runs. Raises SettingsError for a device that is not there."""
        return self._placement.device

    @cached_property
    def batch(self) -> BatchSize:
        """How many photos it looks at together, on its device."""
        return self._placement.batch(self.identity, "chat", self._asking.samples)

    def prepare(self, pixels: Pictures) -> Pictures:
        """B pictures -> the same, read by the processor: its work and that of the model need not wait for each other.

        Where the processor fails they stay as they are, so that `caption` meets the failure.
        """
        _, processor, _ = self._loaded
        try:
            inputs = self._inputs(processor, pixels)
        except Exception:
            return pixels
        return PreparedPictures(pixels, inputs.to(number_format(self.device)))

    def caption(self, pixels: Pictures, digests: Sequence[str] = ()) -> list[tuple[str, ...]]:
        """B pictures of the frame, best of like size -> for each `samples` texts, none of them empty."""
        import torch

        model, processor, tokenizer = self._loaded
        known = pixels.inputs if isinstance(pixels, PreparedPictures) else self._inputs(processor, pixels)
        inputs = known.to(self.device, number_format(self.device))
        arguments = generating.arguments(self._asking, keys_of(pixels, digests), self.device)
        with torch.inference_mode():
            written = model.generate(**inputs, **arguments)
        answers = written[:, inputs["input_ids"].shape[1] :]
        return tidy(tokenizer.batch_decode(answers, skip_special_tokens=True), self._asking, chat=True)

    def _inputs(self, processor: Any, pixels: Pictures) -> Any:
        from PIL import Image

        text = {"type": "text", "text": self._asking.said(CAPTION)}
        conversations = [
            [{"role": "user", "content": [{"type": "image", "image": Image.fromarray(picture)}, text]}]
            for picture in pixels
        ]
        return processor.apply_chat_template(
            conversations,
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            processor_kwargs={"padding": True, "padding_side": "left", **_whole(self._settings)},
        )

    @property
    def _loaded(self) -> tuple[Any, Any, Any]:
        """Return the network, its processor, and a tokenizer that may be used beside the processor."""
        with self._lock:
            return self._kept

    @cached_property
    def _kept(self) -> tuple[Any, Any, Any]:
        return loaded(self._snapshot.name, self.device, self._load)

    def _load(self) -> tuple[Any, Any, Any]:
        repair_torchvision()
        from transformers import AutoModelForImageTextToText, AutoProcessor

        processor: Any = AutoProcessor.from_pretrained(self._snapshot.folder, **OFFLINE)  # type: ignore[no-untyped-call]
        if not getattr(processor, "chat_template", None):
            raise ValueError("it has no chat template, so it cannot be asked about a photo")
        model = load_model(AutoModelForImageTextToText, self._snapshot, self.device)
        return model, processor, copy.deepcopy(processor.tokenizer)


def _frame(settings: dict[str, Any]) -> Frame:
    """SmolVLM and Idefics squeeze a photo that is not split into one square; LLaVA's smallest grid is one tile."""
    if isinstance(tile := settings.get("max_image_size"), dict):
        return Frame(int(tile["longest_edge"]))
    size = settings.get("size")
    if settings.get("image_grid_pinpoints") and isinstance(size, dict) and "height" in size:
        return Frame(int(size["height"]), "inside")
    return Frame(SIDE, "inside")


def _whole(settings: dict[str, Any]) -> dict[str, Any]:
    """No cutting into tiles, which multiplies the tokens of a photo and tells small print from photos only."""
    if "do_image_splitting" not in settings:
        return {}
    return {"do_image_splitting": False, "size": {"longest_edge": settings["max_image_size"]["longest_edge"]}}
