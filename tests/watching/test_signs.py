"""The system says that something has changed; where it does not, waiting is only waiting."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from photosort.watching.signs import Signs

pytestmark = pytest.mark.slow

LONG = 30.0
"""Far longer than a sign takes."""


def woken(signs: Signs, change: Callable[[], object]) -> bool:
    """Whether a change ends a long wait."""
    timer = threading.Timer(0.3, change)
    timer.start()
    began = time.monotonic()
    signs.wait(LONG)
    timer.join()
    return time.monotonic() - began < LONG / 2


def test_a_photo_that_arrives_is_a_sign_also_in_a_new_folder(tmp_path: Path) -> None:
    signs = Signs(tmp_path, skip=tmp_path / "out")
    assert signs.lost == ""
    assert woken(signs, (tmp_path / "a.jpg").touch)
    assert woken(signs, (tmp_path / "new").mkdir)
    assert woken(signs, (tmp_path / "new" / "b.jpg").touch)


@pytest.mark.skipif(os.name == "nt", reason="names of Linux")
def test_a_name_of_any_bytes_is_a_sign_and_ends_nothing(tmp_path: Path) -> None:
    signs = Signs(tmp_path, skip=tmp_path / "out")
    signs.wait(1)
    assert woken(signs, Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.jpg")).touch)
    assert signs.lost == "" and woken(signs, (tmp_path / "a.jpg").touch)


def test_the_destination_gives_no_sign(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    signs = Signs(tmp_path, skip=tmp_path / "out")
    (tmp_path / "out" / "a.jpg").touch()
    began = time.monotonic()
    signs.wait(2)
    assert time.monotonic() - began >= 1.9


def test_without_signs_a_wait_ends_by_itself(tmp_path: Path) -> None:
    signs = Signs(tmp_path / "missing", skip=tmp_path / "out")
    assert signs.lost
    signs.wait(0.1)
    (tmp_path / "missing").mkdir()
    signs.renew()
    assert signs.lost == "" and woken(signs, (tmp_path / "missing" / "a.jpg").touch)
