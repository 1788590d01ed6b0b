"""One look at a folder in which photos arrive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from photosort.errors import EmptyFolder, NoPhotos
from photosort.photos.files.scan import scan
from photosort.watching.arrivals import Group, Stamp
from photosort.watching.temporary import is_temporary


def look(folder: Path, *, skip: Path, exclude: Sequence[str] = (), follow_links: bool = False) -> dict[Path, Group]:
    """Return the photos of a folder and of those below it, without the folder `skip`: main photo -> its group.

    Raises SourceMissing where the folder is not there, and SettingsError where a pattern makes no sense.
    """
    try:
        found = scan(folder, skip=skip, exclude=exclude, follow_links=follow_links)
    except (EmptyFolder, NoPhotos):
        return {}
    known = {photo.path: (photo.size, photo.mtime_ns, photo.ctime_ns) for photo in found.photos}
    return {
        main: _group((main, *companions), known)
        for main, companions in found.groups().items()
        if main in known and not any(map(is_temporary, main.parent.relative_to(folder).parts))
    }


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
