"""From clusters to folders: who is set aside, what each folder is called, and which folder lies in which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from photosort.clustering.hierarchy import LEAST, parents
from photosort.clustering.kmeans import Labels
from photosort.clustering.outliers import outliers
from photosort.methods.method import Candidate
from photosort.models.protocols import LanguageModel
from photosort.naming.above import name_above
from photosort.naming.cluster_texts import cluster_texts
from photosort.naming.folder_name import folder_name
from photosort.naming.folders import folder_names
from photosort.naming.prompt import Wish
from photosort.naming.subject import Subject
from photosort.naming.summary import ClusterName, name_clusters
from photosort.photos.facts import Facts, dates, in_common
from photosort.settings.settings import Settings
from photosort.support.progress import Progress, silent
from photosort.wordnet.nouns import nouns
from photosort.workflows.subjects import SubjectsOf

UNSORTED = ClusterName("Unsorted", "Photos that no folder is clearly right for.", (), "outliers")
"""The folder of what was set aside; its label is k."""


@dataclass(frozen=True, slots=True)
class Folders:
    """Where n photos go.

    labels  (n,) the folder of each photo: its cluster, or k where it was set aside
    names   what each folder stands for, cluster by cluster, and UNSORTED where there is one
    paths   for each of them the path below the destination, with "/" between levels
    flat    why there is one level, though two were asked for; empty where they are there or were not
    """

    labels: Labels
    names: tuple[ClusterName, ...]
    paths: tuple[str, ...]
    flat: str = ""


def make_folders(
    grouped: Candidate,
    facts: Sequence[Facts],
    settings: Settings,
    writer: LanguageModel | None,
    progress: Progress = silent,
    subjects_of: SubjectsOf = lambda clusters: [Subject() for _ in clusters],
) -> Folders:
    """Name the clusters of n photos, and lay out their folders. Names that the method gave are kept."""
    clustering, captions = grouped.clustering, grouped.texts
    labels = clustering.labels.copy()
    if settings.outliers:
        labels[outliers(clustering)] = clustering.k
    members = [
        [photo for photo in clustering.members(number).tolist() if labels[photo] == number]
        for number in range(clustering.k)
    ]
    said = [[captions[photo] for photo in cluster] for cluster in members]
    known = [[facts[photo] for photo in cluster] for cluster in members]
    texts = cluster_texts(
        said,
        settings.keywords,
        subjects=subjects_of(members),
        marks=list(map(dates, known)),
        nearest=clustering.nearest,
        countable=nouns().can_be_counted,
    )
    wish = Wish(settings.language, settings.style)
    names = name_clusters(texts, None if grouped.names else writer, wish=wish, progress=progress)
    if grouped.names:
        titles = zip(names, grouped.names, strict=True)
        names = [replace(name, title=title, source=settings.method, support=0.0) for name, title in titles]
    made_of = "title" if grouped.names else settings.names
    common = list(map(in_common, known))
    sizes = [len(cluster) for cluster in members]
    leaves = folder_names(names, sizes, made_of, settings.name_template, common)
    groups = parents(clustering) if settings.levels > 1 else np.arange(clustering.k)
    paths = _paths(leaves, groups, _parent_names(members, names, groups, subjects_of))
    if (labels == clustering.k).any():
        names, paths = [*names, UNSORTED], [*paths, folder_name(UNSORTED.title, _tops(paths))]
    flat = _flat(clustering.k) if settings.levels > 1 and len(set(groups.tolist())) == clustering.k else ""
    return Folders(labels, tuple(names), tuple(paths), flat)


def _flat(k: int) -> str:
    if k < LEAST:
        return f"there are fewer than {LEAST} folders"
    return "a folder above others would hold more than half of all photos"


def _parent_names(
    members: Sequence[Sequence[int]], names: Sequence[ClusterName], groups: Labels, subjects_of: SubjectsOf
) -> dict[int, str]:
    """Group -> its name, for the groups of more than one cluster; `members` are the photos of each cluster."""
    below: dict[int, list[int]] = {}
    for number, group in enumerate(groups.tolist()):
        below.setdefault(group, []).append(number)
    several = {group: numbers for group, numbers in sorted(below.items()) if len(numbers) > 1}
    subjects = subjects_of([[photo for number in numbers for photo in members[number]] for numbers in several.values()])
    return {
        group: name_above(subject, [names[number].title for number in numbers])
        for (group, numbers), subject in zip(several.items(), subjects, strict=True)
    }


def _paths(leaves: Sequence[str], groups: Labels, above: dict[int, str]) -> list[str]:
    """Return a path for each cluster; one that is alone in its group lies at the top."""
    taken = [leaf for leaf, group in zip(leaves, groups.tolist(), strict=True) if group not in above]
    tops: dict[int, str] = {}
    for group, name in above.items():
        tops[group] = folder_name(name, [*taken, *tops.values()])
    return [
        f"{tops[group]}/{leaf}" if group in tops else leaf for leaf, group in zip(leaves, groups.tolist(), strict=True)
    ]


def _tops(paths: Iterable[str]) -> list[str]:
    return [path.partition("/")[0] for path in paths]
