"""A watch in a process of its own: how it ends, whatever it is doing."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from fakes import by_colour
from fakes.filing_kit import sha
from fakes.photos import filed
from fakes.walls import walls

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    walls(tmp_path / "in", "red", range(8))
    walls(tmp_path / "in", "blue", range(8))
    plain = ("--k", 2, "--fusion", "image", "--names", "keywords")
    assert by_colour.run("organize", tmp_path / "in", "--out", tmp_path / "out", *plain).code == 0
    return tmp_path / "out"


def contents(folder: Path) -> set[str]:
    """Of the files of the user below: texts about folders are brought up to date."""
    return {sha(path) for path in filed(folder)}


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_watch_that_waits_ends_at_once_and_well(out: Path, tmp_path: Path, name: str) -> None:
    walls(tmp_path / "inbox", "red", range(20, 22))
    process = by_colour.start("watch", tmp_path / "inbox")
    assert "2 photos copied" in by_colour.said(process, "(run 2)")
    asked = time.monotonic()
    process.send_signal(getattr(signal, name))
    said, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, ""), err
    assert time.monotonic() - asked < 20
    assert said.splitlines()[-2].endswith(f"2 photos added to {out} in 1 run.")
    assert said.splitlines()[-1] == "Take the last batch back:  photosort undo 2"


@pytest.mark.parametrize("step", [5, 30])
def test_a_watch_that_files_ends_and_the_next_one_goes_on(out: Path, tmp_path: Path, step: int) -> None:
    walls(tmp_path / "inbox", "red", range(20, 26))
    before = contents(tmp_path)
    process = by_colour.start("watch", tmp_path / "inbox", "--mode", "move", "--yes", die_at=step, by="SIGTERM")
    said, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, ""), err
    assert "Run 2 was cut off; every photo is where it was or in its folder." in said
    assert "The next watch finishes it, or: photosort resume 2" in said
    assert before <= contents(tmp_path)
    process = by_colour.start("watch", tmp_path / "inbox")
    assert "Run 2, which was cut off, is finished." in by_colour.said(process, "cut off")
    process.send_signal(signal.SIGINT)
    said, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, ""), err
    assert "Ended after" in said
    assert before <= contents(tmp_path) and len(filed(out)) == 22, said
