"""The installed command with models that are fetched, here tiny ones in folders."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from fakes import tiny_models
from fakes.photos import crops


def organize(source: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-X", "importtime", "-m", "photosort", "organize", str(source), "--k", "2", "--dry-run"]
    return subprocess.run([*command, *flags], env=os.environ, capture_output=True, text=True, check=False)


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
    assert second.stdout == first.stdout
    loaded = {line.rpartition("|")[2].strip() for line in second.stderr.splitlines() if line.startswith("import time")}
    assert "photosort.workflows.organize" in loaded
    assert not loaded & {"torch", "transformers", "open_clip", "sentence_transformers"}
