"""A model counts as present when all of its weights are, as safetensors; finding it asks nobody and loads nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from huggingface_hub import constants

from photosort.errors import ModelMissing, SettingsError
from photosort.models.weights.hub import OPEN_CLIP, Source, find, located

BLIP = Source("blip", "hf:Salesforce/blip-image-captioning-base")


def snapshot(cache: Path, commit: str, *names: str, repository: str = "Salesforce/blip-image-captioning-base") -> Path:
    folder = cache / f"models--{repository.replace('/', '--')}" / "snapshots" / commit
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_text("{}")
    return folder


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    return tmp_path


def test_a_missing_model_names_the_command_that_brings_it(cache: Path) -> None:
    with pytest.raises(ModelMissing, match=r"The model blip is not installed\. Run: photosort models pull blip$"):
        located(BLIP)


def test_a_pickle_is_no_model(cache: Path) -> None:
    snapshot(cache, "a" * 40, "config.json", "pytorch_model.bin")
    assert find(BLIP) is None


def test_the_revision_is_the_commit(cache: Path) -> None:
    folder = snapshot(cache, "b" * 40, "config.json", "model.safetensors")
    found = located(BLIP)
    assert (found.folder, found.revision, found.name) == (folder, "b" * 12, "blip")


def test_the_main_branch_goes_before_a_newer_snapshot(cache: Path) -> None:
    main = snapshot(cache, "a" * 40, "config.json", "model.safetensors")
    other = snapshot(cache, "b" * 40, "config.json", "model.safetensors")
    os.utime(other, (2e9, 2e9))
    assert located(BLIP).folder == other
    refs = main.parents[1] / "refs"
    refs.mkdir()
    (refs / "main").write_text("a" * 40)
    assert located(BLIP).folder == main


def test_a_download_that_broke_off_is_no_model(cache: Path) -> None:
    folder = snapshot(cache, "c" * 40, "config.json", "model-00001-of-00002.safetensors")
    weights = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weights}))
    assert find(BLIP) is None
    (folder / "model-00002-of-00002.safetensors").write_text("")
    assert find(BLIP) is not None


def test_weights_of_the_other_library_do_not_count(cache: Path) -> None:
    snapshot(cache, "d" * 40, "open_clip_config.json", "model.safetensors", repository="timm/x")
    assert find(Source("x", "hf:timm/x", OPEN_CLIP)) is None


def test_a_local_models_revision_changes_with_its_content(tmp_path: Path) -> None:
    source = Source(f"local:{tmp_path}", f"local:{tmp_path}")
    with pytest.raises(SettingsError, match=r"is not a folder with a model. It needs .*model\.safetensors"):
        located(source)
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    before = located(source).revision
    (tmp_path / "config.json").write_text('{"a": 1}')
    assert located(source).revision != before


def test_a_damaged_configuration_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{")
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    with pytest.raises(ModelMissing, match=r"config\.json cannot be read"):
        located(Source("x", f"local:{tmp_path}")).json("config.json")


def test_hf_home_is_obeyed_and_torch_is_not_imported(tmp_path: Path) -> None:
    snapshot(tmp_path / "hub", "e" * 40, "config.json", "model.safetensors")
    code = (
        "import sys; from photosort.models.weights.hub import *;"
        "print(located(Source('blip', 'hf:Salesforce/blip-image-captioning-base')).folder, 'torch' in sys.modules)"
    )
    environment = {name: value for name, value in os.environ.items() if name != "HF_HUB_CACHE"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment | {"HF_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split()[-1] == "False" and "e" * 40 in done.stdout
