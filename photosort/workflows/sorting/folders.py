"""From clusters to folders: who is set aside, what each folder is called, and which folder lies in which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from photosort.clustering.given import spread
from photosort.clustering.kmeans import Labels
from photosort.clustering.outliers import outliers
from photosort.methods.method import Candidate
from photosort.methods.sorting import UNSORTED
from photosort.models.protocols import LanguageModel
from photosort.naming.cluster_texts import cluster_texts, counted_again
from photosort.naming.folder_name import folder_name
from photosort.naming.prompt import ClusterText, Wish
from photosort.naming.subject import Subject
from photosort.naming.summary import BY_KEYWORDS, ClusterName, name_clusters
from photosort.photos.facts.facts import Facts
from photosort.photos.facts.fields import marks
from photosort.settings.settings import Settings
from photosort.support.progress import Progress, silent
from photosort.wordnet.nouns import nouns
from photosort.workflows.sorting.arranging import Arranged, arrange
from photosort.workflows.sorting.events import event_name
from photosort.workflows.sorting.laying_out import lay_out
from photosort.workflows.sorting.subjects import SubjectsOf

UNCLEAR = "Photos that no folder is clearly right for."
ASIDE = "outliers"
"""The source of the name of a folder for what was set aside; its label is k."""
THE_USER = "you"
"""The source of names that the user gave."""
STANDING = "an earlier run"
"""The source of the name of a folder that is there already."""
FACTS = "facts"
"""The source of names that say when or where photos were taken."""


@dataclass(frozen=True, slots=True)
class Folders:
    """Where n photos go.

    labels  (n,) the folder of each photo; the last one for those that were set aside
    names   what each folder stands for, and the one for what was set aside where there is one
    paths   for each of them the path below the destination, with "/" between levels
    flat    why there is one level, though two were asked for; empty where they are there or were not
    of      for each folder but that the cluster that its photos are of
    """

    labels: Labels
    names: tuple[ClusterName, ...]
    paths: tuple[str, ...]
    flat: str = ""
    of: tuple[int, ...] = ()

    def candidate(self, grouped: Candidate) -> Candidate:
        """Return a clustering whose clusters are these folders, where facts spread clusters over several."""
        if self.of == tuple(range(grouped.clustering.k)):
            return grouped
        first = {cluster: place for place, cluster in reversed([*enumerate(self.of)])}
        labels = np.array(
            [
                label if label < len(self.of) else first[cluster]
                for label, cluster in zip(self.labels.tolist(), grouped.clustering.labels.tolist(), strict=True)
            ]
        )
        tops: dict[str, int] = {}
        alike = np.array([tops.setdefault(path.rpartition("/")[0], len(tops)) for path in self.paths[: len(self.of)]])
        return replace(grouped, clustering=spread(grouped.clustering, labels, np.array(self.of), alike))


def make_folders(
    grouped: Candidate,
    facts: Sequence[Facts],
    settings: Settings,
    writer: LanguageModel | None,
    progress: Progress = silent,
    subjects_of: SubjectsOf = lambda clusters: [Subject() for _ in clusters],
    named_by: str = "",
    arranged: Arranged | None = None,
) -> Folders:
    """Name the clusters of n photos, and lay out their folders. Names that the method gave are kept; `named_by` is what
    an earlier run had them from. The first clusters are the photos of folders that stand, as `arranged` has them: they
    keep these, and no photo is set aside then.
    """
    arranged = arranged or arrange([], facts, settings)
    clustering, captions, layout = grouped.clustering, grouped.texts, arranged.layout
    labels = clustering.labels.copy()
    if settings.outliers and not grouped.names and not arranged.standing and arranged.labels is None:
        labels[outliers(clustering)] = clustering.k
    labels[list(grouped.aside)] = clustering.k
    members = [
        [photo for photo in clustering.members(number).tolist() if labels[photo] == number]
        for number in range(clustering.k)
    ]
    known = [[facts[photo] for photo in cluster] for cluster in members]
    towns = [[arranged.towns[photo] for photo in cluster] for cluster in members]
    marked = not (layout.splits or settings.events)
    texts = cluster_texts(
        [[captions[photo] for photo in cluster] for cluster in members],
        settings.keywords,
        subjects=subjects_of(members),
        marks=list(map(marks, known, towns)) if marked else (),
        nearest=clustering.nearest,
        countable=nouns().can_be_counted,
    )
    stand = len(arranged.names)
    names = [_standing_name(name, text) for name, text in zip(_paths_of(arranged), texts[:stand], strict=True)]
    asked = None if grouped.names or not layout.name else writer
    wish = Wish(settings.language, settings.style)
    if settings.events and asked is None:
        names += [name_clusters([text])[0] for text in texts[stand:]]
    else:
        names += name_clusters(texts[stand:], asked, wish=wish, progress=progress)
    if settings.events:
        names[stand:] = map(event_name, names[stand:], known[stand:], towns[stand:])
    if grouped.names:
        by, titles = named_by or _namer(settings, writer), zip(names, grouped.names, strict=True)
        names = [replace(name, title=title, summary=title, source=by, support=0.0) for name, title in titles]
    laid_out = lay_out(grouped, settings, arranged, labels, members, names, facts, subjects_of)
    titled = [names[cluster] for cluster in laid_out.of]
    if layout.splits and layout.name:
        titled = [
            replace(name, keywords=counted_again(name.keywords, [captions[row] for row in rows]))
            for name, rows in zip(titled, _rows_by(laid_out.labels, len(titled)), strict=True)
        ]
    if not layout.name:
        leaves = map(leaf_of, laid_out.paths)
        titled = [replace(name, title=leaf, source=FACTS) for name, leaf in zip(titled, leaves, strict=True)]
    if (labels == clustering.k).any():
        aside = ClusterName(grouped.rest or UNSORTED, UNCLEAR, (), ASIDE)
        tops = [path.partition("/")[0] for path in laid_out.paths]
        titled, paths = [*titled, aside], [*laid_out.paths, folder_name(aside.title, tops)]
        return Folders(laid_out.labels, tuple(titled), tuple(paths), laid_out.flat, laid_out.of)
    return Folders(laid_out.labels, tuple(titled), laid_out.paths, laid_out.flat, laid_out.of)


def _rows_by(labels: Labels, folders: int) -> list[list[int]]:
    """Return the photos of each folder."""
    rows: list[list[int]] = [[] for _ in range(folders + 1)]
    for row, folder in enumerate(labels.tolist()):
        rows[folder].append(row)
    return rows[:folders]


def _paths_of(arranged: Arranged) -> list[str]:
    """Return what the folders that stand are called, cluster by cluster."""
    first = dict(reversed([*zip(arranged.clusters, arranged.standing, strict=True)]))
    return [name or first[cluster] for cluster, name in enumerate(arranged.names)]


def _standing_name(path: str, text: ClusterText) -> ClusterName:
    (name,) = name_clusters([text])
    leaf = leaf_of(path)
    return replace(name, title=leaf, summary=leaf, source=STANDING, spare=(name.title,), support=0.0)


def _namer(settings: Settings, writer: LanguageModel | None) -> str:
    """Return what gave the names that the method brought: the user, a language model, or what photos were called."""
    if settings.into is not None:
        return THE_USER
    return writer.identity.model if writer else BY_KEYWORDS


def leaf_of(path: str) -> str:
    """Return the last name of a path of folders."""
    return path.rpartition("/")[2]
