"""A large folder that the cache knows: python tests/bench/large.py [--photos 1000 10000 100000] [--k 50] [--keep DIR]
[--steps]

So many photos, which are tiny files of their own, one in twenty with an XMP sidecar, in folders of 500 as cameras name
them. What models say of them is made up and put into the cache: vectors around the weights of 300 labels of ImageNet,
so that captions are read out of them by the real head. Then `photosort organize --dry-run --k 50` in a process of its
own, three times, each beside the bare cost, also in a process of its own: the same vectors read from the cache, and one
k-means of them with the same restarts. A run before these writes the captions, as the first run of a user does.

CPU seconds are those of the process, user and system, with one thread (the median of the three); they include the start
of Python and all imports. Memory is the largest resident set. The history is what one more preview adds to its file.

With `--steps` nothing is planned: one process for each number of photos scans the folder, looks all photos up in the
cache, reads their vectors and clusters them, and says what each of these steps took. A million photos are made for it
in 10 GB of disk.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

SEED, GROUPS, FOLDER, SIDECARS, PART = 42, 300, 500, 20, 10_000
"""Random seed; centres of vectors; photos of a folder; photos for each sidecar; vectors put at once."""
TRIES = 3


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds of a process, and its largest resident set in megabytes."""

    seconds: float
    memory: float


def photos_in(folder: Path, photos: int) -> list[Path]:
    """Write so many files, each of other content, and return their paths."""
    paths = []
    for number in range(photos):
        inside = folder / f"{2000 + number // FOLDER // 12}" / f"{number // FOLDER:04}"
        if number % FOLDER == 0:
            inside.mkdir(parents=True)
        path = inside / f"IMG_{number % FOLDER * 17:04}.JPG"
        path.write_bytes(str(number).encode())
        if number % SIDECARS == 0:
            path.with_suffix(".xmp").write_bytes(b"<x/>")
        paths.append(path)
    return paths


def fill(home: Path, paths: Sequence[Path]) -> None:
    """Put into the cache all that is wanted of the photos: what models say, made up, and the files themselves."""
    from photosort.describing.decoding.look import HEADER
    from photosort.describing.tasks import TEXTURES, TONES
    from photosort.models.encoders.efficientnet import DIMENSION, EfficientNetLite2, LabelHead
    from photosort.models.facts.faces import FaceCounter
    from photosort.photos.facts.header import Header
    from photosort.photos.pixels.texture import MEASURES
    from photosort.store.cache import open_cache

    models = home / "cache" / "models"
    LabelHead(models).probabilities(np.zeros((1, DIMENSION), dtype=np.float32))
    with np.load(next(models.rglob("head-*.npz"))) as head:
        weights = head["weight"]
    rng = np.random.default_rng(SEED)
    centres = 5 * np.maximum(weights[rng.choice(len(weights), GROUPS, replace=False)], 0)
    sizes = rng.dirichlet(np.ones(GROUPS))
    header = Header(4000, 3000, "2019-05-04T12:00:00", None, "Canon EOS 80D", exposed=True).as_text()
    with open_cache(home / "cache") as cache:
        for start in range(0, len(paths), PART):
            part = paths[start : start + PART]
            digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in part]
            vectors = centres[rng.choice(GROUPS, len(part), p=sizes)] * rng.uniform(0.3, 1.2, (len(part), 1))
            vectors += np.abs(rng.normal(0, 0.25, vectors.shape))
            cache.put_vectors(EfficientNetLite2.identity, digests, vectors.astype(np.float32))
            measures = rng.uniform(0.2, 0.6, (len(part), MEASURES)).astype(np.float32)
            cache.put_vectors(TEXTURES, digests, measures)
            tones = rng.choice(["", "bright", "mostly green"], len(part)).tolist()
            cache.put_texts(TONES, dict(zip(digests, tones, strict=True)))
            people = [json.dumps({"count": count, "portrait": False, "sure": 0.9}) for count in range(3)]
            seen = rng.choice(people, len(part), p=[0.8, 0.1, 0.1]).tolist()
            cache.put_texts(FaceCounter.identity, dict(zip(digests, seen, strict=True)))
            cache.put_texts(HEADER, dict.fromkeys(digests, header))
            looks = [(path, path.stat(), digest) for path, digest in zip(part, digests, strict=True)]
            cache.put_digests(
                (path, look.st_size, look.st_mtime_ns, look.st_ctime_ns, digest) for path, look, digest in looks
            )


def bare(home: Path, k: int) -> None:
    """Read the vectors, and cluster them once."""
    from photosort.clustering.kmeans import kmeans
    from photosort.methods.fusion import unit
    from photosort.models.encoders.efficientnet import EfficientNetLite2
    from photosort.store.cache import open_cache

    with open_cache(home / "cache") as cache:
        vectors = cache.all_vectors(EfficientNetLite2.identity)[1].astype(np.float32)
    kmeans(unit(vectors), k)


