"""Pictures come out of the ring as they went in, and the ring takes no more memory than there is."""

import multiprocessing
from multiprocessing import sharedctypes
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photosort.describing.decoding import ring
from photosort.describing.decoding.ring import Ring, ring_for, slot_bytes
from photosort.models.protocols import Pixels
from photosort.photos.pixels.frame import Frame

FRAMES = (Frame(6), Frame(9, "inside"))


def picture(height: int, width: int, seed: int) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def fill(shared: Ring, slot: int) -> None:
    shared.put(slot, [picture(6, 6, 1), picture(9, 2, 2)])


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=1, max_size=12))
def test_slots_keep_their_pictures_apart(shapes: list[tuple[int, int]]) -> None:
    shared = ring_for(FRAMES, len(shapes), 1)
    kept = [[picture(6, 6, number), picture(*shape, number)] for number, shape in enumerate(shapes)]
    for slot, pictures in enumerate(kept):
        shared.put(slot, pictures)
    for slot, pictures in enumerate(kept):
        seen = shared.pictures(slot, [each.shape[:2] for each in pictures])
        assert all(np.array_equal(one, other) for one, other in zip(seen, pictures, strict=True))


def test_another_process_writes_what_is_read_here() -> None:
    shared = ring_for(FRAMES, 3, 1)
    process = multiprocessing.get_context("spawn").Process(target=fill, args=(shared, 2))
    process.start()
    process.join()
    assert process.exitcode == 0
    first, second = shared.pictures(2, [(6, 6), (9, 2)])
    assert np.array_equal(first, picture(6, 6, 1))
    assert np.array_equal(second, picture(9, 2, 2))


def test_a_small_shared_memory_makes_a_small_ring(monkeypatch: pytest.MonkeyPatch) -> None:
    free = ring.shutil.disk_usage(ring.SHARED).free
    monkeypatch.setattr(ring, "SHARE_OF_SHARED", 10.5 * slot_bytes(FRAMES) / free)
    assert ring_for(FRAMES, 100, 2).slots <= 11
    assert ring_for(FRAMES, 100, 2).memory is not None
    assert ring_for(FRAMES, 100, 20).memory is None


def test_no_shared_memory_is_no_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ring, "SHARED", tmp_path / "nowhere")
    none = ring_for(FRAMES, 1000, 20)
    assert (none.memory, none.slots) == (None, ring.PASSING)


def test_memory_that_is_refused_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sharedctypes, "RawArray", refused)
    assert ring_for(FRAMES, 100, 20).memory is None


def test_a_ring_takes_a_sixteenth_of_the_memory_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ring, "memory", lambda: 16 * 50 * slot_bytes(FRAMES))
    assert ring_for(FRAMES, 1000, 20).slots == 50
