"""How well duplicates are found, beside pHash, and what that costs: python tests/bench/duplicates.py DIR

DIR holds photos, such as those of labelled_photos.py. Of each, edits are made (resized, recompressed, cropped, ...)
that are to be found, and two shots of one moment in four ways that are not; all neighbours and photos of the same class
are in the heap as well. Thresholds are chosen on one half of the photos, for the best F1 of all pairs, and the table is
of the other half. imagehash and imagededup are in the table where they are installed. No photo has EXIF but an
orientation, so that pixels and sizes alone tell. `--many N` times the search among N pieces of the photos instead.
"""

from __future__ import annotations

import argparse
import io
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))

from fakes.versions import edits, opened, shots
from table_row import declare

from photosort.describing.tasks import SKETCHED
from photosort.duplicates import alignment
from photosort.duplicates.alignment import overlaps
from photosort.duplicates.comparing import STRAIGHT
from photosort.duplicates.matching import candidate_pairs
from photosort.models.runtime.torchvision_ops import repair_torchvision
from photosort.photos.pixels.decode import decode
from photosort.photos.pixels.sketch import SIDE, sketch

ENDINGS = (".jpg", ".jpeg", ".png", ".webp")
ORIENTATION = 0x0112
HALVES = ("chosen on", "reported on")
Hash = Callable[[Image.Image], Any]


@dataclass
class Heap:
    """Pictures, what each was made of, and the pairs that were made: kind -> pairs of numbers."""

    sketches: list[NDArray[np.float32]] = field(default_factory=list)
    shapes: list[tuple[int, ...]] = field(default_factory=list)
    of: list[str] = field(default_factory=list)
    hashes: dict[str, list[NDArray[np.bool_]]] = field(default_factory=dict)
    edited: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    moments: dict[str, list[tuple[int, int]]] = field(default_factory=dict)

    def add(self, picture: Image.Image, of: str, hashes: dict[str, Hash], *, turned: bool = False) -> int:
        """Put a picture among the others, as it would be decoded from a file; returns its number."""
        exif, stored = Image.Exif(), picture
        if turned:
            exif[ORIENTATION], stored = 6, picture.transpose(Image.Transpose.ROTATE_90)
        buffer = io.BytesIO()
        stored.save(buffer, "PNG", exif=exif, compress_level=1)
        pixels = decode(buffer.getvalue(), [SKETCHED])[0]
        self.sketches.append(sketch(pixels)[1:].reshape(SIDE, SIDE))
        self.shapes.append(tuple(sorted(picture.size)))
        self.of.append(of)
        for name, hashed in hashes.items():
            self.hashes.setdefault(name, []).append(np.asarray(hashed(stored), dtype=bool).ravel())
        return len(self.of) - 1


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photos", type=int, default=70, help="photos that pairs are made of")
    parser.add_argument("--many", type=int, help="time the search among so many pieces")
    given = parser.parse_args()
    paths = sorted(path for path in given.folder.rglob("*") if path.suffix.lower() in ENDINGS)
    if given.many:
        show_cost(paths, given.many)
        return
    rng = np.random.default_rng(42)
    chosen = sorted(rng.choice(len(paths), min(given.photos, len(paths)), replace=False).tolist())
    hashes = known_hashes()
    heaps = [made([paths[place] for place in chosen[half::2]], hashes, rng) for half in (0, 1)]
    for half, heap in zip(HALVES, heaps, strict=True):
        pairs = sum(map(len, heap.edited.values())), sum(map(len, heap.moments.values()))
        print(f"{half} {len(set(heap.of))} scenes, {len(heap.of)} pictures, {pairs[0]} edits, {pairs[1]} moments")
    found: dict[str, set[tuple[int, int]]] = {}
    for name in hashes:
        limit = max(range(0, 24, 2), key=lambda bits: f1(heaps[0], near_hashes(heaps[0].hashes[name], bits)))
        found[f"{name}, {limit} bits"] = near_hashes(heaps[1].hashes[name], limit)
    limits = chosen_limits(heaps[0])
    print("left, worst, changed, outside:", limits)
    found["photosort"] = same(heaps[1], limits)
    found["photosort as it is"] = same(heaps[1], _own_limits())
    show(heaps[1], found)


