"""What of a folder is to be organized: its photos, what travels with them, and how much else lies there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from photosort.errors import TooManyClusters
from photosort.photos.files.scan import Found, Scan

Groups = Mapping[Path, tuple[Path, ...]]
"""Each main photo, with the files that travel with it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How many files were found: photos, those that travel with them, and all others, by what they are."""

    photos: int
    companions: int
    others: Mapping[str, int]

    @classmethod
    def of(cls, found: Scan, groups: Groups) -> Seen:
        """Count what a scan has found."""
        others = Counter(other.reason for other in found.no_photos(groups))
        return cls(len(groups), sum(map(len, groups.values())), others)


def mains_of(found: Scan, groups: Groups, least: int | None) -> list[Found]:
    """Return the photos that stand for their groups. Raises TooManyClusters where there are fewer than `least`."""
    mains = [photo for photo in found.photos if photo.path in groups]
    if least is not None and least > len(mains):
        raise TooManyClusters(
            f"{least} clusters were asked for, more than there are photos ({len(mains)})",
            f"--k {len(mains)} is the maximum, or less if photos are equal; without --k photosort chooses.",
        )
    return mains
