"""The processes that decode: files are handed out to them, and one that dies takes no other photo with it."""

from __future__ import annotations

import logging
import multiprocessing
import os
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

from photosort.describing.decoding import processes
from photosort.describing.decoding.decoder import OWN_BYTES, Asks, File, Granted, Needs, Ready, Seen, decode_files
from photosort.describing.decoding.look import Known, Look, given_up
from photosort.describing.decoding.ring import Ring, Shape
from photosort.describing.decoding.shares import Shares
from photosort.errors import ModelFailed
from photosort.models.protocols import Frame, Pixels
from photosort.photos.files.scan import Found
from photosort.photos.pixels.decode import BYTES_AT_ONCE
from photosort.support import lookahead

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

AHEAD = 3
"""Files that a decoder has at once: one in hand, and some that wait."""
TRIES = 2
"""Decoders that may die of a photo: the first may have died of something else."""
STARTS = 3
"""Decoders that may die one after the other before they have begun."""
STOPPED = "could not be decoded: the decoder stopped"

_log = logging.getLogger(__name__)


class Decoded(NamedTuple):
    """A file that was looked at.

    look      without pixels
    number    of the file
    slot      where its pictures lie in the ring; None where it has none
    shapes    their heights and widths
    pictures  they themselves, where they do not go through the ring
    """

    look: Look
    number: int
    slot: int | None = None
    shapes: tuple[Shape, ...] = ()
    pictures: tuple[Pixels, ...] | None = None


class _Given(NamedTuple):
    number: int
    slot: int


@dataclass(eq=False, slots=True)
class _Decoder:
    """One process; `given` are the files that it has, in the order in which they are done."""

    process: BaseProcess
    connection: Connection
    given: deque[_Given] = field(default_factory=deque)
    begun: bool = False
    since: float = field(default_factory=time.monotonic)


