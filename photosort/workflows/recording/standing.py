"""What a run remembers of photos that lay in their folders before it: where they lie, why, and who has put them there.

So a run that continues others is remembered whole, and what explains, reports and searches it needs no other run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from photosort.clustering.joining import NEW
from photosort.describing.describe import Described
from photosort.naming.summary import ClusterName
from photosort.store.remembered import Remembered
from photosort.store.runs.runs import ClusterRecord, CompanionRecord, MemberRecord, Runs
from photosort.workflows.earlier_runs.continuing import CHOSEN, Continued
from photosort.workflows.earlier_runs.corrections import Trace
from photosort.workflows.earlier_runs.standing import Standing
from photosort.workflows.sorting.folders import STANDING, THE_USER, leaf_of

WAS = "was"
"""The answer, beside `by`, that names the folder which a photo was in before the user moved it."""


@dataclass(frozen=True)
class Stands:
    """The photos that stand, as a run remembers them.

    labels      the folders by number in which photos of the clustering stand
    folder      (n,) the number of the folder of each photo of the clustering, NEW for those that are new
    yours       photos that the user has put where they lie -> the folder before, "" for none
    before      folder -> what an earlier run has remembered of it
    apart       members of folders that were not compared with the new photos, with the paths of their folders
    nearest     path of such a member -> the folder that was next for it
    companions  what lies beside photos and travels with them
    strays      the photos of the clustering that lie where they do for want of a better folder
    """

    labels: tuple[int, ...] = ()
    folder: np.ndarray[tuple[int], np.dtype[np.intp]] | None = None
    yours: Mapping[Path, str] = field(default_factory=dict)
    before: Mapping[str, ClusterRecord] = field(default_factory=dict)
    apart: Sequence[tuple[str, MemberRecord]] = ()
    nearest: Mapping[Path, str] = field(default_factory=dict)
    companions: tuple[CompanionRecord, ...] = ()
    strays: Set[int] = frozenset()

    def stays(self, photo: int) -> bool:
        """Return whether a photo of the clustering stands."""
        return self.folder is not None and bool(self.folder[photo] != NEW)

    def in_folder(self, label: int) -> list[int]:
        """Return the photos of the clustering that stand in a folder."""
        return self._by_folder.get(label, [])

    @cached_property
    def _by_folder(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for photo, label in enumerate([] if self.folder is None else self.folder.tolist()):
            if label != NEW:
                found.setdefault(label, []).append(photo)
        return found

    def named(self, cluster: ClusterRecord) -> ClusterRecord:
        """Return a folder with the title that it had before, where the user has not renamed it since."""
        before = self.before.get(cluster.folder)
        if cluster.named_by != STANDING or before is None or before.folder != cluster.folder:
            return cluster
        return replace(cluster, title=before.title, summary=before.summary, named_by=before.named_by, note=before.note)

    def called(self, path: str, name: ClusterName) -> ClusterName:
        """Return what a folder that stands is called in the text about it: as before, or as the user has renamed it."""
        if name.source != STANDING:
            return name
        before = self.before.get(path)
        if before is None or before.folder != path or before.named_by == STANDING:
            return replace(name, source=THE_USER)
        return replace(name, title=before.title, summary=before.summary, source=before.named_by, note=before.note)

    def with_those_apart(
        self, clusters: Sequence[ClusterRecord], members: Sequence[MemberRecord], numbers: Mapping[str, int]
    ) -> tuple[list[ClusterRecord], list[MemberRecord]]:
        """Return folders and members of a run with those that were compared with no new photo; `numbers` are the
        folders that it has by their paths.
        """
        if not self.apart:
            return list(clusters), list(members)
        number = dict(numbers)
        for folder in sorted({folder for folder, _ in self.apart}):
            number.setdefault(folder, max(number.values(), default=-1) + 1)
        inside: dict[int, list[MemberRecord]] = {}
        for member in members:
            inside.setdefault(member.cluster, []).append(member)
        for folder, member in self.apart:
            own = number[folder]
            following = number.get(self.nearest.get(member.path, ""), own)
            near = member.runner_up_similarity if following != own else 0.0
            inside.setdefault(own, []).append(
                replace(member, cluster=own, runner_up=following, runner_up_similarity=near)
            )
        known = {cluster.number: cluster for cluster in clusters}
        found, ranked = [], []
        for folder, label in sorted(number.items(), key=lambda named: named[1]):
            mine = sorted(inside.get(label, ()), key=lambda member: -member.similarity)
            compared = [member.similarity for member in mine if member.similarity]
            cohesion = sum(compared) / len(compared) if compared else 0.0
            found.append(replace(self._both(known.get(label)) or self._stood(folder, label), cohesion=cohesion))
            ranked += [replace(member, rank=rank) for rank, member in enumerate(mine)]
        return found, ranked

    def _both(self, cluster: ClusterRecord | None) -> ClusterRecord | None:
        """Return a folder with the words of the photos that stand in it as well."""
        before = self.before.get(cluster.folder) if cluster else None
        if cluster is None or before is None:
            return cluster
        words = Counter(dict(before.keywords))
        words.update(dict(cluster.keywords))
        return replace(cluster, keywords=tuple(words.most_common(max(len(before.keywords), len(cluster.keywords)))))

    def _stood(self, folder: str, label: int) -> ClusterRecord:
        """Return a folder to which nothing was added."""
        before, leaf = self.before.get(folder), leaf_of(folder)
        if before is None:
            return ClusterRecord(label, folder, leaf, leaf, (), STANDING, 0.0)
        return replace(before, number=label, folder=folder, support=0.0)


NOTHING = Stands()
"""What a run that continues none has."""


def put_by_user(answer: Mapping[str, Any], was: str) -> dict[str, Any]:
    """Return what is remembered of a photo that the user has put where it lies."""
    kept = {key: value for key, value in answer.items() if key in ("label", "nouns")}
    return {**kept, "by": THE_USER, **({WAS: was} if was else {})}


def stands(
    runs: Runs, continues: Continued | None, standing: Standing | None, method: str, paths: Sequence[str]
) -> Stands:
    """Return what a run that continues others has to remember of what stands; `paths` are its folders by number."""
    if continues is None or standing is None:
        return NOTHING
    traced, place = continues.trace, {path: number for number, path in enumerate(paths)}
    number = np.array([*(place[name] for name in continues.names), NEW], dtype=np.intp)
    folder = number[continues.folder]
    every = (*(continues.described.photos[place] for place in continues.stays.tolist()), *continues.apart.photos)
    companions = (
        CompanionRecord(path, "", photo.path) for photo in every for path in standing.groups.get(photo.path, ())
    )
    before = _folders_before(runs, traced)
    apart, nearest = _apart(runs, continues, method)
    return Stands(
        tuple(sorted({*folder[continues.stays].tolist()})),
        folder,
        traced.yours,
        before,
        apart,
        nearest,
        tuple(companions),
    )


def _folders_before(runs: Runs, traced: Trace) -> dict[str, ClusterRecord]:
    """Map folders as they are now to what the newest run that knows their photos has remembered of them."""
    found: dict[str, ClusterRecord] = {}
    told = Counter((one.run, one.cluster, one.folder) for had in traced.known.values() for one in had)
    clusters = {run: {one.number: one for one in runs.clusters(run)} for run in {run for run, _, _ in told}}
    for run, cluster, folder in sorted(told):
        if (home := traced.homes.get(folder)) is not None:
            found[home] = clusters[run][cluster]
    return found


def _apart(runs: Runs, continues: Continued, method: str) -> tuple[list[tuple[str, MemberRecord]], dict[Path, str]]:
    """Return the members of folders that no new photo was compared with, and the folders that were next for them.

    What an earlier run of a method with categories has found out of them is true still.
    """
    described, traced = continues.apart, continues.trace
    earlier = _earlier(runs, described, traced) if method in CHOSEN else {}
    apart, nearest = list[tuple[str, MemberRecord]](), dict[Path, str]()
    captions = described.captions if described.texts else ("",) * len(described.photos)
    for photo, folder, caption, facts in zip(
        described.photos, continues.places, captions, described.facts, strict=True
    ):
        member = MemberRecord(photo.path, photo.digest, 0, 0, caption, 0.0, 0, 0.0, facts.as_dict(), standing=True)
        if photo.path in traced.yours:
            member = replace(member, answer=put_by_user({}, traced.yours[photo.path]))
        elif told := earlier.get(photo.digest):
            before, following = told
            member = replace(
                member,
                caption=before.caption,
                similarity=before.similarity,
                runner_up_similarity=before.runner_up_similarity,
                answer=before.answer,
            )
            nearest[photo.path] = traced.homes.get(following, following)
        apart.append((folder, member))
    return apart, nearest


def _earlier(runs: Runs, described: Described, traced: Trace) -> dict[str, tuple[MemberRecord, str]]:
    """Map photos to what the newest run that knows them has remembered, and to the folder that was next for them."""
    wanted: dict[int, dict[str, Remembered]] = {}
    for photo in described.photos:
        for had in traced.known.get(photo.digest, ())[:1]:
            wanted.setdefault(had.run, {})[photo.digest] = had
    found: dict[str, tuple[MemberRecord, str]] = {}
    for run, known in wanted.items():
        method = runs.get(run).settings.get("method")
        folders = {cluster.number: cluster.folder for cluster in runs.clusters(run)}
        for member in runs.members(run):
            if member.digest in known and method in CHOSEN:
                found[member.digest] = member, folders.get(member.runner_up, "")
    return found
