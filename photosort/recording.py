"""From what was decided to what a run remembers."""

from __future__ import annotations

from collections.abc import Sequence

from photosort.clustering.kmeans import Clustering
from photosort.describing import Described
from photosort.filing.plan import Plan
from photosort.naming.summary import ClusterName
from photosort.settings import Settings
from photosort.store.runs import ClusterRecord, MemberRecord, Runs


def record(
    runs: Runs,
    plan: Plan,
    described: Described,
    clustering: Clustering,
    names: Sequence[ClusterName],
    folders: Sequence[str],
    settings: Settings,
) -> int:
    """Store the run as one that has touched no file yet, and return its id."""
    own, runner_up = clustering.own, clustering.runner_up
    members = [
        MemberRecord(
            path=described.photos[photo].path,
            digest=described.photos[photo].digest,
            cluster=number,
            rank=rank,
            caption=described.captions[photo],
            similarity=float(own[photo]),
            runner_up=int(runner_up[photo]),
            runner_up_similarity=float(clustering.similarity[photo, runner_up[photo]]),
        )
        for number in range(clustering.k)
        for rank, photo in enumerate(clustering.members(number))
    ]
    clusters = [
        ClusterRecord(
            number=number,
            folder=folders[number],
            title=name.title,
            summary=name.summary,
            keywords=tuple((keyword.term, keyword.count) for keyword in name.keywords),
            named_by=name.source,
            cohesion=float(own[clustering.labels == number].mean()),
        )
        for number, name in enumerate(names)
    ]
    return runs.add(
        source=plan.source,
        destination=plan.destination,
        mode=plan.mode.value,
        settings=settings.model_dump(mode="json"),
        clusters=clusters,
        members=members,
        left=[(left.path, left.reason) for left in plan.left],
    )
