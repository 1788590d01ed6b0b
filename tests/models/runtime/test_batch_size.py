"""Batches grow while the device has room, shrink where it has none, and begin with what fitted before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from photosort.describing.decoding.look import Look
from photosort.describing.events import Batch
from photosort.describing.tasks import Task
from photosort.describing.worker import run_tasks
from photosort.errors import ModelFailed
from photosort.models.runtime import placement
from photosort.models.runtime.batch_size import BatchSize
from photosort.models.runtime.growing import Size, has_room
from photosort.models.runtime.placement import BATCH_SIZES, FIRST_ON_CUDA, MOST_ON_CUDA, DevicePlacement
from photosort.photos.files.scan import Found
from photosort.photos.pixels.frame import Frame
from photosort.store.identity import Identity

FRAME = Frame(8)
MODEL = Identity("model", "1-frame384squeeze")
KEY = "model 1-frame384squeeze x1 cpu"
ENOUGH = 4000
"""Photos of which the last and smaller batch comes long after the size has settled, however fast they are gathered."""


@dataclass
class Chip:
    """A device with `memory` bytes, whose weights take `weights`, and each photo of a batch `photo`."""

    memory: int
    photo: int = 10
    weights: int = 0
    done: list[int] = field(default_factory=list)
    failures: int = 0

    def run(self, pixels: Any, digests: Any) -> list[str]:
        if self.weights + len(pixels) * self.photo > self.memory:
            self.failures += 1
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        self.done.append(len(pixels))
        return ["said"] * len(pixels)

    def room(self) -> bool:
        peak = self.weights + self.done[-1] * self.photo
        return has_room(peak, self.weights, peak, self.memory - peak)


def looks(count: int) -> Iterator[Look]:
    picture = np.zeros((8, 8, 3), np.uint8)
    for number in range(count):
        file = Found(Path(f"{number}.jpg"), 1, 0, 0)
        yield Look(file, f"{number}", (0,), {FRAME: picture}, decoded=True)


def describe(chip: Chip, size: BatchSize, count: int) -> list[str]:
    """The digests of what the engine has had described, in order."""
    task = Task(MODEL, FRAME, lambda: "cpu", lambda: size, chip.run)
    events = run_tasks(looks(count), [task])
    return [digest for event in events if isinstance(event, Batch) for digest in event.said]


@given(fits=st.integers(1, 700), first=st.sampled_from([1, 8, 32, 100]), limit=st.integers(1, 512), known=st.booleans())
@example(fits=1, first=32, limit=512, known=False)
@example(fits=511, first=32, limit=512, known=True)
def test_the_engine_settles_near_the_most_that_fits(fits: int, first: int, limit: int, known: bool) -> None:
    """Whether the memory can be asked for (`known`) or a batch has to fail to show that it is full."""
    chip = Chip(memory=10 * fits)
    size = BatchSize(first, limit=limit, room=chip.room if known else lambda: True)
    assert sorted(describe(chip, size, 4000)) == sorted(str(number) for number in range(4000))
    most = min(fits, limit)
    assert size.value <= limit and max(chip.done) <= most
    assert size.value <= fits and (2 * size.value * (1.25 if known else 1) + 2 > most or size.value == limit)
    assert chip.failures <= 11, "one for each halving or doubling"
    if known and first <= fits:
        assert chip.failures == 0


@given(st.lists(st.tuples(st.integers(1, 600), st.booleans(), st.booleans())))
def test_a_size_stays_between_one_and_its_limit_and_below_what_failed(steps: list[tuple[int, bool, bool]]) -> None:
    size = Size(32, 512)
    for count, fitted, room in steps:
        before = size
        if fitted:
            size = size.after_fit(count, room)
            assert size.value in (before.value, min(2 * before.value, 512))
            assert size == before or (room and count >= before.value)
        else:
            size = size.after_failure(max(1, count // 2))
            assert size.value <= before.value
        assert 1 <= size.value <= 512
        assert not size.failed or size.value < size.failed


@given(*[st.integers(0, 10**12)] * 4)
def test_there_is_room_only_for_twice_the_batch_and_some_more(held: int, batch: int, unused: int, free: int) -> None:
    peak = held + batch
    if has_room(peak, held, peak + unused, free):
        assert peak + batch <= peak + unused + free
    assert has_room(peak, held, peak + 2 * batch, 0), "twice as much is plenty"


def test_a_larger_batch_is_tried_only_after_a_full_one() -> None:
    size = BatchSize(32, limit=512, room=lambda: True)
    size.fitted(31)
    assert size.value == 32
    size.fitted(32)
    assert size.value == 64
    size.shrink(32)
    size.fitted(32)
    assert size.value == 32, "64 failed before"


def test_what_fitted_is_where_the_next_run_begins(tmp_path: Path) -> None:
    file, chip = tmp_path / "models" / "batch-sizes.json", Chip(memory=1000)

    def made(key: str = KEY, limit: int = 512) -> BatchSize:
        return BatchSize(32, limit=limit, room=lambda: True, file=file, key=key)

    describe(chip, made(), ENOUGH)
    assert json.loads(file.read_text()) == {KEY: 64}
    assert made().value == 64 and made("other").value == 32 and made(limit=16).value == 16
    again = Chip(memory=1000)
    describe(again, made(), ENOUGH)
    assert again.failures == 1, "the memory may be free by now, so that it is tried once in a run"
    describe(Chip(memory=100), made(), ENOUGH)
    assert made().value == 8, "another program has the memory now"
    describe(Chip(memory=1000), made(), ENOUGH)
    assert made().value == 64, "and now it has not"


def test_nothing_is_remembered_before_it_is_known_to_fit(tmp_path: Path) -> None:
    size = BatchSize(32, file=tmp_path / "sizes.json", key=KEY)
    size.shrink(8)
    size.fitted(7)
    assert not (tmp_path / "sizes.json").exists()
    size.fitted(8)
    assert BatchSize(32, file=tmp_path / "sizes.json", key=KEY).value == 8


@pytest.mark.parametrize("entry", ["{", "[]", "7", '{"%s": "many"}', '{"%s": 0}', '{"%s": -3}', '{"%s": true}', "\0"])
def test_a_damaged_entry_is_ignored(tmp_path: Path, entry: str) -> None:
    file = tmp_path / "sizes.json"
    file.write_text(entry.replace("%s", KEY))
    size = BatchSize(32, limit=512, room=lambda: True, file=file, key=KEY)
    assert size.value == 32
    size.fitted(32)
    size.fitted(64)
    assert json.loads(file.read_text()) == {KEY: 64}


def test_a_file_that_cannot_be_written_ends_no_run(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file where the folder should be")
    chip, size = Chip(memory=400), BatchSize(16, limit=64, room=lambda: True, file=tmp_path / "models" / "sizes.json")
    assert len(describe(chip, size, ENOUGH)) == ENOUGH and size.value == 32


def test_the_user_has_the_last_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than the usual and less, also for drawn texts; and it changes nothing for a later run that leaves it."""
    on_cuda(monkeypatch)
    for device in ("cpu", "cuda"):
        for kind in ("encoder", "captioner", "chat"):
            for wanted in (1, 7, 4096):
                sizes = DevicePlacement(device, wanted, tmp_path / BATCH_SIZES).batch(MODEL, kind, 6)
                assert sizes.value == sizes.limit == wanted
                sizes.fitted(wanted)
    sizes.shrink(2048)
    sizes.fitted(2048)
    assert sizes.value == 2048 and not (tmp_path / BATCH_SIZES).exists()