class Decoders:
    """Processes that decode n files into a ring; whoever has them calls `hand_out`, waits until some of the
    `connections` are ready, and passes these to `take`. Nothing here waits.

    A file of which two decoders die gets a problem of its own, as does one that takes longer than `PATIENCE`. What
    else a dead decoder had is done by another. Together they hold no more memory than `photos.decode` allows a process.
    """

    def __init__(self, found: Sequence[Found], frames: Sequence[Frame], known: Known, ring: Ring, most: int) -> None:
        self._found, self._known, self._ring = found, known, ring
        self._args = (ring, tuple(frames), known if known.is_empty else None)
        self._most = max(1, min(most, len(found)))
        self._next, self._again = 0, deque[int]()
        self._free = list(range(ring.slots))
        self._shares: Shares[_Decoder] = Shares(max(OWN_BYTES, BYTES_AT_ONCE - OWN_BYTES * self._most))
        self._decoders: dict[Connection, _Decoder] = {}
        self._deaths, self._false_starts = Counter[int](), 0

    def __enter__(self) -> Decoders:
        for _ in range(self._most):
            self._hire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for decoder in self._decoders.values():
            decoder.process.kill()
        for decoder in self._decoders.values():
            decoder.process.join(1.0)
            decoder.connection.close()
        self._decoders.clear()

    @property
    def connections(self) -> list[Connection]:
        """The pipes that decoders answer by."""
        return list(self._decoders)

    @property
    def pids(self) -> list[int]:
        """The numbers of the processes."""
        return [decoder.process.pid or 0 for decoder in self._decoders.values()]

    @property
    def busy(self) -> bool:
        """Whether a file is still to be looked at."""
        return self._is_left() or any(decoder.given for decoder in self._decoders.values())

    def free(self, slots: Sequence[int]) -> None:
        """Take slots back whose pictures have been copied."""
        self._free += slots

    def hand_out(self) -> None:
        """Give files to decoders as long as these have less than AHEAD, and there are free slots."""
        while self._free and self._is_left():
            decoder = min(self._decoders.values(), key=lambda each: len(each.given))
            if len(decoder.given) == AHEAD:
                return
            if not decoder.given:
                decoder.since = time.monotonic()
            given = _Given(self._next_number(), self._free.pop())
            decoder.given.append(given)
            _send(decoder, File(given.slot, self._found[given.number]))

    def take(self, ready: Sequence[Any]) -> Iterator[Decoded]:
        """Yield files that are done, by what came through those of the `ready` connections that belong to decoders.

        Raises ModelFailed where decoders do not even begin.
        """
        for connection in ready:
            if decoder := self._decoders.get(connection):
                yield from self._heard(decoder)
        self._grant()
        yield from self._overdue()

    def _heard(self, decoder: _Decoder) -> Iterator[Decoded]:
        try:
            message = decoder.connection.recv()
        except (EOFError, OSError):
            yield from self._died(decoder)
            return
        decoder.since = time.monotonic()
        if isinstance(message, Seen):
            self._shares.give_back(decoder)
            yield self._done(decoder.given.popleft(), message)
        elif isinstance(message, Asks):
            _send(decoder, self._known.left(message.digest))
        elif isinstance(message, Needs):
            self._shares.ask(decoder, message.size)
        elif isinstance(message, Ready):
            decoder.begun, self._false_starts = True, 0

    def _overdue(self) -> Iterator[Decoded]:
        """End decoders that take too long for a file; yields these files."""
        for decoder in list(self._decoders.values()):
            if decoder.given and time.monotonic() - decoder.since > lookahead.PATIENCE:
                number = self._dismiss(decoder).popleft()
                yield Decoded(given_up(self._found[number]), number)

    def _done(self, given: _Given, seen: Seen) -> Decoded:
        found = self._found[given.number]
        look = Look(found, seen.digest, seen.wanted, {}, seen.header, seen.problem, seen.lasting, seen.decoded)
        if seen.wanted:
            return Decoded(look, given.number, given.slot, seen.shapes, seen.pictures)
        self._free.append(given.slot)
        return Decoded(look, given.number)

    def _died(self, decoder: _Decoder) -> Iterator[Decoded]:
        decoder.process.join(1.0)
        _log.info("a decoder ended (exit status %s)", decoder.process.exitcode)
        self._false_starts += not decoder.begun
        if self._false_starts == STARTS:
            raise ModelFailed(
                f"The processes that decode photos do not start (exit status {decoder.process.exitcode})",
                "What was looked at is kept; the same command goes on from there.",
            )
        left = self._dismiss(decoder)
        if decoder.begun and decoder.given:
            number = left[0]
            self._deaths[number] += 1
            if self._deaths[number] == TRIES:
                left.popleft()
                yield Decoded(Look(self._found[number], problem=STOPPED), number)

    def _dismiss(self, decoder: _Decoder) -> deque[int]:
        """Have another decoder in the place of this one; returns the files that it had, which are to be done again."""
        decoder.process.kill()
        decoder.connection.close()
        del self._decoders[decoder.connection]
        self._shares.give_back(decoder)
        self._free += [given.slot for given in decoder.given]
        self._again.extendleft(given.number for given in reversed(decoder.given))
        self._hire()
        return self._again

    def _hire(self) -> None:
        here, there = multiprocessing.Pipe()
        process = processes.start(decode_files, (there, *self._args), "photosort-decoder")
        there.close()
        self._decoders[here] = _Decoder(process, here)

    def _grant(self) -> None:
        for decoder in self._shares.granted():
            decoder.since = time.monotonic()
            _send(decoder, Granted())

    def _is_left(self) -> bool:
        return bool(self._again) or self._next < len(self._found)

    def _next_number(self) -> int:
        if self._again:
            return self._again.popleft()
        self._next += 1
        return self._next - 1


def cores() -> int:
    """Return the cores that decoders are started for."""
    return os.cpu_count() or 1


def _send(decoder: _Decoder, message: object) -> None:
    """Send it, unless the decoder is dead, which `take` finds out."""
    with suppress(OSError):
        decoder.connection.send(message)
