"""Checkpoints that a repository has as a pickle alone, turned into safetensors once, on this machine.

What comes of it lies in the model cache of photosort, in a folder that is there whole or not at all.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from photosort.errors import ModelMissing, WeightsMismatch
from photosort.models.weights import unpickling
from photosort.models.weights.pinned import sha256
from photosort.support.files import make_private_folder

PICKLED, CONVERTED = "pytorch_model.bin", "model.safetensors"
ORIGIN = "converted-from.json"
"""The file beside converted weights that says what they were made of."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A pickled checkpoint as a repository has it: the commit, and the SHA-256 of its file."""

    revision: str
    sha256: str


def converted_folder(cache: Path, repository: str, revision: str) -> Path:
    """Return where the converted weights of ORG/NAME at a commit lie in the model cache."""
    return _root(cache, repository) / revision


def converted_folders(cache: Path, repository: str) -> Iterator[Path]:
    """Yield the folders with converted weights of ORG/NAME, the newest first."""
    try:
        found = [path for path in _root(cache, repository).iterdir() if not path.name.startswith(".")]
        yield from sorted(found, key=lambda path: path.stat().st_mtime_ns, reverse=True)
    except OSError:
        return


def convert(snapshot: Path, target: Path, expected: str = "") -> str:
    """Turn the pickled checkpoint of a snapshot into safetensors, with the snapshot's small files, at the new folder
    `target`; return the SHA-256 of the checkpoint.

    Another process reads the pickle, as tensors alone and without a network; see `unpickling`. `expected` is the
    SHA-256 that the checkpoint must have; empty where it is not known.

    Raises WeightsMismatch for another checkpoint, and ModelMissing for one that cannot be converted or kept.
    """
    fresh = target.parent / f".{target.name}-{secrets.token_hex(4)}"
    try:
        digest = _digest(snapshot / PICKLED, expected)
        make_private_folder(fresh)
        for path in snapshot.iterdir():
            if path.is_file() and path.name != PICKLED and not path.name.endswith(".safetensors"):
                shutil.copyfile(path, fresh / path.name)
        origin = {"file": PICKLED, "revision": snapshot.name, "sha256": digest}
        (fresh / ORIGIN).write_text(json.dumps(origin), encoding="utf-8")
        _unpickle(snapshot / PICKLED, fresh / CONVERTED, digest)
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
    except OSError as error:
        raise ModelMissing(
            f"Converted weights cannot be kept in {target.parent} ({error.strerror or error})",
            "Make room there, or name another folder in PHOTOSORT_CACHE_DIR.",
        ) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return digest


def drop_checkpoint(snapshot: Path) -> None:
    """Remove the pickled checkpoint of a snapshot from the cache of the hub, with the blob that it is a link to."""
    link = snapshot / PICKLED
    with suppress(OSError):
        blob = Path(os.path.realpath(link))
        link.unlink()
        if blob.parent.name == "blobs":
            blob.unlink()


def _root(cache: Path, repository: str) -> Path:
    return cache / "converted" / repository.replace("/", "--")


def _digest(checkpoint: Path, expected: str) -> str:
    with checkpoint.open("rb") as file:
        found = sha256(file)
    if expected and found != expected:
        raise WeightsMismatch(
            f"{checkpoint} is not the checkpoint that photosort knows: expected SHA-256 {expected}, found {found}",
            "It was not opened. Remove it, with the file that it links to, and pull the model again.",
        )
    return found


def _unpickle(checkpoint: Path, target: Path, digest: str) -> None:
    command = [sys.executable, "-P", unpickling.__file__, str(checkpoint), str(target), digest]
    done = subprocess.run(
        command, capture_output=True, text=True, errors="replace", check=False, stdin=subprocess.DEVNULL
    )
    if done.returncode == unpickling.UNWRITTEN:
        raise OSError(done.stdout.strip())
    if done.returncode or not target.is_file():
        lines = (done.stdout.strip() or done.stderr.strip() or f"exit status {done.returncode}").splitlines()
        raise ModelMissing(
            f"{checkpoint} cannot be converted to safetensors ({lines[-1][:300]})",
            "If it is damaged, remove it, with the file that it links to, and pull the model again.",
        )
