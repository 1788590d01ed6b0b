"""What photosort explain finds out: of a run, of a folder, of a photo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from photosort.naming.contrast import Contrast
from photosort.photos.facts.facts import Facts
from photosort.store.runs.records import KIN, STRAY
from photosort.store.runs.runs import ClusterRecord, MemberRecord, Run
from photosort.workflows.explaining.periods import Period
from photosort.workflows.sorting.folders import THE_USER

Keywords = tuple[tuple[str, int], ...]
"""Words, each with the number of photos that it is said of."""


@dataclass(frozen=True, slots=True)
class Lying:
    """A photo, and where it lies today as far as is known."""

    photo: MemberRecord
    path: Path


@dataclass(frozen=True, slots=True)
class Nearest:
    """The folder that is next for most photos of another one.

    photos  how many photos of that other one it is next for
    apart   what sets that other one apart from it
    """

    cluster: ClusterRecord
    photos: int
    apart: Contrast


@dataclass(frozen=True, slots=True)
class ClusterView:
    """A folder in the list of a run.

    number    its place in the list, from 1 on; `explain NUMBER` takes it
    keywords  those that no other folder has a better right to
    now       the folder as the user has called it since; None where it has its name, or is not there
    """

    number: int
    cluster: ClusterRecord
    size: int
    keywords: Keywords
    exemplars: tuple[Lying, ...]
    nearest: Nearest | None = None
    now: Path | None = None


@dataclass(frozen=True, slots=True)
class RunView:
    """A run with all its clusters, and what it left where it was.

    newer  a later run over the same photos, which is a preview or was taken back; None where there is none
    stands  whether photos lie on disk where this run or an earlier one has put them
    before  how many of its photos lay in their folders before this run
    yours   how many of these the user has put there
    """

    run: Run
    clusters: tuple[ClusterView, ...]
    left: tuple[tuple[Path, str], ...]
    newer: Run | None = None
    stands: bool = True
    before: int = 0
    yours: int = 0


@dataclass(frozen=True, slots=True)
class Theme:
    """A part of a folder's photos that are alike: words that set it apart from the other parts, and its middle."""

    keywords: Keywords
    photos: int
    exemplars: tuple[Lying, ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """A photo that is hardly typical for its folder, with the folder that it leans to, None where there is no other."""

    lying: Lying
    leans: ClusterRecord | None

    @property
    def margin(self) -> float:
        """Cosine to its own centroid less that to the next one."""
        return self.lying.photo.similarity - self.lying.photo.runner_up_similarity


@dataclass(frozen=True, slots=True)
class FolderView:
    """A folder that a run made, with its photos, the most typical first.

    neighbours  the folders that are next for some of its photos, with the number of these; the most frequent first
    edge        the least typical photos, the least first
    themes      its parts, the largest first; none where it has no parts, or too few photos
    forgotten   how many of its photos the cache does not know any more, and are in no theme
    period      when it was, where the run has split photos into events
    """

    run: Run
    view: ClusterView
    members: tuple[MemberRecord, ...]
    neighbours: tuple[tuple[ClusterRecord, int], ...]
    edge: tuple[Edge, ...] = ()
    themes: tuple[Theme, ...] = ()
    forgotten: int = 0
    period: Period | None = None

    @property
    def cluster(self) -> ClusterRecord:
        """The folder itself."""
        return self.view.cluster

    @property
    def kin(self) -> Mapping[str, int]:
        """Folders in which photos of its kind lay when the run made this one, with their number."""
        kin: Mapping[str, Mapping[str, int]] = self.run.settings.get(KIN) or {}
        return kin.get(self.cluster.folder, {})

    @property
    def nouns(self) -> list[tuple[str, float]]:
        """The nouns that fit its photos, with their mean weights, 0 to 1, the largest first."""
        total: dict[str, float] = {}
        for noun, weight in (told for member in self.members for told in member.answer.get("nouns", ())):
            total[noun] = total.get(noun, 0.0) + weight / len(self.members)
        return sorted(total.items(), key=lambda told: (-told[1], told[0]))


@dataclass(frozen=True, slots=True)
class Filed:
    """How an earlier run came to put a photo into a folder."""

    run: Run
    photo: MemberRecord
    own: ClusterRecord


@dataclass(frozen=True, slots=True)
class PhotoView:
    """A photo with its cluster and the one that would have been next.

    next   None where there is only one
    now    why it is not at its place, or no longer; empty where the run has put it there
    filed  of a photo that lay there before this run: the run that has put it there; None where none has
    moved  the folder of the run that the user has moved the photo to since; empty where it lies in its own one
    """

    run: Run
    photo: MemberRecord
    own: ClusterRecord
    next: ClusterRecord | None
    now: str
    filed: Filed | None = None
    moved: str = ""

    @property
    def by_user(self) -> bool:
        """Whether the user has put the photo where it lay before this run."""
        return self.photo.standing and self.photo.answer.get("by") == THE_USER

    @property
    def stray(self) -> bool:
        """Whether the photo fits no folder, and lies in its own for want of a better one."""
        return bool(self.photo.answer.get(STRAY))

    @property
    def facts(self) -> Facts:
        """What is true of the photo."""
        return Facts.from_dict(self.photo.facts)

    @property
    def margin(self) -> float:
        """Cosine to the own centroid less that to the next one."""
        return self.photo.similarity - self.photo.runner_up_similarity
