"""Several processes, and a Ray cluster, fill the same cache as one process does."""

import importlib
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import numpy as np
import pytest
from end_to_end.conftest import write_pictures
from fakes import tiny_models

from photosort.describing import engines
from photosort.describing.describe import Described, describe
from photosort.describing.engines import Engine, engine_for, see_on_devices
from photosort.describing.look import Known, Look
from photosort.errors import ModelFailed, ModelMissing, SettingsError
from photosort.models.selected import ModelSet, select_models
from photosort.photos.files.scan import Found, scan
from photosort.settings.settings import Settings, load_settings
from photosort.store.cache import Cache, open_cache

STARTER = """
import multiprocessing, sys, time
from pathlib import Path
from photosort.describing.engines import see_on_devices
from photosort.describing.look import Known
from photosort.models.selected import select_models
from photosort.photos.files.scan import scan
from photosort.settings.settings import load_settings

if __name__ == "__main__":
    found = scan(Path(sys.argv[1])).photos
    coming = see_on_devices(select_models(load_settings(batch=4)), ("cpu",), found, Known({}, [set(), set()], {}))
    next(coming)
    print(multiprocessing.active_children()[0].pid, flush=True)
    time.sleep(600)
"""

pytestmark = pytest.mark.slow


@pytest.fixture
def settings(own_folders: Path, shared_models: Path) -> Settings:
    (own_folders / "cache").mkdir()
    (own_folders / "cache" / "models").symlink_to(shared_models)
    return load_settings(batch=4)


@pytest.fixture
def found(tmp_path: Path) -> tuple[Found, ...]:
    folder = write_pictures(tmp_path / "Pictures")
    (folder / "page.jpg").write_text("<html>")
    return scan(folder).photos


def run(found: tuple[Found, ...], settings: Settings, cache: Cache, engine: Engine) -> Described:
    models = select_models(settings)
    return describe(found, models.image_encoder, models.captioners, cache, engine=engine)


def agree(one: Described, other: Described) -> bool:
    """The same, but for the last bits of half precision."""
    assert [left.path.name for left in one.unread] == ["page.jpg"]
    assert len(one.photos) == 20
    assert np.allclose(one.vectors, other.vectors, atol=2e-3)
    return (one.photos, one.unread, one.texts) == (other.photos, other.unread, other.texts)


def two_processes(settings: Settings) -> Engine:
    return lambda found, known: see_on_devices(select_models(settings), ("cpu", "cpu"), found, known)


def test_two_processes_fill_the_same_cache_as_one(found: tuple[Found, ...], settings: Settings, tmp_path: Path) -> None:
    with open_cache(tmp_path / "one") as one, open_cache(tmp_path / "two") as two:
        alone = run(found, settings, one, engine_for(select_models(settings)))
        assert agree(run(found, settings, two, two_processes(settings)), alone)


@pytest.mark.parametrize("gpus", [("cuda:0",), ("cuda:0", "cuda:1")])
def test_every_gpu_gets_a_process_of_its_own(
    found: tuple[Found, ...], settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gpus: tuple[str, ...]
) -> None:
    asked: list[tuple[str, ...]] = []

    def on_devices(models: ModelSet, names: tuple[str, ...], found: object, known: object) -> object:
        asked.append(names)
        return see_on_devices(models, ("cpu",), found, known)

    monkeypatch.setattr(engines, "devices", lambda setting: gpus)
    monkeypatch.setattr(engines, "FEW", 10)
    monkeypatch.setattr(engines, "see_on_devices", on_devices)
    with open_cache(tmp_path / "cache") as cache:
        assert len(run(found, settings, cache, engine_for(select_models(settings))).photos) == 20
    assert asked == [gpus]