def test_each_model_has_a_size_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_cuda(monkeypatch)
    file = tmp_path / BATCH_SIZES
    encoder = DevicePlacement("cuda", None, file).batch(Identity("clip", "1"), "encoder")
    captioner = DevicePlacement("cuda", None, file).batch(Identity("blip", "1"), "captioner")
    drawn = DevicePlacement("cuda", None, file).batch(Identity("blip", "1"), "captioner", 6)
    for size in (encoder, captioner, drawn):
        assert size.value < size.limit
    encoder.fitted(encoder.value)
    assert not file.exists(), "where every run begins anyway"
    assert encoder.value == 2 * FIRST_ON_CUDA["encoder"] and captioner.value == FIRST_ON_CUDA["captioner"]
    assert drawn.limit == MOST_ON_CUDA["captioner"] // 6
    encoder.fitted(encoder.value)
    assert json.loads(file.read_text()) == {"clip 1 x1 Imagined GPU": 2 * FIRST_ON_CUDA["encoder"]}


def test_a_processor_keeps_the_usual_size(tmp_path: Path) -> None:
    size = DevicePlacement("cpu", None, tmp_path / BATCH_SIZES).batch(MODEL, "captioner")
    size.fitted(size.value)
    assert size.value == size.limit == placement.ON_CPU["captioner"]


def test_a_single_photo_that_does_not_fit_is_remembered_as_nothing(tmp_path: Path) -> None:
    size = BatchSize(32, limit=512, file=tmp_path / "sizes.json", key=KEY)
    with pytest.raises(ModelFailed, match="too large for the memory"):
        describe(Chip(memory=5), size, 10)
    assert not (tmp_path / "sizes.json").exists()


def on_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    """The device is there as far as placement asks, and has endless memory."""
    monkeypatch.setattr(placement, "first_device", lambda setting: "cuda:0" if setting == "cuda" else setting)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device=None: "Imagined GPU")
    for asked in ("max_memory_allocated", "memory_allocated", "memory_reserved", "reset_peak_memory_stats"):
        monkeypatch.setattr(torch.cuda, asked, lambda device=None: 0)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device=None: (10**12, 10**12))
