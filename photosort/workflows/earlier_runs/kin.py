"""Photos that fit no folder, and later ones of their kind that get a folder of their own."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from photosort.clustering.joining import NEW, Joined
from photosort.clustering.kmeans import Clustering, Labels
from photosort.filing.plan.plan import Plan
from photosort.store.runs.records import KIN
from photosort.workflows.earlier_runs.continuing import Continued
from photosort.workflows.earlier_runs.gathering import New


def strays_of(clustering: Clustering) -> frozenset[int]:
    """Return the positions of the photos that lie in their folders for want of better ones."""
    return frozenset(clustering.strays.nonzero()[0].tolist()) if isinstance(clustering, Joined) else frozenset()


def with_kin(continues: Continued, clustering: Clustering, labels: Labels, plan: Plan) -> Continued:
    """Return what is continued, with where earlier photos of the kind of each new folder lie; `labels` (n,) are the
    folders by their labels in the plan.
    """
    if not isinstance(clustering, Joined):
        return continues
    coming = {folder.label: folder.name for folder in plan.folders}
    kin: dict[str, dict[str, int]] = {}
    for number, rows in clustering.kin.items():
        lie = Counter(continues.names[place] for place in continues.folder[rows].tolist())
        for label in sorted({*labels[(clustering.labels == number) & (continues.folder == NEW)].tolist()}):
            if lie and label in coming:
                kin[coming[label]] = dict(lie.most_common())
    return replace(continues, kin=kin)


def kept_of(continues: Continued | None, new: New | None) -> dict[str, Any]:
    """Return what a run that joins earlier ones keeps of that among its settings."""
    kin = {KIN: continues.kin} if continues and continues.kin else {}
    return {**(new.kept if new else {}), **kin}
