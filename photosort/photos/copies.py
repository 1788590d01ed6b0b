"""Which files are copies that earlier runs have made of photos that are found as well.

The rule leaves out nothing of the user's. A copy is passed over with its companions where, for each of these files,

    the journal says that a run has copied or linked it there,
    it has still the size and time that the run gave it, and
    its original is found in the same scan, with that size and time.

So an edited copy, one with a new sidecar, one whose original is gone or lies elsewhere, and everything that a move
has placed is a photo like any other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from photosort.photos.companions import groups_of
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
    photos: Mapping[Path, Stamp], others: Collection[Path], placed: Mapping[Path, Placed]
) -> tuple[frozenset[Path], tuple[Copies, ...]]:
    """Find the files that are passed over, companions included, and count their photos by run, the newest first."""
    if not placed:
        return frozenset(), ()
    found = {*photos, *others}
    folders = {path.parent for path in placed}
    passed: set[Path] = set()
    mains: dict[Path, Path] = {}
    for main, companions in groups_of(path for path in found if path.parent in folders).items():
        group = (main, *companions)
        if all(_is_copy(path, placed, photos, found) for path in group):
            first = _first(placed[main].origin, mains)
            if first != main:
                mains[main] = first
                passed.update(group)
    counts = Counter((placed[main].run_id, placed[main].folder) for main in mains)
    return frozenset(passed), tuple(Copies(*which, photos) for which, photos in sorted(counts.items(), reverse=True))


def _is_copy(path: Path, placed: Mapping[Path, Placed], photos: Mapping[Path, Stamp], found: Collection[Path]) -> bool:
    made = placed.get(path)
    if made is None or made.own or made.origin not in found:
        return False
    return all(_stamp(each, photos) == (made.size, made.mtime_ns) for each in (path, made.origin))


def _first(path: Path, copies: Mapping[Path, Path]) -> Path:
    """The photo that a copy of a copy comes from, and that is not passed over itself."""
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
