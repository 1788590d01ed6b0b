"""What a run remembers that files an edited plan: as much of the earlier run as still holds."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from photosort.filing.plan.draft import Draft, DraftFolder
from photosort.filing.plan.plan import Plan, PlannedFolder
from photosort.naming.keywords import Keyword
from photosort.naming.summary import ClusterName
from photosort.store.journals.operation import Operation
from photosort.store.runs.runs import ClusterRecord, MemberRecord, Run, Runs
from photosort.workflows.recording.run import companion_records
from photosort.workflows.recording.standing import WAS
from photosort.workflows.sorting.folders import THE_USER

EDITED = "edited_run"
"""The setting of a run that files an edited plan: the run that the plan was made by."""


class Stay(NamedTuple):
    """What stands beside an edited plan: folders to which it brings nothing, and the photos that lie in their folders.

    numbers  the number that each folder of the earlier run has now, of those in which photos stand
    """

    numbers: Mapping[int, int]
    clusters: Sequence[ClusterRecord]
    members: Sequence[MemberRecord]


@dataclass(frozen=True)
class Edition:
    """An edited plan beside the run that it was made from; `members` by their paths, `clusters` by their numbers.

    `standing` are the members that lay in their folders before that run.
    """

    draft: Draft
    run: Run
    clusters: Mapping[int, ClusterRecord]
    members: Mapping[Path, MemberRecord]
    standing: Sequence[MemberRecord] = ()

    @cached_property
    def names(self) -> tuple[ClusterName, ...]:
        """What each folder stands for, by its place in the draft."""
        return tuple(self._name(folder) for folder in self.draft.folders)

    @cached_property
    def standing_folders(self) -> set[int]:
        """Folders of the draft, by their places, in which photos stand already."""
        known = {self.clusters[member.cluster].folder for member in self.standing}
        return {place for place, folder in enumerate(self.draft.folders) if folder.name in known}

    def stay(self, places: Mapping[int, int], planned: Iterable[int]) -> Stay:
        """Return what stands beside an edited plan.

        `places` are the folders of the earlier run in the draft, `planned` the folders of the draft that get a photo.
        """
        there = [member for member in self.standing if os.path.lexists(member.path)]
        named = {self.draft.folders[place].name: place for place in planned}
        number = dict[int, int]()
        for cluster in sorted({member.cluster for member in there}):
            free = len(self.draft.folders) + len(number)
            number[cluster] = named.get(self.clusters[cluster].folder, free)
        kept = [
            replace(self.clusters[cluster], number=new)
            for cluster, new in number.items()
            if new >= len(self.draft.folders)
        ]
        members = []
        for member in there:
            own = number[member.cluster]
            following = number.get(member.runner_up, places.get(member.runner_up, own))
            near = member.runner_up_similarity if following != own else 0.0
            members.append(replace(member, cluster=own, runner_up=following, runner_up_similarity=near))
        return Stay(number, kept, members)

    def _name(self, folder: DraftFolder) -> ClusterName:
        before = self._before(folder)
        title = folder.title
        if before and folder.name != before.folder and title == before.title:
            title = folder.name.rpartition("/")[2]
        kept = before is not None and (folder.name, title) == (before.folder, before.title)
        same = before is not None and self._has_same_photos(folder)
        counted = dict(before.keywords) if before and same else {}
        keywords = ((term, counted.get(term) or self._count(term, folder)) for term in folder.keywords)
        outdated = before is not None and not same and folder.summary == before.summary
        return ClusterName(
            title,
            title if outdated else folder.summary or title,
            tuple(Keyword(term, count, len(folder.photos)) for term, count in keywords if count),
            before.named_by if before and kept and not folder.pinned else THE_USER,
            before.note if before and kept else "",
            support=before.support if before and kept and same else 0.0,
        )

    def _before(self, folder: DraftFolder) -> ClusterRecord | None:
        return self.clusters.get(folder.clusters[0]) if folder.clusters else None

    def _has_same_photos(self, folder: DraftFolder) -> bool:
        return {photo.path for photo in folder.photos} == self._paths.get(folder.clusters[0])

    @cached_property
    def _paths(self) -> dict[int, set[Path]]:
        """Cluster -> its photos in the run."""
        paths: dict[int, set[Path]] = {}
        for member in self.members.values():
            paths.setdefault(member.cluster, set()).add(member.path)
        return paths

    def _count(self, term: str, folder: DraftFolder) -> int:
        said = (self.members[photo.path].caption.lower() for photo in folder.photos if photo.path in self.members)
        return sum(term.lower() in caption for caption in said)


def record_draft(runs: Runs, plan: Plan, edition: Edition) -> int:
    """Store the edited plan as a run that has touched no file yet, and return its id.

    Similarities are those to the folders of the earlier run: 0 where the photo was never compared with its folder.
    """
    draft, run = edition.draft, edition.run
    planned = {folder.label for folder in plan.folders}
    places = {n: place for place, folder in enumerate(draft.folders) if place in planned for n in folder.clusters}
    stay = edition.stay(places, planned)
    clusters, places = list(stay.clusters), {**stay.numbers, **places}
    members, inside = [], dict[int, list[MemberRecord]]()
    for member in stay.members:
        inside.setdefault(member.cluster, []).append(member)
    members += [
        replace(member, rank=rank) for cluster in clusters for rank, member in enumerate(inside[cluster.number])
    ]
    for folder in plan.folders:
        mine = (*_members(folder, edition, places), *inside.get(folder.label, ()))
        own = sorted(mine, key=lambda member: -member.similarity)
        known = [member.similarity for member in own if member.similarity]
        name = edition.names[folder.label]
        clusters.append(
            ClusterRecord(
                folder.label,
                folder.name,
                name.title,
                name.summary,
                tuple((keyword.term, keyword.count) for keyword in name.keywords),
                name.source,
                sum(known) / len(known) if known else 0.0,
                name.note,
                name.support,
            )
        )
        members += [replace(member, rank=rank) for rank, member in enumerate(own)]
    return runs.add(
        source=plan.source,
        destination=plan.destination,
        mode=plan.mode.value,
        settings={**run.settings, "mode": plan.mode.value, EDITED: run.id},
        clusters=clusters,
        members=members,
        left=[(left.path, left.reason) for left in plan.left],
        companions=companion_records(plan),
    )


def _members(folder: PlannedFolder, edition: Edition, places: Mapping[int, int]) -> Iterator[MemberRecord]:
    clusters = edition.draft.folders[folder.label].clusters
    for file in folder.photos:
        before = edition.members[file.source]
        if before.cluster in clusters[:1]:
            yield _stayed(before, file, folder.label, places)
        else:
            yield _moved(before, file, folder.label, places, edition)


def _stayed(before: MemberRecord, file: Operation, label: int, places: Mapping[int, int]) -> MemberRecord:
    runner_up = places.get(before.runner_up, label)
    similarity = before.runner_up_similarity if runner_up != label else 0.0
    return replace(before, digest=file.digest, cluster=label, runner_up=runner_up, runner_up_similarity=similarity)


def _moved(
    before: MemberRecord, file: Operation, label: int, places: Mapping[int, int], edition: Edition
) -> MemberRecord:
    """Return what is remembered of a photo that the user put there; next to it is the folder that it was in."""
    known = before.runner_up != before.cluster and places.get(before.runner_up) == label
    runner_up = places.get(before.cluster, label)
    answer: dict[str, Any] = {key: value for key, value in before.answer.items() if key in ("label", "nouns")}
    return replace(
        before,
        digest=file.digest,
        cluster=label,
        similarity=before.runner_up_similarity if known else 0.0,
        runner_up=runner_up,
        runner_up_similarity=before.similarity if runner_up != label else 0.0,
        answer={**answer, "by": THE_USER, WAS: edition.clusters[before.cluster].folder},
    )
