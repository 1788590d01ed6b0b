"""How often facts are right, and what they cost beside the image encoder.

    python tests/bench/facts.py DIR [--faces FILE] [--sizes 1,12]

DIR holds a folder for each kind: photo, screenshot, document, receipt, meme, drawing; names, headers and pixels are
used as `organize` uses them. FILE has lines "path below DIR<tab>number of faces". Precision is the share of those
called so that are so, recall the share of those that are so that were called so. The cost is that of the describing
stage with and without facts, on photos of 1 and 12 megapixels made from the folder photo, in one run; below it what
each part costs.
"""

from __future__ import annotations

import argparse
import io
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from photosort.describing.describe import describe
from photosort.models.encoders.efficientnet import EfficientNetLite2
from photosort.models.facts.faces import FaceCounter
from photosort.models.facts.kinds import KindHead
from photosort.models.protocols import FactModels
from photosort.photos.facts.facts import KINDS, Facts
from photosort.photos.facts.header import read_header
from photosort.photos.files.scan import scan
from photosort.photos.pixels.decode import decode
from photosort.photos.pixels.texture import texture
from photosort.store.cache import open_cache

PHOTO = "photo"
COUNTED = 32
WORDS = ("none", "one", "two", "group")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--faces", type=Path)
    parser.add_argument("--sizes", default="1,12", help="megapixels of the photos that the cost is measured on")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        encoder = EfficientNetLite2(Path(scratch), device="cpu")
        with open_cache(Path(scratch)) as cache:
            found = describe(scan(given.folder).photos, encoder, (), cache, facts=FactModels(FaceCounter(), KindHead()))
        names = [photo.path.relative_to(given.folder) for photo in found.photos]
        show_kinds([name.parts[0] for name in names], found.facts)
        if given.faces:
            true = dict(line.split("\t") for line in given.faces.read_text().splitlines())
            show_faces({name.as_posix(): facts for name, facts in zip(names, found.facts, strict=True)}, true)
        several = sorted((given.folder / PHOTO).iterdir())
        for size in map(float, given.sizes.split(",")):
            show_cost(size, several, encoder)


def show_kinds(true: Sequence[str], facts: Sequence[Facts]) -> None:
    """Print how often each kind is right."""
    called = [each.kind.name if each.kind else PHOTO for each in facts]
    pairs = Counter(zip(true, called, strict=True))
    print(f"{'kind':<12}{'pictures':>9}{'called so':>11}{'recall':>8}{'precision':>11}   called instead")
    for kind in (*KINDS, PHOTO):
        of, so = Counter(true)[kind], Counter(called)[kind]
        if of:
            right = pairs[kind, kind]
            others = ", ".join(f"{name} {n}" for (is_, name), n in pairs.most_common() if is_ == kind and name != kind)
            print(f"{kind:<12}{of:>9}{so:>11}{right / of:>8.2f}{right / so if so else 0:>11.2f}   {others}")


def show_faces(facts: dict[str, Facts], true: dict[str, str]) -> None:
    """Print the confusion matrix of none, one, two and a group."""
    pairs: Counter[tuple[str, str]] = Counter()
    for name, count in true.items():
        people = facts[name].people
        assert people is not None
        pairs[WORDS[min(3, int(count))], WORDS[min(3, people.count)]] += 1
    print(f"\n{'faces':<12}{'pictures':>9}" + "".join(f"{word:>8}" for word in WORDS))
    for word in WORDS:
        row = [pairs[word, said] for said in WORDS]
        print(f"{word:<12}{sum(row):>9}" + "".join(f"{count:>8}" for count in row))


def show_cost(megapixels: float, several: Sequence[Path], encoder: EfficientNetLite2) -> None:
    """Print what each fact costs as a share of decoding and encoding."""
    contents = [_resized(path, megapixels) for path in several[: 2 * COUNTED]]
    faces, pool = FaceCounter(), ThreadPoolExecutor()
    both = [decode(content, [encoder.frame, faces.frame]) for content in contents]
    squares, small = [pixels[0] for pixels in both], [pixels[1] for pixels in both]
    steps: dict[str, Callable[[], Any]] = {
        "decoding": lambda: list(pool.map(lambda content: decode(content, [encoder.frame]), contents)),
        "encoding": lambda: [encoder.encode_images(np.stack(part)) for part in _parts(squares)],
        "decoding for both": lambda: list(
            pool.map(lambda content: decode(content, [encoder.frame, faces.frame]), contents)
        ),
        "faces": lambda: [faces.count(part) for part in _parts(small)],
        "texture": lambda: [texture(picture) for picture in squares],
        "header": lambda: list(pool.map(read_header, contents)),
    }
    seconds = {name: _best(step) / len(contents) for name, step in steps.items()}
    whole = seconds["decoding"] + seconds["encoding"]
    without, with_facts = (_describing(contents, encoder, models) for models in (None, FactModels(faces, KindHead())))
    ms = 1000 * without, 1000 * with_facts
    print(f"\n{megapixels:g} megapixels: describing takes {ms[0]:.1f} ms a photo, with facts {ms[1]:.1f} ms")
    print(f"that is {with_facts / without:.2f} times; the parts, and as a share of decoding and encoding:")
    seconds["second frame"] = max(0.0, seconds.pop("decoding for both") - seconds["decoding"])
    for name, took in seconds.items():
        print(f"{name:<14}{1000 * took:>8.2f}{took / whole:>8.2f}")
    facts = sum(seconds[name] for name in ("faces", "texture", "header", "second frame"))
    print(f"{'all facts':<14}{1000 * facts:>8.2f}{facts / whole:>8.2f}")


def _describing(contents: Sequence[bytes], encoder: EfficientNetLite2, models: FactModels | None) -> float:
    """Return the seconds that the describing stage takes for a photo that it does not know; the best of three."""
    with tempfile.TemporaryDirectory() as folder:
        for number, content in enumerate(contents):
            (Path(folder) / f"{number}.jpg").write_bytes(content)
        found, times = scan(Path(folder)).photos, []
        for _ in range(3):
            with tempfile.TemporaryDirectory() as scratch, open_cache(Path(scratch)) as cache:
                start = time.perf_counter()
                describe(found, encoder, (), cache, facts=models)
                times.append(time.perf_counter() - start)
    return min(times) / len(contents)


def _resized(path: Path, megapixels: float) -> bytes:
    with Image.open(path) as image:
        picture = image.convert("RGB")
    scale = (megapixels * 1e6 / (picture.width * picture.height)) ** 0.5
    buffer = io.BytesIO()
    picture.resize((round(picture.width * scale), round(picture.height * scale))).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def _parts(pictures: Sequence[Any]) -> list[Sequence[Any]]:
    return [pictures[start : start + COUNTED] for start in range(0, len(pictures), COUNTED)]


def _best(step: Callable[[], Any]) -> float:
    """Return the seconds of the best of three goes, after one to warm up."""
    step()
    times = []
    for _ in range(3):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return min(times)


if __name__ == "__main__":
    main()
