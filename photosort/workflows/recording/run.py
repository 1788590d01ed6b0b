"""From what was decided to what a run remembers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from photosort.clustering.kmeans import Clustering, Labels
from photosort.filing.plan.plan import Plan
from photosort.methods.method import Candidate, Found
from photosort.photos.facts.facts import Facts
from photosort.photos.files.photo import Photo
from photosort.store.runs.records import STRAY
from photosort.store.runs.runs import ClusterRecord, CompanionRecord, MemberRecord, Runs
from photosort.workflows.recording.standing import NOTHING, Stands, put_by_user
from photosort.workflows.sorting.folders import Folders

ROWS = 4096
"""Photos whose similarities to all clusters are held a second time at once."""


def record(
    runs: Runs,
    plan: Plan,
    photos: Sequence[Photo],
    grouped: Candidate,
    facts: Sequence[Facts],
    folders: Folders,
    settings: dict[str, Any],
    stands: Stands = NOTHING,
) -> int:
    """Store the run as one that has touched no file yet, and return its id; `settings` are kept as JSON.

    What is remembered is the plan: its folders under the names that they get, and the photos that go into them; and
    what `stands` in folders of earlier runs. A cluster without a photo has no folder and is left out, here and as a
    runner-up.
    """
    clustering, captions = grouped.clustering, grouped.texts
    paths = {label: folders.paths[label] for label in stands.labels} | {one.label: one.name for one in plan.folders}
    own, runner_up = clustering.own, _runner_up(clustering, folders.labels, sorted(paths))
    number = {photo.path: position for position, photo in enumerate(photos)}
    coming = {folder.label: [number[file.source] for file in folder.photos] for folder in plan.folders}
    clusters, members = [], []
    for label, path in sorted(paths.items()):
        inside = sorted((*coming.get(label, ()), *stands.in_folder(label)), key=lambda photo: (-own[photo], photo))
        name = folders.names[label]
        cluster = ClusterRecord(
            number=label,
            folder=path,
            title=name.title,
            summary=name.summary,
            keywords=tuple((keyword.term, keyword.count) for keyword in name.keywords),
            named_by=name.source,
            cohesion=float(own[inside].mean()),
            note=name.note,
            support=name.support,
        )
        clusters.append(stands.named(cluster))
        members += [
            MemberRecord(
                path=photos[photo].path,
                digest=photos[photo].digest,
                cluster=label,
                rank=rank,
                caption=captions[photo],
                similarity=float(own[photo]),
                runner_up=int(runner_up[photo]),
                runner_up_similarity=float(clustering.similarity[photo, min(runner_up[photo], clustering.k - 1)]),
                facts=facts[photo].as_dict(),
                answer=_answer(grouped, photo, photos[photo].path, stands),
                standing=stands.stays(photo),
            )
            for rank, photo in enumerate(inside)
        ]
    clusters, members = stands.with_those_apart(clusters, members, {path: label for label, path in paths.items()})
    return runs.add(
        source=plan.source,
        destination=plan.destination,
        mode=plan.mode.value,
        settings=settings,
        clusters=clusters,
        members=members,
        left=[(left.path, left.reason) for left in plan.left],
        companions=[*companion_records(plan), *stands.companions],
    )


def _answer(grouped: Candidate, photo: int, path: Path, stands: Stands) -> dict[str, Any]:
    yours, stray = stands.yours, {STRAY: True} if photo in stands.strays else {}
    if not (grouped.answers or grouped.aside or path in yours):
        return stray
    found = grouped.answers[photo] if grouped.answers else Found()
    known = {**asdict(found), "reason": grouped.aside.get(photo, "")}
    answer = {name: value for name, value in known.items() if value}
    return put_by_user(answer, yours[path]) if path in yours else {**answer, **stray}


def _runner_up(clustering: Clustering, labels: Labels, filed: Sequence[int]) -> Labels:
    """Return (n,) the best cluster that has a folder and is not the photo's own; where there is none, the own folder.

    For a photo that was set aside that is the nearest cluster of all.
    """
    found = labels.copy()
    clusters = np.array([label for label in filed if label < clustering.k], dtype=np.intp)
    if not clusters.size:
        return found
    for start in range(0, len(labels), ROWS):
        rows = slice(start, start + ROWS)
        others = clustering.similarity[rows, clusters]
        others[labels[rows, None] == clusters] = -np.inf
        found[rows] = np.where(np.isinf(others.max(axis=1)), labels[rows], clusters[others.argmax(axis=1)])
    return found


def companion_records(plan: Plan) -> list[CompanionRecord]:
    """Return the files of a plan that travel with a photo."""
    photos = {file.group: file.source for file in plan.files if file.main}
    photos |= {following.file.group: following.photo for following in plan.following}
    return [CompanionRecord(file.source, file.digest, photos[file.group]) for file in plan.files if not file.main]
