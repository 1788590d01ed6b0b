"""What can be counted of a GPU without one: python tests/bench/gpu.py --count

Kernels are the operations that PyTorch hands to a device, but for those that only give another shape to memory that is
there, or take memory. They are counted on the processor, on a BLIP that has the layers and heads of the base model and
is narrow, in a batch of 128, as the difference of two lengths of text. Host time is that of a batch of one, where the
narrow network itself takes next to none. Bytes are counted on a stand-in for a GPU that sees every copy.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from fakes.recorded import is_view
from table_row import declare
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

BATCH = 128
SHORT, LONG = 4, 20
HEADS, LAYERS, WIDTH, SIDE = 12, 12, 48, 32
MEMORY = {"empty", "empty_like", "empty_strided", "new_empty"}
WAITS = {"_local_scalar_dense", "nonzero", "is_nonzero", "equal"}
"""What a program has to wait for the device for, because its next step hangs on numbers there."""


@dataclass
class Counted:
    """Kernels, and waits for the device."""

    kernels: float = 0
    waits: float = 0


class Counting(TorchDispatchMode):
    """Counts what is done while it is entered."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.counted = Counted()

    def __torch_dispatch__(self, operation: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Do it, and count it."""
        found = operation(*args, **(kwargs or {}))
        name = operation._schema.name.partition("::")[2]
        if name in WAITS:
            self.counted.waits += 1
        elif name not in MEMORY and not is_view(operation, (args, kwargs), found):
            self.counted.kernels += 1
        return found


@dataclass
class Copies:
    """Bytes that travel to the device and back, in how many pieces."""

    there: list[int] = field(default_factory=list)
    back: list[int] = field(default_factory=list)


def narrow_blip() -> Any:
    """BLIP with the layers and heads of its base model, whose texts do not end by themselves."""
    from photosort.models.runtime.torchvision_ops import repair_torchvision

    repair_torchvision()
    from transformers import BlipConfig, BlipForConditionalGeneration

    torch.manual_seed(7)
    both = {
        "hidden_size": WIDTH,
        "intermediate_size": WIDTH,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
    }
    config = BlipConfig(
        text_config={**both, "encoder_hidden_size": WIDTH}, vision_config={**both, "image_size": SIDE, "patch_size": 8}
    )
    model: Any = BlipForConditionalGeneration(config)
    model.eval()
    with torch.no_grad():
        model.text_decoder.cls.predictions.decoder.bias[model.text_decoder.config.sep_token_id] = -1000
    return model


def a_token(work: Callable[[torch.Tensor, int], object]) -> tuple[Counted, float]:
    """Return what one more token costs: kernels and waits in a batch of BATCH, and host milliseconds of one photo."""
    long, short = (_counted(work, states_of(BATCH), tokens) for tokens in (LONG, SHORT))
    step = LONG - SHORT
    one = states_of(1)
    seconds = (min(_seconds(work, one, tokens) for _ in range(5)) for tokens in (LONG, SHORT))
    more = next(seconds) - next(seconds)
    kernels, waits = (long.kernels - short.kernels) / step, (long.waits - short.waits) / step
    return Counted(kernels, waits), 1000 * more / step


def states_of(photos: int) -> torch.Tensor:
    """Return what an image encoder would give."""
    return torch.randn((photos, (SIDE // 8) ** 2 + 1, WIDTH), generator=torch.Generator().manual_seed(1))


def _counted(work: Callable[[torch.Tensor, int], object], states: torch.Tensor, tokens: int) -> Counted:
    with torch.no_grad(), Counting() as counting:
        work(states, tokens)
    found: Counted = counting.counted
    return found


def _seconds(work: Callable[[torch.Tensor, int], object], states: torch.Tensor, tokens: int) -> float:
    with torch.inference_mode():
        before = time.perf_counter()
        work(states, tokens)
        return time.perf_counter() - before


def decoding_table() -> None:
    """Print what a token costs by `generate` and by photosort's loop, with a graph and without."""
    from photosort.models.captioners import blip_decoder, decoding
    from photosort.models.captioners.blip_decoder import BlipDecoder

    model = narrow_blip()
    text = model.text_decoder

    def generate(states: torch.Tensor, tokens: int) -> object:
        begin = torch.full((len(states), 1), text.config.bos_token_id)
        ends = {"eos_token_id": text.config.sep_token_id, "pad_token_id": text.config.pad_token_id}
        mask = torch.ones(states.shape[:2], dtype=torch.long)
        seen = {"encoder_hidden_states": states, "encoder_attention_mask": mask}
        return text.generate(input_ids=begin, **ends, **seen, max_new_tokens=tokens, do_sample=False)

    def loop(states: torch.Tensor, tokens: int) -> object:
        return decoding.write(BlipDecoder(text, tokens, 1), states)

    inside: list[float] = []
    compute: Any = blip_decoder.Room._compute

    def step(room: Any, places: int) -> torch.Tensor:
        with Counting() as counting:
            found: torch.Tensor = compute(room, places)
        inside.append(counting.counted.kernels)
        return found

    theirs, their_ms = a_token(generate)
    with patch.object(decoding, "CPU", "the processor counts as a GPU here"):
        ours, our_ms = a_token(loop)
        with patch.object(blip_decoder.Room, "_compute", step), torch.no_grad():
            loop(states_of(2), SHORT)
    graphed = Counted(ours.kernels - inside[-1] + 1, ours.waits)
    print(f"\nBLIP base, batch {BATCH}, greedy: what one token costs")
    print(f"  {'':<34}{'launches':>10}{'waits':>8}{'host ms':>10}")
    for name, row, milliseconds in (
        ("generate() of transformers", theirs, f"{their_ms:.2f}"),
        ("photosort's loop", ours, f"{our_ms:.2f}"),
        ("photosort's loop, a graph a step", graphed, "?"),
    ):
        print(f"  {name:<34}{row.kernels:>10.0f}{row.waits:>8.2f}{milliseconds:>10}")
    declare(
        "launches a token, BLIP base", str(ours.kernels), f"generate() {theirs.kernels}", ours.kernels / theirs.kernels
    )
    print("  (no GPU has played a graph yet, so that its time is not known)")


def copies_table() -> None:
    """Print the bytes that travel for a photo, by the adapters of photosort on a stand-in for a GPU."""
    from fakes import gpu, tiny_models

    from photosort.models import registry
    from photosort.models.runtime import devices, on_device
    from photosort.models.runtime.torchvision_ops import repair_torchvision
    from photosort.settings.settings import load_settings

    repair_torchvision()
    copies = Copies()

    class Watched(gpu.Gpu):  # type: ignore[no-untyped-call]
        def __torch_dispatch__(self, operation: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            found = super().__torch_dispatch__(operation, types, args, kwargs)
            if operation in gpu.COPIES:
                source = args[1] if operation is torch.ops.aten.copy_.default else args[0]
                here, there = isinstance(source, gpu.OnGpu), isinstance(found, gpu.OnGpu)
                if here != there:
                    size = source.numel() * source.element_size()
                    (copies.there if there else copies.back).append(size)
            elif operation._schema.name.partition("::")[2] in WAITS and any(
                isinstance(one, gpu.OnGpu) for one in tree_leaves(args)
            ):
                copies.back.append(8)
            return found

    gpu.install()
    whole = gpu.OnGpu.tolist

    def listed(tensor: gpu.OnGpu) -> Any:
        copies.back.append(tensor.numel() * tensor.element_size())
        return whole(tensor)

    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        tiny_models.blip(folder / "blip")
        tiny_models.open_clip(folder / "clip")
        stack.enter_context(patch.object(devices, "devices", lambda setting: (gpu.FIRST,)))
        for module in ("runtime.on_device", "encoders.open_clip", "captioners.transformers_captioners"):
            stack.enter_context(patch(f"photosort.models.{module}.number_format", lambda device: torch.float32))
        stack.enter_context(patch.object(gpu.OnGpu, "tolist", listed))
        stack.enter_context(Watched())  # type: ignore[no-untyped-call]
        captioner: Any = registry.captioner(load_settings(captioner=f"local:{folder / 'blip'}", device="cuda"), "", 1)
        encoder: Any = registry.image_encoder(load_settings(image_encoder=f"local:{folder / 'clip'}", device="cuda"))
        for work, model in ((captioner.caption, captioner), (encoder.encode_images, encoder)):
            side = model.frame.side
            pictures = on_device.gathered([np.zeros((side, side, 3), np.uint8)] * BATCH, gpu.FIRST)
            work(pictures)
            copies.there.clear()
            copies.back.clear()
            work(pictures)
            own = sum(copies.there) / BATCH
            print(
                f"  {type(model).__name__:<20}{own:>7.0f} bytes there, {own / 3 / side**2:.2f} a colour of a pixel;"
                f" {sum(copies.back) / BATCH:.0f} back, in {len(copies.back)} pieces a batch"
            )


def count() -> None:
    """Print both tables."""
    decoding_table()
    print(f"\nBytes that travel for a photo, batch {BATCH}, tiny models of {SIDE} pixels")
    copies_table()
