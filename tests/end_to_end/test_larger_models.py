"""The installed command with models that are fetched, here tiny ones in folders."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import tiny_models
from fakes.photos import crops

from photosort.models.catalogue import CAPTIONERS, ENCODERS
from photosort.models.registry import dual_encoder
from photosort.settings.settings import load_settings
from photosort.store.cache import open_cache, text_key
from photosort.wordnet.vocabulary import TEMPLATES, vocabulary
from photosort.workflows.sorting.noun_vectors import noun_identity


def organize(source: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-X", "importtime", "-m", "photosort", "organize", str(source), "--k", "2", "--dry-run"]
    return subprocess.run([*command, *flags], env=os.environ, capture_output=True, text=True, check=False)


def untimed(text: str) -> str:
    return re.sub(r" ?Done in \d+:\d\d\.", "", text)


def test_fetched_models_work_and_a_second_run_needs_no_torch(tmp_path: Path) -> None:
    captioner, encoder = tiny_models.blip(tmp_path / "blip"), tiny_models.open_clip(tmp_path / "clip")
    source = tmp_path / "Pictures"
    source.mkdir()
    for number, photo in enumerate([*crops("china.jpg", 4), *crops("flower.jpg", 4)]):
        photo.save(source / f"{number}.jpg")
    flags = (f"--captioner=local:{captioner}", f"--image-encoder=local:{encoder}", "--fusion=sum", "--device=cpu")
    first = organize(source, *flags)
    assert first.returncode == 0, first.stderr[-2000:]
    assert "8 photos" in first.stdout and f"local:{captioner}" in " ".join(first.stdout.split())
    second = organize(source, *flags)
    assert untimed(second.stdout.replace("--run 2", "--run 1").replace("report 2", "report 1")) == untimed(first.stdout)
    loaded = {line.rpartition("|")[2].strip() for line in second.stderr.splitlines() if line.startswith("import time")}
    assert "photosort.workflows.organize" in loaded
    assert not loaded & {"torch", "transformers", "open_clip", "sentence_transformers"}


def photosort(*words: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "photosort", *words, "--json"]
    done = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(json.loads(done.stdout))


def test_the_profile_of_a_paper_says_how_photos_are_grouped(
    tmp_path: Path, own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    for name, build in {
        "blip": tiny_models.blip,
        "clip": tiny_models.open_clip,
        "blip2-flan-t5-xl": tiny_models.blip2_t5,
    }.items():
        repository = {**CAPTIONERS, **ENCODERS}[name].repository.replace("/", "--")
        build(tmp_path / "hub" / f"models--{repository}" / "snapshots" / ("a" * 40))
    for name in ("china", "flower"):
        (tmp_path / "in" / name).mkdir(parents=True)
        for number, photo in enumerate(crops(f"{name}.jpg", 4)):
            photo.save(tmp_path / "in" / name / f"{number}.jpg")
    common = ("--k=2", "--device=cpu", "--mode=hardlink", "--yes")
    photosort("organize", str(tmp_path / "in"), "--profile=paper", f"--out={tmp_path / 'sum'}", *common)
    photosort("organize", str(tmp_path / "in"), "--profile=paper-text", f"--out={tmp_path / 'text'}", *common)
    with contextlib.closing(sqlite3.connect(own_folders / "data" / "history.sqlite")) as history:
        stored = [json.loads(row[0]) for row in history.execute("select settings from runs order by id")]
    names = ("method", "fusion", "captioner", "captions", "image_encoder", "text_encoder", "seed")
    assert [tuple(one[name] for name in names) for one in stored] == [
        ("fusion", "sum", "blip", 1, "clip", "clip", 42),
        ("text", "concat", "blip2-flan-t5-xl", 6, "efficientnet-lite2", "minilm", 42),
    ]
    found = photosort(
        "evaluate", str(tmp_path / "in"), "--profile=paper", "--methods=sum,text", "--kmeans=spherical", "--device=cpu"
    )
    assert [one["method"] for one in found["methods"]] == ["sum", "text"] and "blip" in found["texts"]


NEW = 600
"""Nouns that the command has to encode; the others are there, as after a run that was stopped near its end."""


def test_nouns_in_the_seven_templates_of_tac_group_photos(tmp_path: Path) -> None:
    settings = load_settings(image_encoder=f"local:{tiny_models.open_clip(tmp_path / 'clip')}", device="cpu")
    encoder, words = dual_encoder(settings), vocabulary()
    identity, keys = noun_identity(encoder.identity, TEMPLATES), [text_key(word) for word in words]
    made = np.random.default_rng(0).normal(size=(len(words) - NEW, 16)).astype(np.float32)
    with open_cache(settings.cache_dir) as cache:
        cache.put_vectors(identity, keys[NEW:], made / np.linalg.norm(made, axis=1, keepdims=True))
    source = tmp_path / "in"
    source.mkdir()
    for number, photo in enumerate([*crops("china.jpg", 4), *crops("flower.jpg", 4)]):
        photo.save(source / f"{number}.jpg")
    flags = (f"--image-encoder={settings.image_encoder}", "--method=tac", "--k=2", "--device=cpu", "--yes")
    filed = photosort("organize", str(source), *flags, f"--out={tmp_path / 'out'}")
    assert len(filed["folders"]) == 2 and len(list((tmp_path / "out").rglob("*.jpg"))) == 8
    with open_cache(settings.cache_dir) as cache:
        kept = cache.matrix(identity, keys[:NEW])
    said = np.stack([encoder.encode_texts([template.format(word) for word in words[:9]]) for template in TEMPLATES])
    mean = said.mean(axis=0)
    assert np.allclose(kept[:9], mean / np.linalg.norm(mean, axis=1, keepdims=True), atol=0.02)
    told = photosort("explain", str(source / "0.jpg"))["answer"]["nouns"]
    assert told and {noun for noun, _ in told} <= set(words)
