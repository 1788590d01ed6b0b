"""How fast photos are captioned and embedded: python tests/bench/gpu.py [--model base|small] [--photos N] [--device D]

BLIP and CLIP ViT-B/32 in full size with random weights (speed does not depend on their values), twenty tokens a
caption, on JPEGs of 12 megapixels and of 1 megapixel, 4,096 of each on a GPU. In one run, on the same files,
both models for every photo:

    plain loop     as one would write it: open, processor, generate, encode; one photo at a time, and 32 at a time
    photosort      the describing stage, with an empty cache, from the moment when the first photos are done; on a GPU
                   after a first run, in which batches grow
    models alone   photosort's models on pictures that are ready, in the batches that the describing stage takes
    generate       generate and encode of the libraries on tensors that lie on the device, in the same batches
    decode alone   photosort's decoding, on all cores

On a CUDA GPU nvJPEG and two streams are tried as well (gpu_rows.py). `--count` needs no GPU: it counts kernels, waits
and bytes (gpu_count.py). `--model small` has a few narrow layers, for machines without a GPU. There models and decoding
share the cores, so the ceiling of both is 1 / (1/a + 1/b); with a GPU it is the lower of the two.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ["HF_HUB_OFFLINE"] = "1"
sys.path.append(str(Path(__file__).parents[1]))

import numpy as np
from describe import SIZES, rate, write_photos
from gpu_models import SHAPES, TOKENS, Plain, build, plain
from table_row import declare

from photosort.describing.decoding.look import Known
from photosort.describing.describe import describe
from photosort.describing.engines import Engine, engine_for
from photosort.describing.events import Event
from photosort.describing.tasks import Task, tasks_of
from photosort.models.captioners import generating
from photosort.models.runtime.devices import CPU, first_device, is_cuda
from photosort.models.runtime.on_device import gathered
from photosort.models.selected import select_models
from photosort.photos.files.scan import Found, scan
from photosort.photos.pixels.decode import decode
from photosort.settings.settings import Settings, load_settings
from photosort.store.cache import open_cache

AT_ONCE = 32
WRITTEN = 64
"""Photos that are drawn; further files hold the same picture and some bytes of their own."""
DECODED = 512
generating.CAPTION_TOKENS = TOKENS


@dataclass
class TimedEngine:
    """An engine whose photos are counted from the moment when the first few are done: the models are loaded then."""

    engine: Engine
    seconds: float = 0.0
    photos: int = 0

    def __call__(self, found: Sequence[Found], *, known: Known) -> Iterator[Event]:
        """What the engine gives."""
        start = 0.0
        for event in self.engine(found, known=known):
            yield event
            if isinstance(event, list):
                self.photos += len(event) if start else 0
                start = start or time.perf_counter()
                self.seconds = time.perf_counter() - start

    def rate(self) -> float:
        """Photos a second."""
        return self.photos / self.seconds


def write_many(folder: Path, size: tuple[int, int], count: int) -> None:
    """Fill a folder with files no two of which are equal; what follows the end of a JPEG is not decoded."""
    write_photos(folder, size, min(count, WRITTEN))
    for number in range(WRITTEN, count):
        content = (folder / f"{number % WRITTEN}.jpg").read_bytes()
        (folder / f"{number}.jpg").write_bytes(content + number.to_bytes(8, "big"))


def described(found: Sequence[Found], settings: Settings) -> float:
    """Photos a second of the describing stage, with an empty cache."""
    chosen = select_models(settings)
    engine = TimedEngine(engine_for(chosen))
    with tempfile.TemporaryDirectory() as folder, open_cache(Path(folder) / "cache") as cache:
        describe(found, chosen.image_encoder, chosen.captioners, cache, engine=engine)
    return engine.rate()


def repeated(task: Task, count: int) -> Callable[[], None]:
    """Return what lets a model see `count` pictures in full batches, after one to warm up."""
    batch = task.batch().value
    random = np.random.default_rng(5).integers(0, 255, (batch, task.frame.side, task.frame.side, 3), dtype=np.uint8)
    pictures = gathered(list(random), task.device())
    digests = [f"{number:064x}" for number in range(batch)]

    def work() -> None:
        for start in range(0, count, batch):
            list(task.run(pictures[: count - start], digests[: count - start]))

    list(task.run(pictures, digests))
    return work


def measure(name: str, count: int, settings: Settings, models: Plain) -> None:
    """Print one table."""
    import torch

    size, on_gpu = SIZES[name], models.device != CPU
    with tempfile.TemporaryDirectory() as folder:
        write_many(Path(folder), size, count)
        found = scan(Path(folder)).photos
        paths = [photo.path for photo in found]
        if on_gpu:
            described(found, settings)
        ours = described(found, settings)
        tasks = tasks_of(select_models(settings))
        contents = [path.read_bytes() for path in paths[:DECODED]]

        def loop(paths: list[Path], at_once: int) -> Callable[[], None]:
            def work() -> None:
                for start in range(0, len(paths), at_once):
                    models.captioned(paths[start : start + at_once])

            return work

        def decode_all() -> None:
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                list(pool.map(lambda content: decode(content, [task.frame for task in tasks]), contents))

        def on_tensors(task: Task, least: int) -> Any:
            shape = (min(task.batch().value, least), 3, task.frame.side, task.frame.side)
            return torch.rand(shape, device=models.device, dtype=models.dtype)

        def libraries() -> None:
            batch = tasks[1].batch().value
            inputs, pictures = on_tensors(tasks[1], batch), on_tensors(tasks[0], batch)
            for start in range(0, count, batch):
                models.on_tensors(inputs[: count - start], pictures[: count - start])

        few = paths[: min(max(AT_ONCE, count // 4), DECODED)]
        loop(paths[:AT_ONCE], AT_ONCE)()
        works = [repeated(task, count) for task in tasks]
        rows = {
            "plain loop, one at a time": rate(len(few) // 2, loop(few[: len(few) // 2], 1)),
            f"plain loop, {AT_ONCE} at a time": rate(len(few), loop(few, AT_ONCE)),
            "generate and encode, on tensors": rate(count, libraries),
            "models alone": rate(count, lambda: [work() for work in works]),
            "decode alone": rate(len(contents), decode_all),
        }
        alone, decoding = rows["models alone"], rows["decode alone"]
        both = min(alone, decoding) if on_gpu else 1 / (1 / alone + 1 / decoding)
        rows["lower of the two" if on_gpu else "ceiling of both on these cores"] = both
        for row, value in rows.items():
            if row.startswith("plain"):
                declare(f"photos/s, {name}, {models.device}", f"{ours:.1f}", f"{row} {value:.1f}", ours / value)
        print(f"\n{name}: {count} JPEGs of {size[0]} x {size[1]}")
        print(f"  batches of {' and '.join(f'{task.batch().value} ({task.identity.model})' for task in tasks)}")
        print(f"  {'photosort':<34}{ours:8.1f} photos/s")
        for row, value in rows.items():
            print(f"  {row:<34}{value:8.1f} photos/s   photosort is {ours / value:5.2f} x")
        if is_cuda(models.device):
            from gpu_rows import only_on_cuda

            only_on_cuda(paths[:DECODED], tasks[1].frame, works, models.device)


def main() -> None:
    """Run both sizes, or count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", choices=SHAPES, default="base")
    parser.add_argument("--photos", type=int, help="of each size; 4,096 on a GPU, 512 on the processor")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--count", action="store_true", help="count kernels and bytes, without a GPU")
    arguments = parser.parse_args()
    if arguments.count:
        from gpu_count import count

        count()
        return
    device = first_device(arguments.device)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(folder, SHAPES[arguments.model])
        settings = load_settings(
            captioner=f"local:{folder / 'blip'}",
            image_encoder=f"local:{folder / 'clip'}",
            device=device,
            cache_dir=folder / "cache",
        )
        models = plain(folder, device)
        import torch

        gpu = torch.cuda.get_device_name(device) if device.startswith("cuda") else platform.processor() or "processor"
        print(f"{arguments.model} models, {models.dtype}, {TOKENS} tokens, on {gpu} with {os.cpu_count()} cores")
        for size in ("12 MP", "1 MP"):
            measure(size, arguments.photos or (512 if device == CPU else 4096), settings, models)


if __name__ == "__main__":
    main()
