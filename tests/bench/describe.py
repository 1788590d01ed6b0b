"""How fast photos are described: python tests/bench/describe.py [--photos 64] [--heic]

In one run, on the same files: a plain loop as one would write it, photosort's describing stage with an empty cache,
and the two ceilings (bare decoding on all cores, the bare model on ready arrays). On a machine where decoding and
model share the same cores, neither ceiling alone can be met by doing both; the fair one is then 1 / (1/a + 1/b).
"""

from __future__ import annotations

import argparse
import io
import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_sample_images
from table_row import declare

from photosort.describing.describe import describe
from photosort.models.captioners.tags import TagCaptioner
from photosort.models.encoders.efficientnet import SIDE, EfficientNetLite2, LabelHead, load_network
from photosort.photos.files.scan import scan
from photosort.photos.pixels.decode import decode
from photosort.photos.pixels.formats import register_formats
from photosort.photos.pixels.frame import Frame
from photosort.store.cache import open_cache

SIZES = {"12 MP": (4000, 3000), "1 MP": (1155, 866), "small": (640, 480)}
HEIC = {"12 MP": (4032, 3024), "48 MP": (8064, 6048)}


Write = Callable[[Path, tuple[int, int], int], None]
"""What fills a folder with so many photos of a size."""


def write_photos(folder: Path, size: tuple[int, int], count: int) -> None:
    """Real pictures, enlarged, each with its own grain, so that no two files are equal."""
    rng = np.random.default_rng(42)
    originals = [Image.fromarray(image).resize(size, Image.Resampling.BICUBIC) for image in load_sample_images().images]
    for number in range(count):
        pixels = np.asarray(originals[number % len(originals)], dtype=np.int16)
        grain = rng.integers(-6, 7, (size[1] // 4, size[0] // 4, 1)).repeat(4, axis=0).repeat(4, axis=1)
        grain = np.pad(grain, [(0, size[1] - grain.shape[0]), (0, size[0] - grain.shape[1]), (0, 0)])
        Image.fromarray(np.clip(pixels + grain, 0, 255).astype(np.uint8)).save(folder / f"{number}.jpg", quality=90)


def write_heics(folder: Path, size: tuple[int, int], count: int) -> None:
    """The same pictures as a telephone writes them; encoding takes long, so files differ by a box that is skipped."""
    register_formats()
    for number, image in enumerate(load_sample_images().images):
        buffer = io.BytesIO()
        Image.fromarray(image).resize(size, Image.Resampling.BICUBIC).save(buffer, "HEIF", quality=60, thumbnails=[320])
        for place in range(number, count, 2):
            box = (16).to_bytes(4, "big") + b"free" + place.to_bytes(8, "big")
            (folder / f"{place}.heic").write_bytes(buffer.getvalue() + box)


def plain_loop(paths: list[Path]) -> None:
    """Open, resize, one photo at a time through torch."""
    import torch

    network = load_network()
    with torch.inference_mode():
        for path in paths:
            with Image.open(path) as image:
                small = image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC)
            pixels = torch.from_numpy(np.array(small)).permute(2, 0, 1)[None].float()
            network.extract_features((pixels - 127) / 128).mean((2, 3)).numpy()


def rate(count: int, work: Callable[[], object]) -> float:
    """Photos a second."""
    start = time.perf_counter()
    work()
    return count / (time.perf_counter() - start)


def measure(name: str, write: Write, size: tuple[int, int], count: int, models: Path) -> None:
    """Print one table."""
    encoder = EfficientNetLite2(models)
    captioner = TagCaptioner(LabelHead(models), LabelHead.revision)
    captioner.caption(encoder.encode_images([np.zeros((SIDE, SIDE, 3), dtype=np.uint8)]), [()])
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as cache_folder:
        write(Path(folder), size, count)
        found = scan(Path(folder)).photos
        paths = [photo.path for photo in found]
        contents = [path.read_bytes() for path in paths]
        arrays = [decode(content, [Frame(SIDE)])[0] for content in contents]
        few = paths[: max(8, count // 4)]

        def decode_all() -> None:
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                list(pool.map(lambda content: decode(content, [Frame(SIDE)]), contents))

        def model_all() -> None:
            for start in range(0, count, 32):
                encoder.encode_images(arrays[start : start + 32])

        plain = rate(len(few), lambda: plain_loop(few))
        decoding = rate(count, decode_all)
        model = rate(count, model_all)
        with open_cache(Path(cache_folder)) as cache:
            ours = rate(count, lambda: describe(found, encoder, [captioner], cache))
    declare(f"photos/s, {name}", f"{ours:.1f}", f"a plain loop {plain:.1f}", ours / plain)
    lower, shared = min(decoding, model), 1 / (1 / decoding + 1 / model)
    print(f"\n{name}, {count} files of {size[0]} x {size[1]}, {os.cpu_count()} cores")
    for row, value in (
        ("plain loop", plain),
        ("photosort", ours),
        ("ceiling: decoding alone, all cores", decoding),
        ("ceiling: model alone, ready arrays", model),
        ("ceiling: both on the same cores", shared),
    ):
        print(f"  {row:<36}{value:8.1f} photos/s   photosort is {ours / value:5.2f} x")
    print(f"  {'lower of the two single ceilings':<36}{lower:8.1f} photos/s   photosort is {ours / lower:5.2f} x")


def main() -> None:
    """Run all sizes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=64)
    parser.add_argument("--heic", action="store_true", help="HEIC too, which takes minutes to write")
    given = parser.parse_args()
    photos, heic = given.photos, given.heic
    with tempfile.TemporaryDirectory() as models:
        for name, size in SIZES.items():
            measure(f"JPEG, {name}", write_photos, size, photos * (1 if size[0] > 2000 else 4), Path(models))
        for name, size in HEIC.items() if heic else ():
            measure(f"HEIC, {name}", write_heics, size, photos // (2 if size[0] < 5000 else 8), Path(models))


if __name__ == "__main__":
    main()
