"""What will happen, whole, before the first file is touched. Pure: what the disk holds comes in as a Survey.

The dry run shows exactly this object and the real run carries it out.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from photosort.errors import DestinationError
from photosort.filing.plan.allocation import FolderNames
from photosort.filing.plan.collisions import numbered
from photosort.filing.plan.model import ExistingEntry, GeneratedFile, Mode, Survey
from photosort.naming.folder_name import name_key
from photosort.photos.files.photo import Photo, Unread
from photosort.store.journals.operation import Operation
from photosort.support.printable import printable

OUTLIER = -1
"""The label of a photo that fits no folder."""

About = Callable[[int, Sequence[Operation]], Mapping[str, bytes]]
"""The label of a folder and its files -> what is to be written into it: name -> content."""

_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class PlannedFolder:
    """One folder with all that goes into it; `label` is the cluster, `exists` whether it is there now.

    `about` is what is written into it beside the photos.
    """

    label: int
    name: str
    path: Path
    exists: bool
    files: tuple[Operation, ...]
    about: tuple[GeneratedFile, ...] = ()

    @property
    def photos(self) -> tuple[Operation, ...]:
        """The main files, without their companions."""
        return tuple(file for file in self.files if file.main)


@dataclass(frozen=True, slots=True)
class Following:
    """A file that comes after its photo was filed, and is put beside it.

    photo  where the photo lies, at the destination
    """

    file: Operation
    photo: Path


@dataclass(frozen=True, slots=True)
class Plan:
    """Every source and destination of one run, and what is left where it is.

    folders        in the order of their labels, without empty ones
    left           photos that stay, each with the reason
    bytes_written  what the destination's disk has to take
    following      files that come after their photos, and go where these lie
    about_beside   texts of folders that nothing else comes into
    edited         texts of folders that stay, as somebody has changed them since
    """

    source: Path
    destination: Path
    mode: Mode
    folders: tuple[PlannedFolder, ...]
    left: tuple[Unread, ...]
    bytes_written: int
    within_source: bool
    following: tuple[Following, ...] = ()
    about_beside: tuple[GeneratedFile, ...] = ()
    edited: tuple[Unread, ...] = ()

    @property
    def files(self) -> tuple[Operation, ...]:
        """All photos and companions, folder by folder, and then what follows photos that are there already."""
        placed = (file for folder in self.folders for file in folder.files)
        return (*placed, *(following.file for following in self.following))

    @property
    def about(self) -> tuple[GeneratedFile, ...]:
        """All that is written beside the photos, folder by folder."""
        return (*(file for folder in self.folders for file in folder.about), *self.about_beside)


def no_files(label: int, files: Sequence[Operation]) -> Mapping[str, bytes]:
    """Write nothing beside the photos."""
    return {}


def make_plan(
    photos: Sequence[Photo],
    labels: Sequence[int],
    folders: Sequence[str],
    *,
    source: Path,
    destination: Path,
    mode: Mode,
    survey: Survey,
    unread: Sequence[Unread] = (),
    about: About = no_files,
) -> Plan:
    """Give every photo its place: `photos[i]` goes to `folders[labels[i]]`, or stays where the label is -1.

    A "/" in a folder's name is a step into a folder. Keeps the promise that the whole plan exists before the first
    file is touched, and that names are reserved by NFC and case folding. The same arguments give the same plan,
    whatever the order of the photos. A photo that is a companion of another goes where that one goes, whatever its
    own label. `about` says what is to be written into a folder with these files.

    Raises DestinationError where the destination's disk is too small, ValueError where the folder names are
    not safe or not unique (they come from `naming.folder_name`, which sees to both).
    """
    _check(folders)
    members: dict[int, list[Photo]] = defaultdict(list)
    left = [*unread, *survey.leftovers]
    led = {path for photo in photos for path in photo.companions}
    for photo, label in sorted(zip(photos, labels, strict=True), key=lambda pair: os.fsencode(pair[0].path)):
        if photo.path in led:
            continue
        reason = "fits no folder" if label == OUTLIER else _refusal(photo, mode, survey)
        if reason:
            left.append(Unread(photo.path, reason))
        else:
            members[int(label)].append(photo)

    planned = []
    group = 0
    for label in sorted(members):
        name = _folder_path(folders[label], survey)
        folder = FolderNames(destination / name, mode, survey, survey.inside.get(name, ()))
        for photo in members[label]:
            if not folder.take(photo, group):
                left.append(Unread(photo.path, "its name or path would be too long at the destination"))
            group += 1
        if folder.files:
            files = tuple(folder.files)
            written = (folder.write(other, content) for other, content in about(label, files).items())
            beside = tuple(file for file in written if file)
            planned.append(PlannedFolder(label, name, folder.path, name in survey.inside, files, beside))

    size = _bytes_written(planned, mode, survey)
    if size > survey.free:
        raise DestinationError(
            f"{destination} has room for {survey.free / _MEGABYTE:,.0f} MB and the photos need "
            f"{size / _MEGABYTE:,.0f} MB",
            "Free some space, or name a folder on another disk with --out.",
        )
    return Plan(source, destination, mode, tuple(planned), tuple(left), size, survey.within_source)


def _check(folders: Sequence[str]) -> None:
    for name in (name for path in folders for name in path.split("/")):
        if name in ("", ".", "..") or any(char in name for char in "\\\0"):
            raise ValueError(f"unsafe folder name: {name!r}")
    if len({name_key(name) for name in folders}) < len(folders):
        raise ValueError("two folders have the same name")


def _refusal(photo: Photo, mode: Mode, survey: Survey) -> str:
    """Return why the photo's whole group has to stay, or nothing."""
    for path in (photo.path, *photo.companions):
        told = "" if path == photo.path else f"{printable(path.name)}: "
        if path in survey.refused:
            return told + survey.refused[path]
        if path not in survey.files:
            return told + "no longer there"
        if mode is Mode.MOVE and path in survey.links:
            return told + "is a symbolic link, and moving it would not move the photo"
    seen = survey.files[photo.path]
    if (seen.size, seen.mtime_ns, seen.digest) != (photo.size, photo.mtime_ns, photo.digest):
        return "changed since it was looked at"
    return ""


def _folder_path(wanted: str, survey: Survey) -> str:
    """Return the wanted path, one level after the other; a level that is to be made is empty."""
    path, present = "", survey.present
    for name in wanted.split("/"):
        path += ("/" if path else "") + _folder_name(name, present, survey.name_limit)
        present = survey.inside.get(path, ())
    return path


def _folder_name(wanted: str, present: Sequence[ExistingEntry], limit: int) -> str:
    """Return the wanted name in the spelling that exists, numbered where a file has it."""
    taken = {name_key(entry.name) for entry in present if entry.kind != "folder"}
    existing = {entry.name for entry in present if entry.kind == "folder"}
    number = 1
    while True:
        (name,) = numbered((wanted,), number, limit) or (wanted,)
        if name_key(name) not in taken:
            same = sorted(other for other in existing if name_key(other) == name_key(name))
            return name if name in same or not same else same[0]
        number += 1


def _bytes_written(folders: Sequence[PlannedFolder], mode: Mode, survey: Survey) -> int:
    total = sum(len(file.content) for folder in folders for file in folder.about if not file.there)
    if mode in (Mode.HARDLINK, Mode.SYMLINK):
        return total
    for file in (file for folder in folders for file in folder.files if not file.there):
        if file.source in survey.far or not (mode is Mode.MOVE or survey.clones):
            total += file.size
    return total
