"""Finds the photos of a folder without opening them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from photosort.errors import NoPhotos, SourceMissing
from photosort.photos.decode import SUFFIXES
from photosort.photos.photo import Unread

SYSTEM_FOLDERS = frozenset({"@eadir", "$recycle.bin", "system volume information", "lost+found"})
SYSTEM_FOLDER_SUFFIXES = (".photoslibrary", ".lrdata")


@dataclass(frozen=True, slots=True)
class Found:
    """A file that is named like a photo: absolute path, bytes, modification time."""

    path: Path
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Scan:
    """What a folder holds.

    photos    in the order of their paths
    others    every other visible file, among them the companions of photos
    unread    files and folders that could not even be looked at
    """

    photos: tuple[Found, ...]
    others: tuple[Path, ...]
    unread: tuple[Unread, ...]


def scan(source: Path, *, skip: Path | None = None) -> Scan:
    """Walk `source` and everything below it, in sorted order.

    Hidden files, system folders and the folder `skip` are passed over. Symbolic links are not followed: what
    they point to inside the folder is found there, and what lies outside was not asked for. A file with
    several hard links is one photo, under the first of its names.

    Raises SourceMissing where `source` is no folder and NoPhotos where nothing in it is named like a photo.
    """
    if not source.is_dir():
        what = "is a file, not a folder" if source.exists() else "does not exist"
        raise SourceMissing(f"{source} {what}", "Name the folder that holds the photos.")
    photos: list[Found] = []
    others: list[Path] = []
    unread: list[Unread] = []
    seen: set[tuple[int, int]] = set()
    for entry in _walk(source, skip, unread):
        path = Path(entry.path)
        if path.suffix.lower() not in SUFFIXES:
            others.append(path)
            continue
        try:
            stat = entry.stat(follow_symlinks=False)
        except OSError as error:
            unread.append(Unread(path, _why(error)))
            continue
        if stat.st_nlink > 1:
            if (stat.st_dev, stat.st_ino) in seen:
                unread.append(Unread(path, "another name of a file that is already in"))
                continue
            seen.add((stat.st_dev, stat.st_ino))
        photos.append(Found(path, stat.st_size, stat.st_mtime_ns))
    if not photos:
        raise NoPhotos(f"No photo lies in {source}", "Photos end in .jpg, .png, .heic, .webp, .tif and the like.")
    return Scan(tuple(photos), tuple(others), tuple(unread))


def _walk(folder: Path, skip: Path | None, unread: list[Unread]) -> Iterator[os.DirEntry[str]]:
    pending = [folder]
    while pending:
        current = pending.pop()
        try:
            with os.scandir(current) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            unread.append(Unread(current, _why(error)))
            continue
        folders = []
        for entry in listed:
            if entry.name.startswith(".") or entry.is_symlink():
                continue
            if entry.is_dir(follow_symlinks=False):
                name = entry.name.lower()
                if (
                    name not in SYSTEM_FOLDERS
                    and not name.endswith(SYSTEM_FOLDER_SUFFIXES)
                    and Path(entry.path) != skip
                ):
                    folders.append(Path(entry.path))
            elif entry.is_file(follow_symlinks=False):
                yield entry
        pending.extend(reversed(folders))


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
