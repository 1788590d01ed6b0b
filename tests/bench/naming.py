"""How well names say what folders hold: python tests/bench/naming.py DIR [--captions FILE.csv] [--writer NAME ...]

DIR holds one folder for each class. For the true classes and for the clusters that photosort makes of them (each
stands for its most frequent class), and for tags and, with a CSV file (columns path, class, caption, caption_source),
captions by people: the share of clusters whose name contains the true label (SEM), and whose SBERT cosine to it is
above 0.4. Two keywords, joined, are what "Text-Guided Image Clustering" measures; names are the titles that photosort
makes of keywords, by each ranking, and the titles and summaries of each writer. Ends with an error where two
keywords by `winner` are below those by `paper` on any set.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np

from photosort.clustering.kmeans import kmeans
from photosort.describing.describe import describe
from photosort.evaluation.names import sbert_match, sem
from photosort.methods.fusion import fuse
from photosort.models import registry
from photosort.models.nouns import nouns
from photosort.models.protocols import TextEncoder
from photosort.models.writers import writer as writer_of
from photosort.naming.cluster_texts import cluster_texts
from photosort.naming.keywords import Ranking
from photosort.naming.summary import KEYWORDS, name_clusters
from photosort.photos.scan import scan
from photosort.remembering import RememberedTexts, RememberedWriter
from photosort.settings import load_settings
from photosort.store.cache import Cache, open_cache

TOP = 2


@dataclass
class Labelled:
    """One set: a true label and the captions of each cluster, exemplars first."""

    name: str
    truth: list[str]
    captions: list[list[str]]


def by_label(name: str, labels: Sequence[str], captions: Sequence[str]) -> Labelled:
    """The true clustering."""
    truth = sorted(set(labels))
    return Labelled(
        name, truth, [[said for said, label in zip(captions, labels, strict=True) if label == one] for one in truth]
    )


def by_cluster(name: str, labels: Sequence[str], captions: Sequence[str], numbers: Sequence[Sequence[int]]) -> Labelled:
    """The predicted clustering: `numbers` are the members of each cluster."""
    truth = [Counter(labels[number] for number in members).most_common(1)[0][0] for members in numbers]
    return Labelled(name, truth, [[captions[number] for number in members] for members in numbers])


def show(row: str, names: Sequence[str], truth: Sequence[str], encoder: TextEncoder) -> tuple[float, float]:
    """Print one row."""
    measured = sem(names, truth), sbert_match(names, truth, encoder)
    print(f"  {row:<28}{measured[0]:.3f}  {measured[1]:.3f}")
    return measured


def measure(labelled: Labelled, writers: Sequence[str], encoder: TextEncoder, cache: Cache) -> bool:
    """Print the table of one set; whether `winner` is not below `paper`."""
    print(f"\n{labelled.name}: {len(labelled.truth)} clusters\n  {'':<28}SEM    SBERT > 0.4")
    scores = {}
    for ranking in get_args(Ranking):
        names = name_clusters(cluster_texts(labelled.captions, ranking, countable=nouns().can_be_counted))
        words = [", ".join(word.term for word in name.keywords[:TOP]) for name in names]
        scores[ranking] = show(f"two keywords, {ranking}", words, labelled.truth, encoder)
        show(f"names by {ranking}", [name.title for name in names], labelled.truth, encoder)
    texts = cluster_texts(labelled.captions, countable=nouns().can_be_counted)
    for name in writers:
        writer = writer_of(load_settings(writer=name))
        names = name_clusters(texts, RememberedWriter(writer, cache) if writer else None)
        own = sum(one.source != KEYWORDS for one in names)
        show(f"{name}: title", [one.title for one in names], labelled.truth, encoder)
        show(f"{name}: summary", [one.summary for one in names], labelled.truth, encoder)
        for one, truth in zip(names, labelled.truth, strict=True):
            print(f"      {truth:<22}{one.title} | {one.summary}{f' ({one.note})' if one.note else ''}")
        print(f"    {own} of {len(names)} written by {name}, the others are keywords")
    return all(winner >= paper for winner, paper in zip(scores["winner"], scores["paper"], strict=True))


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--captions", type=Path)
    parser.add_argument("--writer", action="append", dest="writers", default=[])
    arguments = parser.parse_args()
    settings, root = registry.settled(load_settings()), arguments.folder.resolve()
    with open_cache(settings.cache_dir) as cache:
        encoder, captioners = registry.image_encoder(settings), registry.captioners(settings)
        seen = describe(scan(root).photos, encoder, captioners, cache)
        labels = [photo.path.relative_to(root).parts[0] for photo in seen.photos]
        texts = RememberedTexts(registry.text_encoder(settings), cache)
        joint = registry.joint_encoder(settings, texts).place(seen.vectors)
        weight = registry.default_weight(settings)

        def members(chosen: Sequence[int], said: np.ndarray, share: float) -> list[list[int]]:
            k = len({labels[number] for number in chosen})
            clustering = kmeans(fuse(seen.vectors[list(chosen)], said, "concat", share), k, seed=settings.seed)
            return [[chosen[number] for number in clustering.members(place)] for place in range(k)]

        every = range(len(labels))
        sets = [
            by_label("tags, true classes", labels, seen.captions),
            by_cluster("tags, k-means", labels, seen.captions, members(every, joint, weight)),
        ]
        if arguments.captions:
            with arguments.captions.open(newline="", encoding="utf-8") as file:
                human = {
                    root / line["path"]: line["caption"]
                    for line in csv.DictReader(file)
                    if line.get("caption_source", "human") == "human"
                }
            chosen = [number for number in every if seen.photos[number].path in human]
            said = [human.get(photo.path, "") for photo in seen.photos]
            vectors = texts.encode_texts([said[number] for number in chosen])
            sets += [
                by_label(
                    "captions by people, true classes", *zip(*((labels[n], said[n]) for n in chosen), strict=True)
                ),
                by_cluster("captions by people, k-means", labels, said, members(chosen, vectors, 0.5)),
            ]
        held = [measure(labelled, arguments.writers, texts, cache) for labelled in sets]
    below = [labelled.name for labelled, good in zip(sets, held, strict=True) if not good]
    if below:
        raise SystemExit(f"two keywords by winner are below those by paper: {'; '.join(below)}")


if __name__ == "__main__":
    main()
