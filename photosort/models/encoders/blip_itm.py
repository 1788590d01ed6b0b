"""BLIP's own image encoder and text encoder, which the fusion paper uses beside CLIP's: photos and texts in one space.

Li et al. 2022, https://arxiv.org/abs/2201.12086, section 3.2: the contrastive loss puts both into one space.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from photosort.models.captioners.transformers_captioners import OFFLINE, load_model
from photosort.models.encoders.blip_vision import BlipEncoder
from photosort.models.protocols import Pictures, Vectors
from photosort.models.runtime.on_device import loaded, numbers, on_device, unit_vectors
from photosort.models.runtime.torchvision_ops import repair_torchvision

if TYPE_CHECKING:
    import torch

LONGEST = 35
"""Tokens of a text that BLIP was trained with for retrieval (its configs/retrieval_coco.yaml cuts captions there)."""


class BlipRetrieval(BlipEncoder):
    """Photos and texts to vectors of one space (`DualEncoder`): the first token of each."""

    revision = "1"

    def encode_images(self, pixels: Pictures) -> Vectors:
        """B pictures of the frame -> (b, d) float32, as long as the model makes them."""
        import torch

        model, _ = self._loaded
        with torch.inference_mode():
            pictures = on_device(pixels, self.device, self._picture.mean, self._picture.std)
            return numbers(model.vision_proj(model.vision_model(pixel_values=pictures).last_hidden_state[:, 0]))

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode n texts as (n, d) float32, unit length. What passes 35 tokens is cut off."""
        model, tokenizer = self._loaded

        def encode(some: list[str]) -> torch.Tensor:
            read = tokenizer(some, padding=True, truncation=True, max_length=LONGEST, return_tensors="pt").to(
                self.device
            )
            states = model.text_encoder(input_ids=read.input_ids, attention_mask=read.attention_mask)
            vectors: torch.Tensor = model.text_proj(states.last_hidden_state[:, 0])
            return vectors

        return unit_vectors(texts, encode)

    def place(self, vectors: Vectors) -> Vectors:
        """Return the vectors as they are: those of photos lie in the space of the texts already."""
        return vectors

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        return loaded(self._snapshot.name, self.device, self._load)

    def _load(self) -> tuple[Any, Any]:
        repair_torchvision()
        from transformers import AutoTokenizer, BlipForImageTextRetrieval

        model = load_model(BlipForImageTextRetrieval, self._snapshot, self.device)
        return model, AutoTokenizer.from_pretrained(self._snapshot.folder, **OFFLINE)
