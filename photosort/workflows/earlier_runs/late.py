"""Files that come after their photo was filed, such as a sidecar: where that lies now, and what they are called.

A file follows its photo only where nothing is in doubt: the photo lies in one place, the name of the file fits that
photo there and no other, and no file has the name.
"""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from photosort.naming.folder_name import name_key
from photosort.photos.files.companions import companions_of
from photosort.photos.files.photo import Photo, Unread
from photosort.photos.files.suffixes import SIDECARS, ending_of, split_name
from photosort.store.placed import moved_from
from photosort.workflows.earlier_runs.corrections import Lies

CAME_LATER = "came after its photo was filed, and it is not clear which file there it belongs to; put it there yourself"
HOUR_NS = 3600 * 10**9
"""Nanoseconds; a film whose photo has left the folder is of the same shot where it is no further from it in time."""


class Came(NamedTuple):
    """A file that came after its photo was filed: the name that the photo had beside it, and its content."""

    path: Path
    photo: str
    digest: str


class Late(NamedTuple):
    """A file that follows its photo: where the photo lies, and the name that the file gets beside it."""

    path: Path
    photo: Path
    name: str


def follow(came: Iterable[Came], lying: Sequence[Lies]) -> tuple[list[Late], list[Unread]]:
    """Return the files that can follow their photos to where these lie, and those that stay where they are."""
    places: dict[str, list[Path]] = {}
    for one in lying:
        places.setdefault(one.digest, []).append(one.path)
    names: dict[Path, set[str]] = {}
    late, left = list[Late](), list[Unread]()
    for file in came:
        found = places.get(file.digest, [])
        name = _name(file, found[0], names) if len(found) == 1 else ""
        if name:
            late.append(Late(file.path, found[0], name))
            names[found[0].parent].add(name)
        else:
            left.append(Unread(file.path, CAME_LATER))
    return late, left


def came_late(known: Iterable[Photo], filed: Collection[Path], groups: Mapping[Path, Iterable[Path]]) -> list[Came]:
    """Return the companions of photos that lie at the destination already, which no run has filed and no such file lies
    beside; `groups` are the photos there and what travels with them.
    """
    beside = {path.name for paths in groups.values() for path in paths}
    return [
        Came(path, photo.path.name, photo.digest)
        for photo in known
        for path in photo.companions
        if path not in filed and path.name not in beside
    ]


def came_alone(connection: sqlite3.Connection, destination: Path, files: Iterable[Path]) -> list[Came]:
    """Return those of these files, none of which has a photo beside it, whose photo was moved from there to the
    destination.
    """
    found = list[Came]()
    folders: dict[Path, list[Path]] = {}
    for path in files:
        folders.setdefault(path.parent, []).append(path)
    for folder, alone in folders.items():
        moved = moved_from(connection, destination, folder)
        counts = Counter(one.origin for one in moved)
        photos = {one.origin: one for one in moved if counts[one.origin] == 1 and not os.path.lexists(one.origin)}
        for main, companions in companions_of([*photos, *alone]).items() if photos else ():
            if photos.keys() & companions:
                continue  # several photos could claim it
            for path in companions:
                with suppress(OSError):
                    near = abs(path.stat().st_mtime_ns - photos[main].mtime_ns) < HOUR_NS
                    if near or ending_of(path.name) in SIDECARS:
                        found.append(Came(path, main.name, photos[main].digest))
    return found


def _name(file: Came, photo: Path, names: dict[Path, set[str]]) -> str:
    """Return the name of a file beside its photo; nothing where it is taken, or would fit another photo."""
    name = _renamed(file.path.name, file.photo, photo.name)
    if photo.parent not in names:
        try:
            names[photo.parent] = set(os.listdir(photo.parent))  # noqa: PTH208 (names are all that is wanted)
        except OSError:
            return ""
    present = names[photo.parent]
    if not name or name_key(name) in {name_key(other) for other in present}:
        return ""
    before = _group(present, photo.name)
    return name if _group(present | {name}, photo.name) == before | {name} else ""


def _renamed(name: str, photo: str, now: str) -> str:
    """Return the name of a file whose photo was called `photo` and is called `now`; nothing where it has neither."""
    for was, becomes in ((photo, now), (split_name(photo)[0], split_name(now)[0])):
        if name.startswith(was):
            return becomes + name[len(was) :]
    return name if photo == now else ""


def _group(names: Iterable[str], photo: str) -> set[str]:
    """Return the names of the group that a photo is in."""
    for main, companions in companions_of(map(Path, sorted(names))).items():
        group = {main.name, *(path.name for path in companions)}
        if photo in group:
            return group
    return {photo}
