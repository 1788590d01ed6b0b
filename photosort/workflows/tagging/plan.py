"""Which files get which tags: the whole plan, before the first file is touched."""

from __future__ import annotations

import os
import stat
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path

from photosort.filing.disk.exchanged import sha
from photosort.filing.disk.place import look, reason_of
from photosort.filing.tagging.exiftool import EMBEDDED, ExifTool
from photosort.filing.tagging.exiftool import LARGEST as LARGEST_PHOTO
from photosort.filing.tagging.write import EmbeddingFailed
from photosort.photos.files.photo import Unread
from photosort.photos.files.suffixes import PHOTOS, ending_of
from photosort.photos.tags.own_xmp import own_xmp
from photosort.photos.tags.xmp import LARGEST, Tags, merged
from photosort.photos.tags.xmp_packet import XmpRefused
from photosort.store.journals.tag_journal import TagWrite

XMP = ".xmp"


class Convention(StrEnum):
    """How a sidecar is called: IMG_1.JPG.xmp by darktable and digiKam, IMG_1.xmp by Lightroom, beside RAW."""

    DARKTABLE = "darktable"
    LIGHTROOM = "lightroom"


@dataclass(frozen=True, slots=True)
class Tagged:
    """A photo with its tags, and the files that they go into; none where these have them already."""

    photo: Path
    tags: Tags
    files: tuple[TagWrite, ...]


@dataclass(slots=True)
class TagPlan:
    """All that is to be written.

    folder     what was scanned
    tagged     photos with tags, in the order of their paths
    left       photos and sidecars that stay as they are, each with the reason
    unknown    photos that no run has described
    wordless   photos of which a run has said nothing for sure
    """

    folder: Path
    tagged: list[Tagged] = field(default_factory=list)
    left: list[Unread] = field(default_factory=list)
    unknown: int = 0
    wordless: int = 0

    @property
    def writes(self) -> list[TagWrite]:
        """Every file that is to be written."""
        return [write for one in self.tagged for write in one.files]

    @property
    def unchanged(self) -> int:
        """Photos whose files have these tags already."""
        return sum(not one.files for one in self.tagged)


Digest = Callable[[Path], str]


@dataclass(slots=True)
class Planner:
    """Adds photos to a plan, one shot after the other.

    convention  the name of sidecars; None keeps to the ones that are there, and else to darktable's
    exiftool    where tags go into the photos themselves
    digest      the digest of a file, from the cache
    """

    plan: TagPlan
    convention: Convention | None
    exiftool: ExifTool | None
    digest: Digest
    _targets: set[Path] = field(default_factory=set)
    _folders: dict[Path, Path] = field(default_factory=dict)

    def add(self, main: Path, companions: Sequence[Path], tags: Tags) -> None:
        """Plan the files of one shot: of its photo, and of RAW and other pictures that travel with it."""
        main, *companions = (self._real(path) for path in (main, *companions))
        if not (tags.keywords or tags.description):
            self.plan.wordless += 1
            return
        sidecars = {path.name.casefold(): path for path in companions if path.suffix.casefold() == XMP}
        pictures = [path for path in (main, *companions) if ending_of(path.name) in PHOTOS]
        before = len(self.plan.left)
        writes = [write for picture in pictures for write in self._files(picture, sidecars, tags)]
        if writes or len(self.plan.left) == before:
            self.plan.tagged.append(Tagged(main, tags, tuple(writes)))

    def _real(self, path: Path) -> Path:
        """Return the same file in its folder as that is without links: a link to a photo stays one."""
        folder = self._folders.get(path.parent)
        if folder is None:
            folder = self._folders[path.parent] = Path(os.path.realpath(path.parent))
        return folder / path.name

    def _files(self, photo: Path, sidecars: Mapping[str, Path], tags: Tags) -> Iterator[TagWrite]:
        try:
            if self.exiftool and ending_of(photo.name) in EMBEDDED:
                yield from self._embedded(photo, tags, self.exiftool)
                return
        except OSError as error:
            self._leave(photo, reason_of(error))
            return
        for path in self._sidecars(photo, sidecars):
            if path in self._targets:
                continue
            self._targets.add(path)
            try:
                yield from self._sidecar(photo, path, tags)
            except XmpRefused as refused:
                self._leave(path, str(refused).replace("its sidecar", "it"))
            except OSError as error:
                self._leave(path, reason_of(error))

    def _sidecars(self, photo: Path, there: Mapping[str, Path]) -> Iterable[Path]:
        names = {
            Convention.DARKTABLE: f"{photo.name}{XMP}",
            Convention.LIGHTROOM: f"{photo.stem}{XMP}",
        }
        if self.convention:
            name = names[self.convention]
            return (there.get(name.casefold(), photo.with_name(name)),)
        existing = [there[name.casefold()] for name in names.values() if name.casefold() in there]
        return existing or (photo.with_name(names[Convention.DARKTABLE]),)

    def _sidecar(self, photo: Path, path: Path, tags: Tags) -> Iterator[TagWrite]:
        seen = look(path)
        said = asdict(tags)
        if seen is None:
            after = merged(None, tags, own_xmp(photo))
            yield TagWrite(photo, path, said, after=after, after_digest=sha(after))
            return
        if stat.S_ISLNK(seen.st_mode):
            raise XmpRefused("its sidecar is a symbolic link")
        if not stat.S_ISREG(seen.st_mode):
            raise XmpRefused("its sidecar is no file")
        if seen.st_size > LARGEST:
            raise XmpRefused(f"its sidecar has more than {LARGEST >> 20} MB")
        before = path.read_bytes()
        after = merged(before, tags, own_xmp(photo))
        if after != before:
            size, time = len(before), seen.st_mtime_ns
            yield TagWrite(photo, path, said, size, time, sha(before), before, None, after, sha(after))

    def _embedded(self, photo: Path, tags: Tags, exiftool: ExifTool) -> Iterator[TagWrite]:
        seen = photo.lstat()
        if stat.S_ISLNK(seen.st_mode):
            self._leave(photo, "is a symbolic link, and writing into it would change the original")
        elif seen.st_nlink > 1:
            self._leave(photo, "is a hard link, and writing into it would change the original")
        elif seen.st_size > LARGEST_PHOTO:
            self._leave(photo, f"has more than {LARGEST_PHOTO >> 20} MB")
        else:
            try:
                before = exiftool.xmp_of(photo)
                changes = before is None or merged(before, tags) != before
            except EmbeddingFailed as failed:
                self._leave(photo, str(failed))
            except XmpRefused as refused:
                self._leave(photo, str(refused).replace("its sidecar", "its own XMP"))
            else:
                if changes:
                    yield TagWrite(photo, photo, asdict(tags), seen.st_size, seen.st_mtime_ns, self.digest(photo))

    def _leave(self, path: Path, reason: str) -> None:
        self.plan.left.append(Unread(path, reason))


def document(write: TagWrite) -> dict[str, object]:
    """Return one file of the plan for programs."""
    kind = "embedded" if write.embedded else "changed" if write.digest else "new"
    return {"path": os.fspath(write.path), "photo": os.fspath(write.photo), "file": kind, **write.tags}


def counted(writes: Sequence[TagWrite]) -> dict[str, int]:
    """Count the files to write: "new" and "changed" sidecars, and "embedded" photos."""
    found: dict[str, int] = defaultdict(int, new=0, changed=0, embedded=0)
    for write in writes:
        found["embedded" if write.embedded else "changed" if write.digest else "new"] += 1
    return dict(found)
