"""Methods in a contest: each groups the same photos, whose true classes are known, with several seeds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np

from photosort.clustering.kmeans import Clustering, Labels, Vectors, kmeans
from photosort.errors import SettingsError
from photosort.evaluation.measures import agreement, confusion, silhouette
from photosort.evaluation.names import sbert_match, sem, spoken
from photosort.methods.building import Given
from photosort.methods.fusion import unit
from photosort.methods.method import Candidate, Method, VectorFactory, Views, joined
from photosort.methods.specs import USUAL_VARIANTS, VARIANTS
from photosort.models.protocols import Category, TextEncoder
from photosort.naming.cluster_texts import without_doubt
from photosort.naming.keywords import exclusive_keywords
from photosort.naming.words import fold_plurals, terms
from photosort.support.progress import Progress, silent

LABEL_KEYWORDS = 2
"""Keywords that stand for a cluster, as in "Text-Guided Image Clustering"."""

ALL = "all"


@dataclass(frozen=True, slots=True)
class Scores:
    """What one run of one method is worth; 1 is perfect, and a silhouette is in -1..1.

    sem and sbert rate the keywords of each cluster as a name for the class that it is matched with.
    """

    acc: float
    nmi: float
    ari: float
    silhouette: float
    sem: float
    sbert: float


MEASURES = tuple(one.name for one in fields(Scores))


@dataclass(frozen=True, slots=True)
class Result:
    """A method's runs, one for each seed; labels and vectors are those of the first."""

    method: str
    seeds: tuple[int, ...]
    runs: tuple[Scores, ...]
    labels: Labels = field(repr=False)
    vectors: Vectors = field(repr=False)

    def mean(self, measure: str) -> float:
        """Return the mean of a measure over the seeds."""
        return float(np.mean([getattr(run, measure) for run in self.runs]))

    def deviation(self, measure: str) -> float:
        """Return the standard deviation of a measure over the seeds, as of a sample; 0 with one seed."""
        return float(np.std([getattr(run, measure) for run in self.runs], ddof=1)) if len(self.runs) > 1 else 0.0


@dataclass(frozen=True, slots=True)
class Contestant:
    """A method in the contest; `named` and `asks` as in `Variant`."""

    method: Method
    named: bool = False
    asks: bool = False


def read_methods(names: Sequence[str], given: Given, *, photos: bool) -> dict[str, Contestant]:
    """From names such as `image`, `concat` or `concat:0.7` (the share of the text) to methods; `all` are those that
    need nothing of the user's.

    Without `photos`, `all` are those that read texts alone. Raises SettingsError for what is not known or not possible.
    """
    able = [name for name in USUAL_VARIANTS if photos or not VARIANTS[name].needs_photos]
    wanted = dict.fromkeys(one for name in names for one in (able if name == ALL else [name]))
    return {name: _contestant(name, given, photos=photos) for name in wanted}


def compete(
    views: Views,
    truth: Sequence[str],
    methods: dict[str, Contestant],
    encoder: TextEncoder,
    *,
    seeds: Sequence[int] = (42,),
    restarts: int | None = None,
    cuda: str = "",
    progress: Progress = silent,
) -> Iterator[Result]:
    """Let each method group n photos into as many clusters as `truth` has classes, once a seed.

    `encoder` compares names with classes; `cuda` goes to `kmeans`. Raises TooManyClusters where a method cannot tell
    so many apart.
    """
    done = 0
    for name, method in methods.items():
        runs, first = [], None
        for seed in seeds:
            progress("evaluating", done, len(methods) * len(seeds))
            done += 1
            best, vectors = _run(method, views, truth, seed, restarts, cuda)
            runs.append(_named_scores(truth, best, vectors) if method.named else _scores(truth, best, vectors, encoder))
            first = first or (best.clustering.labels, vectors)
        assert first is not None
        progress("evaluating", done, len(methods) * len(seeds))
        yield Result(name, tuple(seeds), tuple(runs), *first)


