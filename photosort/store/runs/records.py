"""What a run remembers of its folders, of its photos, and of the files that travel with these."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TAGS = "tag"
"""The command whose runs put no photo anywhere: it writes tags, and the journal of tags says where."""
DUPLICATES = "duplicates"
"""The command whose runs sort nothing: it puts copies apart, and no folder of it was compared with its photos."""

FOLLOWING = "follow"
"""The command of a run that put files beside photos that were there already, and sorted nothing."""

STRAY = "stray"
"""The answer that marks a photo which fits no folder, and lies in the nearest for want of a better one."""


KIN = "kin"
"""The setting of a run that maps new folders to those in which earlier photos of their kind lie, with their number."""


@dataclass(frozen=True, slots=True)
class ClusterRecord:
    """A cluster of a run that has a folder; `folder` is the folder's name at the destination.

    `keywords` are (word, number of members that have it); `cohesion` is the members' mean cosine to the centroid;
    `note` is why the name is not the one that a writer was asked for; `support` the share of the photos that show what
    the name says, 0 where that was not found out.
    """

    number: int
    folder: str
    title: str
    summary: str
    keywords: tuple[tuple[str, int], ...]
    named_by: str
    cohesion: float
    note: str = ""
    support: float = 0.0

    @property
    def of_copies(self) -> bool:
        """Whether it holds copies that were put apart: its cohesion and the similarities to it mean nothing."""
        return self.named_by == DUPLICATES


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """A photo of a run. `rank` 0 is the exemplar of its cluster; similarities are cosines to centroids; `facts` are
    those of `Facts.as_dict`; `answer` is what a method with categories found out on the way, by name: "label", "by",
    "runner_up", "nouns" and "reason"; or STRAY. A `standing` one lay in its folder, at `path`, before the run began.
    """

    path: Path
    digest: str
    cluster: int
    rank: int
    caption: str
    similarity: float
    runner_up: int
    runner_up_similarity: float
    facts: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)
    standing: bool = False


@dataclass(frozen=True, slots=True)
class CompanionRecord:
    """A file that travels with `photo`, a member of the run."""

    path: Path
    digest: str
    photo: Path
