"""One run at a time on one destination."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest

import photosort
from photosort.errors import Busy, StoreError
from photosort.filing.disk.lock import hold, is_held

_HOLD = """
import sys, time
from pathlib import Path
from photosort.filing.disk.lock import hold
with hold(Path(sys.argv[1]), Path(sys.argv[2])):
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_second_run_is_refused_with_the_process_of_the_first(tmp_path: Path) -> None:
    out = tmp_path / "out"
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(out), str(tmp_path / "data")],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(photosort.__file__).parents[1])},
    )
    try:
        assert holder.stdout and holder.stdout.readline().strip() == b"held"
        with pytest.raises(Busy, match=rf"process {holder.pid}\) is working on"), hold(out, tmp_path / "data"):
            pass
        with hold(tmp_path / "elsewhere", tmp_path / "data"):
            pass
    finally:
        holder.kill()
        holder.communicate()
    with hold(out, tmp_path / "data"):
        pass


def test_every_spelling_of_a_folder_is_the_same_lock(tmp_path: Path) -> None:
    (tmp_path / "Out").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "Out")
    with hold(tmp_path / "Out", tmp_path / "data"):
        for spelling in ("link", "Out/../Out", "out"):
            with pytest.raises(Busy, match=str(os.getpid())), hold(tmp_path / spelling, tmp_path / "data"):
                pass


def test_the_lock_is_free_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError), hold(tmp_path / "out", tmp_path / "data"):
        raise KeyError
    with hold(tmp_path / "out", tmp_path / "data"):
        pass


def test_a_data_folder_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StoreError, match="PHOTOSORT_DATA_DIR"), hold(tmp_path / "out", tmp_path / "data"):
        pass


def test_who_looks_whether_it_is_held_is_in_nobodys_way(tmp_path: Path) -> None:
    done, looks = Event(), list[bool]()

    def look() -> None:
        while not done.is_set():
            looks.append(is_held(tmp_path / "out", tmp_path / "data"))

    looker = Thread(target=look)
    looker.start()
    try:
        for _ in range(200):
            with hold(tmp_path / "out", tmp_path / "data"):
                pass
    finally:
        done.set()
        looker.join()
    assert looks and not is_held(tmp_path / "out", tmp_path / "data")


def test_what_is_held_is_seen_to_be_and_still_says_by_whom(tmp_path: Path) -> None:
    with hold(tmp_path / "out", tmp_path / "data"):
        assert is_held(tmp_path / "out", tmp_path / "data")
        with pytest.raises(Busy, match=str(os.getpid())), hold(tmp_path / "out", tmp_path / "data"):
            pass
