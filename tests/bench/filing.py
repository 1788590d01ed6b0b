"""How fast files are filed: python tests/bench/filing.py [--files 200] [--bytes 4000000] [--dir DIR]

With `--against CHECKOUT --far DIR` instead: every mode and its undo, here and with the photosort of another checkout,
in turns; DIR lies on another disk. So it is seen what a change costs.

In one run, on one disk, in turns: `cp -a` of a tree, followed by the SHA-256 of every file and a flush of the disk
(what a copy that can be trusted costs at least), and photosort's plan and apply of the same tree by copy. Prints the
medians of three turns and their ratio; without the flush too, though photosort always flushes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from table_row import declare

from photosort.filing.disk.survey import survey
from photosort.filing.journaled.apply import apply
from photosort.filing.journaled.undo import undo
from photosort.filing.plan.model import Mode
from photosort.filing.plan.plan import make_plan
from photosort.photos.files.photo import Photo
from photosort.store.history import open_history
from photosort.store.runs.runs import Runs

TURNS = 3
AGAINST = 5
FOLDERS = [f"folder {number}" for number in range(8)]


def write_tree(root: Path, files: int, size: int) -> list[Photo]:
    """Files that no disk can compress or share."""
    photos = []
    root.mkdir()
    for number in range(files):
        content = os.urandom(size)
        path = root / f"IMG_{number:05d}.jpg"
        path.write_bytes(content)
        photos.append(Photo(path, size, path.stat().st_mtime_ns, hashlib.sha256(content).hexdigest()))
    return scanned(photos)


def scanned(photos: Iterable[Photo]) -> list[Photo]:
    """The photos as a scan finds them now; links and moves change the time of the status."""
    if "ctime_ns" not in Photo.__dataclass_fields__:
        return list(photos)
    times: list[dict[str, Any]] = [{"ctime_ns": photo.path.stat().st_ctime_ns} for photo in photos]
    return [replace(photo, **time) for photo, time in zip(photos, times, strict=True)]


def with_cp(source: Path, target: Path, *, flush: bool) -> None:
    """Copy, flush and read back with the system's own tools."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)
    if flush:
        subprocess.run(["sync", "-f", str(target)], check=True)
    for path in target.iterdir():
        with path.open("rb") as file:
            hashlib.file_digest(file, "sha256")


def with_photosort(photos: list[Photo], source: Path, target: Path, data: Path, mode: Mode = Mode.COPY) -> None:
    """Survey, plan, journal and file."""
    with open_history(data) as connection:
        seen = survey(source, target, photos, FOLDERS, mode=mode)
        labels = [number % len(FOLDERS) for number in range(len(photos))]
        plan = make_plan(photos, labels, FOLDERS, source=source, destination=target, mode=mode, survey=seen, unread=())
        run = Runs(connection).add(
            source=source, destination=target, mode=mode, settings={}, clusters=[], members=[], left=[]
        )
        outcome = apply(plan, run, connection)
    assert outcome.files == len(photos), outcome


def seconds(work: Callable[[], object]) -> float:
    """How long it took."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def run_each_mode(root: Path, far: Path, files: int, size: int) -> dict[str, float]:
    """Seconds for each mode and for its undo, of one process."""
    took: dict[str, float] = {}
    photos = write_tree(root / "photos", files, size)
    for mode, where in ((Mode.COPY, root), (Mode.HARDLINK, root), (Mode.MOVE, root), (Mode.MOVE, far)):
        name = f"{mode}{' to another disk' if where == far else ''}"
        os.sync()
        photos = scanned(photos)
        took[name] = seconds(partial(with_photosort, photos, root / "photos", where / "out", root / name, mode))
        with open_history(root / name) as connection:
            os.sync()
            took[f"undo of {name}"] = seconds(partial(undo, connection, 1))
    return took


def compare(other: Path, arguments: argparse.Namespace) -> None:
    """Run this file in turns with both checkouts, and print the ratio of the medians."""
    here = Path(__file__).parents[2]
    took: dict[Path, list[dict[str, float]]] = {here: [], other: []}
    for turn in range(2 * AGAINST):
        home = (here, other)[turn % 2]
        command = [sys.executable, __file__, "--once", "--files", arguments.files, "--bytes", arguments.bytes]
        command += ["--dir", arguments.dir or tempfile.gettempdir(), "--far", arguments.far]
        environment = {**os.environ, "PYTHONPATH": str(home)}
        done = subprocess.run([str(part) for part in command], env=environment, capture_output=True, check=True)
        took[home].append(json.loads(done.stdout))
    print(f"{arguments.files} files of {arguments.bytes / 1e6:.1f} MB, medians of {AGAINST} turns: here, there, ratio")
    for name in took[here][0]:
        ours, theirs = (statistics.median(turn[name] for turn in took[home]) for home in (here, other))
        print(f"  {name:<30}{ours:7.2f} s {theirs:7.2f} s {ours / theirs:6.2f}")


def main() -> None:
    """Measure in turns and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--bytes", type=int, default=4_000_000)
    parser.add_argument("--dir", type=Path, help="a folder on the disk to measure")
    parser.add_argument("--against", type=Path, help="another checkout of photosort")
    parser.add_argument("--far", type=Path, help="a folder on another disk")
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.against:
        compare(arguments.against.absolute(), arguments)
        return
    if arguments.once:
        with (
            tempfile.TemporaryDirectory(dir=arguments.dir) as near,
            tempfile.TemporaryDirectory(dir=arguments.far) as far,
        ):
            print(json.dumps(run_each_mode(Path(near), Path(far), arguments.files, arguments.bytes)))
        return
    with tempfile.TemporaryDirectory(dir=arguments.dir) as name:
        root = Path(name)
        photos = write_tree(root / "photos", arguments.files, arguments.bytes)
        times: dict[str, list[float]] = {"cp -a, digest": [], "cp -a, flush, digest": [], "photosort": []}
        for turn in range(TURNS):
            works: dict[str, Callable[[], None]] = {
                "cp -a, digest": lambda: with_cp(root / "photos", root / "a", flush=False),
                "cp -a, flush, digest": lambda: with_cp(root / "photos", root / "b", flush=True),
                "photosort": lambda turn=turn: with_photosort(  # type: ignore[misc]
                    photos, root / "photos", root / "c", root / f"data {turn}"
                ),
            }
            for row, work in works.items():
                os.sync()  # nobody flushes what another has written
                times[row].append(seconds(work))
            for copy in ("a", "b", "c"):
                shutil.rmtree(root / copy)
    ours = statistics.median(times["photosort"])
    total = arguments.files * arguments.bytes / 1e6
    print(f"{arguments.files} files of {arguments.bytes / 1e6:.1f} MB, medians of {TURNS} turns")
    for row, measured in times.items():
        median = statistics.median(measured)
        if row != "photosort":
            declare(
                f"seconds, {arguments.files} files of {total:.0f} MB",
                f"{ours:.2f}",
                f"{row} {median:.2f}",
                ours / median,
            )
        print(f"  {row:<22}{median:7.2f} s {total / median:8.0f} MB/s   photosort takes {ours / median:5.2f} x")


if __name__ == "__main__":
    main()
