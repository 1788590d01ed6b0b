"""How little a device waits for the cores: python tests/bench/overlap.py [--photos 2048]

The models of this benchmark take the time of a GPU, but none of the cores: they sleep. They see what BLIP and CLIP see
of JPEGs of 1 megapixel, in the batches that a GPU gets, at three speeds: half of what decoding alone reaches in the
same run, four fifths of it, and once and a half. Printed is what the describing stage reaches of the lower ceiling.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
from describe import SIZES, rate, write_photos
from table_row import declare

from photosort.describing.describe import describe
from photosort.describing.tasks import tasks
from photosort.describing.worker import describe_files
from photosort.models.protocols import Pictures, Vectors
from photosort.models.runtime.batch_size import BatchSize
from photosort.models.runtime.devices import CPU
from photosort.models.runtime.placement import ON_GPU
from photosort.photos.files.scan import scan
from photosort.photos.pixels.decode import decode
from photosort.photos.pixels.frame import Frame
from photosort.store.cache import open_cache
from photosort.store.identity import Identity


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


def models(speed: float) -> tuple[Sleeper, Sleeper]:
    """An encoder that takes a tenth of the time, a captioner that takes the rest."""
    return (
        Sleeper(Identity("encoder", "1"), Frame(224, "crop"), BatchSize(ON_GPU["encoder"]), 10 * speed),
        Sleeper(Identity("captioner", "1"), Frame(384), BatchSize(ON_GPU["captioner"]), speed / 0.9),
    )


def main() -> None:
    """Print a line for each speed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=2048)
    count: int = parser.parse_args().photos
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_photos(folder, SIZES["1 MP"], count)
        found = scan(folder).photos
        contents = [photo.path.read_bytes() for photo in found[:256]]
        frames = [model.frame for model in models(1.0)]

        def decode_all() -> None:
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                list(pool.map(lambda content: decode(content, frames), contents))

        decoding = rate(len(contents), decode_all)
        print(f"{count} JPEGs of 1 MP; decoding alone, {os.cpu_count()} cores: {decoding:.0f} photos/s")
        for share in (0.5, 0.8, 1.5):
            encoder, captioner = models(share * decoding)
            engine = partial(describe_files, tasks=tasks(encoder, [captioner]))
            with tempfile.TemporaryDirectory() as cache_folder, open_cache(Path(cache_folder) / "cache") as cache:
                work = partial(describe, found, encoder, [captioner], cache, engine=engine)
                ours = rate(count, work)
            lower = min(1.0, share) * decoding
            declare(
                f"photos/s, models at {share} of decoding",
                f"{ours:.0f}",
                f"the slower of both {lower:.0f}",
                ours / lower,
            )
            print(
                f"models at {share * decoding:5.0f} photos/s: photosort {ours:5.0f}, {ours / lower:4.0%} of the lower"
            )


if __name__ == "__main__":
    main()
