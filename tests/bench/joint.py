"""Whether adding in a joint space is better than joining two spaces: python tests/bench/joint.py DIR [--seeds 10]

DIR is what tests/bench/labelled_photos.py makes. The joint space is that of ConSE and MiniLM, which comes with the
installation and stands in for the towers of CLIP. Each fusion is of the same photos and texts, with half the weight for
either: the sum of the two joint vectors, the same two joined, and the network's own features joined with the text.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from table_row import declare

from photosort.clustering.kmeans import Vectors, kmeans
from photosort.evaluation.measures import agreement
from photosort.evaluation.texts_file import Labelled, read_texts_file
from photosort.methods.fusion import fuse, summed_vectors, unit
from photosort.models.selected import select_models
from photosort.settings.settings import load_settings
from photosort.store.cache import open_cache
from photosort.workflows.evaluate import Ground, ground_of_photos


def views(ground: Ground) -> Mapping[str, Vectors]:
    """Return the vectors of each fusion, by its name."""
    seen = ground.views
    assert seen.joint_image is not None and seen.joint_embed is not None
    features, photo = seen.image, seen.joint_image()
    text, own = summed_vectors(seen.texts[0], seen.joint_embed), summed_vectors(seen.texts[0], seen.embed)
    return {
        "features": unit(features),
        "photo, joint": unit(photo),
        "text": unit(own),
        "sum, joint": fuse(photo, text, "sum"),
        "concat, joint": fuse(photo, text, "concat"),
        "concat, features": fuse(features, own, "concat"),
    }


def main() -> None:
    """Print a table of ACC, NMI and ARI."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, default=10)
    given = parser.parse_args()
    for title, lines in (("tags", ()), ("captions by people", read_texts_file(given.folder / "captions.jsonl"))):
        _table(title, given.folder, lines, given.seeds)


def _table(title: str, folder: Path, lines: tuple[Labelled, ...], seeds: int) -> None:
    models = select_models(load_settings())
    with open_cache(models.settings.cache_dir) as cache:
        ground = ground_of_photos(folder, lines, models, cache)
        print(f"\n| {title}, {len(ground.truth)} photos | ACC | NMI | ARI |\n|---|---|---|---|")
        means: dict[str, float] = {}
        for name, vectors in views(ground).items():
            found = [
                agreement(ground.truth, kmeans(vectors, len(set(ground.truth)), seed=42 + number).labels)
                for number in range(seeds)
            ]
            scores = np.array([(one.acc, one.nmi, one.ari) for one in found])
            means[name] = float(scores[:, 1].mean())
            cells = [f"{m:.3f} ± {s:.3f}" for m, s in zip(scores.mean(0), scores.std(0), strict=True)]
            print(f"| {name} | {' | '.join(cells)} |", flush=True)
        ours, other = means["sum, joint"], means["features"]
        declare(f"NMI, sum in the joint space, {title}", f"{ours:.3f}", f"image features {other:.3f}", ours / other)


if __name__ == "__main__":
    main()
