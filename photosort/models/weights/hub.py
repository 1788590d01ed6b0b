"""Snapshots of models on disk: found without asking a network, and without loading anything.

A model of the Hugging Face hub lies in the cache of huggingface_hub (HF_HOME, HF_HUB_CACHE), where other programs
find it too, or, converted by photosort, in its own model cache; its revision is the hash of its commit. A folder of the
user's own has the digest of its small files and the sizes of its large ones.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from photosort.errors import ModelMissing, SettingsError
from photosort.models.weights.conversion import converted_folders

HUB, LOCAL = "hf:", "local:"
TRANSFORMERS, OPEN_CLIP = "model", "open_clip_model"
"""How the files of weights begin, in a repository of transformers and in one of open_clip."""
SMALL = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """Where a model comes from.

    name     the settings string that photosort calls it by
    place    "hf:ORG/NAME" or "local:FOLDER"
    weights  how the files of its weights begin
    """

    name: str
    place: str
    weights: str = TRANSFORMERS

    @property
    def repository(self) -> str:
        """ORG/NAME on the hub; empty for a folder of the user's own."""
        return self.place.removeprefix(HUB) if self.place.startswith(HUB) else ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A model on disk, whole: its name in settings, its folder, and what tells it from every other one."""

    name: str
    folder: Path
    revision: str

    def json(self, *names: str) -> dict[str, Any]:
        """Return the first of these JSON files that is there; empty where none is. Raises ModelMissing for a damaged
        one.
        """
        for name in names:
            try:
                content = json.loads((self.folder / name).read_text(encoding="utf-8"))
            except FileNotFoundError:
                continue
            except (OSError, ValueError) as error:
                raise ModelMissing(
                    f"{self.folder / name} cannot be read ({error})", "Bring the model again."
                ) from error
            return content if isinstance(content, dict) else {}
        return {}


def find(source: Source, cache: Path | None = None) -> Snapshot | None:
    """Return the model, where all of its weights are on this disk as safetensors.

    `cache` is the model cache of photosort, where weights lie that it has converted.
    """
    if not source.repository:
        folder = Path(source.place.removeprefix(LOCAL)).expanduser().absolute()
        return Snapshot(source.name, folder, _digest(folder)) if _whole(folder, source.weights) else None
    converted = converted_folders(cache, source.repository) if cache else ()
    for folder in (*_snapshots(source.repository), *converted):
        if _whole(folder, source.weights):
            return Snapshot(source.name, folder, folder.name[:12])
    return None


def located(source: Source, cache: Path | None = None) -> Snapshot:
    """Return the model, as `find` does. Raises ModelMissing with the command that brings it, or SettingsError for a
    folder that is none.
    """
    if found := find(source, cache):
        return found
    if source.repository:
        raise ModelMissing(f"The model {source.name} is not installed", f"Run: photosort models pull {source.name}")
    raise SettingsError(
        f"{source.place.removeprefix(LOCAL)} is not a folder with a model",
        f"It needs a configuration and {source.weights}.safetensors; other formats of weights are not loaded.",
    )


def _snapshots(repository: str) -> Iterator[Path]:
    """Yield the folders of a repository in the cache: that of its main branch first, then the others, the newest
    first.
    """
    from huggingface_hub import constants

    root = Path(constants.HF_HUB_CACHE) / f"models--{repository.replace('/', '--')}"
    try:
        main = (root / "refs" / "main").read_text().strip()
    except OSError:
        main = ""
    try:
        folders = sorted((root / "snapshots").iterdir(), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    except OSError:
        return
    yield from sorted(folders, key=lambda path: path.name != main)


def _whole(folder: Path, weights: str) -> bool:
    """Return whether a folder has a configuration and every file of weights, as safetensors."""
    if not any((folder / name).is_file() for name in ("config.json", "open_clip_config.json", "modules.json")):
        return False
    try:
        parts = set(json.loads((folder / f"{weights}.safetensors.index.json").read_text())["weight_map"].values())
    except FileNotFoundError:
        parts = {f"{weights}.safetensors"}
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return False
    return all((folder / str(part)).is_file() for part in parts)


def _digest(folder: Path) -> str:
    """12 hexadecimal digits of the names and sizes in a folder, the content of small files, the times of large ones."""
    state = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        found = path.stat()
        state.update(f"{path.relative_to(folder).as_posix()} {found.st_size}\n".encode())
        state.update(path.read_bytes() if found.st_size <= SMALL else str(found.st_mtime_ns).encode())
    return state.hexdigest()[:12]
