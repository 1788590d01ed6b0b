"""Where models run: the processor, one GPU, or several."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from photosort.errors import SettingsError

CPU = "cpu"
_OTHER_DRIVERS = ("/dev/kfd", "/dev/dxg", "/dev/nvmap")
"""Of AMD, of Windows below WSL, of NVIDIA's Jetson: the latter two may come without nvidia-smi."""

_NAME = re.compile(r"auto|cpu|mps|cuda(:\d+)?")


def check_device(setting: str) -> None:
    """Raise SettingsError for an unknown device, or one that this machine lacks, even if no model will run.

    Loads torch only where a GPU is named and there seems to be one.
    """
    if setting == "auto":
        return
    devices(setting)


def has_nvidia() -> bool:
    """Return whether this machine seems to have an NVIDIA GPU; asks no library, so it takes no time."""
    return shutil.which("nvidia-smi") is not None or Path("/dev/nvidiactl").exists()


def has_driver() -> bool:
    """Return whether this machine seems to have a GPU of any maker; PyTorch calls those of AMD cuda as well."""
    return has_nvidia() or shutil.which("sw_vers") is not None or any(Path(path).exists() for path in _OTHER_DRIVERS)


def wanted_cuda(setting: str) -> str:
    """Return the CUDA device that `setting` means, such as cuda or cuda:1; empty where it means none. Loads nothing."""
    if setting == "auto":
        return "cuda" if has_nvidia() else ""
    return setting if setting.startswith("cuda") else ""


def is_cuda(device: str) -> bool:
    """Return whether a device that `devices` gave is a GPU that torch.cuda can be asked about."""
    return device.partition(":")[0] == "cuda"


def devices(setting: str) -> tuple[str, ...]:
    """Return the devices that `setting` stands for, such as ("cuda:0", "cuda:1"): all GPUs, else Apple's, else the
    processor.

    Raises SettingsError for one that this machine, or the installed torch, does not have.
    """
    if not _NAME.fullmatch(setting):
        raise SettingsError(f"Unknown device '{setting}'", "Choose one of: auto, cuda, cuda:1, mps, cpu")
    if setting == CPU or (setting == "auto" and not has_nvidia() and shutil.which("sw_vers") is None):
        return (CPU,)
    if not has_driver():
        raise SettingsError(f"The device {setting} is not available: no GPU driver was found", f"Use --device {CPU}.")
    import torch

    cuda = tuple(f"cuda:{number}" for number in range(torch.cuda.device_count()))
    mps = ("mps",) if torch.backends.mps.is_available() else ()
    if setting == "auto":
        return cuda or mps or (CPU,)
    found = {"cuda": cuda, "mps": mps}.get(setting, tuple(name for name in cuda if name == setting))
    if not found:
        raise SettingsError(
            f"The device {setting} is not there, or the installed torch {torch.__version__} cannot use it",
            f"This machine has: {', '.join((*cuda, *mps, CPU))}",
        )
    return found


def first_device(setting: str) -> str:
    """Return the device for a model that runs on one alone. Raises SettingsError as `devices` does."""
    return devices(setting)[0]