def steps(home: Path, source: Path, k: int) -> None:
    """Print what each step of a run takes up to the clusters: CPU seconds, and the largest resident set so far."""
    from photosort.clustering.kmeans import kmeans
    from photosort.describing.describe import look_at_all
    from photosort.describing.tasks import tasks
    from photosort.methods.fusion import unit
    from photosort.models.encoders.efficientnet import EfficientNetLite2
    from photosort.photos.files.scan import scan
    from photosort.store.cache import open_cache

    def step(name: str) -> None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        seconds = used.ru_utime + used.ru_stime
        print(f"  {name:<30}{seconds - sum(spent):>10.1f} CPU s{used.ru_maxrss / 1e3:>10,.0f} MB", flush=True)
        spent.append(seconds - sum(spent))

    spent, encoder = list[float](), EfficientNetLite2(home / "cache" / "models")
    step("start")
    with open_cache(home / "cache") as cache:
        found = scan(source)
        step("scan")
        print(f"    {len(found.groups()):,} photos with what travels with them")
        step("companions")
        looks = look_at_all(found.photos, tasks(encoder, (), None), cache, headers=False)
        step("look-ups")
        vectors = cache.matrix(encoder.identity, [look.digest for look in looks])
    step("vectors")
    vectors = unit(vectors)
    step("unit length")
    print(f"    {kmeans(vectors, k).k} clusters")
    step("k-means")
    print(f"  {'all':<30}{sum(spent):>10.1f} CPU s")


def cost(command: Sequence[str], home: Path) -> Cost:
    """Run a command as one process, with one thread and with `home` for its home."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    folders = {"HOME": str(home), "PHOTOSORT_CACHE_DIR": str(home / "cache"), "PHOTOSORT_DATA_DIR": str(home / "data")}
    with subprocess.Popen(command, env=os.environ | threads | folders, stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1e3)


def size(home: Path) -> float:
    """Return the megabytes of the history, with its log."""
    return sum(file.stat().st_size for file in (home / "data").glob("history.sqlite*")) / 1e6


def measured(folder: Path, photos: int, k: int) -> tuple[float, float]:
    """Print one line, and return the CPU seconds of a photo beyond what the start takes; of the whole, and bare."""
    home, source = folder / "home", folder / "photos"
    if not source.exists():
        fill(home, photos_in(source, photos))
    whole = [sys.executable, "-m", "photosort", "organize", str(source), "--dry-run", "--k", str(k), "--yes"]
    one = [sys.executable, __file__, "--bare", str(home), "--k", str(k)]
    cost(whole, home)
    before = size(home)
    tries = [(cost(whole, home), cost(one, home)) for _ in range(TRIES)]
    added = (size(home) - before) / TRIES
    seconds, base = (statistics.median(both[side].seconds for both in tries) for side in (0, 1))
    memory, least = (max(both[side].memory for both in tries) for side in (0, 1))
    print(
        f"{photos:>9,}{seconds:>10.2f}{base:>9.2f}{seconds / base:>8.2f}{memory:>11,.0f}{least:>9,.0f}"
        f"{1e3 * seconds / photos:>12.3f}{1e3 * base / photos:>9.3f}{added:>12.2f}",
        flush=True,
    )
    return seconds, base


def step_by_step(folder: Path, photos: int, k: int) -> None:
    """Print what the steps take for so many photos."""
    if not (folder / "photos").exists():
        fill(folder / "home", photos_in(folder / "photos", photos))
    print(f"{photos:,} photos", flush=True)
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    subprocess.run([sys.executable, __file__, "--of", str(folder), "--k", str(k)], env=os.environ | threads, check=True)


def main() -> None:
    """Print a line for each number of photos, and how the costs grow."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    parser.add_argument("--k", type=int, default=50)
    parser.add_argument("--keep", type=Path, help="where photos, cache and history are kept for the next time")
    parser.add_argument("--steps", action="store_true", help="only scan, cache and k-means, step by step")
    parser.add_argument("--bare", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--of", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.bare:
        bare(arguments.bare, arguments.k)
        return
    if arguments.of:
        steps(arguments.of / "home", arguments.of / "photos", arguments.k)
        return
    if arguments.steps:
        with tempfile.TemporaryDirectory() as made:
            for photos in sorted(arguments.photos):
                step_by_step((arguments.keep or Path(made)) / str(photos), photos, arguments.k)
        return
    heads = f"{'photos':>9}{'CPU s':>10}{'bare':>9}{'ratio':>8}{'MB':>11}{'bare':>9}{'ms/photo':>12}{'bare':>9}"
    print(f"{heads}{'history MB':>12}")
    with tempfile.TemporaryDirectory() as made:
        costs = {}
        for photos in sorted(arguments.photos):
            costs[photos] = measured((arguments.keep or Path(made)) / str(photos), photos, arguments.k)
    for (few, less), (many, more) in pairwise(costs.items()):
        growth = [(more[side] - less[side]) / (many - few) * 1e3 for side in (0, 1)]
        print(f"from {few:,} to {many:,}: {growth[0]:.3f} ms for each further photo, bare {growth[1]:.3f}")


if __name__ == "__main__":
    main()
