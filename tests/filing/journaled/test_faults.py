"""Every system call on the user's files goes wrong once, in every mode, on one disk and two; nothing is lost.

A call fails, fails after it has done its work, is the last one of a killed process, or comes right after somebody has
deleted, edited or swapped something. The contents on disk afterwards are those before, and more at most; then undo
brings everything back.
"""

from __future__ import annotations

import errno
import hashlib
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.preload import build
from faulty import AFTER, FAIL, KILL, SCRIPT, TALLY, Ended, Fault, Faulty
from filing_kit import FOLDERS, digests, names, open_runs, plan_for, tree, write

from photosort.filing.plan.model import Mode

pytestmark = pytest.mark.slow

FILES = {
    "a/IMG_1.JPG": "one",
    "a/IMG_1.xmp": "sidecar of one",
    "b/IMG_1.JPG": "two",
    "c/IMG_2.JPG": "three",
    "c/IMG_3.JPG": "one",
}
BYSTANDER = "somebody else's"
CALLS = {
    "rename": errno.EIO,
    "link": errno.EIO,
    "symlink": errno.EIO,
    "unlink": errno.EIO,
    "mkdir": errno.EIO,
    "rmdir": errno.EIO,
    "create": errno.EACCES,
    "open": errno.ESTALE,
    "look": errno.ESTALE,
    "stat": errno.EACCES,
    "write": errno.ENOSPC,
    "fsync": errno.EIO,
    "syncfs": errno.EIO,
    "close": errno.EDQUOT,
    "fchmod": errno.EIO,
    "utime": errno.EIO,
}
NAMING = ("rename", "link", "symlink", "unlink", "mkdir")
"""The calls after which both names have to be looked at."""
CASES = [
    *((mode, disks) for mode in (Mode.COPY, Mode.MOVE, Mode.SYMLINK) for disks in ("one disk", "two disks")),
    (Mode.HARDLINK, "one disk"),
]
MOST = 8
"""Calls of a kind that are tried, spread over all of them."""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("faults", tmp_path_factory.mktemp("library"))


class Scene:
    """One run that can be begun again and again."""

    def __init__(self, library: Path, near: Path, far: Path, mode: Mode) -> None:
        self.source, self.out, self.data, self.mode = near / "in", far / "out", near / "data", mode
        self.elsewhere = near / "elsewhere"
        self.faulty = Faulty(library, (self.source, self.out))
        self.reset()
        self.before, self.contents = tree(self.source), digests(self.source, self.out).keys()
        self.place = plan_for(self.source, self.out, mode, about=True).files[0].destination

    def reset(self) -> None:
        for folder in (self.source, self.out, self.data, self.elsewhere):
            shutil.rmtree(folder, ignore_errors=True)
        write(self.source, FILES)
        write(self.out, {f"{FOLDERS[0]}/IMG_2.JPG": BYSTANDER})
        self.elsewhere.mkdir()
        self.data.mkdir()
        open_runs(self.data / "runs").close()

    def run(self, job: str, fault: Fault | None = None) -> Ended:
        more = {"source": self.source, "destination": self.out, "mode": self.mode, "about": True}
        return self.faulty.run(job, fault, database=self.data / "runs", **(more if job == "file" else {}))

    def prepare(self, job: str) -> None:
        """Bring the run to where the job begins."""
        self.reset()
        if job == "undo":
            assert self.run("file").said == ""
        elif job == "resume":
            self.run("file", Fault("fsync", 4, KILL))

    def check_nothing_lost(self, why: object) -> None:
        missing = self.contents - digests(self.source, self.out).keys()
        TALLY.count(missing)
        assert not missing, why
        assert (self.out / FOLDERS[0] / "IMG_2.JPG").read_text() == BYSTANDER, why

    @staticmethod
    def shown(found: dict[str, tuple[object, ...]], why: object) -> dict[str, tuple[object, ...]]:
        """The tree, without permissions where the disk refused to set them."""
        return {name: entry[:3] for name, entry in found.items()} if "fchmod" in str(why) else found

    def check_taken_back(self, why: object) -> None:
        """Undo it, as often as a passing fault may ask for."""
        for _ in range(2):
            ended = self.run("undo")
            assert ended.said == "" or "NoSuchRun" in ended.said, (why, ended)
        assert self.shown(tree(self.source), why) == self.shown(self.before, why), why
        assert names(self.out) == [f"{FOLDERS[0]}/IMG_2.JPG"], why


@pytest.fixture(params=CASES, ids=[f"{mode}, {disks}" for mode, disks in CASES])
def scene(request: pytest.FixtureRequest, library: Path, memory: Path, tmp_path: Path) -> Iterator[Scene]:
    mode, disks = request.param
    if disks == "two disks" and memory == tmp_path:
        pytest.skip("there is no second file system")
    made = Scene(library, memory, tmp_path if disks == "two disks" else memory, mode)
    yield made
    made.faulty.close()


