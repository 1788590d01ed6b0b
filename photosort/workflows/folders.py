"""From clusters to folders: who is set aside, what each folder is called, and which folder lies in which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from photosort.clustering.hierarchy import LEAST, parents
from photosort.clustering.kmeans import Labels
from photosort.clustering.outliers import outliers
from photosort.methods.method import Candidate
from photosort.methods.sorting import UNSORTED
from photosort.models.protocols import LanguageModel
from photosort.naming.above import name_above
from photosort.naming.cluster_texts import cluster_texts
from photosort.naming.folder_name import folder_name
from photosort.naming.folders import folder_names
from photosort.naming.prompt import Wish
from photosort.naming.subject import Subject
from photosort.naming.summary import BY_KEYWORDS, ClusterName, name_clusters
from photosort.photos.facts import Facts, dates, in_common
from photosort.settings.choices import Names
from photosort.settings.settings import Settings
from photosort.support.progress import Progress, silent
from photosort.wordnet.nouns import nouns
from photosort.workflows.subjects import SubjectsOf

UNCLEAR = "Photos that no folder is clearly right for."
ASIDE = "outliers"
"""The source of the name of a folder for what was set aside; its label is k."""
THE_USER = "you"
"""The source of names that the user gave."""
STANDING = "an earlier run"
"""The source of the name of a folder that is there already."""


@dataclass(frozen=True, slots=True)
class Folders:
    """Where n photos go.

    labels  (n,) the folder of each photo: its cluster, or k where it was set aside
    names   what each folder stands for, cluster by cluster, and the one for what was set aside where there is one
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
    named_by: str = "",
    standing: Sequence[str] = (),
    files: Sequence[str] = (),
) -> Folders:
    """Name the clusters of n photos, and lay out their folders. Names that the method gave are kept; `named_by` is what
    an earlier run had them from. The first clusters are the photos of folders that stand, by their paths: they keep
    them, and no photo of these is set aside. `files` is what the file of each photo is called, without suffix.
    """
    clustering, captions = grouped.clustering, grouped.texts
    labels = clustering.labels.copy()
    if settings.outliers and not grouped.names and not standing:
        labels[outliers(clustering)] = clustering.k
    labels[list(grouped.aside)] = clustering.k
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
        like=[files[cluster[0]] if files and cluster else "" for cluster in members],
        nearest=clustering.nearest,
        countable=nouns().can_be_counted,
    )
    wish = Wish(settings.language, settings.style)
    names = name_clusters(texts[: len(standing)])
    names = [
        replace(name, title=leaf_of(path), summary=leaf_of(path), source=STANDING, support=0.0)
        for name, path in zip(names, standing, strict=True)
    ]
    names += name_clusters(texts[len(standing) :], None if grouped.names else writer, wish=wish, progress=progress)
    if grouped.names:
        by, titles = named_by or _namer(settings, writer), zip(names, grouped.names, strict=True)
        names = [replace(name, title=title, summary=title, source=by, support=0.0) for name, title in titles]
    laid_out = _Layout(settings, names, [len(cluster) for cluster in members], list(map(in_common, known)))
    flat = ""
    if standing:
        paths = laid_out.beside(standing)
    elif grouped.above:
        paths = laid_out.below(grouped.above)
    elif settings.levels > 1 and not grouped.names:
        groups = parents(clustering)
        paths = _paths(laid_out.leaves(), groups, _parent_names(members, names, groups, subjects_of))
        flat = _flat(clustering.k) if len(set(groups.tolist())) == clustering.k else ""
    else:
        paths = laid_out.leaves("title" if grouped.names else settings.names)
    if (labels == clustering.k).any():
        aside = ClusterName(grouped.rest or UNSORTED, UNCLEAR, (), ASIDE)
        names, paths = [*names, aside], [*paths, folder_name(aside.title, _tops(paths))]
    return Folders(labels, tuple(names), tuple(paths), flat)


def _namer(settings: Settings, writer: LanguageModel | None) -> str:
    """Return what gave the names that the method brought: the user, a language model, or what photos were called."""
    if settings.into is not None:
        return THE_USER
    return writer.identity.model if writer else BY_KEYWORDS


@dataclass(frozen=True, slots=True)
class _Layout:
    """Clusters by number: what they are called, how many photos they have, and what those have in common."""

    settings: Settings
    names: Sequence[ClusterName]
    sizes: Sequence[int]
    common: Sequence[Mapping[str, str]]

    def leaves(self, made_of: Names | None = None, of: Sequence[int] | None = None) -> list[str]:
        """Return the folder names of these clusters, of all without any, which differ from each other."""
        numbers = range(len(self.names)) if of is None else of
        return folder_names(
            [self.names[number] for number in numbers],
            [self.sizes[number] for number in numbers],
            made_of or self.settings.names,
            self.settings.name_template,
            [self.common[number] for number in numbers],
        )

    def beside(self, standing: Sequence[str]) -> list[str]:
        """Return the paths of folders that stand, which are the first, and free names for the others."""
        paths = list(standing)
        new = range(len(standing), len(self.names))
        for leaf in self.leaves(self.settings.names, new) if new else ():
            paths.append(folder_name(leaf, _tops(paths)))
        return paths

    def below(self, above: Sequence[str]) -> list[str]:
        """Return a path for each cluster, in the folder of its name `above`; "" is the top."""
        numbers: dict[str, list[int]] = {}
        for number, name in enumerate(above):
            numbers.setdefault(name, []).append(number)
        paths = [""] * len(above)
        taken = self.leaves("title", alone) if (alone := numbers.pop("", [])) else []
        for number, leaf in zip(alone, taken, strict=True):
            paths[number] = leaf
        for name, inside in numbers.items():
            top = folder_name(name, taken)
            taken = [*taken, top]
            for number, leaf in zip(inside, self.leaves("title", inside), strict=True):
                paths[number] = f"{top}/{leaf}"
        return paths


def leaf_of(path: str) -> str:
    """Return the last name of a path of folders."""
    return path.rpartition("/")[2]


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