def known_hashes() -> dict[str, Hash]:
    """Return the hashes that are installed, by name."""
    hashes: dict[str, Hash] = {}
    try:
        import imagehash

        hashes["imagehash"] = lambda picture: imagehash.phash(picture).hash
    except ImportError:
        print("imagehash is not installed")
    try:
        repair_torchvision()
        from imagededup.methods import PHash

        hasher = PHash(verbose=False)
        hashes["imagededup"] = lambda picture: _bits(hasher.encode_image(image_array=np.asarray(picture)))
    except ImportError as error:
        print("imagededup cannot be imported:", error)
    return hashes


def _bits(text: str) -> list[bool]:
    return [char == "1" for char in f"{int(text, 16):064b}"]


def made(paths: list[Path], hashes: dict[str, Hash], rng: np.random.Generator) -> Heap:
    """Make the edits and the moments of these photos; those of a moment are scenes of their own."""
    heap = Heap()
    for place, path in enumerate(paths):
        picture, other = opened(path), opened(paths[(place + 7) % len(paths)])
        scene = str(place)
        first = heap.add(picture, scene, hashes)
        for kind, edited in edits(picture, rng):
            number = heap.add(edited, scene, hashes, turned=kind == "turned by EXIF")
            heap.edited.setdefault(kind, []).append((first, number))
        for kind, one, two in shots(picture, other, rng):
            pair = heap.add(one, f"{scene} {kind} 1", hashes), heap.add(two, f"{scene} {kind} 2", hashes)
            heap.moments.setdefault(kind, []).append(pair)
    return heap


def near_hashes(hashes: list[NDArray[np.bool_]], limit: int) -> set[tuple[int, int]]:
    """Return all pairs whose hashes differ in so many bits at most."""
    rows = np.stack(hashes).astype(np.float32)
    apart = rows @ (1 - rows.T)
    return {(int(one), int(two)) for one, two in np.argwhere(np.triu(apart + apart.T <= limit, 1))}


def _laid(heap: Heap) -> tuple[NDArray[np.int64], alignment.Overlaps]:
    every = np.stack(heap.sketches)
    pairs = candidate_pairs(lambda numbers: every[numbers], len(every))
    return pairs, overlaps(every[pairs[:, 0]], every[pairs[:, 1]])


def _own_limits() -> tuple[float, ...]:
    return alignment.LEFT, alignment.WORST, alignment.CHANGED, alignment.OUTSIDE


def same(heap: Heap, limits: tuple[float, ...], laid: Any = None) -> set[tuple[int, int]]:
    """Return the pairs that are called the same, with these limits."""
    pairs, over = laid or _laid(heap)
    left, worst, changed, outside = limits
    near = (over.left <= left) & (over.worst <= worst) & (over.changed <= changed) & (over.outside <= outside)
    near &= (over.moved <= alignment.MOVED) & (over.excused <= alignment.EXCUSED)
    straight = over.moved <= STRAIGHT
    return {
        (one, two)
        for (one, two), is_straight in zip(pairs[near].tolist(), straight[near].tolist(), strict=True)
        if is_straight or heap.shapes[one] != heap.shapes[two]
    }


def chosen_limits(heap: Heap) -> tuple[float, ...]:
    """Return the limits with the best F1."""
    laid = _laid(heap)
    grid = product((0.08, 0.12, 0.16, 0.2), (0.6, 0.7, 0.8, 0.9, 1.1), (0.05, 0.1, 0.2, 0.3), (0.003, 0.005, 0.01))
    return max(grid, key=lambda limits: f1(heap, same(heap, limits, laid)))


