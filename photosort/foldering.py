"""From clusters to folders: who is set aside, what each folder is called, and which folder lies in which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from photosort.clustering.hierarchy import parents
from photosort.clustering.kmeans import Clustering, Labels
from photosort.clustering.outliers import outliers
from photosort.models import registry
from photosort.naming.cluster_texts import cluster_texts
from photosort.naming.folder_name import folder_name
from photosort.naming.summary import KEYWORDS, ClusterName, name_clusters
from photosort.progress import Progress, silent
from photosort.remembering import RememberedWriter
from photosort.settings import Settings
from photosort.store.cache import Cache

UNSORTED = ClusterName("Unsorted", "Photos that no folder is clearly right for.", (), "outliers")
"""The folder of what was set aside; its label is k."""


@dataclass(frozen=True, slots=True)
class Folders:
    """Where n photos go.

    labels  (n,) the folder of each photo: its cluster, or k where it was set aside
    names   what each folder stands for, cluster by cluster, and UNSORTED where there is one
    paths   for each of them the path below the destination, with "/" between levels
    """

    labels: Labels
    names: tuple[ClusterName, ...]
    paths: tuple[str, ...]


def make_folders(
    clustering: Clustering, captions: Sequence[str], settings: Settings, cache: Cache, progress: Progress = silent
) -> Folders:
    """Name the clusters of n photos, of which `captions` say one line each, and lay out their folders."""
    labels = clustering.labels.copy()
    if settings.outliers:
        labels[outliers(clustering)] = clustering.k
    members = [
        [captions[photo] for photo in clustering.members(number) if labels[photo] == number]
        for number in range(clustering.k)
    ]
    writer = registry.writer(settings)
    remembered = RememberedWriter(writer, cache) if writer else None
    names = name_clusters(cluster_texts(members), remembered, progress=progress)
    groups = parents(clustering) if settings.levels > 1 else np.arange(clustering.k)
    paths = _paths([_wanted(name, settings) for name in names], groups, _parent_names(members, groups))
    if (labels == clustering.k).any():
        names, paths = [*names, UNSORTED], [*paths, folder_name(UNSORTED.title, _tops(paths))]
    return Folders(labels, tuple(names), tuple(paths))


def _wanted(name: ClusterName, settings: Settings) -> str:
    return name.summary if settings.names == "summary" and name.source != KEYWORDS else name.title


def _parent_names(members: Sequence[Sequence[str]], groups: Labels) -> dict[int, str]:
    """Group -> a name made of the keywords of all its members, for the groups of more than one cluster."""
    several = [group for group, clusters in sorted(Counter(groups.tolist()).items()) if clusters > 1]
    unions = [
        [text for number in np.flatnonzero(groups == group).tolist() for text in members[number]] for group in several
    ]
    return {group: name.title for group, name in zip(several, name_clusters(cluster_texts(unions)), strict=True)}


def _paths(wanted: Sequence[str], groups: Labels, above: dict[int, str]) -> list[str]:
    """A path for each cluster; one that is alone in its group lies at the top."""
    tops: dict[int, str] = {}
    paths: list[str] = []
    for name, group in zip(wanted, groups.tolist(), strict=True):
        if group not in above:
            paths.append(folder_name(name, _tops(paths)))
            continue
        top = tops.setdefault(group, folder_name(above[group], _tops(paths)))
        inside = [path.partition("/")[2] for path in paths if path.startswith(f"{top}/")]
        paths.append(f"{top}/{folder_name(name, inside)}")
    return paths


def _tops(paths: Iterable[str]) -> list[str]:
    return [path.partition("/")[0] for path in paths]
