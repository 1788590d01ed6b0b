from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from photosort.errors import ModelMissing, WeightsMismatch
from photosort.models.weights import pinned
from photosort.models.weights.pinned import EFFICIENTNET_LITE2, MINILM, SMOLLM2, Pin, verify

CONTENT = b"weights " * 1000
PIN = replace(SMOLLM2, size=len(CONTENT), sha256=hashlib.sha256(CONTENT).hexdigest())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "model.gguf"
    file.write_bytes(CONTENT)
    return file


@pytest.mark.parametrize("pin", [EFFICIENTNET_LITE2, MINILM])
def test_the_installed_weights_are_the_pinned_ones(pin: Pin) -> None:
    spec = importlib.util.find_spec(pin.file.partition("/")[0])
    assert spec is not None and spec.origin is not None
    verify(pin, Path(spec.origin).parent.parent / pin.file)
    assert importlib.metadata.version(pin.package) == pin.version


def test_the_language_model_is_the_pinned_one(smollm2_gguf: Path) -> None:
    verify(SMOLLM2, smollm2_gguf)
    assert smollm2_gguf.stat().st_size == SMOLLM2.size


def test_missing_weights_name_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"smollm2 are not at .*none\. photosort models pull smollm2"):
        verify(PIN, tmp_path / "none")
    with pytest.raises(ModelMissing, match="cannot be read"):
        verify(replace(PIN, size=tmp_path.stat().st_size), tmp_path)


def test_truncated_weights_are_refused_without_reading_them(path: Path) -> None:
    path.write_bytes(CONTENT[:-1])
    with pytest.raises(WeightsMismatch, match=r"expected 8,000 bytes, found 7,999 bytes.*Bring the right ones"):
        verify(PIN, path)


def test_other_weights_are_refused_with_both_hashes(path: Path) -> None:
    other = b"W" + CONTENT[1:]
    path.write_bytes(other)
    with pytest.raises(WeightsMismatch) as refusal:
        verify(PIN, path)
    assert PIN.sha256 in refusal.value.problem
    assert hashlib.sha256(other).hexdigest() in refusal.value.problem
    assert "photosort models pull smollm2" in refusal.value.hint


def test_a_remembered_check_reads_nothing(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remembered = tmp_path / "deep" / "verified.json"
    verify(PIN, path, remembered)
    monkeypatch.setattr(pinned, "sha256", None)
    verify(PIN, path, remembered)
    assert [file.name for file in remembered.parent.iterdir()] == ["verified.json"]


def test_a_changed_file_is_read_again(path: Path, tmp_path: Path) -> None:
    remembered = tmp_path / "verified.json"
    verify(PIN, path, remembered)
    path.write_bytes(b"W" + CONTENT[1:])
    os.utime(path, ns=(1, 1))
    with pytest.raises(WeightsMismatch):
        verify(PIN, path, remembered)


def test_what_was_remembered_of_another_pin_does_not_count(path: Path, tmp_path: Path) -> None:
    remembered = tmp_path / "verified.json"
    verify(PIN, path, remembered)
    with pytest.raises(WeightsMismatch):
        verify(replace(PIN, sha256="0" * 64), path, remembered)


@pytest.mark.parametrize("broken", ["", "[]", "{", '{"x": 1}', "\x00"])
def test_a_broken_memory_is_begun_again(path: Path, tmp_path: Path, broken: str) -> None:
    remembered = tmp_path / "verified.json"
    remembered.write_text(broken)
    verify(PIN, path, remembered)
    assert str(path) in json.loads(remembered.read_text())


def test_a_memory_that_cannot_be_written_is_no_failure(path: Path) -> None:
    impossible = path / "below-a-file" / "verified.json"
    with pytest.raises(OSError):
        impossible.parent.mkdir(parents=True)
    verify(PIN, path, impossible)
