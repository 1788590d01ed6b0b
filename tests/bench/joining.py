"""How well new photos join folders that stand: python tests/bench/joining.py DIR [--seeds N] [--standing SHARE]

DIR holds one folder for each class. For each seed a fifth of the classes are held back, and of the others SHARE of the
photos stand in folders; all others are new. The rows are means over the seeds:

    join      the rule of photosort.clustering.joining
    nearest   each new photo goes to the folder with the nearest centroid, and none makes a new one

The columns: new photos of standing classes that come into the folder of their class; those of classes held back that
come into a new folder; and how many new folders there are for each class held back.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from table_row import declare

from photosort.clustering.joining import NEW, join
from photosort.clustering.kmeans import Labels, Vectors
from photosort.methods.fusion import Fusion
from photosort.models.selected import select_models
from photosort.settings.settings import load_settings
from photosort.store.cache import open_cache
from photosort.workflows.evaluate import ground_of_photos
from photosort.workflows.sorting.grouping import method_of

HELD_BACK = 5
"""One class in so many is held back, two at least."""


def nearest(vectors: Vectors, folder: Labels) -> Labels:
    """Return the folder with the nearest centroid for each of (n, d) unit rows."""
    centroids = np.stack([vectors[folder == number].sum(axis=0) for number in range(int(folder.max()) + 1)])
    centroids /= np.linalg.norm(centroids, axis=1, keepdims=True)
    return np.where(folder == NEW, (vectors @ centroids.T).argmax(axis=1), folder)


def rated(labels: Labels, folder: Labels, truth: Labels, classes: Labels, held: int) -> tuple[float, float, float]:
    """Return the three columns; `classes` are those of the folders, `held` the number of classes held back."""
    new, known = folder == NEW, np.isin(truth, classes)
    place = {int(name): number for number, name in enumerate(classes)}
    own = np.array([place.get(int(name), NEW) for name in truth])
    joined = float((labels == own)[new & known].mean())
    apart = float((labels >= len(classes))[new & ~known].mean())
    return joined, apart, (int(labels.max()) + 1 - len(classes)) / held


def main() -> None:
    """Print two rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--standing", type=float, default=0.6)
    arguments = parser.parse_args()
    models = select_models(load_settings())
    with open_cache(models.settings.cache_dir) as cache:
        ground = ground_of_photos(arguments.folder.resolve(), (), models, cache)
        method = method_of(models)
        assert isinstance(method, Fusion)
        vectors = method.fused(ground.views)
    names, truth = np.unique(ground.truth, return_inverse=True)
    found: dict[str, list[tuple[float, float, float]]] = {"join": [], "nearest": []}
    for seed in range(arguments.seeds):
        rng = np.random.default_rng(seed)
        held = rng.choice(len(names), max(2, len(names) // HELD_BACK), replace=False)
        stands = (rng.random(len(truth)) < arguments.standing) & ~np.isin(truth, held)
        classes, folder = np.unique(truth[stands]), np.full(len(truth), NEW)
        folder[stands] = np.searchsorted(classes, truth[stands])
        for row, labels in (("join", join(vectors, folder).labels), ("nearest", nearest(vectors, folder))):
            found[row].append(rated(labels, folder, truth, classes, len(held)))
    print(f"{len(truth)} photos, {len(names)} classes, {arguments.seeds} seeds, {arguments.standing:.0%} standing")
    print(f"{'':10}{'to their folder':>18}{'in new folders':>18}{'new folders a class':>22}")
    ours, other = (float(np.mean(found[row], axis=0)[0]) for row in ("join", "nearest"))
    declare("share in the folder of their class", f"{ours:.3f}", f"the nearest folder {other:.3f}", ours / other)
    for row, rates in found.items():
        joined, apart, folders = np.mean(rates, axis=0)
        print(f"{row:10}{joined:18.3f}{apart:18.3f}{folders:22.2f}")


if __name__ == "__main__":
    main()
