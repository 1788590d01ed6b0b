"""Ctrl-C at any moment of the describing stage; the next start goes on where it stopped."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from end_to_end.conftest import run
from fakes.chat_server import ChatServer, Reply
from fakes.command import Command
from fakes.photos import crops

COUNT = 80


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Real photos of a megapixel, so that looking at them takes a while."""
    folder = tmp_path_factory.mktemp("many")
    for name in ("china.jpg", "flower.jpg"):
        for number, image in enumerate(crops(name, COUNT // 2)):
            image.resize((1200, 900)).save(folder / f"{name}-{number:03d}.jpg", quality=85)
    return folder


def kept(cache: Path) -> dict[tuple[str, ...], object]:
    """(model, revision, prompt, digest) -> text or vector of everything that the describing stage has kept."""
    found: dict[tuple[str, ...], object] = {}
    with sqlite3.connect(cache / "cache.sqlite") as db:
        for table, column in (("texts", "text"), ("vectors", "vector")):
            query = (
                f"SELECT model, revision, prompt, hex(key), {column} FROM {table} JOIN identities i ON identity = i.id"
            )
            for *name, value in db.execute(query):
                found[tuple(name)] = np.frombuffer(value, np.float16) if table == "vectors" else value
    db.close()
    return found


@pytest.fixture(scope="module")
def whole(many: Path, warm_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], object]:
    """What an undisturbed run keeps."""
    cache = tmp_path_factory.mktemp("whole") / "cache"
    shutil.copytree(warm_cache, cache, symlinks=True)
    done = run(*arguments(many), PHOTOSORT_CACHE_DIR=str(cache), PHOTOSORT_DATA_DIR=str(cache / "data"))
    assert done.code == 0, done.err
    return kept(cache)


def arguments(folder: Path) -> list[object]:
    return ["organize", folder, "--dry-run", "--k", 2, "--batch", 4, "--names", "keywords"]


@pytest.mark.parametrize("part", [0.1, 0.6])
def test_a_stopped_run_and_a_second_one_leave_the_cache_of_a_whole_one(
    photosort: Command, many: Path, whole: dict[tuple[str, ...], object], own_folders: Path, part: float
) -> None:
    program = [str(Path(sys.executable).with_name("photosort")), *map(str, arguments(many))]
    database = own_folders / "cache" / "cache.sqlite"
    known = looked_at(database)
    process = subprocess.Popen(program, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and looked_at(database) - known < part * COUNT:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    error = process.communicate(timeout=60)[1]
    assert (process.returncode, "goes on from there" in error) == (130, True), error
    assert part * COUNT <= looked_at(database) - known < COUNT
    assert photosort(*arguments(many)).code == 0
    resumed = kept(own_folders / "cache")
    assert resumed.keys() == whole.keys()
    for key, value in whole.items():
        if isinstance(value, str):
            assert resumed[key] == value
        else:
            assert np.allclose(resumed[key], value, atol=2e-3)


def looked_at(database: Path) -> int:
    """Photos that are in the cache."""
    if not database.exists():
        return 0
    try:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
            count = int(
                db.execute(
                    "SELECT count(*) FROM texts JOIN identities i ON identity = i.id WHERE model = 'tone'"
                ).fetchone()[0]
            )
        db.close()
    except sqlite3.OperationalError:
        return 0
    return count


def test_a_server_that_does_not_answer_keeps_nobody_from_stopping(
    photosort: Command, pictures: Path, own_folders: Path
) -> None:
    arguments = ["organize", str(pictures), "--k", "2", "--writer", "openai:tiny"]
    with ChatServer([Reply(seconds=60)], models=["tiny"]).running() as server:
        process = subprocess.Popen(
            [str(Path(sys.executable).with_name("photosort")), *arguments],
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **server.environment},
        )
        while process.poll() is None and not server.asked:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        error = process.communicate(timeout=45)[1]
    assert (process.returncode, "goes on from there" in error) == (130, True), error
    assert not pictures.with_name("Pictures-sorted").exists()
