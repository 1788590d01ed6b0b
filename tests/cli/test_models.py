"""photosort models: what a program reads of it, and that every model that is there is tried."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fakes import tiny_models
from rich.console import Console

from photosort.cli.models import _table
from photosort.models.profiles import PROFILES, choose, parts

pytestmark = pytest.mark.slow

HUB = "hub/models--Salesforce--blip-image-captioning-base/snapshots/" + "a" * 40


def models(home: Path, *words: str) -> tuple[int, Any, str]:
    command = [sys.executable, "-m", "photosort", "models", *words, "--json"]
    environment = {name: value for name, value in os.environ.items() if name != "HF_HUB_CACHE"}
    done = subprocess.run(
        command, env=environment | {"HF_HOME": str(home)}, capture_output=True, text=True, check=False
    )
    return done.returncode, json.loads(done.stdout), done.stderr


def test_the_list_names_the_profile_and_what_is_there(tmp_path: Path) -> None:
    tiny_models.blip(tmp_path / HUB)
    code, listed, _ = models(tmp_path)
    ready = {model["model"]: model["ready"] for model in listed["models"]}
    assert code == 0 and listed["profile"] == "builtin" and listed["why"]
    assert (ready["tags"], ready["blip"], ready["clip"]) == (True, True, False)
    how = {one["name"]: (one["method"], one["fusion"], one["text_encoder"]) for one in listed["profiles"]}
    assert how["paper"] == ("fusion", "sum", "clip") and how["paper-text"][0] == "text"


def test_every_model_that_is_there_looks_at_a_photo(tmp_path: Path) -> None:
    weights = tiny_models.blip(tmp_path / HUB) / "model.safetensors"
    code, tried, _ = models(tmp_path, "check")
    results = {model["model"]: model for model in tried["models"]}
    assert code == 0 and all(model["works"] and model["result"] for model in results.values())
    assert set(results) == {"efficientnet-lite2", "tags", "minilm", "faces", "blip", "blip-vision"}
    weights.write_bytes(b"nonsense")
    code, tried, _ = models(tmp_path, "check")
    assert code == 17
    assert [model["model"] for model in tried["models"] if not model["works"]] == ["blip", "blip-vision"]


@pytest.mark.parametrize("width", [80, 100, 120])
def test_model_tables_fit_a_narrow_terminal(tmp_path: Path, width: int) -> None:
    found = parts(tmp_path)
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(_table(found, choose("builtin", "cpu")))
    lines = console.file.getvalue().splitlines()
    assert "…" not in "".join(lines)
    for part in found:
        assert any(line.startswith(f"  {part.model}  ") and part.licence in line for line in lines)
    for profile in PROFILES.values():
        assert any(line.startswith(profile.name) and profile.captioner in line for line in lines)
