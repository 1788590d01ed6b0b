"""One look at a folder in which photos arrive."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from photosort.errors import EmptyFolder, NoPhotos
from photosort.photos.files.scan import scan
from photosort.watching.arrivals import Group, Stamp
from photosort.watching.temporary import is_temporary

Follows = Callable[[Sequence[Path]], Collection[Path]]


def look(
    folder: Path,
    *,
    skip: Path,
    exclude: Sequence[str] = (),
    follow_links: bool = False,
    follows: Follows = lambda files: (),
) -> dict[Path, Group]:
    """Return the photos of a folder and of those below it, without the folder `skip`: main photo -> its group. Of the
    files that have no photo beside them, those that `follows` picks are groups of their own.

    Raises SourceMissing where the folder is not there, and SettingsError where a pattern makes no sense.
    """
    try:
        found = scan(folder, skip=skip, exclude=exclude, follow_links=follow_links, needed=False)
    except (EmptyFolder, NoPhotos):
        return {}
    known = {photo.path: (photo.size, photo.mtime_ns, photo.ctime_ns) for photo in found.photos}
    groups = found.groups()
    together = {path for companions in groups.values() for path in companions}
    alone = [path for path in found.others if path not in together and not is_temporary(path.name)]
    groups |= dict.fromkeys(follows(alone) if alone else (), ())
    known |= {path: stamp for path in groups if path not in known and path in alone and (stamp := _stamp(path))}
    return {
        main: _group((main, *companions), known)
        for main, companions in groups.items()
        if main in known and not any(map(is_temporary, main.parent.relative_to(folder).parts))
    }


def _stamp(path: Path) -> Stamp | None:
    with suppress(OSError):
        seen = path.stat()
        return seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns
    return None


def _group(files: Iterable[Path], known: Mapping[Path, Stamp]) -> Group:
    stamps: dict[Path, Stamp] = {}
    growing = False
    for path in files:
        growing |= is_temporary(path.name)
        if path in known:
            stamps[path] = known[path]
            growing |= not known[path][0]
            continue
        with suppress(OSError):  # gone since: the next look shows it
            seen = path.stat()
            stamps[path] = (seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)
    return Group(stamps, growing)