def names_of(texts: Sequence[str], labels: Labels) -> list[str]:
    """For each cluster of n photos, with one line of text each, its joined keywords, its own before shared ones."""
    said: list[list[list[str]]] = [[] for _ in range(int(labels.max()) + 1)]
    for text, label in zip(texts, labels.tolist(), strict=True):
        said[label].append(terms(without_doubt(text)))
    return [" ".join(word.term for word in words) for words in exclusive_keywords(fold_plurals(said), LABEL_KEYWORDS)]


def name_scores(
    texts: Sequence[str], labels: Labels, classes: Sequence[str], encoder: TextEncoder
) -> tuple[float, float]:
    """Return SEM and SBERT match of the keywords of k clusters, where `classes[i]` is the true name of cluster i."""
    names = names_of(texts, labels)
    return sem(names, classes), sbert_match(names, classes, encoder)


def true_names(views: Views, truth: Sequence[str], encoder: TextEncoder) -> tuple[float, float]:
    """Return SEM and SBERT match of the keywords of the true classes: what no clustering can spoil."""
    classes, labels = np.unique(truth, return_inverse=True)
    return name_scores(joined(views.texts[0]), labels, classes.tolist(), encoder)


def _contestant(name: str, given: Given, *, photos: bool) -> Contestant:
    kind, colon, share = name.partition(":")
    weighted = [other for other, variant in VARIANTS.items() if variant.weighted]
    known = f"Choose from: {', '.join(VARIANTS)}, {ALL}; {' and '.join(weighted)} take a share of the text: concat:0.7"
    variant = VARIANTS.get(kind)
    if variant is None or (colon and not variant.weighted):
        raise SettingsError(f"Unknown method '{name}'", known)
    try:
        weight = float(share) if colon else given.weight
    except ValueError:
        weight = math.nan
    if not 0 <= weight <= 1:
        raise SettingsError(f"'{share}' must be a share of the text between 0 and 1", known)
    if variant.needs_photos and not photos:
        raise SettingsError(f"The method {name} needs the photos", "Name their folder before the file of texts.")
    return Contestant(variant.build(given._replace(weight=weight)), variant.named, variant.asks)


def _run(
    contestant: Contestant, views: Views, truth: Sequence[str], seed: int, restarts: int | None, cuda: str
) -> tuple[Candidate, Vectors]:
    """Return what the method found, and the vectors (n, d) that it comes from: those that it clustered, else those of
    the photos or texts.
    """
    seen: list[VectorFactory] = []
    classes = sorted(set(truth))

    def cluster(several: Sequence[VectorFactory]) -> list[Clustering]:
        seen.extend(several)
        return [kmeans(made(), len(classes), restarts=restarts, seed=seed, cuda=cuda) for made in several]

    if contestant.named:
        views = replace(views, categories=tuple(Category(spoken(name)) for name in classes))
    grouping = contestant.method.group(views, cluster)
    best = grouping.best
    if len(seen) == len(grouping.candidates):
        return best, seen[grouping.candidates.index(best)]()
    return best, unit(views.image) if views.image.shape[1] else views.embed(joined(views.texts[0]))


def _scores(truth: Sequence[str], best: Candidate, vectors: Vectors, encoder: TextEncoder) -> Scores:
    labels = best.clustering.labels
    agreed, crossed = agreement(truth, labels), confusion(truth, labels)
    classes = [crossed.class_of(cluster) for cluster in range(crossed.counts.shape[1])]
    if best.names:
        rated = sem(best.names, classes), sbert_match(best.names, classes, encoder)
    else:
        rated = name_scores(best.texts, labels, classes, encoder)
    return Scores(agreed.acc, agreed.nmi, agreed.ari, silhouette(vectors, labels), *rated)


def _named_scores(truth: Sequence[str], best: Candidate, vectors: Vectors) -> Scores:
    """Rate a method that was given the names: a photo is right where the name of its class is its own, and names are
    not rated.
    """
    labels = best.clustering.labels.copy()
    labels[list(best.aside)] = best.clustering.k
    said = [*best.names, ""]
    agreed = agreement(truth, labels)
    right = [said[label] == spoken(name) for label, name in zip(labels.tolist(), truth, strict=True)]
    return Scores(float(np.mean(right)), agreed.nmi, agreed.ari, silhouette(vectors, labels), math.nan, math.nan)
