"""The image encoder of BLIP's captioner, without a text encoder beside it.

Li et al. 2022, https://arxiv.org/abs/2201.12086, section 3.1. The captioner's checkpoint has no encoder of texts: its
decoder writes them.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from photosort.models.captioners.transformers_captioners import load_model
from photosort.models.protocols import Identity, Pictures, Vectors
from photosort.models.runtime.batch_size import BatchSize
from photosort.models.runtime.on_device import loaded, numbers, on_device
from photosort.models.runtime.placement import DevicePlacement
from photosort.models.runtime.preprocessing import preprocessing
from photosort.models.runtime.torchvision_ops import repair_torchvision
from photosort.models.weights.hub import Snapshot
from photosort.photos.pixels import decode

CAPTIONING = "BlipForConditionalGeneration"
"""The architecture that the configuration of such a checkpoint names."""


class BlipEncoder:
    """What BLIP's encoders have in common: the pictures that they see, and where they run."""

    revision: ClassVar[str]
    """Part of the identity; changes with anything that may change a vector."""

    def __init__(self, snapshot: Snapshot, placement: DevicePlacement) -> None:
        self._snapshot, self._placement = snapshot, placement
        self._picture = preprocessing(snapshot)
        self.frame = self._picture.frame
        revision = f"{snapshot.revision}-{self.revision}-{decode.REVISION}-{self.frame.side}{self.frame.fit}"
        self.identity = Identity(snapshot.name, revision)

    @property
    def device(self) -> str:
        """Where it runs. Raises SettingsError for a device that is not there."""
        return self._placement.device

    @cached_property
    def batch(self) -> BatchSize:
        """How many photos it looks at together, on its device."""
        return self._placement.batch(self.identity, "encoder")


class BlipVision(BlipEncoder):
    """Photos to vectors (`ImageEncoder`): the first token of the last layer, after its norm."""

    revision = "vision-1"

    def encode_images(self, pixels: Pictures) -> Vectors:
        """B pictures of the frame -> (b, d) float32, as long as the model makes them."""
        import torch

        with torch.inference_mode():
            pictures = on_device(pixels, self.device, self._picture.mean, self._picture.std)
            return numbers(self._loaded(pixel_values=pictures).last_hidden_state[:, 0])

    @cached_property
    def _loaded(self) -> Any:
        return loaded(self._snapshot.name, self.device, self._load)

    def _load(self) -> Any:
        repair_torchvision()
        from transformers import BlipForConditionalGeneration

        return load_model(BlipForConditionalGeneration, self._snapshot, self.device).vision_model
