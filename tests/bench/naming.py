"""How well names say what folders hold: python tests/bench/naming.py DIR [--texts-file FILE.jsonl] [--list]

DIR holds one folder for each class. For the true classes and for the clusters that photosort makes of them with each of
ten seeds (each cluster stands for its most frequent class), and for tags and, with a file of texts as `photosort
evaluate` takes it, captions by people: the share of clusters whose name contains the true label (SEM), the share whose
SBERT cosine to it is above 0.4, and the mean of that cosine. Two keywords, joined, which no other cluster has among its
two, are what "Text-Guided Image Clustering" measures; names are those that photosort gives without a language model,
and the titles and summaries of each writer. The last column is the share of names that say "Mixed" or nothing. `--list`
prints every name of the true classes and of the clusters of the first seed, to be judged by eye.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np
from table_row import declare

from photosort.evaluation.names import label_cosines, sbert_match, sem
from photosort.evaluation.texts_file import Labelled as Line
from photosort.evaluation.texts_file import read_texts_file
from photosort.methods.method import joined
from photosort.models.language import writers
from photosort.models.protocols import TextEncoder
from photosort.models.selected import EVEN, select_models
from photosort.naming.cluster_texts import UNCLEAR, cluster_texts, said_terms
from photosort.naming.folder_name import UNNAMED
from photosort.naming.keywords import Ranking, exclusive_keywords
from photosort.naming.prompt import MIXED, ClusterText
from photosort.naming.subject import Subject
from photosort.naming.summary import BY_KEYWORDS, name_clusters
from photosort.settings.settings import Settings, load_settings
from photosort.store.cache import Cache, open_cache
from photosort.wordnet.nouns import nouns
from photosort.workflows.evaluate import Ground, ground_of_photos
from photosort.workflows.sorting.grouping import Clusters, method_of
from photosort.workflows.sorting.remembering import RememberedTexts, RememberedWriter
from photosort.workflows.sorting.subjects import SubjectsOf, by_captions, subjects_of

TOP = 2
TITLE = f"  {'':<24}{'SEM':<9}{'SBERT':<9}{'cosine':<9}mixed"


@dataclass
class Labelled:
    """One clustering: the true label, the captions of each cluster, exemplars first, and what each is of."""

    truth: list[str]
    captions: list[list[str]]
    subjects: list[Subject]


def by_class(ground: Ground, subjects_of: SubjectsOf) -> Labelled:
    """The true classes as clusters."""
    classes, labels = np.unique(ground.truth, return_inverse=True)
    members = [np.flatnonzero(labels == number).tolist() for number in range(len(classes))]
    return _labelled(ground, members, subjects_of)


def by_cluster(ground: Ground, subjects_of: SubjectsOf, settings: Settings) -> Labelled:
    """As many clusters as there are classes, as photosort makes them."""
    wanted = settings.model_copy(update={"k": len(set(ground.truth))})
    clustering = method_of(select_models(wanted)).group(ground.views, Clusters(wanted)).best.clustering
    return _labelled(ground, [clustering.members(number).tolist() for number in range(clustering.k)], subjects_of)


def _labelled(ground: Ground, clusters: Sequence[Sequence[int]], subjects_of: SubjectsOf) -> Labelled:
    captions = joined(ground.views.texts[0])
    majority = [Counter(ground.truth[photo] for photo in members).most_common(1)[0][0] for members in clusters]
    return Labelled(majority, [[captions[photo] for photo in members] for members in clusters], subjects_of(clusters))


def texts_of(labelled: Labelled) -> list[ClusterText]:
    """What the names are made of."""
    return cluster_texts(labelled.captions, subjects=labelled.subjects, countable=nouns().can_be_counted)


def show(row: str, names: Sequence[Sequence[str]], several: Sequence[Labelled], encoder: TextEncoder) -> float:
    """Print one row: the means over several clusterings; returns the mean cosine."""
    measured = [
        (sem(some, one.truth), sbert_match(some, one.truth, encoder), label_cosines(some, one.truth, encoder).mean())
        for some, one in zip(names, several, strict=True)
    ]
    said = [name.casefold() for some in names for name in some]
    mixed = sum(name.startswith((MIXED, UNNAMED, UNCLEAR)) for name in said) / len(said)
    print(f"  {row:<24}" + "    ".join(f"{value:.3f}" for value in (*np.mean(measured, axis=0), mixed)))
    return float(np.mean(measured, axis=0)[2])


def measure(
    several: Sequence[Labelled], named: Sequence[str], encoder: TextEncoder, cache: Cache, *, listed: bool
) -> None:
    """Print the table of one set."""
    rankings = get_args(Ranking)
    keywords = []
    for ranking in rankings:
        exclusive = [exclusive_keywords(said_terms(one.captions), TOP, ranking) for one in several]
        words = [[", ".join(word.term for word in cluster) for cluster in clusters] for clusters in exclusive]
        keywords.append(show(f"two keywords, {ranking}", words, several, encoder))
    titles = [[name.title for name in name_clusters(texts_of(one))] for one in several]
    near, other = show("names", titles, several, encoder), max(keywords)
    declare(
        f"cosine of names to classes, {len(several)} runs", f"{near:.3f}", f"two keywords {other:.3f}", near / other
    )
    if listed:
        for truth, title in zip(several[0].truth, titles[0], strict=True):
            print(f"    {truth:<24}{title}")
    for name in named:
        writer = writers.writer(load_settings(writer=name))
        asked = RememberedWriter(writer, cache) if writer else None
        found = [name_clusters(texts_of(one), asked) for one in several]
        show(f"{name}: title", [[one.title for one in names] for names in found], several, encoder)
        show(f"{name}: summary", [[one.summary for one in names] for names in found], several, encoder)
        own = sum(one.source != BY_KEYWORDS for names in found for one in names)
        print(f"    {own} of {sum(map(len, found))} written by {name}, the others are keywords")


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--texts-file", type=Path)
    parser.add_argument("--writer", action="append", dest="writers", default=[])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--list", action="store_true")
    arguments = parser.parse_args()
    settings, root = load_settings(), arguments.folder.resolve()
    models = select_models(settings)
    with open_cache(settings.cache_dir) as cache:
        encoder = RememberedTexts(models.text_encoder, cache)
        grounds: dict[str, tuple[Sequence[Line], float]] = {"tags": ((), models.text_weight)}
        if arguments.texts_file:
            grounds["captions by people"] = (read_texts_file(arguments.texts_file), EVEN)
        for source, (lines, weight) in grounds.items():
            ground = ground_of_photos(root, lines, models, cache)
            captions = joined(ground.views.texts[0])
            subjects = (
                by_captions(captions)
                if lines
                else subjects_of(ground.views.image, ground.facts, captions, models, cache)
            )
            print(f"\n{source}, true classes\n{TITLE}")
            measure([by_class(ground, subjects)], arguments.writers, encoder, cache, listed=arguments.list)
            print(f"\n{source}, k-means, mean of {arguments.seeds} seeds\n{TITLE}")
            seeds = range(settings.seed, settings.seed + arguments.seeds)
            several = [settings.model_copy(update={"weight": weight, "seed": seed}) for seed in seeds]
            clusterings = [by_cluster(ground, subjects, one) for one in several]
            measure(clusterings, arguments.writers, encoder, cache, listed=arguments.list)


if __name__ == "__main__":
    main()
