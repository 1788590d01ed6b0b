"""How well folders agree with true classes: python tests/bench/quality.py DIR [--captions FILE.csv]

DIR holds one folder for each class. Each row is k-means at k = number of classes with photosort's starts: the scores at
seed 42, and mean and deviation over ten seeds, since one seed is a lottery on small sets. A CSV file with the
columns path, class, caption (and caption_source) adds the same table for the photos that a person has captioned.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from photosort.clustering.kmeans import kmeans
from photosort.describing.describe import describe
from photosort.evaluation.measures import agreement
from photosort.methods.fusion import Vectors, fuse
from photosort.models import registry
from photosort.photos.scan import scan
from photosort.remembering import RememberedTexts
from photosort.settings import load_settings
from photosort.store.cache import open_cache

SEEDS = range(42, 52)


def row(name: str, vectors: Vectors, truth: Sequence[str]) -> None:
    """Cluster with every seed and print the scores."""
    k = len(set(truth))
    runs = [agreement(truth, kmeans(vectors, k, seed=seed).labels) for seed in SEEDS]
    scores = np.array([(run.acc, run.nmi, run.ari) for run in runs])
    first = "  ".join(f"{score:.3f}" for score in scores[0])
    spread = "  ".join(
        f"{mean:.3f} ± {sd:.3f}" for mean, sd in zip(scores.mean(axis=0), scores.std(axis=0), strict=True)
    )
    print(f"{name:<36}{first}   |  {spread}")


def head(title: str) -> None:
    """Print the line above a table."""
    print(f"\n{title}\n{'':<36}ACC    NMI    ARI     |  ACC            NMI            ARI, ten seeds")


def main() -> None:
    """Print the table, and the one with human captions where there are any."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--captions", type=Path)
    arguments = parser.parse_args()
    settings, root = load_settings(), arguments.folder.resolve()
    with open_cache(settings.cache_dir) as cache:
        found = scan(root).photos
        encoder, captioner = registry.image_encoder(settings), registry.captioner(settings)
        seen = describe(found, encoder, [captioner], cache)
        truth = [photo.path.relative_to(root).parts[0] for photo in seen.photos]
        texts = RememberedTexts(registry.text_encoder(settings), cache)
        joint = registry.joint_encoder(settings, texts).place(seen.vectors)
        tags, weight = texts.encode_texts(seen.captions), registry.default_weight(settings)
        head(f"{len(truth)} photos, {len(set(truth))} classes, tags")
        row("image", fuse(seen.vectors, seen.vectors, "image"), truth)
        row("text (tags)", fuse(tags, tags, "text"), truth)
        row("text (ConSE)", fuse(joint, joint, "text"), truth)
        row("sum of ConSE and tags, weight 0.5", fuse(joint, tags, "sum"), truth)
        row("concat with tags, weight 0.5", fuse(seen.vectors, tags, "concat"), truth)
        row("concat with ConSE, weight 0.5", fuse(seen.vectors, joint, "concat"), truth)
        row(f"concat with ConSE, {weight:g} (default)", fuse(seen.vectors, joint, "concat", weight), truth)
        if arguments.captions:
            with arguments.captions.open(newline="", encoding="utf-8") as file:
                human = {
                    root / line["path"]: line["caption"]
                    for line in csv.DictReader(file)
                    if line.get("caption_source", "human") == "human"
                }
            chosen = [number for number, photo in enumerate(seen.photos) if photo.path in human]
            classes = [truth[number] for number in chosen]
            image = seen.vectors[chosen]
            said = texts.encode_texts([human[seen.photos[number].path] for number in chosen])
            head(f"{len(chosen)} photos, {len(set(classes))} classes, captions by people")
            row("image", fuse(image, image, "image"), classes)
            row("text", fuse(said, said, "text"), classes)
            for share in (0.3, 0.5, 0.7):
                row(f"concat, weight {share:g}", fuse(image, said, "concat", share), classes)


if __name__ == "__main__":
    main()