def test_a_process_that_is_killed_is_one_clear_failure(
    found: tuple[Found, ...], settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill_one() -> None:
        while not (workers := multiprocessing.active_children()):
            pass
        os.kill(workers[0].pid or 0, signal.SIGKILL)

    monkeypatch.setattr(engines, "POLL_SECONDS", 0.1)
    killer = threading.Thread(target=kill_one)
    killer.start()
    with (
        open_cache(tmp_path / "cache") as cache,
        pytest.raises(ModelFailed, match="photosort-cpu ended"),
    ):
        run(found, settings, cache, two_processes(settings))
    killer.join()


def test_a_process_that_ends_in_the_middle_of_a_word_is_noticed() -> None:
    reader, writer = multiprocessing.Pipe(duplex=False)
    came: SimpleQueue[Any] = SimpleQueue()
    ended = multiprocessing.get_context("spawn").Process(target=print)
    writer.send([])
    os.write(writer.fileno(), (1000).to_bytes(4, "big") + b"only the beginning")
    writer.close()
    engines._receive(ended, reader, came)
    assert (came.get(), came.get()) == ([], ended)


def test_a_process_ends_with_the_one_that_started_it(
    found: tuple[Found, ...], settings: Settings, tmp_path: Path
) -> None:
    starter = tmp_path / "starter.py"
    starter.write_text(STARTER)
    command = [sys.executable, starter, found[0].path.parent]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        process = Path("/proc") / started.stdout.readline().strip()
        assert process.exists()
        started.kill()
    for _ in range(300):
        if not process.exists() or "\nState:\tZ" in (process / "status").read_text():
            return
        time.sleep(0.1)
    pytest.fail("it goes on")


def test_what_a_process_finds_damaged_is_said_here(
    found: tuple[Found, ...], settings: Settings, tmp_path: Path
) -> None:
    broken = tiny_models.blip(tmp_path / "blip") / "model.safetensors"
    broken.write_bytes(broken.read_bytes()[:1000])
    elsewhere = settings.model_copy(update={"captioner": f"local:{tmp_path / 'blip'}"})
    with (
        open_cache(tmp_path / "cache") as cache,
        pytest.raises(ModelMissing, match="cannot be loaded") as failure,
    ):
        run(found, elsewhere, cache, two_processes(elsewhere))
    assert "bring it again" in failure.value.hint


def test_photos_that_cannot_be_handed_to_the_processes_end_them(
    found: tuple[Found, ...], settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> Iterator[Look]:
        raise OSError("no room")
        yield

    monkeypatch.setattr(engines, "load_frames", fail)
    monkeypatch.setattr(engines, "POLL_SECONDS", 0.1)
    with open_cache(tmp_path / "cache") as cache, pytest.raises(OSError, match="no room"):
        run(found, settings, cache, two_processes(settings))
    assert not multiprocessing.active_children()


def test_nothing_more_is_decoded_once_the_caller_stops(
    found: tuple[Found, ...], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[Look] = []
    ended = threading.Event()

    def many(*_: object, **__: object) -> Iterator[Look]:
        try:
            for number in range(100_000):
                decoded.append(Look(found[number % len(found)], str(number)))
                yield decoded[-1]
        finally:
            ended.set()

    monkeypatch.setattr(engines, "load_frames", many)
    monkeypatch.setattr(engines, "POLL_SECONDS", 0.1)
    known = Known({}, [set(), set()], {})
    coming = see_on_devices(select_models(settings), ("cpu",), found, known)
    next(coming)
    coming.close()
    assert ended.wait(timeout=30)
    assert len(decoded) < 50_000
    assert not multiprocessing.active_children()


def test_two_ray_workers_fill_the_same_cache_as_one_process(
    found: tuple[Found, ...], settings: Settings, tmp_path: Path
) -> None:
    on_ray = settings.model_copy(update={"engine": "ray:2"})
    try:
        with open_cache(tmp_path / "one") as one, open_cache(tmp_path / "two") as two:
            alone = run(found, settings, one, engine_for(select_models(settings)))
            assert agree(run(found, settings, two, engine_for(select_models(on_ray))), alone)
        assert os.environ["RAY_AUTH_MODE"] == "token"
        elsewhere = on_ray.model_copy(update={"captioner": "nobody"})
        with open_cache(tmp_path / "three") as three, pytest.raises(SettingsError, match="Unknown captioner 'nobody'"):
            run(found, settings, three, engine_for(select_models(elsewhere)))
    finally:
        importlib.import_module("ray").shutdown()  # only now: it reads its environment when it is imported


def test_a_cluster_that_does_not_answer_is_named(
    found: tuple[Found, ...], settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:9")
    on_ray = settings.model_copy(update={"engine": "ray"})
    with open_cache(tmp_path / "cache") as cache, pytest.raises(SettingsError, match=r"RAY_ADDRESS=127\.0\.0\.1:9"):
        run(found, settings, cache, engine_for(select_models(on_ray)))


def test_ray_that_is_not_installed_is_named(
    found: tuple[Found, ...], settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    on_ray = settings.model_copy(update={"engine": "ray"})
    with open_cache(tmp_path / "cache") as cache, pytest.raises(ModelMissing, match=r"-m pip install .ray\[data\]"):
        run(found, settings, cache, engine_for(select_models(on_ray)))
