"""The life of a process that decodes: files come by a pipe, pictures go into the ring, and what else is known back."""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from photosort.describing.decoding.look import Known, Left, Look, look
from photosort.describing.decoding.processes import live_with_parent
from photosort.describing.decoding.ring import Ring, Shape
from photosort.models.protocols import Frame, Pixels
from photosort.photos.files.scan import Found
from photosort.photos.pixels.decode import share_memory_by
from photosort.photos.pixels.formats import register_formats

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

OWN_BYTES = 24_000_000
"""Memory that a photo may take while it is decoded without being asked for: most JPEGs are reduced to less."""


class File(NamedTuple):
    """A file to be decoded into a slot of the ring."""

    slot: int
    found: Found


class Ready(NamedTuple):
    """A decoder has begun."""


class Asks(NamedTuple):
    """A decoder asks what is left to be done for the content of its file."""

    digest: str


class Needs(NamedTuple):
    """A decoder needs memory for its file, and waits for it."""

    size: int


class Granted(NamedTuple):
    """The memory is there; it is given back with the file."""


class Seen(NamedTuple):
    """What came of a file: the parts of a `Look` but for the file itself, which the other side knows.

    shapes    heights and widths of the pictures in the slot
    pictures  they themselves, where they do not go through the ring
    """

    digest: str
    wanted: tuple[int, ...]
    header: str
    problem: str
    lasting: bool
    decoded: bool
    shapes: tuple[Shape, ...] = ()
    pictures: tuple[Pixels, ...] | None = None


class _Parent:
    """The other side, asked while a file is decoded: what is known, and for memory."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._files = connection, deque[File | None]()

    def next_file(self) -> File | None:
        """Return the next file; None after the last."""
        return self._files.popleft() if self._files else self._connection.recv()

    def digest(self, found: Found) -> str:
        """Return nothing: whoever hands out files has looked for those that have not changed."""
        return ""

    def left(self, digest: str) -> Left:
        """Return what is left to be done for a photo."""
        answer = self._answer(Asks(digest))
        assert isinstance(answer, Left)
        return answer

    @contextmanager
    def share(self, size: int) -> Iterator[None]:
        """Wait for memory, unless it is little."""
        if size > OWN_BYTES:
            self._answer(Needs(size))
        yield

    def _answer(self, question: Asks | Needs) -> Left | Granted:
        self._connection.send(question)
        while isinstance(answer := self._connection.recv(), File | None):
            self._files.append(answer)
        return answer  # type: ignore[no-any-return]


def decode_files(connection: Connection, ring: Ring, frames: tuple[Frame, ...], known: Known | None) -> None:
    """Decode files, one after the other, until a None comes; what is `known` is asked for where it is not given."""
    live_with_parent()
    register_formats()
    parent = _Parent(connection)
    share_memory_by(parent)
    try:
        connection.send(Ready())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # as in `run_tasks`
            while (file := parent.next_file()) is not None:
                connection.send(_seen(file, ring, frames, known or parent))
    except (EOFError, OSError):
        return


def _seen(file: File, ring: Ring, frames: tuple[Frame, ...], known: Known | _Parent) -> Seen:
    try:
        found = look(file.found, frames, known)
    except Exception as error:
        found = Look(file.found, problem=f"could not be decoded ({type(error).__name__})")
    pictures = [found.pixels[frame] for frame in sorted(found.pixels)]
    seen = Seen(found.digest, found.wanted, found.header, found.problem, found.lasting, found.decoded)
    if ring.memory is None:
        return seen._replace(pictures=tuple(pictures))
    ring.put(file.slot, pictures)
    return seen._replace(shapes=tuple((picture.shape[0], picture.shape[1]) for picture in pictures))
