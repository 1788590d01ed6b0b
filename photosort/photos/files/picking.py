"""Photos that are named one by one, and what travels with each of them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Set
from pathlib import Path

from photosort.errors import NoPhotos
from photosort.photos.files.companions import groups_of
from photosort.photos.files.own_files import is_about_data, is_leftover
from photosort.photos.files.photo import ODD_TIME, Unread, has_odd_time
from photosort.photos.files.scan import Found, Scan
from photosort.photos.files.suffixes import PHOTOS


def pick(paths: Iterable[Path]) -> Scan:
    """Return these files as `scan` returns those of a folder; nothing else is looked at."""
    photos: list[Found] = []
    others: list[Path] = []
    unread: list[Unread] = []
    for path in sorted(set(paths)):
        if path.suffix.lower() not in PHOTOS:
            others.append(path)
            continue
        try:
            stat = path.stat()
        except OSError as error:
            unread.append(Unread(path, (error.strerror or str(error)).lower()))
            continue
        if has_odd_time(stat.st_mtime_ns):
            unread.append(Unread(path, ODD_TIME))
            continue
        photos.append(Found(path, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns))
    return Scan(tuple(photos), tuple(others), tuple(unread))


def groups_with(files: Iterable[Path]) -> Iterator[tuple[Path, ...]]:
    """Yield, for each of these files, the photo that it is or belongs to and all that travels with it, by the names in
    its folder; each folder is listed once.

    Raises NoPhotos where a file is neither a photo nor belongs to one, and OSError where a folder cannot be listed.
    """
    files = tuple(files)
    folders: dict[Path, set[Path]] = {}
    for file in files:
        folders.setdefault(file.parent, set()).add(file)
    groups: dict[Path, dict[Path, tuple[Path, ...]]] = {}
    for file in files:
        if file.parent not in groups:
            groups[file.parent] = _groups_in(file.parent, folders[file.parent])
        group = groups[file.parent].get(file)
        if group is None:
            raise NoPhotos(
                f"{file} is neither a photo nor belongs to one",
                "Photos end in .jpg, .png, .heic, .webp, .tif and the like.",
            )
        yield group


def _groups_in(folder: Path, named: Set[Path]) -> dict[Path, tuple[Path, ...]]:
    """Map each file of a folder, and those that are named, to its group; what is in none is missing."""
    with os.scandir(folder) as entries:
        beside = [
            Path(entry.path)
            for entry in entries
            if not entry.name.startswith(".") and not is_leftover(entry.name) and entry.is_file(follow_symlinks=False)
        ]
    together = named | {path for path in beside if not is_about_data(path)}
    found: dict[Path, tuple[Path, ...]] = {}
    for main, companions in groups_of(sorted(together)).items():
        found.update(dict.fromkeys((main, *companions), (main, *companions)))
    return found
