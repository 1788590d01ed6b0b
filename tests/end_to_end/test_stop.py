"""A command that is stopped at any moment, or whose output is lost: what it says, and how the next one goes on."""

import json
import os
import shlex
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
def test_a_stopped_and_a_second_run_fill_the_same_cache(
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
    """Photos of which the cache has the vector."""
    if not database.exists():
        return 0
    try:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
            count = int(
                db.execute(
                    "SELECT count(*) FROM vectors JOIN identities i ON identity = i.id WHERE model LIKE 'efficientnet%'"
                ).fetchone()[0]
            )
        db.close()
    except sqlite3.OperationalError:
        return 0
    return count


def test_a_server_that_hangs_does_not_block_ctrl_c(photosort: Command, pictures: Path, own_folders: Path) -> None:
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


STOPPING = """
import os, signal
from {module} import {holder}
once = {holder}.{method}
def method(*arguments):
    result = once(*arguments)
    os.kill(os.getpid(), signal.{signal})
    return result
{holder}.{method} = method
from photosort.__main__ import main
main()
"""


def stopped_after(step: str, name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command, which gets a signal when this step is done for the first time."""
    module, holder, method = step.rsplit(".", 2)
    program = STOPPING.format(module=module, holder=holder, method=method, signal=name)
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize(("name", "flags"), [("SIGINT", ()), ("SIGTERM", ("--json",)), ("SIGHUP", ("--quiet",))])
def test_a_stop_while_files_are_on_their_way_says_how_to_go_on(
    photosort: Command, pictures: Path, name: str, flags: tuple[str, ...]
) -> None:
    before = files(pictures)
    step = "photosort.filing.journaled.executor.Executor.perform"
    done = stopped_after(step, name, "organize", pictures, "--k", 2, "--mode", "move", "--yes", *flags)
    assert done.returncode == 130
    hint = (
        "Files were touched: every photo is where it was or in its folder. "
        "Finish it: photosort resume 1. Or take it back: photosort undo 1"
    )
    if flags == ("--json",):
        assert json.loads(done.stdout) == {"error": {"kind": "Interrupted", "problem": "Stopped", "hint": hint}}
        assert done.stderr == ""
    else:
        assert done.stderr == f"photosort: Stopped. {hint}\n"
    assert files(pictures) != before
    assert photosort("undo").code == 0
    assert files(pictures) == before


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_stop_of_an_undo_says_how_to_go_on(photosort: Command, pictures: Path) -> None:
    assert photosort("organize", pictures, "--k", 2).code == 0
    done = stopped_after("photosort.filing.journaled.undo._Undo.take_back", "SIGINT", "undo")
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr.startswith("photosort: Stopped. Files were touched: ")
    assert done.stderr.endswith("Go on: photosort undo 1\n")
    assert photosort("undo", 1).code == 0
    assert not pictures.with_name("Pictures-sorted").exists()


def organized(pictures: Path, rest: str) -> subprocess.CompletedProcess[str]:
    """Organize in a line of bash, which goes on with `rest`."""
    program = Path(sys.executable).with_name("photosort")
    line = f"{shlex.quote(str(program))} organize {shlex.quote(str(pictures))} --k 2 {rest}"
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line}"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell")
def test_a_run_whose_reader_has_read_enough_files_all_in_silence(photosort: Command, pictures: Path) -> None:
    done = organized(pictures, "| head -c 1")
    assert (done.returncode, done.stdout, done.stderr) == (0, "m", "")
    assert len([name for name in files(pictures.with_name("Pictures-sorted")) if name.endswith(".JPG")]) == 20


@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell")
@pytest.mark.parametrize(("outlet", "flag"), [(">/dev/full", "--json"), (">&-", "")])
def test_a_run_with_lost_output_files_all_and_says_so(
    photosort: Command, pictures: Path, outlet: str, flag: str
) -> None:
    done = organized(pictures, f"{flag} {outlet}")
    said = "photosort: Standard output cannot be written ("
    assert (done.returncode, done.stderr.startswith(said), done.stderr.count("\n")) == (19, True, 1)
    assert done.stderr.endswith("). Run 1 is filed; photosort undo 1 takes it back.\n")
    assert len([name for name in files(pictures.with_name("Pictures-sorted")) if name.endswith(".JPG")]) == 20


def test_a_damaged_cache_is_set_aside_and_the_run_goes_on(
    photosort: Command, pictures: Path, own_folders: Path
) -> None:
    database = own_folders / "cache" / "cache.sqlite"
    with sqlite3.connect(database) as connection:
        connection.execute("DROP TABLE texts")
    connection.close()
    done = photosort("organize", pictures, "--k", 2)
    assert done.code == 0
    aside = database.with_name("cache.sqlite.damaged-1")
    assert done.err == (
        f"The database {database} is damaged (no such table: texts). "
        f"It is now {aside}, and is made again: nothing is lost but time.\n"
    )
    assert aside.exists() and photosort("organize", pictures, "--k", 2, "--dry-run").err == ""


@pytest.mark.parametrize(
    "command", [("organize", "PICTURES"), ("undo",), ("resume",), ("runs",), ("explain",)], ids=str
)
def test_a_damaged_history_is_named_and_never_set_aside(
    photosort: Command, pictures: Path, own_folders: Path, command: tuple[str, ...]
) -> None:
    database = own_folders / "data" / "history.sqlite"
    database.parent.mkdir()
    database.write_bytes(damage := b"nothing that SQLite knows" * 100)
    done = photosort(*[pictures if word == "PICTURES" else word for word in command])
    assert (done.code, done.out, done.err.count("\n")) == (20, "", 1)
    assert done.err.startswith(f"photosort: The database {database} is damaged (file is not a database). Your photos")
    assert "taken back, finished or explained" in done.err and "backup" in done.err
    assert database.read_bytes() == damage


def test_a_locale_of_few_letters_keeps_names_whole(photosort: Command, tmp_path: Path, pictures: Path) -> None:
    folder = tmp_path / "Fotos é"
    folder.mkdir()
    names = {b"caf\xc3\xa9.jpg", b"\xe9\xff.jpg", "日本.jpg".encode()}
    for name, photo in zip(sorted(names), sorted(pictures.rglob("*.JPG")), strict=False):
        shutil.copy(photo, os.fsencode(folder) + b"/" + name)
    places = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = photosort("organize", folder, "--k", 1, "--name-template", "Größe {name}", **places)
    assert (done.code, done.err) == (0, "") and done.out.isascii() and "->" in done.out and "`--" in done.out
    [made] = (tmp_path / "Fotos é-sorted").iterdir()
    assert made.name.startswith("Größe ") and names <= {os.fsencode(path.name) for path in made.iterdir()}
    said = photosort("explain", folder / "café.jpg", "--json", **places).json
    assert said["photo"] == str(folder / "café.jpg")
    assert photosort("undo", **places).code == 0