def scores(heap: Heap, found: set[tuple[int, int]]) -> tuple[float, float]:
    """Return recall of the edits that were made, and precision of the pairs that were found.

    Wrong are pairs of different photos, and the two shots of a moment. A shot and its whole photo, of which it is a
    part, are not counted.
    """
    wanted = [pair for pairs in heap.edited.values() for pair in pairs]
    moments = {pair for pairs in heap.moments.values() for pair in pairs}
    right = sum(heap.of[one] == heap.of[two] for one, two in found)
    wrong = sum(heap.of[one].split()[0] != heap.of[two].split()[0] for one, two in found) + len(found & moments)
    return sum(pair in found for pair in wanted) / len(wanted), right / max(1, right + wrong)


def f1(heap: Heap, found: set[tuple[int, int]]) -> float:
    """Return the harmonic mean of both."""
    recall, precision = scores(heap, found)
    return 2 * recall * precision / max(1e-9, recall + precision)


def show(heap: Heap, found: dict[str, set[tuple[int, int]]]) -> None:
    """Print recall by kind, precision, and the shots of one moment that were called the same."""
    print("| |" + "".join(f" {name} |" for name in found))
    print("|---|" + "---|" * len(found))
    for kind, pairs in heap.edited.items():
        shares = [sum(pair in pairs_found for pair in pairs) / len(pairs) for pairs_found in found.values()]
        print(f"| {kind} |" + "".join(f" {share:.3f} |" for share in shares))
    both = [scores(heap, pairs) for pairs in found.values()]
    ours = dict(zip(found, both, strict=True))["photosort as it is"]
    for name, (recall, precise) in zip(found, both, strict=True):
        if not name.startswith("photosort"):
            declare("recall, precision", f"{ours[0]:.3f}, {ours[1]:.3f}", f"{name} {recall:.3f}, {precise:.3f}")
    if not any("bits" in name for name in found):
        declare("recall, precision", f"{ours[0]:.3f}, {ours[1]:.3f}", "pHash is not installed")
    print("| **recall** |" + "".join(f" {recall:.3f} |" for recall, _ in both))
    print("| **precision** |" + "".join(f" {precision:.3f} |" for _, precision in both))
    for kind, pairs in heap.moments.items():
        shares = [sum(pair in pairs_found for pair in pairs) / len(pairs) for pairs_found in found.values()]
        print(f"| called the same: {kind} |" + "".join(f" {share:.3f} |" for share in shares))


def show_cost(paths: list[Path], count: int) -> None:
    """Print how long the search takes, beside one pass of numpy over the same sketches."""
    every = np.empty((count, SIDE, SIDE), dtype=np.uint8)
    for number, piece in enumerate(_pieces(paths, count)):
        every[number] = piece
    start = time.perf_counter()
    every.astype(np.float32).reshape(count, -1) @ np.ones((SIDE * SIDE, 64), dtype=np.float32)
    bare = time.perf_counter() - start
    start = time.perf_counter()
    pairs = candidate_pairs(lambda numbers: every[numbers].astype(np.float32), count)
    searching = time.perf_counter() - start
    some = pairs[:: max(1, len(pairs) // 2000)]
    start = time.perf_counter()
    overlaps(every[some[:, 0]].astype(np.float32), every[some[:, 1]].astype(np.float32))
    laying = (time.perf_counter() - start) / max(1, len(some))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(
        f"{count} pictures: {len(pairs)} candidate pairs in {searching:.1f} s, {searching / bare:.0f} times a product"
    )
    print(f"of all sketches with 64 vectors; {1000 * laying:.2f} ms to lay one pair over each other; {memory:.0f} MB")


def _pieces(paths: list[Path], count: int) -> Iterator[NDArray[np.uint8]]:
    pictures = [opened(path, 200).convert("L") for path in paths]
    rng = np.random.default_rng(42)
    for number in range(count):
        picture = pictures[number % len(pictures)]
        share = rng.uniform(0.3, 1, 2)
        left, top = rng.uniform(0, 1 - share) * picture.size
        box = (left, top, left + share[0] * picture.width, top + share[1] * picture.height)
        piece = picture.resize((SIDE, SIDE), Image.Resampling.BILINEAR, box=box, reducing_gap=2)
        yield np.asarray(piece.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if rng.random() < 0.5 else piece)


if __name__ == "__main__":
    main()
