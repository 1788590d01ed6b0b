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
    files, folders = list(came), dict[Path, _Folder]()
    for file in files:
        found = places.get(file.digest, [])
        if len(found) == 1:
            folder = found[0].parent
            if folder not in folders:
                folders[folder] = _Folder(folder)
            folders[folder].take(file, found[0])
    late = {one.path: one for folder in folders.values() for one in folder.that_fit()}
    left = [Unread(file.path, CAME_LATER) for file in files if file.path not in late]
    return [late[file.path] for file in files if file.path in late], left


def came_late(
    known: Iterable[Photo], filed: Collection[Path], groups: Mapping[Path, Iterable[Path]], lying: Iterable[Lies]
) -> list[Came]:
    """Return the companions of photos that lie at the destination already, which no run has filed and no file of that
    name lies beside; `groups` are the photos there and what travels with them, `lying` tells their content.
    """
    beside: dict[str, set[str]] = {}
    for one in lying:
        beside.setdefault(one.digest, set()).update(path.name for path in groups.get(one.path, ()))
    return [
        Came(path, photo.path.name, photo.digest)
        for photo in known
        for path in photo.companions
        if path not in filed and path.name not in beside.get(photo.digest, ())
    ]


def came_alone(connection: sqlite3.Connection, destination: Path, files: Iterable[Path]) -> list[Came]:
    """Return those of these files, none of which has a photo beside it, whose photo was moved from there to the
    destination.
    """
    found = list[Came]()
    folders: dict[Path, list[Path]] = {}
    for path in files:
        folders.setdefault(path.parent, []).append(path)
    every = moved_from(connection, destination, folders)
    for folder, alone in folders.items():
        moved = every.get(folder, [])
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


class _Folder:
    """A folder at the destination, and the files that are to follow photos in it."""

    def __init__(self, path: Path) -> None:
        try:
            self._names = set(os.listdir(path))  # noqa: PTH208 (names are all that is wanted)
        except OSError:
            self._names = set()
        self._keys = {name_key(name) for name in self._names}
        self._wanted: list[Late] = []

    def take(self, file: Came, photo: Path) -> None:
        """Let a file follow a photo, where it can have a name beside it that no other file has."""
        name = _renamed(file.path.name, file.photo, photo.name)
        if name and photo.name in self._names and name_key(name) not in self._keys:
            self._keys.add(name_key(name))
            self._wanted.append(Late(file.path, photo, name))

    def that_fit(self) -> list[Late]:
        """Return the files whose names fit their photos alone, when all of them lie there."""
        coming: dict[str, set[str]] = {}
        for one in self._wanted:
            coming.setdefault(one.photo.name, set()).add(one.name)
        before, after = _groups(self._names), _groups(self._names.union(*coming.values()))
        fit = {name for name, new in coming.items() if after.get(name) == before.get(name, {name}) | new}
        return [one for one in self._wanted if one.photo.name in fit]


def _renamed(name: str, photo: str, now: str) -> str:
    """Return the name of a file whose photo was called `photo` and is called `now`; nothing where it has neither."""
    for was, becomes in ((photo, now), (split_name(photo)[0], split_name(now)[0])):
        if name.startswith(was):
            return becomes + name[len(was) :]
    return name if photo == now else ""


def _groups(names: Iterable[str]) -> dict[str, set[str]]:
    """Map each name of a group to the names of the whole group."""
    found = dict[str, set[str]]()
    for main, companions in companions_of(map(Path, sorted(names))).items():
        group = {main.name, *(path.name for path in companions)}
        found |= dict.fromkeys(group, group)
    return found
