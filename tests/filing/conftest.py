"""Fixtures of the filing tests: two kinds of disk, and processes that can be killed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "fakes"))

from fakes.filing_kit import open_runs
from faulty import TALLY
from killable import Killable


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many faults were injected, and how often something was lost."""
    if TALLY.tried:
        terminalreporter.write_line(f"system calls on files that went wrong: {TALLY.tried} tried, {TALLY.lost} lost")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A database of runs."""
    connection = open_runs(tmp_path / "data" / "runs.sqlite")
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def killable() -> Iterator[Killable]:
    """Processes that die at a chosen step."""
    if not hasattr(os, "fork"):
        pytest.skip("needs fork")
    processes = Killable()
    yield processes
    processes.close()


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is such a disk, for tests that flush to disk a thousand times."""
    if not os.access("/dev/shm", os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


@pytest.fixture
def other_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on another file system than tmp_path."""
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev or not os.access(memory, os.W_OK):
        pytest.skip("there is no second file system")
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


@pytest.fixture
def exfat(tmp_path: Path) -> Iterator[Path]:
    """A real exFAT in a file, as on a memory card: no links, no case, no colons."""
    image, folder = tmp_path / "exfat.image", tmp_path / "exfat"
    folder.mkdir()
    with image.open("wb") as file:
        file.truncate(64 << 20)
    if not (shutil.which("mkfs.exfat") and shutil.which("mount.exfat-fuse")) or os.geteuid():
        pytest.skip("needs root, mkfs.exfat and mount.exfat-fuse")
    subprocess.run(["mkfs.exfat", str(image)], check=True, capture_output=True)
    found = subprocess.run(["losetup", "--find", "--show", str(image)], capture_output=True, text=True, check=False)
    loop = found.stdout.strip()
    if not loop or subprocess.run(["mount.exfat-fuse", loop, str(folder)], capture_output=True, check=False).returncode:
        subprocess.run(["losetup", "--detach", loop], check=False) if loop else None
        pytest.skip("no loop device or no FUSE here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
    subprocess.run(["losetup", "--detach", loop], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int, str], Path]]:
    """Mounts file systems of a few kilobytes: (kilobytes, options) -> folder."""
    mounted: list[Path] = []

    def mount(kilobytes: int, options: str = "") -> Path:
        folder = tmp_path / f"disk-{len(mounted)}"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k{options}", "tmpfs", str(folder)]
        if os.name == "nt" or os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("mounting a small disk needs root")
        mounted.append(folder)
        return folder

    yield mount
    for folder in reversed(mounted):
        subprocess.run(["umount", "-l", str(folder)], check=True)
