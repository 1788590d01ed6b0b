"""How little a GPU waits for the cores: python tests/bench/overlap.py [--photos 8192] [--rounds 3]

The path that photos take to a GPU, with models that take its time, but none of the cores: they sleep, in a process of
their own, at 500 to 4,000 photos a second. Photos and frames are small, so that a few cores can feed them. Beside it
stands what the processes that decode reach alone. Printed is what the describing stage reaches of the lower ceiling
(the best of several rounds of each, for a machine that others use as well), what this process takes of a core, and the
bytes that go through pipes, all of which pass it.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
from describe import write_photos
from table_row import declare

from photosort.describing.decoding.decoders import Decoders, cores
from photosort.describing.decoding.look import Known
from photosort.describing.decoding.ring import ring_for, slot_bytes
from photosort.describing.describe import describe
from photosort.describing.on_devices import see_on_devices
from photosort.models.protocols import Pictures, Vectors
from photosort.models.runtime.batch_size import BatchSize
from photosort.models.runtime.devices import CPU
from photosort.models.runtime.placement import ON_GPU
from photosort.models.selected import ModelSet
from photosort.photos.files.scan import Found, scan
from photosort.photos.pixels.frame import Frame
from photosort.store.cache import open_cache
from photosort.store.identity import Identity

SIZE = (48, 36)
FRAMES = (Frame(24, "crop"), Frame(32))
SPEEDS = (500, 1000, 2000, 4000)
NOTHING_KNOWN = Known({}, [set(), set()], {})


@dataclass
class Sleeper:
    """An encoder and a captioner at once; it gives `speed` results a second."""

    identity: Identity
    frame: Frame
    batch: BatchSize
    speed: float
    device: str = CPU
    reads: Literal["pixels"] = "pixels"

    def encode_images(self, pixels: Pictures) -> Vectors:
        """B pictures -> (b, 512)."""
        time.sleep(len(pixels) / self.speed)
        return np.ones((len(pixels), 512), dtype=np.float32)

    def caption(self, pixels: Pictures, digests: Sequence[str] = ()) -> list[tuple[str, ...]]:
        """B pictures -> a text for each."""
        time.sleep(len(pixels) / self.speed)
        return [("a photo of a dog on a lawn",) for _ in pixels]


@dataclass
class SleepingModels:
    """An encoder that takes a tenth of the time, a captioner that takes the rest."""

    speed: float
    fact_models: None = None

    in_flight: None = None

    def on_each(self, devices: Sequence[str]) -> list[SleepingModels]:
        """Return the models for each device: for all the same."""
        return [self for _ in devices]

    def among(self, processes: int) -> SleepingModels:
        """Return the models for one of several processes: for all the same."""
        return self

    @property
    def image_encoder(self) -> Sleeper:
        """What gives vectors."""
        return Sleeper(Identity("encoder", "1"), FRAMES[0], BatchSize(ON_GPU["encoder"]), 10 * self.speed)

    @property
    def captioners(self) -> tuple[Sleeper]:
        """What gives texts."""
        return (Sleeper(Identity("captioner", "1"), FRAMES[1], BatchSize(ON_GPU["captioner"]), self.speed / 0.9),)


class Counted:
    """The bytes that pass the pipes of this process."""

    def __init__(self) -> None:
        self.bytes = 0
        for name in ("_send_bytes", "_recv_bytes"):
            setattr(Connection, name, self._counting(getattr(Connection, name)))

    def _counting(self, method: Any) -> Any:
        def counting(connection: Connection, *args: Any) -> Any:
            result = method(connection, *args)
            self.bytes += len(args[0]) if result is None else result.getbuffer().nbytes
            return result

        return counting


class Pace:
    """When how many photos were done; the start of processes and the end of the last batches do not count."""

    def __init__(self) -> None:
        self._marks: list[tuple[int, float]] = []

    def note(self, done: int) -> None:
        """Take the time."""
        self._marks.append((done, time.perf_counter()))

    def rate(self) -> float:
        """Photos a second between a half of all and nine tenths."""
        total = self._marks[-1][0]
        marks = [mark for mark in self._marks if total / 2 <= mark[0] <= 0.9 * total]
        return (marks[-1][0] - marks[0][0]) / (marks[-1][1] - marks[0][1])


def decoding_alone(found: Sequence[Found]) -> float:
    """Photos a second of the engine's own processes; what comes of them is thrown away."""
    ring, pace, count = ring_for(FRAMES, 1024, 1), Pace(), 0
    with Decoders(found, FRAMES, NOTHING_KNOWN, ring, cores()) as decoders:
        while decoders.busy:
            decoders.hand_out()
            for decoded in decoders.take(wait(decoders.connections, 1.0)):
                decoders.free([decoded.slot] if decoded.slot is not None else [])
                count += 1
                pace.note(count)
    return pace.rate()


def described(found: Sequence[Found], speed: float) -> tuple[float, float]:
    """Photos a second, and the seconds of a core that this process takes for one: it hands on, and keeps."""
    models, pace = SleepingModels(speed), Pace()
    engine = partial(see_on_devices, cast(ModelSet, models), (CPU,))
    with tempfile.TemporaryDirectory() as folder, open_cache(Path(folder) / "cache") as cache:
        before = time.process_time()
        seen = describe(
            found,
            models.image_encoder,
            models.captioners,
            cache,
            engine=engine,
            progress=lambda stage, done, total, used=None: pace.note(done),
        )
    assert len(seen.photos) == len(found)
    return pace.rate(), (time.process_time() - before) / len(found)


def main() -> None:
    """Print a line for each speed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=8192)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    count, rounds = int(asked.photos), int(asked.rounds)
    with tempfile.TemporaryDirectory() as name:
        write_photos(Path(name), SIZE, count)
        found = scan(Path(name)).photos
        counted = Counted()
        for speed in SPEEDS:
            decoding, ours, seconds = 0.0, 0.0, float("inf")
            for _ in range(rounds):
                decoding = max(decoding, decoding_alone(found))
                counted.bytes = 0
                reached, taken = described(found, speed)
                ours, seconds = max(ours, reached), min(seconds, taken)
            lower = min(speed, decoding)
            print(
                f"decoding alone {decoding:5,.0f} photos/s, models {speed:5,}: photosort {ours:5,.0f}, "
                f"{ours / lower:4.0%} of the lower; {1e6 * seconds:.0f} us a photo in this process",
                flush=True,
            )
            what = f"photos/s by processes, models at {speed:,}, decoding at {decoding:,.0f}"
            declare(what, f"{ours:.0f}", f"the slower of both {lower:.0f}", ours / lower)
        print(
            f"through pipes: {counted.bytes / count:,.0f} bytes a photo, of which a vector takes 2,048; "
            f"through the ring: {slot_bytes(FRAMES):,} of {2 * slot_bytes(FRAMES):,} bytes copied"
        )


if __name__ == "__main__":
    main()
