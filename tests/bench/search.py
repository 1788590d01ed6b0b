"""How long a search takes, once all is loaded, and loading: python tests/bench/search.py [--photos 100000]

Photos are made up: what the builtin profile keeps of each (404 numbers), and unit vectors of 512 and 1,152 dimensions
as CLIP ViT-B/32 and SigLIP 2 so400m give them. Printed is the whole latency of a query (arithmetic, scores, filters as
a mask, the best 20) beside the bare product of numpy, as a ratio; and what it takes to read the photos from SQLite.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
from table_row import declare

from photosort.models.encoders.conse import ConSE
from photosort.models.encoders.label_space import TOP, LabelSpace
from photosort.models.encoders.search_space import JointSpace, SearchSpace
from photosort.models.protocols import Identity, Vectors
from photosort.searching.ranking import best_first, combined
from photosort.store.cache import Cache
from photosort.store.history import MIGRATIONS
from photosort.store.sqlite.database import open_database
from photosort.wordnet.nouns import nouns
from photosort.workflows.searching.lying import library_of

LABELS = len(nouns().labels)
QUERY = ("a dog on a beach", "a boat")
SHOWN = 20
TRIES = 15


class MadeUp:
    """Texts, photos and labels at random, each the same every time."""

    identity = Identity("made-up", "1")

    def __init__(self, width: int) -> None:
        self._width = width

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Turn n texts into (n, width) unit vectors."""
        seeds = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") for text in texts]
        return np.vstack([unit(np.random.default_rng(seed), 1, self._width) for seed in seeds])

    def place(self, vectors: Vectors) -> Vectors:
        """Return the vectors themselves."""
        return vectors

    def probabilities(self, features: Vectors) -> Vectors:
        """Return the features themselves."""
        return features


def unit(rng: np.random.Generator, rows: int, width: int) -> Vectors:
    """Return random unit vectors."""
    vectors = rng.standard_normal((rows, width), dtype=np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def builtin(rng: np.random.Generator, photos: int) -> tuple[SearchSpace, Vectors]:
    """Return the space of the builtin profile, and what it keeps of so many photos."""
    made = MadeUp(384)
    space = LabelSpace(made, ConSE(made, made, "r"))
    weights = rng.random((photos, TOP), dtype=np.float32)
    labels = np.argsort(rng.random((photos, LABELS), dtype=np.float32), axis=1)[:, :TOP]
    return space, np.hstack(
        [unit(rng, photos, 384), labels.astype(np.float32), weights / weights.sum(1, keepdims=True)]
    )


def joint(rng: np.random.Generator, photos: int, width: int) -> tuple[SearchSpace, Vectors]:
    """Return the space of an encoder of photos and texts, and so many photos."""
    made = MadeUp(width)
    return JointSpace(made, made), unit(rng, photos, width)


def seconds(work: Callable[[], object]) -> float:
    """Return the median of some tries, after one to warm up."""
    work()
    times = []
    for _ in range(TRIES):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return sorted(times)[TRIES // 2]


def latency(space: SearchSpace, placed: Vectors) -> tuple[float, float]:
    """Return the seconds of one query, and those of the bare product of as many dense numbers."""
    directions = space.of_texts(QUERY)
    wanted = np.random.default_rng(1).random(len(placed)) < 0.9
    bare = np.ascontiguousarray(placed)
    vector = np.ones(placed.shape[1], dtype=np.float32)

    def query() -> list[int]:
        direction = combined(directions, [2.0, -1.0])
        return list(islice(best_first(space.scores(placed, direction), wanted), SHOWN))

    return seconds(query), seconds(lambda: bare @ vector)


def loading(folder: Path, placed: Vectors) -> tuple[float, float]:
    """Return the seconds that it takes to read the photos and where they lie, and the megabytes of the matrix."""
    keys = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(len(placed))]
    identity = Identity("bench", "1")
    with Cache(folder / "cache.sqlite") as cache:
        cache.put_vectors(identity, keys, placed)
        cache.put_digests((Path(f"/photos/{key[:2]}/{key}.jpg"), 1, 1, 1, key) for key in keys)
    start = time.perf_counter()
    with (
        Cache(folder / "cache.sqlite") as cache,
        closing(open_database(folder / "history.sqlite", MIGRATIONS, durable=True)) as connection,
    ):
        library = library_of(cache, connection)
        known, vectors = cache.all_vectors(identity)
        rows = [row for row, key in enumerate(known) if key in library.places]
        loaded = vectors[rows].astype(np.float32)
    return time.perf_counter() - start, loaded.nbytes / 1e6


def main() -> None:
    """Print a line for each space."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=100_000)
    photos: int = parser.parse_args().photos
    rng = np.random.default_rng(42)
    print(f"{'':24}{'a query':>10}{'product':>10}{'ratio':>8}{'loading':>10}{'matrix':>10}")
    spaces: dict[str, Callable[[], tuple[SearchSpace, Vectors]]] = {
        "builtin, 404 numbers": partial(builtin, rng, photos),
        "CLIP, 512": partial(joint, rng, photos, 512),
        "SigLIP 2, 1152": partial(joint, rng, photos, 1152),
    }
    for name, make in spaces.items():
        space, placed = make()
        whole, bare = latency(space, placed)
        with tempfile.TemporaryDirectory() as folder:
            load, size = loading(Path(folder), placed)
        declare(
            f"ms a query, {photos:,} photos, {name}", f"{1000 * whole:.1f}", f"product {1000 * bare:.1f}", whole / bare
        )
        print(f"{name:24}{1000 * whole:7.1f} ms{1000 * bare:7.1f} ms{whole / bare:8.2f}{load:8.2f} s{size:7.0f} MB")


if __name__ == "__main__":
    main()
