"""From what was decided to what a run remembers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from photosort.clustering.kmeans import Clustering, Labels
from photosort.describing.describe import Described
from photosort.filing.plan import Plan
from photosort.naming.summary import ClusterName
from photosort.settings import Settings
from photosort.store.runs import ClusterRecord, CompanionRecord, MemberRecord, Runs


def record(
    runs: Runs,
    plan: Plan,
    described: Described,
    clustering: Clustering,
    names: Sequence[ClusterName],
    settings: Settings,
) -> int:
    """Store the run as one that has touched no file yet, and return its id.

    What is remembered is the plan: its folders under the names that they get, and the photos that go into them. A
    cluster without a photo to file has no folder and is left out, here and as a runner-up.
    """
    own, runner_up = clustering.own, _runner_up(clustering, [folder.label for folder in plan.folders])
    clusters, members = [], []
    for folder in plan.folders:
        planned = {file.source for file in folder.photos}
        photos = [photo for photo in clustering.members(folder.label) if described.photos[photo].path in planned]
        name = names[folder.label]
        clusters.append(
            ClusterRecord(
                number=folder.label,
                folder=folder.name,
                title=name.title,
                summary=name.summary,
                keywords=tuple((keyword.term, keyword.count) for keyword in name.keywords),
                named_by=name.source,
                cohesion=float(own[photos].mean()),
                note=name.note,
            )
        )
        members += [
            MemberRecord(
                path=described.photos[photo].path,
                digest=described.photos[photo].digest,
                cluster=folder.label,
                rank=rank,
                caption=described.captions[photo],
                similarity=float(own[photo]),
                runner_up=int(runner_up[photo]),
                runner_up_similarity=float(clustering.similarity[photo, runner_up[photo]]),
            )
            for rank, photo in enumerate(photos)
        ]
    return runs.add(
        source=plan.source,
        destination=plan.destination,
        mode=plan.mode.value,
        settings=settings.model_dump(mode="json"),
        clusters=clusters,
        members=members,
        left=[(left.path, left.reason) for left in plan.left],
        companions=_companions(plan),
    )


def _runner_up(clustering: Clustering, filed: Sequence[int]) -> Labels:
    """(n,) the second-best cluster of those that have a folder; where there is no other, the own one."""
    if len(filed) < 2:
        return clustering.labels
    others = np.full_like(clustering.similarity, -np.inf)
    others[:, filed] = clustering.similarity[:, filed]
    others[np.arange(len(others)), clustering.labels] = -np.inf
    return np.asarray(others.argmax(axis=1), dtype=np.intp)


def _companions(plan: Plan) -> list[CompanionRecord]:
    photos = {file.group: file.source for file in plan.files if file.main}
    return [CompanionRecord(file.source, file.digest, photos[file.group]) for file in plan.files if not file.main]
