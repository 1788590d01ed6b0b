"""BLIP's own loop writes what `generate` of transformers writes, with fewer operations and without finished photos."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import torch
from fakes import tiny_models
from fakes.recorded import RecordedGraphs
from hypothesis import given, settings
from hypothesis import strategies as st

from photosort.models.captioners import blip_decoder, decoding, generating
from photosort.models.captioners.blip_decoder import BlipDecoder
from photosort.models.captioners.decoding import agrees, decoder_of, write
from photosort.models.captioners.generating import Asking, Draw
from photosort.models.registry import captioner
from photosort.models.runtime.graphs import Graphs
from photosort.models.runtime.torchvision_ops import repair_torchvision
from photosort.settings.settings import load_settings

MOST = 12
SIDE = tiny_models.SIDE
PLAIN = Asking()


@lru_cache
def blip(seed: int = 0, heads: int = 4, layers: int = 2, ending: float = 4) -> Any:
    """A random BLIP whose texts end at different lengths; the larger `ending`, the earlier."""
    repair_torchvision()
    from transformers import BlipConfig, BlipForConditionalGeneration

    torch.manual_seed(seed)
    config = tiny_models._blip_config(BlipConfig)
    config.text_config.num_attention_heads, config.text_config.num_hidden_layers = heads, layers
    model = BlipForConditionalGeneration(config).eval()
    with torch.no_grad():  # the end is likelier than other words, and each weight and bias means something
        for name, weight in model.text_decoder.named_parameters():
            if name.endswith("bias") or "LayerNorm" in name:
                weight.add_(torch.randn_like(weight) * 0.2)
        model.text_decoder.cls.predictions.decoder.bias[config.text_config.sep_token_id] += ending
    return model


def pictures(count: int, seed: int = 3) -> torch.Tensor:
    return torch.randn((count, 3, SIDE, SIDE), generator=torch.Generator().manual_seed(seed))


def theirs(model: Any, shown: torch.Tensor, asking: Asking = PLAIN, keys: tuple[str, ...] = ()) -> torch.Tensor:
    """What `generate` writes, padded to MOST."""
    how = {**generating.arguments(asking, keys, "cpu"), "max_new_tokens": MOST}
    with torch.inference_mode():
        written = model.generate(pixel_values=shown, **how)
    return torch.nn.functional.pad(written, (0, MOST + 1 - written.shape[1]), value=0)


def ours(decoder: BlipDecoder, model: Any, shown: torch.Tensor, draw: Draw | None = None) -> torch.Tensor:
    with torch.inference_mode():
        return write(decoder, model.vision_model(pixel_values=shown)[0], draw)


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[RecordedGraphs]:
    """As on a CUDA GPU: rooms that stay, graphs, few sizes."""
    made: list[RecordedGraphs] = []

    def on(device: torch.device) -> RecordedGraphs:
        made.append(RecordedGraphs(device))
        return made[-1]

    monkeypatch.setattr(Graphs, "on", on)
    monkeypatch.setattr(decoding, "CPU", "another device")
    return made


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 5),
    heads=st.sampled_from([1, 4]),
    layers=st.sampled_from([1, 3]),
    photos=st.integers(1, 17),
    ending=st.sampled_from([2, 5, 8]),
)
def test_the_most_probable_tokens_are_those_of_generate(
    seed: int, heads: int, layers: int, photos: int, ending: float
) -> None:
    model = blip(seed, heads, layers, ending)
    expected = theirs(model, pictures(photos, seed))
    written = ours(BlipDecoder(model.text_decoder, MOST, 1), model, pictures(photos, seed))
    assert torch.equal(written, expected)


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 50), photos=st.integers(1, 9), samples=st.sampled_from([2, 6]))
def test_drawn_tokens_are_those_of_generate_with_the_same_seeds(seed: int, photos: int, samples: int) -> None:
    model, asking = blip(1), Asking(samples=samples, seed=seed)
    keys = tuple(f"{number:064x}" for number in range(photos))
    expected = theirs(model, pictures(photos), asking, keys)
    decoder = BlipDecoder(model.text_decoder, MOST, samples)
    assert torch.equal(ours(decoder, model, pictures(photos), Draw(asking, keys, "cpu")), expected)
    assert expected[:, 1:].unique().numel() > 3


@pytest.mark.parametrize("samples", [1, 3])
def test_a_recorded_step_writes_the_same_batch_after_batch(recorded: list[RecordedGraphs], samples: int) -> None:
    """Larger batches, smaller ones, and again: what a batch leaves behind does not show in the next one."""
    model, asking = blip(2), Asking(samples=samples)
    decoder = BlipDecoder(model.text_decoder, MOST, samples)
    for turn, photos in enumerate([2, 32, 13, 32, 5, 1, 40]):
        keys = tuple(f"{turn}-{number}" for number in range(photos))
        expected = theirs(model, pictures(photos, turn), asking, keys)
        draw = Draw(asking, keys, "cpu") if samples > 1 else None
        assert torch.equal(ours(decoder, model, pictures(photos, turn), draw), expected)
    assert len(recorded) == 3, "a room for 2, one for 32 that serves the smaller batches, one for 40"
    assert set(recorded[1].played) <= {32, 16, 8, 4, 2, 1} and len(set(recorded[1].played)) > 2


def test_a_step_that_cannot_be_recorded_is_done_as_usual(
    recorded: list[RecordedGraphs], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Any, work: Any) -> Any:
        raise RuntimeError("operation not permitted when stream is capturing")

    monkeypatch.setattr(RecordedGraphs, "_record", refused)
    model = blip(2)
    written = ours(BlipDecoder(model.text_decoder, MOST, 1), model, pictures(9))
    assert torch.equal(written, theirs(model, pictures(9)))


def test_a_lack_of_memory_while_recording_is_for_the_engine_to_halve(
    recorded: list[RecordedGraphs], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Any, work: Any) -> Any:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")

    monkeypatch.setattr(RecordedGraphs, "_record", full)
    model = blip(2)
    decoder = BlipDecoder(model.text_decoder, MOST, 1)
    with pytest.raises(torch.OutOfMemoryError):
        ours(decoder, model, pictures(9))
    assert decoder._room is None, "half a batch gets a room of its own size"


def test_photos_whose_texts_are_done_leave_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    shown, model, rows = pictures(64), blip(0, ending=8), list[int]()
    step = blip_decoder.Room.step

    def counted(self: Any, tokens: torch.Tensor, position: int) -> torch.Tensor:
        rows.append(len(tokens))
        return step(self, tokens, position)

    monkeypatch.setattr(blip_decoder.Room, "step", counted)
    written = ours(BlipDecoder(model.text_decoder, MOST, 1), model, shown)
    assert torch.equal(written, theirs(model, shown))
    lengths = (written[:, 1:] != 0).sum(1)
    assert len(rows) == int(lengths.max()) > 2 * int(lengths.median()), "some texts are much longer than others"
    assert sum(rows) < 2 * int(lengths.sum()), "at any time fewer than half of the rows are done"
    assert sum(rows) < 0.7 * 64 * len(rows)


def test_the_longest_text_ends_where_it_may() -> None:
    model = blip(0)
    with torch.no_grad():
        bias = model.text_decoder.cls.predictions.decoder.bias
        before = bias.clone()
        bias[2] -= 1000
    try:
        written = ours(BlipDecoder(model.text_decoder, MOST, 1), model, pictures(3))
        assert torch.equal(written, theirs(model, pictures(3))) and (written[:, -1] != 0).all()
    finally:
        with torch.no_grad():
            bias.copy_(before)


def test_weights_are_not_there_twice() -> None:
    model = blip(4)
    decoder = BlipDecoder(model.text_decoder, MOST, 1)
    layer = model.text_decoder.bert.encoder.layer[0].attention.self
    joined = decoder.layers[0].joined[0].untyped_storage().data_ptr()
    assert {part.weight.untyped_storage().data_ptr() for part in (layer.query, layer.key, layer.value)} == {joined}


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16, torch.float16])
def test_a_decoder_is_tried_before_it_is_used(precision: Any) -> None:
    repair_torchvision()
    from transformers import BlipConfig, BlipForConditionalGeneration

    torch.manual_seed(3)
    model = BlipForConditionalGeneration(tiny_models._blip_config(BlipConfig)).to(precision).eval()
    seen: list[int] = []
    model.vision_model.register_forward_hook(lambda module, given, found: seen.append(found[0].shape[1]))
    assert decoder_of(model, Asking()) is not None
    assert seen == [1 + decoding.PATCHES**2] * 2, "a processor sees small pictures"
    other = BlipDecoder(model.text_decoder, MOST, 1)
    other.layers = other.layers[:1]
    assert not agrees(model, other), "one that leaves out a layer"


def test_a_checkpoint_that_wants_more_than_the_most_probable_token_is_left_to_generate() -> None:
    model = blip(5)
    model.text_decoder.generation_config.repetition_penalty = 1.5
    try:
        assert decoder_of(model, Asking()) is None
    finally:
        model.text_decoder.generation_config.repetition_penalty = None


def test_what_another_version_of_transformers_calls_otherwise_is_left_to_generate() -> None:
    class Other:
        def __init__(self, model: Any) -> None:
            self.text_decoder = type("Decoder", (), {"generation_config": model.text_decoder.generation_config})()

    assert decoder_of(Other(blip(5)), Asking()) is None


@pytest.mark.slow
def test_the_captioner_uses_it_and_says_the_same_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fakes.photos import crops
    from numpy import array

    monkeypatch.setattr("photosort.models.captioners.transformers_captioners.number_format", lambda _: torch.float32)
    monkeypatch.setattr("photosort.models.runtime.on_device.number_format", lambda _: torch.float32)
    folder = tiny_models.blip(tmp_path / "blip")
    shown = [array(photo.resize((SIDE, SIDE))) for photo in crops("china.jpg", 3)]
    for samples in (1, 4):
        with_loop: Any = captioner(load_settings(captioner=f"local:{folder}", device="cpu"), "", samples)
        texts = with_loop.caption(shown)
        assert with_loop._loaded[3] is not None
        with monkeypatch.context() as patched:
            patched.setattr(decoding, "decoder_of", lambda *_: None)
            without: Any = captioner(load_settings(captioner=f"local:{folder}", device="cpu"), "", samples)
            assert without.caption(shown) == texts and without._loaded[3] is None
