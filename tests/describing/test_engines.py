"""Several processes, and a Ray cluster, fill the same cache as one process does."""

import importlib
import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from end_to_end.conftest import write_pictures
from fakes import tiny_models
from fakes.counting_models import CountingModels

from photosort.describing import engines
from photosort.describing.decoding import ring
from photosort.describing.decoding.look import Known
from photosort.describing.decoding.ring import slot_bytes
from photosort.describing.describe import Described, describe
from photosort.describing.device_process import UNKEPT
from photosort.describing.engines import Engine, engine_for
from photosort.describing.events import Batch
from photosort.describing.on_devices import see_on_devices
from photosort.describing.tasks import tasks_of
from photosort.errors import ModelFailed, ModelMissing, SettingsError
from photosort.models.selected import ModelSet, select_models
from photosort.photos.files.scan import Found, scan
from photosort.settings.settings import Settings, load_settings
from photosort.store.cache import Cache, cache_file, open_cache

STARTER = """
import multiprocessing, sys, time
from pathlib import Path
from photosort.describing.on_devices import see_on_devices
from photosort.describing.decoding.look import Known
from photosort.models.selected import select_models
from photosort.photos.files.scan import scan
from photosort.settings.settings import load_settings

if __name__ == "__main__":
    found = scan(Path(sys.argv[1])).photos
    coming = see_on_devices(select_models(load_settings(batch=4)), ("cpu",), found, Known({}, [set(), set()], {}))
    next(coming)
    print(*(child.pid for child in multiprocessing.active_children()), flush=True)
    time.sleep(600)
"""

KILLED = """
import os, signal, sys
from functools import partial
from pathlib import Path
from photosort.describing.describe import describe
from photosort.describing.tasks import tasks_of
from photosort.describing.worker import describe_files
from photosort.models.selected import select_models
from photosort.photos.files.scan import scan
from photosort.settings.settings import load_settings
from photosort.store.cache import open_cache

def stop(stage, done, total):
    if done >= 8:
        os.kill(os.getpid(), signal.SIGKILL)

models = select_models(load_settings(batch=4))
with open_cache(Path(sys.argv[2])) as cache:
    found = scan(Path(sys.argv[1])).photos
    few = partial(describe_files, tasks=tasks_of(models), first=4)
    describe(found, models.image_encoder, models.captioners, cache, facts=models.fact_models, engine=few, progress=stop)
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
    found: tuple[Found, ...], settings: Settings, tmp_path: Path
) -> None:
    def kill_one() -> None:
        while not (devices := [each for each in multiprocessing.active_children() if each.name == "photosort-cpu"]):
            time.sleep(0.01)
        os.kill(devices[0].pid or 0, signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    killer.start()
    with (
        open_cache(tmp_path / "cache") as cache,
        pytest.raises(ModelFailed, match="photosort-cpu ended"),
    ):
        run(found, settings, cache, two_processes(settings))
    killer.join()


def goes_on(process: Path) -> bool:
    with suppress(OSError):
        return "\nState:\tZ" not in (process / "status").read_text()
    return False


def test_processes_end_with_the_one_that_started_them(
    found: tuple[Found, ...], settings: Settings, tmp_path: Path
) -> None:
    starter = tmp_path / "starter.py"
    starter.write_text(STARTER)
    command = [sys.executable, starter, found[0].path.parent]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        children = [Path("/proc") / pid for pid in started.stdout.readline().split()]
        assert len(children) > 1
        assert all(child.exists() for child in children)
        mapped = [line.split() for line in (children[-1] / "maps").read_text().splitlines() if "pym-" in line]
        started.kill()
    for _ in range(300):
        if not any(goes_on(child) for child in children):
            break
        time.sleep(0.1)
    else:
        pytest.fail("they go on")
    files = {Path(line[5]) for line in mapped}
    assert files and not any(file.exists() for file in files), "shared memory is left behind"
    assert not list(ring.SHARED.glob(f"pym-{started.pid}-*"))


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


@pytest.mark.parametrize("slots", [7, 20, 5000])
def test_little_or_no_shared_memory_changes_nothing(
    found: tuple[Found, ...], settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slots: int
) -> None:
    """Too few to share, too few for a portion, enough."""
    models = select_models(settings)
    room = (slots + 0.5) * slot_bytes(list({task.frame for task in tasks_of(models)}))
    monkeypatch.setattr(ring, "SHARE_OF_SHARED", room / shutil.disk_usage(ring.SHARED).free)
    with open_cache(tmp_path / "one") as one, open_cache(tmp_path / "two") as two:
        alone = run(found, settings, one, engine_for(models))
        assert agree(run(found, settings, two, two_processes(settings)), alone)


@pytest.mark.parametrize("seed", range(3))
def test_a_stop_loses_few_batches(found: tuple[Found, ...], tmp_path: Path, seed: int) -> None:
    """What a device has computed and the cache has not is bounded, however slow the cache is and whenever it stops."""
    noted, kept, rng = tmp_path / "noted", 0, random.Random(seed)
    engine = see_on_devices(cast(ModelSet, CountingModels(noted)), ("cpu",), found, Known({}, [set(), set()], {}))
    while kept < 1 + seed:
        kept += isinstance(next(engine), Batch)
    time.sleep(rng.random())
    engine.close()
    computed = len(noted.read_text().split())
    assert kept <= computed <= kept + 1 + UNKEPT + 1  # one that this process had in hand, and one in the device's
    assert not multiprocessing.active_children()


def content(cache: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that a cache holds, whatever the order in which it came."""
    connection = sqlite3.connect(cache_file(cache))
    of = "SELECT model, revision, prompt, key, {} FROM {} JOIN identities i ON i.id = identity ORDER BY 1, 2, 3, 4"
    questions = ["SELECT * FROM files ORDER BY path", of.format("text", "texts"), of.format("vector", "vectors")]
    found = {question: connection.execute(question).fetchall() for question in questions}
    connection.close()
    return found


def test_every_way_fills_the_cache_byte_for_byte_alike(
    found: tuple[Found, ...], settings: Settings, tmp_path: Path
) -> None:
    """Threads, processes, Ray, and processes after a run that was killed."""
    builtin = settings.model_copy(update={"batch": None})
    on_ray = builtin.model_copy(update={"engine": "ray:2"})
    ways = {
        "threads": engine_for(select_models(builtin)),
        "processes": two_processes(builtin),
        "ray": engine_for(select_models(on_ray)),
        "killed": two_processes(builtin),
    }
    killed = [sys.executable, "-c", KILLED, str(found[0].path.parent), str(tmp_path / "killed")]
    done = subprocess.run(killed, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, check=False)
    assert done.returncode == -signal.SIGKILL
    for name, engine in ways.items():
        with open_cache(tmp_path / name) as cache:
            models = select_models(builtin)
            seen = describe(
                found, models.image_encoder, models.captioners, cache, facts=models.fact_models, engine=engine
            )
            assert len(seen.photos) == 20
            assert (seen.looked < 20) == (name == "killed")
    importlib.import_module("ray").shutdown()
    first, *others = (content(tmp_path / name) for name in ways)
    assert sum(map(len, first.values())) > 4 * 20
    assert all(other == first for other in others)


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
