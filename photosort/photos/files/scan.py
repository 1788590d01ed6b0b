"""Finds the photos of a folder; opens none but the copies that earlier runs have made, and their originals."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from photosort.errors import EmptyFolder, NoPhotos, SettingsError, SourceMissing
from photosort.photos.files.companions import groups_of
from photosort.photos.files.copies import Copies, copies_among
from photosort.photos.files.digest import digest_of
from photosort.photos.files.own_files import LEFTOVER, is_about_data, is_leftover
from photosort.photos.files.patterns import Patterns
from photosort.photos.files.photo import ODD_TIME, Unread, has_odd_time
from photosort.photos.files.suffixes import PHOTOS, SIDECARS, VIDEOS
from photosort.store.placed import Placed
from photosort.support.progress import Progress, silent

STAGE = "scanning"
COUNTED = 100
"""Photos from one report to the next."""
IGNORE_FILE = ".photosortignore"
VIDEO = "a video"
WITH_ITS_PHOTO = "stays with its photo"
SYSTEM_FOLDERS = frozenset({"@eadir", "$recycle.bin", "system volume information", "lost+found"})
SYSTEM_FOLDER_SUFFIXES = (".photoslibrary", ".lrdata")


@dataclass(frozen=True, slots=True)
class Found:
    """A file that is named like a photo: absolute path, bytes, times of the last change of content and of status."""

    path: Path
    size: int
    mtime_ns: int
    ctime_ns: int


@dataclass(frozen=True, slots=True)
class Scan:
    """What a folder holds.

    photos  in the order of their paths
    others  every other visible file, among them the companions of photos
    unread  files and folders that could not even be looked at
    copies  what earlier runs have made of these very photos, which is none of the above
    """

    photos: tuple[Found, ...]
    others: tuple[Path, ...]
    unread: tuple[Unread, ...]
    copies: tuple[Copies, ...] = ()

    def groups(self) -> dict[Path, tuple[Path, ...]]:
        """Map each main photo to the files that travel with it."""
        return groups_of((*(photo.path for photo in self.photos), *self.others))

    def no_photos(self, groups: Mapping[Path, Iterable[Path]]) -> tuple[Unread, ...]:
        """Return the files that travel with no photo of these `groups`, each with why it stays."""
        travelling = {path for companions in groups.values() for path in companions}
        staying = [path for path in self.others if path not in travelling]
        beside = {
            path for paths in groups_of((*staying, *(left.path for left in self.unread))).values() for path in paths
        }
        return tuple(Unread(path, WITH_ITS_PHOTO if path in beside else _kind(path)) for path in staying)


def scan(
    source: Path,
    *,
    skip: Path | None = None,
    exclude: Sequence[str] = (),
    follow_links: bool = False,
    placed: Mapping[Path, Placed] | None = None,
    digest: Callable[[Path], str] = digest_of,
    needed: bool = True,
    progress: Progress = silent,
) -> Scan:
    """Walk `source` and everything below it, in sorted order.

    Hidden files, system folders, the folder `skip` (whatever its path is spelled like), and what the patterns of
    `exclude` or of a file .photosortignore in `source` match (in the syntax of .gitignore) are passed over. Symbolic
    links are not followed unless asked: what they point to inside the folder is found there, and what lies outside
    was not asked for. Of what earlier runs have `placed`, copies of photos that are found as well are passed over (see
    `copies_among`). A file that is met a second time, by a hard link or a followed one, is one photo, under the first
    of its names. `progress` counts photos; how many there are is not known before the end.

    Raises SourceMissing where `source` is not a folder; where photos are `needed`, EmptyFolder if nothing visible lies
    in it, and NoPhotos if nothing in it is named like a photo; and SettingsError where a pattern makes no sense.
    """
    _check_folder(source)
    placed = placed or {}
    walk = _Walk(source, skip, _ignored(source, exclude), follow_links)
    photos: list[Found] = []
    others: list[Path] = []
    inodes: dict[Path, tuple[int, int]] = {}
    progress(STAGE, 0, None)
    for entry in walk:
        path = Path(entry.path)
        if path.suffix.lower() not in PHOTOS:
            if not (is_about_data(path) or (path in placed and placed[path].own)):
                others.append(path)
            continue
        try:
            stat = entry.stat()
        except OSError as error:
            walk.unread.append(Unread(path, _why(error)))
            continue
        if has_odd_time(stat.st_mtime_ns):
            walk.unread.append(Unread(path, ODD_TIME))
            continue
        if stat.st_nlink > 1 or follow_links:
            inodes[path] = (stat.st_dev, stat.st_ino)
        photos.append(Found(path, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns))
        if len(photos) % COUNTED == 0:
            progress(STAGE, len(photos), None)
    if needed and not (photos or others or walk.unread):
        if any(source.iterdir()):
            hint = f"Check --exclude and {source / IGNORE_FILE}; names that begin with a dot are hidden."
            raise EmptyFolder(f"Every file in {source} is excluded or hidden", hint)
        raise EmptyFolder(f"{source} is empty", "Name the folder that holds the photos.")
    if needed and not photos:
        raise NoPhotos(f"No photo lies in {source}", "Photos end in .jpg, .png, .heic, .webp, .tif and the like.")
    passed, copies = copies_among(
        {photo.path: (photo.size, photo.mtime_ns) for photo in photos}, others, placed, digest
    )
    progress(STAGE, len(photos), len(photos))
    once, again = _each_once((photo for photo in photos if photo.path not in passed), inodes)
    return Scan(once, tuple(path for path in others if path not in passed), (*walk.unread, *again), copies)


def _each_once(
    photos: Iterable[Found], inodes: Mapping[Path, tuple[int, int]]
) -> tuple[tuple[Found, ...], tuple[Unread, ...]]:
    """Return the photos under the first of their names, and the other names."""
    once: list[Found] = []
    again: list[Unread] = []
    seen: set[tuple[int, int]] = set()
    for photo in photos:
        inode = inodes.get(photo.path)
        if inode in seen:
            again.append(Unread(photo.path, "another name of a file that is already in"))
            continue
        if inode:
            seen.add(inode)
        once.append(photo)
    return tuple(once), tuple(again)


def _kind(path: Path) -> str:
    ending = path.suffix.lower()
    if ending in VIDEOS:
        return VIDEO
    return "a sidecar without its photo" if ending in SIDECARS else "no photo"


class _Walk:
    """All visible files below a folder; what cannot be listed is in `unread` at the end."""

    def __init__(self, root: Path, skip: Path | None, ignored: Patterns, follow_links: bool) -> None:
        self.unread: list[Unread] = []
        self._root = root
        self._skip = _identity(skip) if skip else None
        self._ignored = ignored
        self._follow = follow_links
        self._entered: set[tuple[int, int]] = set()

    def __iter__(self) -> Iterator[os.DirEntry[str]]:
        pending = [self._root]
        while pending:
            current = pending.pop()
            if self._follow and not self._enter(current):
                continue
            try:
                with os.scandir(current) as entries:
                    listed = sorted(entries, key=lambda entry: entry.name)
            except OSError as error:
                self.unread.append(Unread(current, _why(error)))
                continue
            folders = []
            for entry in listed:
                try:
                    kind = self._kind(entry)
                except OSError as error:
                    self.unread.append(Unread(Path(entry.path), _why(error)))
                    continue
                if kind == "folder":
                    folders.append(Path(entry.path))
                elif kind == "file":
                    yield entry
            pending.extend(reversed(folders))

    def _kind(self, entry: os.DirEntry[str]) -> Literal["folder", "file", ""]:
        """Return what to do with an entry: go in, take it, or pass it over."""
        if entry.is_symlink() and not self._follow:
            return ""
        if is_leftover(entry.name) and entry.is_file():
            self.unread.append(Unread(Path(entry.path), LEFTOVER))
            return ""
        if entry.is_dir():
            return "folder" if self._is_wanted(entry, folder=True) else ""
        return "file" if entry.is_file() and self._is_wanted(entry, folder=False) else ""

    def _enter(self, folder: Path) -> bool:
        """Return whether a folder is met for the first time: links can lead in circles."""
        try:
            stat = folder.stat()
        except OSError:
            return True
        known = (stat.st_dev, stat.st_ino) in self._entered
        self._entered.add((stat.st_dev, stat.st_ino))
        return not known

    def _is_wanted(self, entry: os.DirEntry[str], *, folder: bool) -> bool:
        name = entry.name.lower()
        if name.startswith("."):
            return False
        if folder and (name in SYSTEM_FOLDERS or name.endswith(SYSTEM_FOLDER_SUFFIXES)):
            return False
        if folder and self._skip and _identity(Path(entry.path)) == self._skip:
            return False
        if not self._ignored:
            return True
        return not self._ignored.match(Path(entry.path).relative_to(self._root).as_posix(), folder=folder)


def _check_folder(source: Path) -> None:
    try:
        if source.is_dir():
            return
        what = "is a file, not a folder" if source.exists() else "does not exist"
    except OSError as error:
        what = f"cannot be looked at ({_why(error)})"
    raise SourceMissing(f"{source} {what}", "Name the folder that holds the photos.")


def _ignored(source: Path, exclude: Sequence[str]) -> Patterns:
    file = source / IGNORE_FILE
    try:
        written = file.read_text(encoding="utf-8-sig").split("\n") if file.is_file() else []
        return Patterns([*written, *exclude])
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"The patterns to exclude make no sense ({error})", f"See --exclude and {file}; the syntax is .gitignore's."
        ) from error


def _identity(folder: Path) -> tuple[int, int] | None:
    """Return what tells a folder on disk from all others, whatever its path is spelled like; None where it is not
    there.
    """
    try:
        stat = folder.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
