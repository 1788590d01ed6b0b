"""What a plan is made from and made of. Plain data."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal

from photosort.filing.plan.collisions import NAME_BYTES
from photosort.photos.files.photo import Photo, Unread


class Mode(StrEnum):
    """How a photo comes to its folder. Only `move` takes it away from where it was."""

    COPY = "copy"
    MOVE = "move"
    HARDLINK = "hardlink"
    SYMLINK = "symlink"


@dataclass(frozen=True, slots=True)
class ExistingEntry:
    """An entry that lies at the destination already.

    digest  SHA-256 of the content, known only for files as large as one that is to come
    target  what a symbolic link says, exactly
    """

    name: str
    kind: Literal["file", "folder", "link", "other"]
    size: int = 0
    digest: str | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """What a plan has to know about the disks. Made by `filing.survey`.

    present         the destination's own entries
    inside          the entries of those of its folders that a planned folder may meet, by the folder's path
    files           every photo and companion that can be read, as it lies at its source now
    links           those of them that are symbolic links
    far             those of them on another file system than the destination
    refused         those that cannot be filed, with the reason
    free            bytes
    name_limit      bytes of one name; path_limit: bytes of a whole path
    case_sensitive  whether IMG.JPG and img.jpg are two files there
    normalizes      whether é as one and as two code points are one file there
    forbidden       what no name may hold there, of `names.DOUBTFUL`
    clones          whether a copy within that file system shares its blocks
    leftovers       unfinished files that earlier runs have left at the destination
    within_source   whether the destination lies inside the source, and has to be left out of a scan
    """

    present: tuple[ExistingEntry, ...]
    inside: Mapping[str, tuple[ExistingEntry, ...]]
    files: Mapping[Path, Photo]
    refused: Mapping[Path, str]
    free: int
    links: frozenset[Path] = frozenset()
    far: frozenset[Path] = frozenset()
    name_limit: int = NAME_BYTES
    path_limit: int = 4096
    case_sensitive: bool = True
    normalizes: bool = False
    forbidden: frozenset[str] = frozenset()
    clones: bool = False
    within_source: bool = False
    leftovers: tuple[Unread, ...] = ()


@dataclass(frozen=True, slots=True)
class GeneratedFile:
    """A file that photosort writes about a folder. `there`: an equal one has the name already; `replaces` is the row of
    the journal whose text it takes the place of, `mtime_ns` the time of that, in nanoseconds.
    """

    destination: Path
    content: bytes
    there: bool
    replaces: int = 0
    mtime_ns: int = 0

    @property
    def digest(self) -> str:
        """SHA-256 of the content, 64 hexadecimal digits."""
        return hashlib.sha256(self.content).hexdigest()
