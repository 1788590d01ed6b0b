"""A pickled checkpoint becomes safetensors in a process of its own, or nothing at all."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import tiny_models
from fakes.photos import crops

from photosort.errors import ModelMissing, WeightsMismatch
from photosort.models.registry import captioner, image_encoder
from photosort.models.weights import unpickling
from photosort.models.weights.conversion import ORIGIN, PICKLED, convert, converted_folder, drop_checkpoint
from photosort.models.weights.hub import Source, find
from photosort.settings.settings import load_settings

resource = pytest.importorskip("resource", reason="Windows has no limits of a process")

REPOSITORIES = {"blip": "Salesforce/blip-image-captioning-base", "blip-itm": "Salesforce/blip-itm-base-coco"}
BUILDERS = {"blip": tiny_models.blip, "blip-itm": tiny_models.blip_itm}
COMMIT = "c" * 40


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "models"


def pickled(folder: Path, name: str = "blip", **save: Any) -> Path:
    """A tiny model as its repository has it: a pickle, in which two tensors share their memory."""
    import torch
    from safetensors.torch import load_file

    BUILDERS[name](folder)
    tensors = load_file(folder / "model.safetensors")
    first = next(iter(tensors))
    tensors["text_decoder.shared"] = tensors[first]
    tensors["turned"] = torch.arange(6).reshape(2, 3).T
    torch.save(tensors, folder / PICKLED, **save)
    (folder / "model.safetensors").unlink()
    return folder


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def said(name: str, folder: Path | None = None) -> Any:
    """What a model makes of a photo: the listed one, or that of a folder."""
    wanted = f"local:{folder}" if folder else name
    photo = crops("china.jpg", 1)[0]
    if name == "blip":
        model = captioner(load_settings(captioner=wanted, device="cpu"))
        assert model.reads == "pixels"
        return model.caption([np.array(photo.resize(model.frame.size(*photo.size)))])
    encoder = image_encoder(load_settings(image_encoder=wanted, device="cpu"))
    return encoder.encode_images([np.array(photo.resize(encoder.frame.size(*photo.size)))]).tolist()


@pytest.mark.slow
@pytest.mark.parametrize("name", BUILDERS)
@pytest.mark.parametrize("save", [{}, {"_use_new_zipfile_serialization": False}], ids=["zip", "old"])
def test_a_converted_model_says_what_the_original_says(
    tmp_path: Path, cache: Path, name: str, save: dict[str, bool]
) -> None:
    from safetensors import safe_open

    snapshot = pickled(tmp_path / COMMIT, name, **save)
    model_folder = load_settings().model_folder
    target = converted_folder(model_folder, REPOSITORIES[name], COMMIT)
    found = convert(snapshot, target)
    assert found == digest(snapshot / PICKLED)
    assert json.loads((target / ORIGIN).read_text()) == {"file": PICKLED, "revision": COMMIT, "sha256": found}
    assert not (target / PICKLED).exists() and (target / "config.json").is_file()
    assert [path.name for path in target.parent.iterdir()] == [COMMIT]
    with safe_open(target / "model.safetensors", "np") as file:
        assert file.metadata() == {"format": "pt", "source_sha256": found}
        assert file.get_tensor("turned").tolist() == [[0, 3], [1, 4], [2, 5]]
    snapshot = find(Source(name, f"hf:{REPOSITORIES[name]}"), model_folder)
    assert snapshot is not None and (snapshot.folder, snapshot.revision) == (target, COMMIT[:12])
    assert said(name) == said(name, BUILDERS[name](tmp_path / "original"))


class Evil:
    """Runs a command when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, (f"touch {self.path}",)


@pytest.mark.parametrize("form", ["plain", "torch"])
def test_code_in_a_pickle_is_never_run(tmp_path: Path, cache: Path, form: str) -> None:
    import torch

    snapshot, target = tmp_path / COMMIT, cache / "converted" / "a--b" / COMMIT
    snapshot.mkdir()
    evil = {"weight": torch.zeros(2), "other": Evil(tmp_path / "ran")}
    if form == "torch":
        torch.save(evil, snapshot / PICKLED)
    else:
        (snapshot / PICKLED).write_bytes(pickle.dumps({"other": Evil(tmp_path / "ran")}))
    with pytest.raises(ModelMissing, match=r"pytorch_model\.bin cannot be converted to safetensors \(UnpicklingError"):
        convert(snapshot, target)
    assert not (tmp_path / "ran").exists()
    assert list(target.parent.iterdir()) == []
    pickle.loads(pickle.dumps(Evil(tmp_path / "ran")))
    assert (tmp_path / "ran").exists(), "the pickle would have run it elsewhere"


