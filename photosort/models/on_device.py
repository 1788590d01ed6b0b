"""Pictures and networks on a device: copied without waiting, and computed in the format that it is fastest in."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from photosort.errors import ModelMissing
from photosort.models.batch_size import out_of_memory
from photosort.models.devices import CPU
from photosort.models.preprocessing import Channels
from photosort.models.protocols import Pixels

if TYPE_CHECKING:
    import torch

Loaded = TypeVar("Loaded")

WORTH = 1.5
"""How many times as fast bfloat16 has to be on a processor before it is used there."""


@cache
def number_format(device: str) -> torch.dtype:
    """The format that networks compute in on `device`.

    bfloat16 on a GPU that has it, float16 on another; on a processor float32, or bfloat16 where that is much faster
    (processors with AMX or AVX512-BF16), which is tried with one product of matrices.
    """
    import torch

    if device.startswith("cuda"):
        return torch.bfloat16 if torch.cuda.get_device_capability(device) >= (8, 0) else torch.float16
    if device != CPU:
        return torch.float16
    return torch.bfloat16 if _seconds(torch.bfloat16) * WORTH < _seconds(torch.float32) else torch.float32


def on_device(pixels: Sequence[Pixels], device: str, mean: Channels, std: Channels) -> torch.Tensor:
    """B pictures of one size -> (b, 3, h, w) on `device`, in its format, each channel minus mean over deviation.

    The bytes travel, not the numbers, from pinned memory and without waiting where the device is a CUDA GPU.
    """
    import torch

    batch = torch.from_numpy(np.stack(pixels))
    if device.startswith("cuda"):
        batch = batch.pin_memory()
    colours = batch.to(device, non_blocking=True).permute(0, 3, 1, 2).float()
    scale = torch.tensor(std, device=device).view(3, 1, 1) * 255
    shift = torch.tensor(mean, device=device).view(3, 1, 1) * 255
    return ((colours - shift) / scale).to(number_format(device), memory_format=torch.channels_last)


def loaded(name: str, device: str, load: Callable[[], Loaded]) -> Loaded:
    """What `load` gives. Raises ModelMissing where the model does not fit, is damaged, or is of a kind not known."""
    try:
        return load()
    except ModelMissing:
        raise
    except Exception as error:  # every library has its own, and safetensors an uncommon one
        reason = " ".join(str(error).split())[:300]
        if out_of_memory(error):
            raise ModelMissing(
                f"The model {name} does not fit into the memory of {device}", "Choose a smaller one: photosort models"
            ) from error
        raise ModelMissing(f"The model {name} cannot be loaded ({reason})", f"Try: photosort models pull {name}") from error


def _seconds(dtype: torch.dtype) -> float:
    """The best of three products of matrices."""
    import torch

    matrix = torch.ones((768, 768), dtype=dtype)
    times = []
    for _ in range(3):
        start = time.perf_counter()
        matrix @ matrix
        times.append(time.perf_counter() - start)
    return min(times)
