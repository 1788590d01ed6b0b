"""Photos read, hashed and decoded as far as something is still to be said of them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple, Protocol

from photosort.models.protocols import Frame, Pixels
from photosort.photos.facts import header
from photosort.photos.files.scan import Found
from photosort.photos.pixels.decode import REVISION, UnreadablePhoto, decode
from photosort.photos.pixels.formats import register_formats
from photosort.store.identity import Identity
from photosort.support import lookahead

UNREADABLE = Identity("unreadable", f"{REVISION}-{version('pillow')}-{version('pillow-heif')}")
HEADER = Identity("header", header.REVISION)
"""What files say of themselves; see `photos.header`."""
MAX_BYTES = 1 << 30

Stamp = tuple[bytes, int, int, int]
"""Path, size and the times of the last change of content and of status: what tells an unchanged file."""


class Left(NamedTuple):
    """What is left to be done for a photo whose content is known.

    wanted   the numbers of the tasks that are still to be done
    header   whether its header is to be read
    problem  why it gives no pixels, where that is known
    """

    wanted: tuple[int, ...]
    header: bool
    problem: str


class Knowing(Protocol):
    """What tells what is known of a photo."""

    def digest(self, found: Found) -> str:
        """Return the digest of a file that has not changed since it was seen; empty for a new one."""
        ...

    def left(self, digest: str) -> Left:
        """Return what is left to be done for the content of a file."""
        ...


@dataclass(frozen=True, slots=True)
class Known:
    """What the cache knows before anything is looked at.

    digests     stamp of a file -> digest of its content
    done        for each task the digests of the photos that it is done for
    unreadable  digest -> why it gives no pixels
    headers     digests of the photos whose header is known; None where none is wanted
    """

    digests: Mapping[Stamp, str]
    done: Sequence[AbstractSet[str]]
    unreadable: Mapping[str, str]
    headers: AbstractSet[str] | None = None

    def digest(self, found: Found) -> str:
        """Return the digest of a file that has not changed since it was seen; empty for a new one."""
        return self.digests.get((os.fsencode(found.path), found.size, found.mtime_ns, found.ctime_ns), "")

    def wanted(self, digest: str) -> tuple[int, ...]:
        """Return the numbers of the tasks that are still to be done for a photo."""
        if digest in self.unreadable:
            return ()
        return tuple(number for number, done in enumerate(self.done) if digest not in done)

    def wants_header(self, digest: str) -> bool:
        """Return whether the header of a photo is still to be read."""
        return self.headers is not None and digest not in self.headers and digest not in self.unreadable

    def is_enough(self, digest: str) -> bool:
        """Return whether nothing is left to be read of a photo."""
        return not self.wanted(digest) and not self.wants_header(digest)

    def left(self, digest: str) -> Left:
        """Return what is left to be done for a photo."""
        return Left(self.wanted(digest), self.wants_header(digest), self.unreadable.get(digest, ""))

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known of any photo."""
        return not (self.digests or self.unreadable or self.headers or any(self.done))


@dataclass(slots=True)
class Look:
    """What came of looking at a file.

    wanted   the numbers of the tasks that pixels were made for
    pixels   frame -> the photo in it; taken away once the models have seen it
    header   what the file says of itself, as `Header.as_text` writes it; empty where that is known or not wanted
    problem  why there is nothing to say of the photo; empty where there is
    lasting  whether the same content gives the same problem every time
    decoded  whether it had to be decoded
    """

    found: Found
    digest: str = ""
    wanted: tuple[int, ...] = ()
    pixels: dict[Frame, Pixels] = field(default_factory=dict)
    header: str = ""
    problem: str = ""
    lasting: bool = False
    decoded: bool = False


def look(found: Found, frames: Sequence[Frame], known: Knowing) -> Look:
    """Read a file and decode it into the frames (one for each task) of the tasks that are still to be done."""
    digest = known.digest(found)
    if digest and (left := known.left(digest)) and not left.wanted and not left.header:
        return Look(found, digest, problem=left.problem)
    if found.size > MAX_BYTES:
        return Look(found, problem=f"too large: {found.size / 1e9:.1f} GB")
    try:
        content = Path(found.path).read_bytes()
    except OSError as error:
        return Look(found, problem=(error.strerror or str(error)).lower())
    if len(content) != found.size:
        return Look(found, problem="changed while it was read")
    digest = hashlib.sha256(content).hexdigest()
    left = known.left(digest)
    said = header.read_header(content).as_text() if left.header else ""
    if not left.wanted:
        return Look(found, digest, header=said, problem=left.problem)
    needed = needed_frames(left.wanted, frames)
    try:
        pixels = decode(content, needed, found.path.name)
    except UnreadablePhoto as error:
        return Look(found, digest, problem=str(error), lasting=error.lasting, decoded=True)
    return Look(found, digest, left.wanted, dict(zip(needed, pixels, strict=True)), said, decoded=True)


def needed_frames(wanted: Iterable[int], frames: Sequence[Frame]) -> list[Frame]:
    """Return the frames of the tasks with these numbers, in order, each once."""
    return sorted({frames[number] for number in wanted})


def load_frames(found: Iterable[Found], frames: Sequence[Frame], known: Known, *, most: int) -> Iterator[Look]:
    """Look at every file, in order, by one thread a core, and at most `most` of them in advance."""
    register_formats()
    yield from lookahead.work_ahead(lambda item: look(item, frames, known), given_up, found, ahead=most)


def given_up(found: Found) -> Look:
    """Return the look at a file that takes too long."""
    return Look(found, problem=f"not read within {lookahead.PATIENCE:g} seconds")
