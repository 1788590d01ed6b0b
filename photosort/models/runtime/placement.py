"""Where a model runs, and how many photos it takes at once there. Known only when it is needed: asking loads torch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from photosort.models.runtime.batch_size import BatchSize, cuda_room
from photosort.models.runtime.devices import CPU, first_device, is_cuda
from photosort.store.identity import Identity

BATCH_SIZES = "batch-sizes.json"
"""The file in the model folder where the sizes that fitted are remembered."""
FIRST_ON_CUDA = {"encoder": 32, "captioner": 32, "chat": 8}
"""Photos in the first batches of a CUDA GPU, by kind of model. They double while its memory has room."""
MOST_ON_CUDA = {"encoder": 512, "captioner": 512, "chat": 128}
"""Photos in the largest batches of a CUDA GPU: enough to keep any of them busy."""
ON_GPU = {"encoder": 256, "captioner": 128, "chat": 32}
"""Photos at once on a GPU whose free memory is not asked for, such as Apple's."""
ON_CPU = {"encoder": 32, "captioner": 32, "chat": 4}
"""Photos at once on the processor, which larger batches do not make faster."""


@dataclass
class DevicePlacement:
    """A device as settings name it, and how many photos go to it at once; a plain device name stands for itself.

    most  the photos that the user wants at once; None leaves it to the memory of the device
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
        """Return how many photos a model of this kind takes at once, `texts` texts being written for each.

        What the user asks for is taken as it is, and halved only where the device has no memory for it.
        """
        if self.most:
            return BatchSize(self.most)
        key = f"{identity.model} {identity.revision} x{texts} {_described(self.device)}"
        if is_cuda(self.device):
            first, limit = (max(1, sizes[kind] // texts) for sizes in (FIRST_ON_CUDA, MOST_ON_CUDA))
            return BatchSize(first, limit=limit, room=cuda_room(self.device), file=self.file, key=key)
        usual = (ON_CPU if self.device == CPU else ON_GPU)[kind]
        return BatchSize(max(1, usual // texts), file=self.file, key=key)


def _described(device: str) -> str:
    if not device.startswith("cuda"):
        return device
    import torch

    return torch.cuda.get_device_name(device)
