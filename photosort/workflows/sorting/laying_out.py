"""Paths of folders, level by level: by facts, by what is akin, and by what clusters are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

import numpy as np

from photosort.clustering.hierarchy import LEAST, parents
from photosort.clustering.joining import NEW
from photosort.clustering.kmeans import Labels
from photosort.methods.method import Candidate
from photosort.naming.above import name_above
from photosort.naming.folder_name import folder_name, name_key
from photosort.naming.folders import folder_names
from photosort.naming.layout import Part, parts_of
from photosort.naming.summary import ClusterName
from photosort.photos.facts.facts import Facts
from photosort.photos.facts.fields import shared
from photosort.settings.choices import Names
from photosort.settings.settings import Settings
from photosort.workflows.sorting.arranging import Arranged
from photosort.workflows.sorting.subjects import SubjectsOf


@dataclass(frozen=True, slots=True)
class LaidOut:
    """The folders of n photos; fields as in `Folders`, without what was set aside."""

    labels: Labels
    paths: tuple[str, ...]
    of: tuple[int, ...]
    flat: str = ""


def lay_out(
    grouped: Candidate,
    settings: Settings,
    arranged: Arranged,
    labels: Labels,
    members: Sequence[Sequence[int]],
    names: Sequence[ClusterName],
    facts: Sequence[Facts],
    subjects_of: SubjectsOf,
) -> LaidOut:
    """Give each cluster its folders. `labels` (n,) has k for a photo that was set aside; `members` lack it."""
    drawn = _Drawn(arranged, [*arranged.standing], [*arranged.clusters], np.full(len(labels), NEW, dtype=np.intp))
    stand = len(arranged.names)
    for cluster in range(stand):
        drawn.join(cluster, members[cluster])
    layout = arranged.layout
    fresh = parts_of(members[stand:], layout.above, layout.below, arranged.fields)
    parts = [replace(part, cluster=part.cluster + stand) for part in fresh]
    common = [
        shared([facts[row] for row in part.members], [arranged.towns[row] for row in part.members]) for part in parts
    ]
    leaves = _Leaves(settings, arranged.layout.name, names, parts, common)
    flat, above = "", dict[int, str]()
    groups = np.arange(len(members))
    if settings.two_levels and not (arranged.standing or grouped.names or grouped.above):
        groups = parents(grouped.clustering)
        above = _parent_names(members, names, groups, subjects_of)
        flat = _flat(len(members)) if len(set(groups.tolist())) == len(members) else ""
    for _, numbers in groupby(range(len(parts)), key=lambda number: parts[number].above):
        some = list(numbers)
        if not layout.name:
            found = [""] * len(some)
        elif grouped.above:
            found = leaves.below([grouped.above[parts[number].cluster] for number in some], some)
        else:
            made_of: Names = "title" if grouped.names or settings.events else settings.names
            plain = leaves.of(some, made_of)
            found = _paths(plain, [int(groups[parts[number].cluster]) for number in some], above)
        for number, leaf in zip(some, found, strict=True):
            drawn.add(parts[number], leaf)
    drawn.labels[labels == grouped.clustering.k] = len(drawn.paths)
    return LaidOut(drawn.labels, tuple(drawn.paths), tuple(drawn.of), flat)


@dataclass(slots=True)
class _Drawn:
    """The folders so far: their paths, the cluster of each, and which photos are in which."""

    arranged: Arranged
    paths: list[str]
    of: list[int]
    labels: Labels
    _numbers: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self._numbers = {name_key(path): number for number, path in enumerate(self.paths)}

    def join(self, cluster: int, members: Sequence[int]) -> None:
        """Put the photos of a cluster whose folders stand where they are, and the new ones beside them."""
        folder, layout = self.arranged.folder, self.arranged.layout
        assert folder is not None
        stays = [row for row in members if folder[row] != NEW]
        self.labels[stays] = folder[stays]
        coming = [row for row in members if folder[row] == NEW]
        name = self.arranged.names[cluster]
        if not name:
            self.labels[coming] = self.arranged.clusters.index(cluster)
            return
        for part in parts_of([coming], layout.above, layout.below, self.arranged.fields) if coming else ():
            path = part.path(name)
            place = self._numbers.get(name_key(path))
            if place is None:
                self._put(replace(part, cluster=cluster), path)
            else:
                self.labels[list(part.members)] = place

    def add(self, part: Part, leaf: str) -> None:
        """Make a folder for a part of a cluster, with a name that is free."""
        if self.arranged.standing and leaf:
            leaf = folder_name(leaf, self._others(part))
        path = part.path(leaf)
        if name_key(path) in self._numbers:
            above, _, last = path.rpartition("/")
            path = "/".join(filter(None, (above, folder_name(last, self._inside(above)))))
        self._put(part, path)

    def _put(self, part: Part, path: str) -> None:
        number = self._numbers[name_key(path)] = len(self.paths)
        self.labels[list(part.members)] = number
        self.paths.append(path)
        self.of.append(part.cluster)

    def _others(self, part: Part) -> list[str]:
        """Return the names that lie where that of a part is to lie, without those of its own cluster."""
        others = [path for path, cluster in zip(self.paths, self.of, strict=True) if cluster != part.cluster]
        return _names_in(part.above, others)

    def _inside(self, above: str) -> list[str]:
        return _names_in(above, self.paths)


def _names_in(above: str, paths: Iterable[str]) -> list[str]:
    start = f"{above}/" if above else ""
    return [path[len(start) :].partition("/")[0] for path in paths if path.startswith(start)]


@dataclass(frozen=True, slots=True)
class _Leaves:
    """The names of parts of clusters, by the template for them, and by what the photos of each have in common."""

    settings: Settings
    template: str
    names: Sequence[ClusterName]
    parts: Sequence[Part]
    common: Sequence[Mapping[str, str]]

    def of(self, numbers: Sequence[int], made_of: Names) -> list[str]:
        """Return names for these parts; those of one cluster have one, and others differ."""
        first: dict[int, int] = {}
        for number in numbers:
            first.setdefault(self.parts[number].cluster, number)
        sizes = [sum(len(self.parts[n].members) for n in numbers if self.parts[n].cluster == own) for own in first]
        found = folder_names(
            [self.names[cluster] for cluster in first],
            sizes,
            made_of,
            self.template,
            [self.common[number] for number in first.values()],
        )
        named = dict(zip(first, found, strict=True))
        return [named[self.parts[number].cluster] for number in numbers]

    def below(self, above: Sequence[str], numbers: Sequence[int]) -> list[str]:
        """Return a path for each of these parts, in the folder of its name `above`; "" is the top."""
        inside: dict[str, list[int]] = {}
        for number, name in zip(numbers, above, strict=True):
            inside.setdefault(name, []).append(number)
        paths: dict[int, str] = {}
        alone = inside.pop("", [])
        taken = self.of(alone, "title") if alone else []
        paths.update(zip(alone, taken, strict=True))
        for name, some in inside.items():
            top = folder_name(name, taken)
            taken = [*taken, top]
            paths.update((number, f"{top}/{leaf}") for number, leaf in zip(some, self.of(some, "title"), strict=True))
        return [paths[number] for number in numbers]


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


def _paths(leaves: Sequence[str], groups: Sequence[int], above: Mapping[int, str]) -> list[str]:
    """Return a path for each cluster; one that is alone in its group lies at the top."""
    taken = [leaf for leaf, group in zip(leaves, groups, strict=True) if group not in above]
    tops: dict[int, str] = {}
    for group, name in above.items():
        tops[group] = folder_name(name, [*taken, *tops.values()])
    return [f"{tops[group]}/{leaf}" if group in tops else leaf for leaf, group in zip(leaves, groups, strict=True)]
