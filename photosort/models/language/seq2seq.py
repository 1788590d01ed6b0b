"""A summarizer on this machine, such as T5: a `LanguageModel` for plain text, through transformers.

The local baseline of "Enhancing Image Clustering with Captions" (Cai et al.): T5-base (Raffel et al. 2020), which has
room for 512 tokens, so that captions are shortened in pieces, and the pieces again until one is left.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from photosort.errors import ModelMissing, SettingsError
from photosort.models.captioners.transformers_captioners import OFFLINE, load_model
from photosort.models.protocols import Identity, WriterForm
from photosort.models.runtime.on_device import loaded
from photosort.models.runtime.placement import DevicePlacement
from photosort.models.runtime.torchvision_ops import repair_torchvision
from photosort.models.weights.hub import Snapshot

PREFIX = "summarize: "
CHUNK = 400
"""Tokens of one piece; T5 was trained on 512, of which the prefix and the end take a few."""

ANSWER = 60
"""Tokens of a shortened piece: thirty words, and some to be cut."""

BEAMS = 4
AT_ONCE = 8
"""Pieces that are shortened together."""


class Seq2Seq:
    """Captions to a short text, by a model in the user's own folder or in the cache of Hugging Face.

    No hub is asked: what is not there is missing.
    """

    form: WriterForm = "digest"
    parallel = 1
    budget = 100_000
    used = None

    def __init__(self, name: str, device: str = "auto") -> None:
        """`name` of a folder or a repository. Raises ModelMissing where it is neither here nor there."""
        if not name:
            raise SettingsError("t5: says no model", "Write --writer t5:NAME, such as t5:google-t5/t5-base.")
        folder = _folder_of(name)
        self._snapshot = Snapshot(f"t5:{name}", folder, _fingerprint(folder))
        self._placement = DevicePlacement(device)
        self.identity = Identity(self._snapshot.name, f"{self._snapshot.revision}-1")

    def cost(self, tokens_in: int, tokens_out: int) -> float | None:
        """Return 0: it runs on this machine."""
        return 0.0

    def check(self) -> None:
        """The folder was found by the constructor."""

    def write(self, system: str, prompt: str, schema: dict[str, Any]) -> str:
        """Shorten `prompt`, in pieces where it is long, to at most ANSWER tokens. The other two are not for it.

        Raises ModelMissing where the folder holds no such model, whole and as safetensors.
        """
        text = prompt
        while True:
            pieces = list(self._pieces(text))
            starts = range(0, len(pieces), AT_ONCE)
            shorter = " ".join(text for start in starts for text in self._shorten(pieces[start : start + AT_ONCE]))
            if len(pieces) < 2 or not shorter.strip() or len(shorter) >= len(text):
                return shorter
            text = shorter

    def _pieces(self, text: str) -> Iterator[str]:
        """Cut between sentences, in pieces of at most CHUNK tokens; a longer sentence is cut by the model."""
        piece, length = list[str](), 0
        for sentence in text.replace(". ", ".\n").split("\n"):
            size = len(self._parts[0](sentence, add_special_tokens=False).input_ids)
            if piece and length + size > CHUNK:
                yield " ".join(piece)
                piece, length = [], 0
            piece.append(sentence)
            length += size
        if piece:
            yield " ".join(piece)

    def _shorten(self, pieces: Sequence[str]) -> list[str]:
        import torch

        tokenizer, model = self._parts
        inputs = tokenizer(
            [PREFIX + piece for piece in pieces], return_tensors="pt", padding=True, truncation=True, max_length=512
        ).to(self._placement.device)
        with torch.inference_mode():
            answers = model.generate(
                input_ids=inputs.input_ids,
                attention_mask=inputs.attention_mask,
                max_new_tokens=ANSWER,
                num_beams=BEAMS,
                do_sample=False,
                no_repeat_ngram_size=3,
            )
        return [str(text).strip() for text in tokenizer.batch_decode(answers, skip_special_tokens=True)]

    @cached_property
    def _parts(self) -> tuple[Any, Any]:
        return loaded(self._snapshot.name, self._placement.device, self._load)

    def _load(self) -> tuple[Any, Any]:
        repair_torchvision()
        from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(self._snapshot.folder, **OFFLINE)
        return tokenizer, load_model(AutoModelForSeq2SeqLM, self._snapshot, self._placement.device)


def _folder_of(name: str) -> Path:
    if Path(name).is_dir():
        return Path(name).resolve()
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError) as error:
        raise ModelMissing(
            f"The model {name} is neither a folder nor in the cache of Hugging Face", f"hf download {name}"
        ) from error


def _fingerprint(folder: Path) -> str:
    """Return what tells these files from others, without reading gigabytes."""
    files = sorted((path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in folder.iterdir())
    return hashlib.sha256(repr(files).encode()).hexdigest()[:12]
