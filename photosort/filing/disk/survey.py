"""Looks at both disks before anything is planned. Changes nothing but probe files, which it removes."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from photosort.errors import DestinationError
from photosort.filing.disk.copying import can_clone
from photosort.filing.disk.place import reason_of
from photosort.filing.plan.collisions import DOUBTFUL, NAME_BYTES, unnumbered
from photosort.filing.plan.model import ExistingEntry, Mode, Survey
from photosort.naming.folder_name import name_key
from photosort.photos.files.digest import digest_of
from photosort.photos.files.own_files import LEFTOVER, is_about_name, is_leftover
from photosort.photos.files.photo import ODD_TIME, Photo, Unread, has_odd_time
from photosort.support.progress import Progress, silent

_WINDOWS_PATH = 259


def check_overlap(source: Path, destination: Path) -> bool:
    """Return whether the destination lies inside the source, so that a scan has to leave it out.

    Paths are compared as files on disk: links, bind mounts and case are seen through. Raises DestinationError
    where both are the same folder or the source lies inside the destination.
    """
    source, destination = Path(os.path.realpath(source)), Path(os.path.realpath(destination))
    if destination == source or _same(source, destination):
        raise DestinationError(
            f"The photos in {source} cannot be sorted into that same folder",
            "Name another folder with --out.",
        )
    if destination in source.parents or any(_same(parent, destination) for parent in source.parents):
        raise DestinationError(
            f"The destination {destination} holds the source {source}", "Name a folder outside with --out."
        )
    return source in destination.parents or any(_same(parent, source) for parent in destination.parents)


def check_destination(source: Path, destination: Path) -> bool:
    """Return whether the destination lies inside the source; see `check_overlap`. Also tries whether it can be written.

    What `survey` finds out later, found out before hours of looking at photos. Raises DestinationError.
    """
    within = check_overlap(source, destination)
    _probe(_ground(destination), destination)
    return within


def survey(
    source: Path,
    destination: Path,
    photos: Sequence[Photo],
    folders: Iterable[str],
    *,
    mode: Mode,
    progress: Progress = silent,
) -> Survey:
    """Find out all that `make_plan` has to know, for photos that may go into `folders` of `destination`.

    Companions are read for their digests; files at the destination only where one to come is as large, or where
    photosort has written them.
    Nothing is created at the destination: what does not exist yet is probed through the nearest folder
    above it.

    Raises DestinationError where the destination overlaps with the source, is not a folder, cannot be written,
    or cannot take the links that were asked for.
    """
    within = check_overlap(source, destination)
    ground = _ground(destination)
    case_sensitive, normalizes, clones = _probe(ground, destination)
    device = ground.stat().st_dev
    if mode is Mode.HARDLINK and source.stat().st_dev != device:
        raise DestinationError(
            f"Hard links cannot lead from {source} to {destination}, which is on another disk",
            "Use --mode copy, or a destination on the same disk.",
        )
    if mode in (Mode.HARDLINK, Mode.SYMLINK) and not _can_link(ground, mode):
        kind = "hard links" if mode is Mode.HARDLINK else "symbolic links"
        raise DestinationError(f"The disk of {destination} takes no {kind}", "Use --mode copy, or another disk.")
    files, refused, links, far = _source_files(photos, mode, device, progress)
    present = _entries(destination) if destination.is_dir() else ()
    wanted = {tuple(name_key(unnumbered(name)) for name in folder.split("/")) for folder in folders}
    inside = dict(_inside(destination, "", present, wanted, {file.size for file in files.values()}))
    name_limit, path_limit = _limits(ground)
    return Survey(
        present,
        inside,
        files,
        refused,
        shutil.disk_usage(ground).free,
        links,
        far,
        name_limit,
        path_limit,
        case_sensitive,
        normalizes,
        _forbidden(ground),
        clones,
        within,
        tuple(_leftovers(destination, {"": present, **inside})),
    )


def _same(first: Path, second: Path) -> bool:
    try:
        return first.samefile(second)
    except OSError:
        return False


def _ground(destination: Path) -> Path:
    """Return the destination, or the nearest folder above that exists."""
    for path in (destination, *destination.parents):
        if path.is_dir():
            return path
        if os.path.lexists(path):
            raise DestinationError(f"{path} is in the way: it is not a folder", "Name another folder with --out.")
    raise DestinationError(f"No folder above {destination} exists", "Connect its disk, or name another with --out.")


def _probe(ground: Path, destination: Path) -> tuple[bool, bool, bool]:
    """Return whether the disk tells case apart, takes two forms of é for one, and shares blocks between copies."""
    name = f".photosort-Probe-{secrets.token_hex(4)}-\u00e9"
    path = ground / name
    try:
        path.touch(exist_ok=False)
    except OSError as error:
        why = str(error.strerror).lower() if isinstance(error, FileNotFoundError) else reason_of(error)
        raise DestinationError(
            f"{destination} cannot be written ({why})",
            "Correct its permissions, or choose another folder with --out.",
        ) from error
    try:
        case_sensitive = not os.path.lexists(ground / name.lower())
        normalizes = os.path.lexists(ground / unicodedata.normalize("NFD", name))
        return case_sensitive, normalizes, can_clone(ground, f"{name}-clone")
    finally:
        with suppress(FileNotFoundError):
            path.unlink()


def _can_link(ground: Path, mode: Mode) -> bool:
    """Return whether the disk takes links, of which FAT and some network disks know nothing."""
    file, link = (ground / f".photosort-probe-{secrets.token_hex(4)}" for _ in range(2))
    try:
        file.touch(exist_ok=False)
        link.symlink_to(file) if mode is Mode.SYMLINK else link.hardlink_to(file)
    except OSError:
        return False
    finally:
        for path in (link, file):
            with suppress(OSError):
                path.unlink()
    return True


def _forbidden(ground: Path) -> frozenset[str]:
    """Return what the disk refuses in a name; on Windows, where a colon would open a stream, nothing is tried."""
    if os.name == "nt":
        return frozenset(DOUBTFUL)
    refused = set()
    for char in DOUBTFUL:
        path = ground / f".photosort-probe-{secrets.token_hex(4)}{char}"
        try:
            path.touch(exist_ok=False)
            path.unlink()
        except OSError:
            refused.add(char)
    return frozenset(refused)


def _limits(ground: Path) -> tuple[int, int]:
    """Return the bytes that a name and a path may have."""
    if not hasattr(os, "pathconf"):
        return NAME_BYTES, _WINDOWS_PATH
    limits = []
    for setting, usual in (("PC_NAME_MAX", NAME_BYTES), ("PC_PATH_MAX", 4096)):
        try:
            limits.append(os.pathconf(ground, setting))
        except (OSError, ValueError):
            limits.append(usual)
    return min(limits[0], NAME_BYTES), limits[1]


def _source_files(
    photos: Sequence[Photo], mode: Mode, device: int, progress: Progress
) -> tuple[dict[Path, Photo], dict[Path, str], frozenset[Path], frozenset[Path]]:
    """Return the files that can be read, those that are refused, and which of the first are links, or far."""
    files: dict[Path, Photo] = {}
    links, far = set(), set()
    refused: dict[Path, str] = {}
    writable: dict[Path, bool] = {}
    for done, photo in enumerate(photos):
        progress("surveying", done, len(photos))
        for path in (photo.path, *photo.companions):
            folder = path.parent
            if mode is Mode.MOVE and not writable.setdefault(folder, os.access(folder, os.W_OK | os.X_OK)):
                refused[path] = "its folder is read-only, so it cannot be moved away"
                continue
            try:
                link = path.is_symlink()
                seen = path.stat()
                if not stat.S_ISREG(seen.st_mode) or has_odd_time(seen.st_mtime_ns):
                    refused[path] = ODD_TIME if stat.S_ISREG(seen.st_mode) else "is no longer a file"
                    continue
                known = path == photo.path and seen.st_ctime_ns == photo.ctime_ns
                digest = photo.digest if known else digest_of(path)
            except OSError as error:
                refused[path] = reason_of(error)
                continue
            files[path] = Photo(path, seen.st_size, seen.st_mtime_ns, digest, ctime_ns=seen.st_ctime_ns)
            if link:
                links.add(path)
            if seen.st_dev != device:
                far.add(path)
    progress("surveying", len(photos), len(photos))
    return files, refused, frozenset(links), frozenset(far)


def _inside(
    destination: Path, above: str, present: Iterable[ExistingEntry], wanted: set[tuple[str, ...]], sizes: set[int]
) -> Iterator[tuple[str, tuple[ExistingEntry, ...]]]:
    """Yield the entries of each folder that a planned one may meet, and of those above it, by its path."""
    for entry in present:
        key = name_key(unnumbered(entry.name))
        below = {names[1:] for names in wanted if names[0] == key}
        if below and entry.kind == "folder":
            path = above + entry.name
            entries = _entries(destination / path, sizes)
            yield path, entries
            yield from _inside(destination, f"{path}/", entries, below - {()}, sizes)


def _leftovers(destination: Path, entries: Mapping[str, Iterable[ExistingEntry]]) -> Iterator[Unread]:
    for folder, present in entries.items():
        names = [entry.name for entry in present if is_leftover(entry.name)]
        yield from (Unread(destination / folder / name, LEFTOVER) for name in names)


def _entries(folder: Path, sizes: frozenset[int] | set[int] = frozenset()) -> tuple[ExistingEntry, ...]:
    """Return what lies in `folder`, with a digest for files of these sizes. Raises DestinationError."""
    found = []
    try:
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                found.append(_present(entry, sizes))
    except OSError as error:
        raise DestinationError(
            f"{folder} cannot be looked into ({reason_of(error)})",
            "Correct its permissions, or choose another folder with --out.",
        ) from error
    return tuple(found)


def _digest(entry: os.DirEntry[str], size: int, sizes: frozenset[int] | set[int]) -> str | None:
    return digest_of(Path(entry.path)) if size in sizes or is_about_name(entry.name) else None


def _present(entry: os.DirEntry[str], sizes: frozenset[int] | set[int]) -> ExistingEntry:
    if entry.is_symlink():
        with suppress(OSError):
            return ExistingEntry(entry.name, "link", target=str(Path(entry.path).readlink()))
        return ExistingEntry(entry.name, "link")
    if entry.is_dir(follow_symlinks=False):
        return ExistingEntry(entry.name, "folder")
    if not entry.is_file(follow_symlinks=False):
        return ExistingEntry(entry.name, "other")
    try:
        size = entry.stat(follow_symlinks=False).st_size
        return ExistingEntry(entry.name, "file", size, _digest(entry, size, sizes))
    except OSError:
        return ExistingEntry(entry.name, "file")
