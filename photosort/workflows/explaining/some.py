"""Which photos of a very large run stand for all when one of them is explained."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from photosort.methods.fusion import crowd
from photosort.methods.replay import Sample
from photosort.store.runs.runs import MemberRecord
from photosort.workflows.explaining.clusters import Clusters
from photosort.workflows.explaining.space import Space

ALL = 20_000
"""Photos of a run that are all read."""
NEAR, FAR = 4_000, 200
"""Photos that are read of the folder that a photo is in and of the next one, and of each other folder."""


class Some:
    """Some photos of a run, from which its space can be rebuilt, to some thousandths of a cosine.

    These are the very photos among which all look for their neighbours (`fusion.crowd`), many of the photo's own folder
    and the next one, and some of each other, from the most typical to the least. `members` are all of a smaller run.
    """

    def __init__(self, clusters: Clusters, photo: MemberRecord) -> None:
        self._sizes = clusters.sizes
        self._photos = sum(self._sizes.values())
        self._crowd: set[str] = set()
        if self._photos <= ALL:
            self.members: Sequence[MemberRecord] = [one for some in clusters.members.values() for one in some]
            return
        self.members = clusters.some_members(lambda every: self._chosen(every, photo))

    def _chosen(self, every: Sequence[tuple[bytes, int, int]], photo: MemberRecord) -> set[bytes]:
        paths = sorted(os.fsdecode(path) for path, _, _ in every)
        self._crowd = {paths[place] for place in crowd(len(paths))[1].tolist()}
        near = {photo.cluster, photo.runner_up}
        step = {number: -(-size // (NEAR if number in near else FAR)) for number, size in self._sizes.items()}
        ranked = {path for path, cluster, rank in every if rank % step[cluster] == 0}
        return {os.fsencode(photo.path), *map(os.fsencode, self._crowd), *ranked}

    def weighed(self, space: Space) -> Space:
        """Return the space of these photos as that of all photos."""
        if not self._crowd:
            return space
        read = Counter(member.cluster for member in space.members)
        weights = np.array([self._sizes[member.cluster] / read[member.cluster] for member in space.members])
        among = [row for row, member in enumerate(space.members) if os.fspath(member.path) in self._crowd]
        return replace(
            space, replay=replace(space.replay, sample=Sample(self._photos, weights, np.array(among, dtype=np.intp)))
        )
