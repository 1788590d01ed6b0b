"""What a run over photos that it knows does not do: open one, load a model, import what only models need."""

import os
from pathlib import Path

import pytest
from fakes.command import Command

HEAVY = {"torch", "onnxruntime", "transformers", "sentence_transformers", "open_clip", "sklearn", "pandas"}

WATCH = """
import atexit, os, sys
import PIL.Image

def refuse(*_, **__):
    raise SystemExit("a photo was opened")

def write():
    with open(os.environ["LOADED"], "w") as file:
        file.write("\\n".join(sys.modules))

PIL.Image.open = refuse
atexit.register(write)
"""


@pytest.fixture
def watched(tmp_path: Path) -> dict[str, str]:
    """The environment of a command that may open no photo, and that writes down at its end what it has imported."""
    folder = tmp_path / "watch"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(WATCH)
    path = os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))
    return {"PYTHONPATH": path, "LOADED": str(tmp_path / "loaded.txt")}


@pytest.mark.slow
@pytest.mark.parametrize("flags", [("--dry-run",), ("--dry-run", "--k", 2), ("--dry-run", "--levels", 2), ()], ids=str)
def test_a_second_run_imports_nothing_that_only_models_need(
    photosort: Command, pictures: Path, watched: dict[str, str], flags: tuple[object, ...]
) -> None:
    assert photosort("organize", pictures, "--k", 2, "--dry-run").code == 0
    done = photosort("organize", pictures, *flags, **watched)
    assert done.code == 0, done.err
    loaded = set(Path(watched["LOADED"]).read_text().split())
    assert "photosort.workflows.organize" in loaded
    assert not loaded & HEAVY


@pytest.mark.slow
def test_a_second_run_over_filed_photos_imports_even_less(
    photosort: Command, pictures: Path, watched: dict[str, str]
) -> None:
    assert photosort("organize", pictures, "--k", 2).code == 0
    done = photosort("organize", pictures, **watched)
    assert "Nothing new for" in done.out
    assert not set(Path(watched["LOADED"]).read_text().split()) & {*HEAVY, "scipy"}


@pytest.mark.slow
def test_a_preview_that_is_no_longer_kept_is_said_in_one_line(photosort: Command, pictures: Path) -> None:
    for _ in range(6):
        assert photosort("organize", pictures, "--k", 2, "--dry-run", "--no-about").code == 0
    done = photosort("explain", "--run", 1)
    assert (done.code, done.err.count("\n")) == (10, 1)
    assert "Run 1 was a preview and is no longer kept" in done.err
    listed = photosort("runs", "--json").json["runs"]
    assert [run["run"] for run in listed] == [6, 5, 4, 3, 2]
    assert [(run["photos"], run["files"]) for run in listed] == [(20, 21)] * 5
    assert photosort("explain", "--run", 2).code == 0
    assert "last 5" in photosort("runs", "--help").out
