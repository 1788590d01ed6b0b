"""The process that turns a pickled checkpoint into safetensors: `python unpickling.py CHECKPOINT TARGET SHA256`.

A pickle may hold code. torch reads this one as tensors alone (weights_only), and the process that does it has no
network and starts no other program, so that a hole in that reader gives nothing away. Nothing of photosort is imported.
It prints nothing where the target is written, and else one line that says why not.
"""

from __future__ import annotations

import os
import sys
import zipfile
from pathlib import Path
from typing import Any

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
"""From linux/sched.h."""
PROGRAMS = ("subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "pty.")
SAFE = "2.6"
"""The first torch whose weights_only keeps its word (CVE-2025-32434)."""
UNREADABLE, UNWRITTEN = 3, 4
"""The exit status where the checkpoint cannot be read, and where its safetensors cannot be written."""


def close_network() -> bool:
    """Cut this process off from every network, for good; return whether the system does it too.

    Python refuses every use of a socket from here on. On Linux the process also moves into a network of its own, which
    has no interface that is up, where the system allows that.
    """
    isolated = sys.platform == "linux" and _own_network()
    _refuse("socket.")
    return isolated


def close_programs() -> None:
    """Let this process start no other program, for good."""
    _refuse(*PROGRAMS)


def _own_network() -> bool:
    import ctypes

    system = ctypes.CDLL(None, use_errno=True)
    return any(system.unshare(flags) == 0 for flags in (CLONE_NEWNET, CLONE_NEWUSER | CLONE_NEWNET))


def _refuse(*events: str) -> None:
    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(events):
            raise PermissionError(f"{event} is not allowed while a checkpoint is read")

    sys.addaudithook(hook)


def tensors_of(checkpoint: str) -> dict[str, Any]:
    """Read a checkpoint of torch: name -> tensor, each with memory of its own.

    Raises ValueError for a checkpoint that is anything but named tensors, and what torch raises for a damaged one.
    """
    import torch

    if torch.__version__ < SAFE:  # as versions, not as strings
        raise ValueError(f"torch {torch.__version__} may run code in it; install torch 2.6 or newer")
    close_programs()
    mapped = zipfile.is_zipfile(checkpoint)
    found = torch.load(checkpoint, map_location="cpu", weights_only=True, mmap=mapped)
    if not isinstance(found, dict) or not found:
        raise ValueError("it is not a table of tensors")
    tensors, seen = {}, set()
    for name, value in found.items():
        if not isinstance(name, str) or not isinstance(value, torch.Tensor) or value.layout != torch.strided:
            raise ValueError("it holds something else than named tensors")
        place = value.untyped_storage().data_ptr()
        own = value.detach().clone() if place in seen else value.detach()
        tensors[name] = own.contiguous()
        seen.add(place)
    return tensors


def write(tensors: dict[str, Any], target: str, sha256: str) -> None:
    """Write tensors to a new file of safetensors that names the SHA-256 of the checkpoint, down to the disk."""
    from safetensors.torch import save_file

    save_file(tensors, target, {"format": "pt", "source_sha256": sha256})
    with Path(target).open("rb+") as file:
        os.fsync(file.fileno())


def main() -> None:
    """Convert; say in one line why that is not possible."""
    close_network()
    checkpoint, target, sha256 = sys.argv[1:4]
    status = UNREADABLE
    try:
        tensors = tensors_of(checkpoint)
        status = UNWRITTEN
        write(tensors, target, sha256)
    except Exception as error:  # torch, pickle and safetensors have many of their own
        print(f"{type(error).__name__}: {' '.join(str(error).split())[:300]}")
        sys.exit(status)


if __name__ == "__main__":
    main()
