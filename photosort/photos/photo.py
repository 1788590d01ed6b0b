"""A photo as it lies on disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Photo:
    """One file with a picture in it.

    path        absolute
    size        bytes
    mtime_ns    modification time in nanoseconds, as `os.stat` gives it
    digest      SHA-256 of the content, 64 hexadecimal digits (what `sha256sum` prints)
    companions  absolute paths of the files that travel with it, such as its XMP sidecar
    """

    path: Path
    size: int
    mtime_ns: int
    digest: str
    companions: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that looked like a photo and could not be read: it stays where it is."""

    path: Path
    reason: str