def steps(scene: Scene, job: str, call: str) -> list[int]:
    """The numbers of the calls to try."""
    scene.prepare(job)
    counted = scene.run(job, Fault(call, -2, FAIL)).counted
    return sorted({number * counted // min(counted, MOST) for number in range(min(counted, MOST))})


@pytest.mark.parametrize("job", ["file", "undo", "resume"])
def test_a_call_that_fails_or_only_says_so_loses_nothing(scene: Scene, job: str) -> None:
    for call, error in CALLS.items():
        for nth in steps(scene, job, call):
            for action in (FAIL, AFTER) if call in NAMING else (FAIL,):
                why = (job, call, nth, "after" if action == AFTER else "fail")
                scene.prepare(job)
                ended = scene.run(job, Fault(call, nth, action, error))
                why = (*why, ended)
                assert not ended.killed and ended.said.partition(":")[0] in ("", "StoreError", "DestinationError"), why
                scene.check_nothing_lost(why)
                if job == "file" and nth % 2:
                    scene.run("resume")
                    scene.check_nothing_lost(why)
                scene.check_taken_back(why)


@pytest.mark.parametrize("job", ["file", "undo"])
def test_a_process_that_is_killed_at_any_call_loses_nothing(scene: Scene, job: str) -> None:
    for call in ("rename", "link", "unlink", "create", "fsync", "close"):
        for nth in steps(scene, job, call)[:: 2 if call == "close" else 1]:
            scene.prepare(job)
            ended = scene.run(job, Fault(call, nth, KILL))
            scene.check_nothing_lost((job, call, nth, ended))
            scene.check_taken_back((job, call, nth, ended))


PAIRS = """
import pathlib, sys
first, second = ([path for path in pathlib.Path(root).rglob("*") if path.is_file() and not path.is_symlink()
    and not path.name.startswith(".")] for root in sys.argv[1:3])
for one in first:
    for other in second:
        if one.exists() and other.exists() and one.read_bytes() == other.read_bytes():
            {act}
"""
"""Does something to a file that has an equal one at the other side."""


def script(tmp_path: Path, first: Path, second: Path, act: str) -> str:
    file = tmp_path / "script.py"
    file.write_text(PAIRS.format(act=act))
    return f"{sys.executable} -S {file} '{first}' '{second}'"


@pytest.mark.parametrize("what", ["originals", "copies"])
@pytest.mark.parametrize("job", ["file", "undo"])
def test_deletions_on_one_side_stay_on_that_side(scene: Scene, tmp_path: Path, job: str, what: str) -> None:
    sides = (scene.source, scene.out) if what == "originals" else (scene.out, scene.source)
    delete = script(tmp_path, *sides, "one.unlink()")
    for call in ("unlink", "look", "rename"):
        for nth in steps(scene, job, call):
            scene.prepare(job)
            ended = scene.run(job, Fault(call, nth, SCRIPT, script=delete))
            scene.check_nothing_lost((job, call, nth, ended))


@pytest.mark.parametrize("what", ["originals", "copies"])
@pytest.mark.parametrize("job", ["file", "undo"])
def test_what_is_edited_while_a_run_is_on_is_kept(scene: Scene, tmp_path: Path, job: str, what: str) -> None:
    """An edit that keeps size and time, as some tools do, is seen until the very moment of the removal."""
    sides = (scene.source, scene.out) if what == "originals" else (scene.out, scene.source)
    plain = "s = one.stat(); one.write_bytes(one.read_bytes().swapcase())"
    edited = {hashlib.sha256(content.swapcase().encode()).hexdigest() for content in FILES.values()}
    for call in ("unlink", "look", "rename"):
        keeping = "; import os; os.utime(one, ns=(0, s.st_mtime_ns))" if call != "unlink" else ""
        edit = script(tmp_path, *sides, plain + keeping)
        for nth in steps(scene, job, call)[::2]:
            scene.prepare(job)
            ended = scene.run(job, Fault(call, nth, SCRIPT, script=f"{edit}; cp -r '{sides[0]}' '{tmp_path}/edited'"))
            kept = edited & digests(tmp_path / "edited").keys()
            shutil.rmtree(tmp_path / "edited", ignore_errors=True)
            missing = kept - digests(scene.source, scene.out).keys()
            TALLY.count(missing)
            assert not missing, (job, call, nth, ended)


@pytest.mark.parametrize("job", ["file", "undo"])
def test_nothing_is_written_through_a_swapped_folder(scene: Scene, job: str) -> None:
    """A source folder that is a link before the first file goes back through it is the user's, and followed."""
    folder = scene.place.parent if job == "file" else scene.source / "c"
    swap = f"mv '{folder}' '{folder}-moved'; ln -s '{scene.elsewhere}' '{folder}'"
    for call in ("rename", "create", "link", "symlink", "mkdir", "fsync", *(["look"] if job == "file" else [])):
        for nth in steps(scene, job, call):
            scene.prepare(job)
            ended = scene.run(job, Fault(call, nth, SCRIPT, script=swap))
            assert names(scene.elsewhere) == [], (call, nth, ended)
            missing = scene.contents - digests(scene.source, scene.out).keys()
            TALLY.count(missing)
            assert not missing, (call, nth, ended)
