"""Which files of a folder belong together. Names in, groups out: nothing here looks at the disk.

A group is one photo, its main file, and its companions:

    sidecar      IMG.xmp, IMG.JPG.xmp, IMG_01.NEF.xmp (a darktable duplicate), IMG.AAE, IMG_O1234.AAE
    Takeout      IMG.JPG.json, IMG.JPG.supplemental-metadata.json and cut forms, IMG.JPG(1).json of IMG(1).JPG
    Live Photo   IMG.MOV or IMG.MP4 beside IMG.HEIC; PXL_1.MP beside PXL_1.MP.jpg
    one shot     IMG.NEF beside IMG.JPG; PXL_1.RAW-02.ORIGINAL.dng beside PXL_1.RAW-01.COVER.jpg

The rule for doubt is never to separate. Where a sidecar or a video fits several photos (IMG.xmp beside
IMG.JPG and IMG.PNG), all of them become one group. A claim that names the whole file (IMG.JPG.xmp) is
stronger than one by its stem (IMG.xmp), and equal letters are stronger than letters that differ in case.
The main file is the one that any viewer opens: JPEG, then HEIF, then other pictures, then RAW.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from photosort.photos.suffixes import HEIFS, JPEGS, PHOTOS, PICTURES, RAWS, SIDECARS, VIDEOS

_TAKEOUT_TAIL = ".supplemental-metadata"
_TAKEOUT_CUT = range(45, 48)
"""Takeout cuts the name before `.json` to 46 characters; one more or less for how it counts."""

_MARKER = re.compile(r" ?\((\d+)\)")
_DUPLICATE = re.compile(r"(.+)_\d\d(\.[^.]+)")
_APPLE_ORIGINAL = re.compile(r"(IMG_)O(\d{4}.*)", re.IGNORECASE)
_PIXEL_RAW = re.compile(r"\.RAW-\d\d(\.MP)?\.(COVER|ORIGINAL)", re.IGNORECASE)


def companions_of(paths: Iterable[Path]) -> dict[Path, tuple[Path, ...]]:
    """Group the files of one folder: main photo -> its companions, both in the order of their names.

    Every photo by its ending is a main or a companion, and no file is in two groups. A file that belongs to
    no photo (a lone video, a lone sidecar, anything else) is not in the result.
    """
    by_name = {path.name: path for path in paths}
    groups = _Groups(by_name)
    folder = _Folder(by_name)
    for name in by_name:
        for owner in folder.owners(name):
            groups.join(owner, name)
    found = {}
    for members in groups.all():
        photos = [name for name in members if _ending(name) in PHOTOS]
        if photos:
            main = min(photos, key=_rank)
            found[by_name[main]] = tuple(by_name[name] for name in sorted(members) if name != main)
    return dict(sorted(found.items()))


def groups_of(paths: Iterable[Path]) -> dict[Path, tuple[Path, ...]]:
    """Group the files of any number of folders: main photo -> its companions, which lie in the same folder."""
    folders: dict[Path, list[Path]] = defaultdict(list)
    for path in paths:
        folders[path.parent].append(path)
    return {main: others for inside in folders.values() for main, others in companions_of(inside).items()}


def split_name(name: str) -> tuple[str, str]:
    """Part a file name before its last dot; a name that only starts with dots has no ending."""
    stem, dot, ending = name.rpartition(".")
    return (stem, dot + ending) if stem.strip(".") else (name, "")


def _ending(name: str) -> str:
    return split_name(name)[1].lower()


def _rank(name: str) -> tuple[int, str]:
    ending = _ending(name)
    order = (ending in JPEGS, ending in HEIFS, ending in PICTURES)
    return (order.index(True) if any(order) else len(order), name)


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


class _Index:
    """Names under keys; equal letters win over letters that are equal but for case and normal form."""

    def __init__(self, keyed: Iterable[tuple[str, str]]) -> None:
        self._exact: dict[str, list[str]] = defaultdict(list)
        self._folded: dict[str, list[str]] = defaultdict(list)
        for key, name in keyed:
            self._exact[key].append(name)
            self._folded[_fold(key)].append(name)
        self._sorted = sorted(self._folded)

    def get(self, key: str) -> list[str]:
        return self._exact.get(key) or self._folded.get(_fold(key)) or []

    def beginning_with(self, prefix: str) -> list[str]:
        folded = _fold(prefix)
        found = []
        for key in self._sorted[bisect_left(self._sorted, folded) :]:
            if not key.startswith(folded):
                break
            found += self._folded[key]
        return found


class _Folder:
    """Answers whom a file belongs to, among the names of one folder.

    `names` maps a name as it is compared to the name as it is on disk; they differ where a number that all
    files of a group carry has been taken out for the comparison.
    """

    def __init__(self, names: Iterable[str], *, given: Mapping[str, list[str]] | None = None) -> None:
        self._given = given
        photos = [name for name in names if _ending(name) in PHOTOS]
        videos = [name for name in names if _ending(name) in VIDEOS]
        self._names = list(names)
        self._whole = _Index((name, name) for name in photos + videos)
        self._photo_stems = _Index((split_name(name)[0], name) for name in photos)
        self._video_stems = _Index((split_name(name)[0], name) for name in videos)
        self._shots = _Index((_shot(name), name) for name in photos)
        self._by_number: dict[str, _Folder] | None = None

    def owners(self, name: str) -> list[str]:
        """The files that `name` belongs to; empty for one that stands alone."""
        ending = _ending(name)
        if ending in RAWS:
            return self._as_given(self._shots.get(_shot(name)))
        if ending not in VIDEOS and ending not in SIDECARS:
            return []
        return self._as_given(self._direct(name) or self._without_number(name))

    def _direct(self, name: str) -> list[str]:
        stem, ending = split_name(name)
        if ending.lower() in VIDEOS:
            return self._photo_stems.get(stem) or self._photo_stems.get(name)
        found = self._whole.get(stem)
        if not found and ending.lower() == ".json":
            found = self._takeout(stem)
        if not found and (match := _DUPLICATE.fullmatch(stem)):
            found = self._whole.get(match[1] + match[2])
        found = found or self._photo_stems.get(stem) or self._video_stems.get(stem)
        if not found and ending.lower() == ".aae" and (match := _APPLE_ORIGINAL.fullmatch(stem)):
            found = self._photo_stems.get(match[1] + match[2])
        return found

    def _takeout(self, stem: str) -> list[str]:
        lowered = stem.lower()
        for length in range(len(_TAKEOUT_TAIL), 0, -1):
            if lowered.endswith(_TAKEOUT_TAIL[:length]) and (found := self._whole.get(stem[:-length])):
                return found
        return self._whole.beginning_with(stem) if len(stem) in _TAKEOUT_CUT else []

    def _without_number(self, name: str) -> list[str]:
        """Compare once more without a `(2)` that both carry at different places, as in IMG.JPG(2).json."""
        if self._by_number is None:
            self._by_number = _numbered_folders(self._names)
        for match in reversed(list(_MARKER.finditer(name))):
            owners = self._by_number[match[1]].owners(name[: match.start()] + name[match.end() :])
            if found := [owner for owner in owners if owner != name]:
                return found
        return []

    def _as_given(self, names: list[str]) -> list[str]:
        return names if self._given is None else [given for name in names for given in self._given[name]]


def _shot(name: str) -> str:
    return _PIXEL_RAW.sub("", split_name(name)[0])


def _numbered_folders(names: Iterable[str]) -> dict[str, _Folder]:
    """For each number in brackets: the names that carry it, compared without it."""
    stripped: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name in names:
        for match in _MARKER.finditer(name):
            stripped[match[1]][name[: match.start()] + name[match.end() :]].append(name)
    return {number: _Folder(given, given=given) for number, given in stripped.items()}


class _Groups:
    """Disjoint sets of names."""

    def __init__(self, names: Iterable[str]) -> None:
        self._parent = {name: name for name in names}

    def join(self, first: str, second: str) -> None:
        self._parent[self._root(second)] = self._root(first)

    def all(self) -> Iterable[list[str]]:
        groups: dict[str, list[str]] = defaultdict(list)
        for name in self._parent:
            groups[self._root(name)].append(name)
        return groups.values()

    def _root(self, name: str) -> str:
        while self._parent[name] != name:
            self._parent[name] = self._parent[self._parent[name]]
            name = self._parent[name]
        return name
