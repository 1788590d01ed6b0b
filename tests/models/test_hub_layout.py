"""The released models lie on the hub as older versions of transformers wrote them; that layout is built here."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import tiny_models
from fakes.photos import crops

from photosort.models.protocols import Captioner, Pixels
from photosort.models.registry import captioner
from photosort.photos.frame import Frame
from photosort.settings import load_settings

FAMILIES = {**tiny_models.CAPTIONERS, **tiny_models.CHATS}


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {name: build(tmp_path_factory.mktemp(name)) for name, build in FAMILIES.items()}


@pytest.fixture(autouse=True)
def exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """float32, so that what is compared does not hang on rounding; and short texts."""
    import torch

    monkeypatch.setattr("photosort.models.generating.CAPTION_TOKENS", 6)
    for module in ("on_device", "transformers_captioners", "chat_captioner"):
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


@pytest.mark.parametrize("family", FAMILIES)
def test_settings_in_several_files_say_the_same(folders: dict[str, Path], tmp_path: Path, family: str) -> None:
    ours, theirs = made(folders[family]), made(as_released(folders[family], tmp_path / "released"))
    assert theirs.frame == ours.frame
    assert theirs.caption(pictures(theirs.frame)) == ours.caption(pictures(ours.frame))


def test_the_side_of_a_square_may_be_a_number_alone(folders: dict[str, Path], tmp_path: Path) -> None:
    """As in Salesforce/blip-image-captioning-base."""
    assert made(as_released(folders["blip"], tmp_path / "blip", size=32)).frame == Frame(32)
    assert made(as_released(folders["git"], tmp_path / "git", size=32, crop_size=32)).frame == Frame(32, "crop")
