"""Which files of a folder belong together. Names in, groups out: nothing here looks at the disk.

A group is one photo, its main file, and its companions. The rule for doubt is never to separate:

    one shot     the photos of one stem: IMG.JPG, IMG.HEIC, IMG.NEF and IMG.HEIC.jpg; PXL_1.MP.jpg and PXL_1.dng
    companions   every other file that has the name of a photo or its stem, a dot, and anything: IMG.xmp, IMG.JPG.xmp,
                 IMG.MOV, IMG.HEIC.MOV, IMG.JPG_original, IMG.txt, IMG.JPG.supplemental-metadata.json
    numbers      (2) and ~2 may stand elsewhere in the name: IMG.JPG(2).json belongs to IMG(2).JPG
    additions    what programs add falls away: IMG_1_HEVC.MOV belongs to IMG_1.HEIC, IMG_01.NEF.xmp to IMG.NEF
    cut names    a `.json` whose name Takeout has cut belongs to the photos whose names begin so

A file goes to the photo that accounts for most letters of its name. Where several do so equally (img.xmp beside
IMG.JPG and Img.JPG), all of them become one group; equal letters are stronger than letters that differ in case or
normal form. IMG_E1234.JPG, IMG_1-edited.jpg and IMG.b.jpg have stems of their own, so they are photos of their own.
The main file is the one that any viewer opens: JPEG, then HEIF, then other pictures, then RAW.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from photosort.photos.files.own_files import ABOUT_TEXT, is_about_name
from photosort.photos.files.readings import Reading, cuts, fold, plainer, readings, shot_of, without_last_numbers
from photosort.photos.files.suffixes import HEIFS, JPEGS, PHOTOS, PICTURES, ending_of, split_name


def companions_of(paths: Iterable[Path]) -> dict[Path, tuple[Path, ...]]:
    """Group the files of one folder: main photo -> its companions, both in the order of their names.

    Every photo by its ending is a main or a companion, and no file is in two groups. A file that belongs to
    no photo (a lone video, a lone sidecar, anything else) is not in the result.
    """
    by_name = {path.name: path for path in paths}
    photos = [name for name in by_name if ending_of(name) in PHOTOS]
    others = [name for name in by_name if ending_of(name) not in PHOTOS and not _is_about_text(name)]
    folder = _Folder(photos if others else ())
    claimed: dict[_Place, list[str]] = defaultdict(list)
    for name in others if photos else ():
        if place := folder.place_of(name):
            claimed[place].append(name)
    groups = _Groups(photos)
    for together in (*_shots(photos), *([*place.photos, *files] for place, files in claimed.items())):
        groups.join(together)
    found = {}
    for members in groups.all():
        main = min((name for name in members if ending_of(name) in PHOTOS), key=_rank)
        found[by_name[main]] = tuple(by_name[name] for name in sorted(members) if name != main)
    return dict(sorted(found.items()))


def groups_of(paths: Iterable[Path]) -> dict[Path, tuple[Path, ...]]:
    """Group the files of any number of folders: main photo -> its companions, which lie in the same folder."""
    folders: dict[Path, list[Path]] = defaultdict(list)
    for path in paths:
        folders[path.parent].append(path)
    return {main: others for inside in folders.values() for main, others in companions_of(inside).items()}


def _rank(name: str) -> tuple[int, str]:
    ending = ending_of(name)
    order = (ending in JPEGS, ending in HEIFS, ending in PICTURES)
    return (order.index(True) if any(order) else len(order), name)


def _is_about_text(name: str) -> bool:
    return is_about_name(name) and ending_of(name) == ending_of(ABOUT_TEXT)


def _shots(photos: Iterable[str]) -> Iterator[list[str]]:
    """Yield the photos of each shot; names that differ in case are of one only where all their formats differ."""
    folded: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name in photos:
        shot = shot_of(name)
        folded[fold(shot)][shot].append(name)
    for exact in folded.values():
        together = [name for names in exact.values() for name in names]
        if len({ending_of(name) for name in together}) == len(together):
            yield together
        else:
            yield from exact.values()


@dataclass(eq=False, slots=True)
class _Place:
    """Photos that stand at one name, and claim together what belongs there."""

    photos: list[str] = field(default_factory=list)


class _Places:
    """Photos at the places where their names lead, part by part between the dots."""

    def __init__(self, standing: Iterable[tuple[Reading, str]]) -> None:
        self._steps: dict[tuple[int, str], int] = {}
        self._folded: dict[int, _Place] = defaultdict(_Place)
        self._exact: dict[tuple[int, str], _Place] = defaultdict(_Place)
        for reading, photo in dict.fromkeys(standing):
            at = 0
            for part in (reading.numbers, *fold(reading.letters).split(".")):
                at = self._steps.setdefault((at, part), len(self._steps) + 1)
            self._folded[at].photos.append(photo)
            self._exact[at, reading.letters].photos.append(photo)

    def last_on_the_way(self, reading: Reading) -> tuple[int, _Place | None]:
        """Follow a name to the last place where photos stand; also how many of its letters lead there."""
        at, found, depth = 0, 0, 0
        for place, part in enumerate((reading.numbers, *fold(reading.letters).split("."))):
            at = self._steps.get((at, part), 0)
            if not at:
                break
            if at in self._folded:
                found, depth = at, place
        if not found:
            return 0, None
        exact = ".".join(reading.letters.split(".")[:depth])
        return len(reading.numbers) + len(exact), self._exact.get((found, exact)) or self._folded[found]


class _Folder:
    """Answers which photos of one folder a file belongs to."""

    def __init__(self, photos: Sequence[str]) -> None:
        self._photos = photos
        stems = [(stem, photo) for photo in photos for stem in {split_name(photo)[0], shot_of(photo)}]
        whole = [(photo, photo) for photo in photos]
        self._names = _Places((reading, photo) for name, photo in (*whole, *stems) for reading in readings(name))
        self._plainer = _Places((reading, photo) for stem, photo in stems for reading in plainer(stem))

    def place_of(self, name: str) -> _Place | None:
        """Return the place of the photos that account for most letters of the name; the first of equal claims."""
        most, found = 0, None
        for places, reading in self._claims(name):
            letters, place = places.last_on_the_way(reading)
            if letters > most:
                most, found = letters, place
        return found

    def _claims(self, name: str) -> Iterator[tuple[_Places, Reading]]:
        """Yield the ways to find the photos of a file, the strongest first."""
        ways = (*readings(name), *plainer(name))
        yield from ((self._names, reading) for reading in ways)
        stem, ending = split_name(name)
        if ending.lower() == ".json":
            whole, numbered = Reading("", stem), without_last_numbers(stem)
            yield from ((self._cut, reading) for reading in (numbered, whole))
            yield from ((self._cut_anywhere, reading) for reading in (whole, numbered._replace(numbers="")))
        yield from ((self._plainer, reading) for reading in ways)

    @cached_property
    def _cut(self) -> _Places:
        return _Places(
            (Reading(numbers, cut), photo)
            for photo in self._photos
            for stem, ending in [split_name(photo)]
            for numbers, letters in [without_last_numbers(stem)]
            for cut in cuts(letters + ending)
        )

    @cached_property
    def _cut_anywhere(self) -> _Places:
        """The same for a file whose number no photo has: Takeout numbers names after it has cut them."""
        return _Places(
            (Reading("", cut), photo)
            for photo in self._photos
            for stem, ending in [split_name(photo)]
            for letters in (stem, without_last_numbers(stem).letters)
            for cut in cuts(letters + ending)
        )


class _Groups:
    """Disjoint sets of names."""

    def __init__(self, names: Iterable[str]) -> None:
        self._parent = {name: name for name in names}

    def join(self, names: Sequence[str]) -> None:
        for name in names:
            self._parent.setdefault(name, name)
            self._parent[self._root(name)] = self._root(names[0])

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
