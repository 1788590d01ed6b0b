"""Pictures and networks on a device: copied without waiting, and computed in the format that it is fastest in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from photosort.errors import ModelMissing
from photosort.models.protocols import Pictures, Vectors
from photosort.models.runtime.batch_size import out_of_memory
from photosort.models.runtime.devices import CPU
from photosort.models.runtime.preprocessing import Channels

if TYPE_CHECKING:
    import torch

Loaded = TypeVar("Loaded")

TEXTS_AT_ONCE = 256


@cache
def number_format(device: str) -> torch.dtype:
    """Return the format that networks compute in on `device`.

    bfloat16 on a GPU that has it, float16 on another; on a processor float32, or bfloat16 where it multiplies that by
    itself (AMX or AVX512-BF16) and is twice as fast.
    """
    import torch

    if device.startswith("cuda"):
        return torch.bfloat16 if torch.cuda.get_device_capability(device) >= (8, 0) else torch.float16
    if device != CPU:
        return torch.float16
    known = (getattr(torch.cpu, name, None) for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"))
    return torch.bfloat16 if any(has() for has in known if has) else torch.float32


def gathered(pixels: Pictures, device: str) -> NDArray[np.uint8]:
    """B pictures of one size -> one array (b, h, w, 3), in pinned memory where `device` is a CUDA GPU.

    What is one array already stays as it is, so that the copying can be done ahead by another thread.
    """
    if isinstance(pixels, np.ndarray):
        return pixels
    if not device.startswith("cuda"):
        return np.stack(pixels)
    import torch

    shape = (len(pixels), *pixels[0].shape)
    with torch.cuda.device(device):
        pinned: NDArray[np.uint8] = torch.empty(shape, dtype=torch.uint8, pin_memory=True).numpy()
    return np.stack(pixels, out=pinned)


def on_device(pixels: Pictures, device: str, mean: Channels, std: Channels) -> torch.Tensor:
    """B pictures of one size -> (b, 3, h, w) on `device`, in its format, each channel minus mean over deviation.

    The bytes travel, not the numbers, from pinned memory and without waiting where the device is a CUDA GPU.
    """
    import torch

    batch = torch.from_numpy(gathered(pixels, device))
    colours = batch.to(device, non_blocking=True).permute(0, 3, 1, 2).float()
    scale = torch.tensor(std, device=device).view(3, 1, 1) * 255
    shift = torch.tensor(mean, device=device).view(3, 1, 1) * 255
    return ((colours - shift) / scale).to(number_format(device), memory_format=torch.channels_last)


def numbers(vectors: torch.Tensor) -> Vectors:
    """Return what a network gives, as float32 in the memory of the processor."""
    found: Vectors = vectors.float().cpu().numpy()
    return found


def unit_vectors(texts: Sequence[str], encode: Callable[[list[str]], torch.Tensor]) -> Vectors:
    """Encode n texts as (n, d) float32, unit length, encoded a few hundred at a time."""
    import torch

    if not texts:
        return np.empty((0, 0), dtype=np.float32)
    with torch.inference_mode():
        starts = range(0, len(texts), TEXTS_AT_ONCE)
        parts = [numbers(encode(list(texts[start : start + TEXTS_AT_ONCE]))) for start in starts]
    vectors = np.concatenate(parts)
    unit: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return unit


def loaded(name: str, device: str, load: Callable[[], Loaded]) -> Loaded:
    """Return what `load` gives, without a word to a model hub, whatever a library or a configuration asks for.

    Raises ModelMissing where the model does not fit, is damaged, or is of a kind not known.
    """
    try:
        with _no_hub():
            return load()
    except ModelMissing:
        raise
    except Exception as error:  # every library has its own, and safetensors an uncommon one
        reason = " ".join(str(error).split())[:300]
        if out_of_memory(error):
            raise ModelMissing(
                f"The model {name} does not fit into the memory of {device}", "Choose a smaller one: photosort models"
            ) from error
        raise ModelMissing(
            f"The model {name} cannot be loaded ({reason})",
            "If its files are damaged, remove its folder and bring it again.",
        ) from error


@contextmanager
def _no_hub() -> Iterator[None]:
    from huggingface_hub import constants

    before, constants.HF_HUB_OFFLINE = constants.HF_HUB_OFFLINE, True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before
