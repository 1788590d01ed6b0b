"""Where a model runs, and how many photos it takes at once there. Known only when it is needed: asking loads torch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from photosort.models.runtime.batch_size import BatchSize
from photosort.models.runtime.devices import CPU, first_device
from photosort.store.identity import Identity

BATCH_SIZES = "batch-sizes.json"
"""The file in the model folder where the sizes that fitted are remembered."""
ON_GPU = {"encoder": 256, "captioner": 128, "chat": 32}
ON_CPU = {"encoder": 32, "captioner": 32, "chat": 4}
"""Photos at once by kind of model: enough to keep the device busy. Where that is too much, the engine halves it."""


@dataclass
class DevicePlacement:
    """A device as settings name it, and the most photos at once; a plain device name stands for itself.

    most  the user's own limit
    file  BATCH_SIZES in the model folder
    """

    setting: str = "auto"
    most: int | None = None
    file: Path | None = None

    @cached_property
    def device(self) -> str:
        """The device. Raises SettingsError for one that is not there."""
        return first_device(self.setting)

    def batch(self, identity: Identity, kind: str, texts: int = 1) -> BatchSize:
        """Return how many photos a model of this kind takes at once, `texts` texts being written for each."""
        usual = (ON_CPU if self.device == CPU else ON_GPU)[kind]
        size = max(1, min(self.most or usual, usual // texts))
        return BatchSize(size, self.file, f"{identity.model} {identity.revision} x{texts} {_described(self.device)}")


def _described(device: str) -> str:
    if not device.startswith("cuda"):
        return device
    import torch

    return torch.cuda.get_device_name(device)
