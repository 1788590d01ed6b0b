"""A photo as it lies on disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_LARGEST = 2**63 - 1


def has_odd_time(mtime_ns: int) -> bool:
    """Return whether a time, in nanoseconds, lies outside of what can be stored: the years 1678 to 2261 can."""
    return abs(mtime_ns) > _LARGEST


ODD_TIME = "its time lies before 1678 or after 2261"
"""Why a file of such a time is left where it is."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo whose content was read; in a `Survey` also a companion.

    path        absolute
    size        bytes
    mtime_ns    modification time in nanoseconds, as `os.stat` gives it
    ctime_ns    time of the status when it had this digest; None where that is not known
    digest      SHA-256 of the content, 64 hexadecimal digits (what `sha256sum` prints)
    companions  absolute paths of the files that travel with it, such as its XMP sidecar
    """

    path: Path
    size: int
    mtime_ns: int
    digest: str
    companions: tuple[Path, ...] = ()
    ctime_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that looked like a photo and could not be read: it stays where it is."""

    path: Path
    reason: str
