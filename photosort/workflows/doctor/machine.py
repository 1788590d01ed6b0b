"""The machine and what is installed on it: versions, processor, memory, GPU."""

from __future__ import annotations

import ast
import importlib.util
import os
import platform
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from photosort import __version__
from photosort.models.runtime.devices import has_nvidia
from photosort.support.memory import memory
from photosort.support.pip import pip_install
from photosort.workflows.doctor.finding import Finding, State

PACKAGES = ("torch", "torchvision", "transformers", "sentence-transformers", "open_clip_torch", "pillow", "onnxruntime")
LEAST_MEMORY = 2e9
"""Bytes of memory below which the builtin models may not fit beside other programs."""
GPU_SECONDS = 10
CUDA_WHEELS = "https://pytorch.org/get-started/locally/"


def versions() -> Iterator[Finding]:
    """Yield the versions of photosort, Python, SQLite and the main libraries; a missing one is wrong."""
    own = f"photosort {__version__}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    yield Finding("versions", State.GOOD, own)
    found, missing = [], []
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            missing.append(package)
    yield Finding("libraries", State.GOOD, ", ".join(found))
    if missing:
        yield Finding("libraries", State.WRONG, f"missing: {', '.join(missing)}", pip_install(*missing))


def system() -> Iterator[Finding]:
    """Yield the operating system, the cores and the memory."""
    yield Finding("system", State.GOOD, f"{_name()}, {platform.machine()}")
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    size = memory()
    told = f"{cores} processor cores, {size / 1e9:.1f} GB of memory" if size else f"{cores} processor cores"
    if size and size < LEAST_MEMORY:
        yield Finding("processor", State.NOTE, told, "Close other programs while photosort runs.")
    else:
        yield Finding("processor", State.GOOD, told)


def gpu() -> Iterator[Finding]:
    """Yield each GPU, and whether the installed torch can use it; torch is loaded only for a card of NVIDIA."""
    build = torch_build()
    if not has_nvidia():
        said = (
            "Apple's, through mps" if sys.platform == "darwin" and platform.machine() == "arm64" else "none of NVIDIA"
        )
        yield Finding("GPU", State.GOOD, f"{said}; torch is the {build or 'CPU'} build")
        return
    cards = _cards()
    for card in cards or ["NVIDIA, but nvidia-smi does not answer"]:
        yield Finding("GPU", State.GOOD if cards else State.NOTE, card)
    if not build:
        yield Finding("torch", State.NOTE, "this is the CPU build, so the GPU is not used", _cuda_remedy())
    elif trouble := _trouble():
        yield Finding(
            "torch", State.NOTE, f"built for {build}, but {trouble}", f"Update the driver, or see {CUDA_WHEELS}"
        )
    else:
        yield Finding("torch", State.GOOD, f"built for {build}, and it uses the GPU")


def torch_build() -> str:
    """Return what the installed torch is built for, such as "CUDA 12.8" or "ROCm 6.4"; empty for the CPU. Does not load
    it.
    """
    try:
        spec = importlib.util.find_spec("torch")
        text = (Path(spec.origin).with_name("version.py")).read_text("utf-8") if spec and spec.origin else ""
        tree = ast.parse(text)
    except (OSError, SyntaxError, ValueError):
        return ""
    said = dict[str, object]()
    for node in tree.body:
        target = (
            node.target
            if isinstance(node, ast.AnnAssign)
            else node.targets[0]
            if isinstance(node, ast.Assign)
            else None
        )
        value = node.value if isinstance(node, ast.AnnAssign | ast.Assign) else None
        if isinstance(target, ast.Name) and isinstance(value, ast.Constant):
            said[target.id] = value.value
    return next((f"{name} {said[key]}" for key, name in (("cuda", "CUDA"), ("hip", "ROCm")) if said.get(key)), "")


def _cards() -> list[str]:
    """Return the name, memory and driver of each card."""
    query = ["nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader,nounits"]
    try:
        done = subprocess.run(query, capture_output=True, text=True, timeout=GPU_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return []
    rows = [[part.strip() for part in line.split(",")] for line in done.stdout.splitlines()]
    return [f"{name}, {size} MiB, driver {driver}" for name, size, driver in (row for row in rows if len(row) == 3)]


def _trouble() -> str:
    """Return why torch does not use the GPU; empty where it does. Loads torch."""
    try:
        import torch

        return "" if torch.cuda.is_available() else "it finds no GPU that it can use"
    except (ImportError, OSError, RuntimeError) as error:
        return f"it cannot be loaded ({str(error).splitlines()[0]})"


def _cuda_remedy() -> str:
    """Return how torch is installed for CUDA: on Linux from PyPI, elsewhere as its own page says."""
    if sys.platform != "linux":
        return f"Install the CUDA build: {CUDA_WHEELS}"
    pinned = []
    for package in ("torch", "torchvision"):
        try:
            pinned.append(f"{package}=={version(package).partition('+')[0]}")
        except PackageNotFoundError:
            pinned.append(package)
    return pip_install("--force-reinstall", *pinned)


def _name() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"] + f", {platform.system()} {platform.release()}"
    except (OSError, KeyError):
        return f"{platform.system()} {platform.release()}"
