"""Where photos lie, by their content: what was seen on disk, and what runs have put somewhere since."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from photosort.photos.files.digest import digest_of
from photosort.store.cache import Cache
from photosort.store.places import Place, destinations_of_runs, filed_places


@dataclass(frozen=True, slots=True)
class Lying:
    """A photo that lies somewhere.

    path    the place to show
    run     the run that has put it there; 0 where it was found
    copies  equal files that the user has, what runs have copied of them not counted
    places  every file that holds it, the one to show first
    """

    path: Path
    run: int
    copies: int
    places: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Library:
    """Every photo that was seen.

    places   digest -> where it should lie, in the order in which a user is shown them
    strays   what finds a photo that the user has taken elsewhere in the folders of its run
    """

    places: Mapping[str, Sequence[Place]]
    strays: Strays

    def lying(self, digest: str, below: bytes = b"") -> Lying | None:
        """Return where a photo lies, after a look at the disk; None where it is gone or changed everywhere.

        A file has changed when its size or its time differ. With `below`, only the files whose paths begin so count as
        the place to show, and the folder of this path is looked through for what the user has put there. What a run has
        put somewhere and is not there any more is looked for in all its folders.
        """
        there = [now for place in self.places[digest] if (now := self._now(place, digest))]
        shown = next((place for place in there if place.path.startswith(below)), None)
        if shown is None:
            shown = self._put_by_hand(digest, below) if below else None
            if shown is None:
                return None
            there.append(shown)
        made = {place.path for place in there if place.run}
        found = {place.path for place in there} - made
        copies = len(found) or sum(place.run == shown.run for place in there)
        rest = (place.path for place in there if place.path != shown.path)
        paths = tuple(Path(os.fsdecode(path)) for path in dict.fromkeys((shown.path, *rest)))
        return Lying(paths[0], shown.run, copies, paths)

    def may_lie(self, digest: str, below: bytes) -> bool:
        """Return whether a photo was seen or put below a path, or a file with its size and time lies there now."""
        places = self.places[digest]
        return any(place.path.startswith(below) or self.strays.like(below, place) for place in places)

    def _put_by_hand(self, digest: str, below: bytes) -> Place | None:
        for place in self.places[digest]:
            if found := _equal(self.strays.like(below, place), place, digest):
                return found._replace(run=0) if _is_unchanged(place) else found
        return None

    def _now(self, place: Place, digest: str) -> Place | None:
        if _is_unchanged(place):
            return place
        return self.strays.of(place, digest) if place.run else None


class Strays:
    """The files below folders, by size and time: a folder is listed when the first photo is looked for there."""

    def __init__(self, destinations: Mapping[int, Path]) -> None:
        """`destinations` maps runs to the folders that they filed to."""
        self._destinations = destinations
        self._files: dict[Path, dict[tuple[int, int], list[Path]]] = {}

    def of(self, place: Place, digest: str) -> Place | None:
        """Return where a photo lies now that a run has put at a place; None where it is not below its destination."""
        if (destination := self._destinations.get(place.run)) is None:
            return None
        return _equal(self.like(os.fsencode(destination), place), place, digest)

    def like(self, folder: bytes, place: Place) -> Sequence[Path]:
        """Return the files below a folder that have the size and the time of a place."""
        inside = Path(os.fsdecode(folder))
        if inside not in self._files:
            self._files[inside] = _by_stamp(inside)
        return self._files[inside].get((place.size, place.mtime_ns), ())


def _equal(candidates: Iterable[Path], place: Place, digest: str) -> Place | None:
    for path in candidates:
        with suppress(OSError):
            if digest_of(path) == digest:
                return place._replace(path=os.fsencode(path))
    return None


def _by_stamp(folder: Path) -> dict[tuple[int, int], list[Path]]:
    found: dict[tuple[int, int], list[Path]] = {}
    for inside, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                stat = (path := Path(inside, name)).lstat()
                found.setdefault((stat.st_size, stat.st_mtime_ns), []).append(path)
    return found


def library_of(cache: Cache, connection: sqlite3.Connection) -> Library:
    """Return every photo that the cache has seen, with its places: those in folders of runs first, newer runs before
    older ones, then the paths at which it was seen.
    """
    seen, filed = dict[str, list[Place]](), dict[str, list[Place]]()
    for path, size, mtime_ns, digest in cache.files():
        seen.setdefault(digest, []).append(Place(path, size, mtime_ns))
    for digest, place in filed_places(connection):
        if digest in seen:
            filed.setdefault(digest, []).append(place)
    places = {digest: [*filed.get(digest, ()), *places] for digest, places in seen.items()}
    return Library(places, Strays(destinations_of_runs(connection)))


def _is_unchanged(place: Place) -> bool:
    try:
        stat = Path(os.fsdecode(place.path)).stat()
    except (OSError, ValueError):
        return False
    return (stat.st_size, stat.st_mtime_ns) == (place.size, place.mtime_ns)