def test_a_truncated_checkpoint_is_one_clear_line(tmp_path: Path, cache: Path) -> None:
    snapshot, target = pickled(tmp_path / COMMIT), cache / "converted" / "a--b" / COMMIT
    whole = digest(snapshot / PICKLED)
    (snapshot / PICKLED).write_bytes((snapshot / PICKLED).read_bytes()[:-1000])
    with pytest.raises(ModelMissing, match="cannot be converted to safetensors") as caught:
        convert(snapshot, target)
    assert "\n" not in str(caught.value) and list(target.parent.iterdir()) == []
    with pytest.raises(WeightsMismatch, match=f"expected SHA-256 {whole}, found .* It was not opened"):
        convert(snapshot, target, whole)


@pytest.mark.parametrize("content", [{}, {"step": 3}, [1, 2]], ids=["empty", "numbers", "a list"])
def test_what_is_not_named_tensors_is_refused(tmp_path: Path, cache: Path, content: Any) -> None:
    import torch

    (tmp_path / COMMIT).mkdir()
    torch.save(content, tmp_path / COMMIT / PICKLED)
    with pytest.raises(ModelMissing, match=r"ValueError: it (is not a table|holds something else)"):
        convert(tmp_path / COMMIT, cache / COMMIT)


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """As a full disk: what is written beyond that fails, here and in other processes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, cache: Path) -> None:
    snapshot, target = pickled(tmp_path / COMMIT), cache / "converted" / "a--b" / COMMIT
    with (
        no_file_larger_than(20_000),
        pytest.raises(ModelMissing, match=r"cannot be kept in .*File too large.*Make room there"),
    ):
        convert(snapshot, target)
    assert list(target.parent.iterdir()) == [] and (snapshot / PICKLED).is_file()
    convert(snapshot, target)
    assert (target / "model.safetensors").is_file()


def test_a_cache_that_takes_no_folder(tmp_path: Path) -> None:
    snapshot = pickled(tmp_path / COMMIT)
    (tmp_path / "models").write_text("a file where the folder should be")
    with pytest.raises(ModelMissing, match=r"cannot be kept in .*PHOTOSORT_CACHE_DIR"):
        convert(snapshot, tmp_path / "models" / "converted" / COMMIT)


CONNECT = """
import ctypes, runpy, sys
own = runpy.run_path(sys.argv[1])
isolated = own["close_network"]()
import socket
class Address(ctypes.Structure):
    _fields_ = [("family", ctypes.c_ushort), ("port", ctypes.c_ushort), ("host", ctypes.c_uint32), ("_", ctypes.c_long)]
address = Address(socket.AF_INET, socket.htons(int(sys.argv[2])), socket.htonl(0x7F000001))
system = ctypes.CDLL(None, use_errno=True)
below = system.connect(system.socket(socket.AF_INET, socket.SOCK_STREAM, 0), ctypes.byref(address), 16)
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[2])), timeout=5)
except PermissionError as error:
    print(error)
own["close_programs"]()
import os, subprocess
for start in (lambda: os.system("true"), lambda: subprocess.run(["true"]), os.fork):
    try:
        start()
        print("started")
    except PermissionError as error:
        print(error)
print(isolated, below)
"""


def test_the_process_reaches_no_network_and_starts_no_program() -> None:
    """Python refuses at once; where the system isolates the process, what does not ask Python fails too."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        command = [sys.executable, "-P", "-c", CONNECT, unpickling.__file__, port]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    *refused, last = done.stdout.splitlines()
    assert len(refused) == 4 and all("is not allowed while a checkpoint is read" in line for line in refused)
    isolated, below = last.split()
    assert isolated == "False" or below == "-1"


def test_a_checkpoint_is_dropped_with_its_blob(tmp_path: Path) -> None:
    blob, other = tmp_path / "blobs" / "abc", tmp_path / "blobs" / "def"
    blob.parent.mkdir()
    snapshot = tmp_path / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    for path, name in ((blob, PICKLED), (other, "config.json")):
        path.write_text("{}")
        (snapshot / name).symlink_to(path)
    drop_checkpoint(snapshot)
    assert not blob.exists() and not (snapshot / PICKLED).is_symlink() and (snapshot / "config.json").is_file()
    drop_checkpoint(snapshot)
