"""Which files are copies that earlier runs have made of photos that are found as well.

The rule leaves out nothing of the user's. A copy is passed over with its companions where, for each of these files,

    the journal says that a run has copied or linked it there,
    it has still the size, time and content that the run gave it, and
    its original is found in the same scan, with that size, time and content.

The content is compared because tools can keep size and time when they edit a photo, and a disk that goes bad keeps
both. What cannot be read is not a copy, and neither is one whose original cannot be read.
So an edited copy, one with a new sidecar, one whose original is gone or lies elsewhere, and everything that a move
has placed is a photo like any other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from photosort.photos.files.companions import groups_of
from photosort.store.placed import Placed

Stamp = tuple[int, int]
"""Size in bytes, and modification time in nanoseconds."""


@dataclass(frozen=True, slots=True)
class Copies:
    """So many photos that run `run_id` has filed to `folder`, and that are passed over."""

    run_id: int
    folder: Path
    photos: int


def copies_among(
    photos: Mapping[Path, Stamp],
    others: Collection[Path],
    placed: Mapping[Path, Placed],
    digest: Callable[[Path], str],
) -> tuple[frozenset[Path], tuple[Copies, ...]]:
    """Find the files that are passed over, companions included, and count their photos by run, the newest first.

    `digest` gives the SHA-256 of a file's content, or raises OSError; it is asked where size and time are as they were.
    """
    if not placed:
        return frozenset(), ()
    found = {*photos, *others}
    folders = {path.parent for path in placed}
    passed: dict[Path, Path] = {}
    mains: list[Path] = []
    for main, companions in groups_of(sorted(path for path in found if path.parent in folders)).items():
        group = (main, *companions)
        if all(_is_copy(path, placed, photos, found, digest) for path in group):
            first = {path: _first(placed[path].origin, passed) for path in group}
            if first.keys().isdisjoint(first.values()):
                passed |= first
                mains.append(main)
    counts = Counter((placed[main].run_id, placed[main].folder) for main in mains)
    return frozenset(passed), tuple(Copies(*which, photos) for which, photos in sorted(counts.items(), reverse=True))


def _is_copy(
    path: Path,
    placed: Mapping[Path, Placed],
    photos: Mapping[Path, Stamp],
    found: Collection[Path],
    digest: Callable[[Path], str],
) -> bool:
    made = placed.get(path)
    if made is None or made.own or made.origin not in found:
        return False
    both = (path, made.origin)
    if any(_stamp(each, photos) != (made.size, made.mtime_ns) for each in both):
        return False
    try:
        return all(digest(each) == made.digest for each in both)
    except OSError:
        return False


def _first(path: Path, copies: Mapping[Path, Path]) -> Path:
    """Return the photo that a copy of a copy comes from, and that is not passed over itself."""
    while path in copies:
        path = copies[path]
    return path


def _stamp(path: Path, photos: Mapping[Path, Stamp]) -> Stamp | None:
    if path in photos:
        return photos[path]
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns
