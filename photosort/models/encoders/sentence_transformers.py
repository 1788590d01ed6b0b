"""Any text encoder of sentence-transformers. Reimers & Gurevych 2019, https://arxiv.org/abs/1908.10084."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from photosort.errors import SettingsError
from photosort.models.protocols import Identity, Vectors
from photosort.models.runtime.on_device import loaded
from photosort.models.runtime.placement import DevicePlacement
from photosort.models.runtime.torchvision_ops import repair_torchvision
from photosort.models.weights.hub import Snapshot

REVISION = "1"
"""Part of the identity; changes with anything here that may change a vector."""
TEXTS_AT_ONCE = 64
PICKLED = "pytorch_model.bin"
"""What sentence-transformers loads by torch.load where a module of the model has no safetensors."""


class SentenceTexts:
    """Texts to unit vectors (a `TextEncoder`)."""

    def __init__(self, snapshot: Snapshot, placement: DevicePlacement) -> None:
        """Raises SettingsError where a part of the model has weights in another format than safetensors alone."""
        _check_formats(snapshot.folder)
        self._snapshot, self._placement = snapshot, placement
        self.identity = Identity(snapshot.name, f"{snapshot.revision}-{REVISION}")

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode n texts as (n, d) float32, unit length; each distinct text is encoded once."""
        distinct = list(dict.fromkeys(texts))
        if not distinct:
            return np.empty((0, self._model.get_embedding_dimension()), dtype=np.float32)
        encoded = self._model.encode(
            distinct, batch_size=TEXTS_AT_ONCE, normalize_embeddings=True, show_progress_bar=False
        )
        row = {text: number for number, text in enumerate(distinct)}
        vectors: Vectors = np.asarray(encoded, dtype=np.float32)[[row[text] for text in texts]]
        return vectors

    @cached_property
    def _model(self) -> Any:
        return loaded(self._snapshot.name, self._placement.device, self._load)

    def _load(self) -> Any:
        repair_torchvision()
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        return SentenceTransformer(
            str(self._snapshot.folder),
            device=self._placement.device,
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )


def _check_formats(folder: Path) -> None:
    """Raise SettingsError unless every module that `modules.json` lists has safetensors, or no weights at all."""
    for part in {"", *_modules(folder)}:
        if (folder / part / PICKLED).exists() and not (folder / part / "model.safetensors").exists():
            raise SettingsError(
                f"{folder / part / PICKLED} is pickled, and only safetensors are loaded",
                "Convert it, or choose another model for --text-encoder.",
            )


def _modules(folder: Path) -> list[str]:
    try:
        return [str(module["path"]) for module in json.loads((folder / "modules.json").read_text(encoding="utf-8"))]
    except (OSError, ValueError, KeyError, TypeError):
        return []
