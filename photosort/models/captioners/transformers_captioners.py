"""Captioners of transformers that take one picture of a fixed size: BLIP, BLIP-2, GIT and Florence-2.

BLIP: Li et al. 2022, https://arxiv.org/abs/2201.12086. BLIP-2: Li et al. 2023, https://arxiv.org/abs/2301.12597.
GIT: Wang et al. 2022, https://arxiv.org/abs/2205.14100. Florence-2: Xiao et al. 2023, https://arxiv.org/abs/2311.06242.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from photosort.models.captioners import decoding, generating
from photosort.models.captioners.blip_decoder import BlipDecoder
from photosort.models.captioners.generating import Asking, Draw, keys_of, tidy
from photosort.models.protocols import Identity, Pictures
from photosort.models.runtime.batch_size import BatchSize
from photosort.models.runtime.on_device import loaded, number_format, on_device
from photosort.models.runtime.placement import DevicePlacement
from photosort.models.runtime.preprocessing import image_settings, preprocessing
from photosort.models.runtime.torchvision_ops import repair_torchvision
from photosort.models.weights.hub import Snapshot
from photosort.photos.pixels import decode

if TYPE_CHECKING:
    import torch

REVISION = "2"
"""Part of the identity; changes with anything here that may change a text."""
FAMILIES = ("blip", "blip-2", "git", "florence2")
ANSWERING = ("blip-2",)
"""The families that can follow a question."""
FLORENCE_TASK = "What does the image describe?"
"""What Florence-2's task token <CAPTION> stands for."""


@dataclass(slots=True)
class Start:
    """What stands before a text: the tokens that go in, and how many of those that come out are not the text."""

    tokens: list[int] = field(default_factory=list)
    echoed: int = 1


class TransformersCaptioner:
    """Photos to captions, or to answers where the family can follow a question (a `Captioner`).

    The processor of transformers is not used: pictures come in their size already and are normalised on the device.
    Drawn texts follow from the photo and the seed, whatever is in the batch, but for the rounding of the device.
    """

    reads: Literal["pixels"] = "pixels"

    def __init__(self, snapshot: Snapshot, placement: DevicePlacement, asking: Asking) -> None:
        self._snapshot, self._placement, self._asking = snapshot, placement, asking
        self._family = str(snapshot.json("config.json").get("model_type"))
        self._picture = preprocessing(snapshot)
        self.frame = self._picture.frame
        revision = f"{snapshot.revision}-{REVISION}-{decode.REVISION}-{self.frame.side}{self.frame.fit}"
        self.identity = Identity(snapshot.name, revision, asking.prompt())

    @property
    def device(self) -> str:
        """Where it runs. Raises SettingsError for a device that is not there."""
        return self._placement.device

    @cached_property
    def batch(self) -> BatchSize:
        """How many photos it looks at together, on its device."""
        return self._placement.batch(self.identity, "captioner", self._asking.samples)

    def caption(self, pixels: Pictures, digests: Sequence[str] = ()) -> list[tuple[str, ...]]:
        """B pictures of the frame -> for each `samples` texts, none of them empty."""
        import torch

        model, tokenizer, start, decoder = self._loaded
        pictures = on_device(pixels, self.device, self._picture.mean, self._picture.std)
        keys = keys_of(pixels, digests)
        with torch.inference_mode():
            if decoder is None:
                written = self._generated(model, pictures, start, keys)
            else:
                draw = Draw(self._asking, keys, self.device) if self._asking.drawn else None
                written = decoding.write(decoder, model.vision_model(pixel_values=pictures)[0], draw)
        return tidy(tokenizer.batch_decode(written[:, start.echoed :], skip_special_tokens=True), self._asking)

    def _generated(self, model: Any, pictures: torch.Tensor, start: Start, keys: Sequence[str]) -> Any:
        import torch

        inputs: dict[str, torch.Tensor] = {"pixel_values": pictures}
        if start.tokens:
            tokens = torch.tensor(start.tokens, device=self.device).repeat(len(pictures), 1)
            inputs |= {"input_ids": tokens, "attention_mask": torch.ones_like(tokens)}
        return model.generate(**inputs, **generating.arguments(self._asking, keys, self.device))

    @cached_property
    def _loaded(self) -> tuple[Any, Any, Start, BlipDecoder | None]:
        return loaded(self._snapshot.name, self.device, self._load)

    def _load(self) -> tuple[Any, Any, Start, BlipDecoder | None]:
        repair_torchvision()
        from transformers import AutoModelForImageTextToText, AutoTokenizer

        model = load_model(AutoModelForImageTextToText, self._snapshot, self.device)
        tokenizer = AutoTokenizer.from_pretrained(self._snapshot.folder, **OFFLINE)
        decoder = decoding.decoder_of(model, self._asking) if self._family == "blip" else None
        return model, tokenizer, self._start(model.config, tokenizer), decoder

    def _start(self, config: Any, tokenizer: Any) -> Start:
        question = self._asking.question
        if self._family == "blip-2":
            decoder_only = not config.text_config.is_encoder_decoder
            prompt = f"Question: {question} Answer:" if question and decoder_only else question
            image = [config.image_token_index] * config.num_query_tokens
            tokens = image + tokenizer(prompt).input_ids
            return Start(tokens, len(tokens) if decoder_only else 1)
        if self._family == "florence2":
            image = [config.image_token_id] * int(image_settings(self._snapshot)["image_seq_length"])
            words = tokenizer(FLORENCE_TASK, add_special_tokens=False).input_ids
            return Start([*image, tokenizer.bos_token_id, *words, tokenizer.eos_token_id])
        return Start()


OFFLINE: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
"""No network and no code but transformers' own, whatever a repository asks for."""


def load_model(kind: Any, snapshot: Snapshot, device: str) -> Any:
    """Return the network of a snapshot, with every weight from its safetensors, on the device.

    `kind` is a class of transformers. Attention is torch's own (SDPA) wherever the architecture has it. Raises
    ValueError where a weight is missing, which transformers would fill with random numbers.
    """
    with _silence():
        model, info = kind.from_pretrained(
            snapshot.folder, dtype=number_format(device), use_safetensors=True, output_loading_info=True, **OFFLINE
        )
    if missing := sorted(info["missing_keys"]):
        raise ValueError(f"its weights are those of another model: {len(missing)} are missing, such as {missing[0]}")
    return model.to(device).eval()


@contextmanager
def _silence() -> Iterator[None]:
    """No warning of weights that are left over or not tied, as those of Flan-T5; missing ones are found here."""
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    before = logging.get_verbosity()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        logging.set_verbosity(before)
