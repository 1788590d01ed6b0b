"""The released models lie on the hub as older versions of transformers wrote them; that layout is built here."""

from __future__ import annotations

import json
import logging
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import tiny_models
from fakes.photos import crops

from photosort.models.protocols import Captioner, Pixels
from photosort.models.registry import captioner
from photosort.photos.pixels.frame import Frame
from photosort.settings.settings import load_settings

pytestmark = pytest.mark.slow

FAMILIES = {**tiny_models.CAPTIONERS, **tiny_models.CHATS}


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {name: build(tmp_path_factory.mktemp(name)) for name, build in FAMILIES.items()}


@pytest.fixture(autouse=True)
def exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """float32, so that what is compared does not hang on rounding; and short texts."""
    import torch

    monkeypatch.setattr("photosort.models.captioners.generating.CAPTION_TOKENS", 6)
    for module in ("runtime.on_device", "captioners.transformers_captioners", "captioners.chat_captioner"):
        monkeypatch.setattr(f"photosort.models.{module}.number_format", lambda device: torch.float32)


def as_released(folder: Path, target: Path, **image: Any) -> Path:
    """A copy with the picture's settings, the rest of the processor's and the template each in a file of its own."""
    shutil.copytree(folder, target)
    processor = json.loads((target / "processor_config.json").read_text())
    (target / "processor_config.json").unlink()
    picture = {**processor.pop("image_processor"), **image, "processor_class": processor["processor_class"]}
    (target / "preprocessor_config.json").write_text(json.dumps(picture))
    processor.pop("video_processor", None)
    if len(processor) > 1:
        (target / "processor_config.json").write_text(json.dumps(processor))
    if (template := target / "chat_template.jinja").is_file():
        (target / "chat_template.json").write_text(json.dumps({"chat_template": template.read_text()}))
        template.unlink()
    return target


def made(folder: Path) -> Captioner:
    found = captioner(load_settings(captioner=f"local:{folder}", device="cpu"))
    assert found.reads == "pixels"
    return found


def pictures(frame: Frame) -> list[Pixels]:
    photos = [*crops("china.jpg", 1), *crops("flower.jpg", 1)]
    return [np.array(photo.resize(frame.size(*photo.size), box=frame.box(*photo.size))) for photo in photos]


OTHERWISE: dict[str, dict[str, Any]] = {
    "blip": {"size": 32},
    "qwen3_vl": {"image_processor_type": "Qwen2VLImageProcessorFast"},
}
"""What Salesforce/blip-image-captioning-base and Qwen/Qwen3-VL-2B-Instruct say in their own way."""


@pytest.mark.parametrize("family", FAMILIES)
def test_settings_in_several_files_say_the_same(folders: dict[str, Path], tmp_path: Path, family: str) -> None:
    released = as_released(folders[family], tmp_path / "released", **OTHERWISE.get(family, {}))
    ours, theirs = made(folders[family]), made(released)
    assert theirs.frame == ours.frame
    assert theirs.caption(pictures(theirs.frame)) == ours.caption(pictures(ours.frame))


def test_a_crop_may_be_a_number_alone(folders: dict[str, Path], tmp_path: Path) -> None:
    assert made(as_released(folders["git"], tmp_path / "git", size=32, crop_size=32)).frame == Frame(32, "crop")


def test_flan_t5_keeps_a_head_of_its_own_and_nothing_is_printed(
    folders: dict[str, Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Salesforce/blip2-flan-t5-xl says tie_word_embeddings = false and holds a head that is not the embedding."""
    from safetensors.torch import load_file, save_file

    folder = as_released(folders["blip2_t5"], tmp_path / "flan")
    config = json.loads((folder / "config.json").read_text())
    config["text_config"]["tie_word_embeddings"] = False
    (folder / "config.json").write_text(json.dumps(config))
    weights = load_file(folder / "model.safetensors")
    head = weights["language_model.shared.weight"].flip(0).contiguous()
    save_file(weights | {"language_model.lm_head.weight": head}, folder / "model.safetensors", {"format": "pt"})
    model: Any = made(folder)
    library = logging.getLogger("transformers")
    library.addHandler(caplog.handler)
    try:
        language = model._loaded[0].language_model
    finally:
        library.removeHandler(caplog.handler)
    assert caplog.messages == []
    assert language.lm_head.weight.equal(head)
    assert language.encoder.embed_tokens.weight.equal(weights["language_model.shared.weight"])


def test_blip_has_its_tied_weights_twice(folders: dict[str, Path], tmp_path: Path) -> None:
    """Older versions saved them twice, and a buffer that is none any more; the converter leaves one of each out."""
    import torch
    from safetensors.torch import load_file, save_file

    text = "text_decoder.bert.embeddings"
    head = "text_decoder.cls.predictions"
    folder = as_released(folders["blip"], tmp_path / "blip")
    weights = load_file(folder / "model.safetensors")
    weights[f"{head}.decoder.weight"] = weights[f"{text}.word_embeddings.weight"].clone()
    weights[f"{head}.decoder.bias"] = weights[f"{head}.bias"].clone()
    weights[f"{text}.position_ids"] = torch.arange(128).unsqueeze(0)
    expected = made(folders["blip"])
    for left_out in ("", f"{head}.decoder.weight", f"{head}.decoder.bias", f"{head}.bias"):
        kept = {name: weight for name, weight in weights.items() if name != left_out}
        save_file(kept, folder / "model.safetensors", {"format": "pt"})
        model = made(folder)
        assert model.caption(pictures(model.frame)) == expected.caption(pictures(expected.frame))
