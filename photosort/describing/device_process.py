"""The life of a process that runs the models of one device: numbers of slots come, pictures are read in the ring."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Semaphore
from typing import TYPE_CHECKING, NamedTuple

from photosort.describing.decoding.look import Look, needed_frames
from photosort.describing.decoding.processes import live_with_parent
from photosort.describing.decoding.ring import Ring, Shape
from photosort.describing.events import Batch, Event
from photosort.describing.tasks import tasks_of
from photosort.describing.worker import MOST_WAITING, run_tasks
from photosort.errors import ModelFailed, PhotosortError
from photosort.models.protocols import Frame, Pixels
from photosort.models.selected import ModelSet
from photosort.photos.files.scan import Found
from photosort.support.threads import in_background

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

KEPT = "kept"
"""What this process hears of each of its events once that is in the cache."""
NO_SLOT = -1
UNKEPT = 4
"""Events that may wait to be kept: with the one in hand, what a stop loses at most."""

Problems = list[tuple[int, str]]
"""Photos that all is said of, by their numbers, and why there is nothing to say of one; empty where there is."""


class Job(NamedTuple):
    """A photo for the models; the fields are those of `Decoded` and of its `Look`."""

    number: int
    slot: int
    digest: str
    wanted: tuple[int, ...]
    shapes: tuple[Shape, ...]
    pictures: tuple[Pixels, ...] | None


class Free(NamedTuple):
    """Slots of the ring whose pictures have been copied."""

    slots: list[int]


_ELSEWHERE = Found(Path(), 0, 0, 0)
"""The file: only the process that handed the photo on knows it."""


@dataclass(slots=True)
class _Arrived(Look):
    """A photo, its number, and its slot as long as it has one."""

    number: int = -1
    slot: int = NO_SLOT


def work(models: ModelSet, ring: Ring, portion: int, jobs: Connection, events: Connection) -> None:
    """Take jobs up to a None, and send events, in the end a None or an error.

    Pictures stay in the ring until they are copied into a batch, `portion` of them at most; with 0, they are copied
    when they come.
    """
    live_with_parent()
    coming, going, room = SimpleQueue[Job | None](), SimpleQueue[object](), Semaphore(UNKEPT)
    in_background(lambda: _receive(jobs, coming, room))
    sending = in_background(lambda: _send(going, events))

    def copied(looks: Sequence[Look]) -> None:
        if slots := [look.slot for look in looks if isinstance(look, _Arrived) and look.slot != NO_SLOT]:
            jobs.send(Free(slots))

    last: Exception | None = None
    try:
        tasks = tasks_of(models)
        looks = _arriving(coming, jobs, ring, [task.frame for task in tasks], keep=portion > 0)
        for event in run_tasks(looks, tasks, most=portion or MOST_WAITING, copied=copied):
            room.acquire()
            going.put(_as_sent(event))
    except PhotosortError as error:
        last = error
    except Exception as error:
        last = ModelFailed(f"A process for photos failed ({type(error).__name__}: {error})")
    going.put(last)
    sending.result()


def _receive(jobs: Connection, coming: SimpleQueue[Job | None], room: Semaphore) -> None:
    """Read at once whatever comes, so that the other side never waits with it; it is bounded by the slots."""
    while True:
        message = jobs.recv()
        if message == KEPT:
            room.release()
        else:
            coming.put(message)


def _send(going: SimpleQueue[object], events: Connection) -> None:
    while True:
        events.send(event := going.get())
        if event is None or isinstance(event, Exception):
            return


def _arriving(
    coming: SimpleQueue[Job | None], jobs: Connection, ring: Ring, frames: Sequence[Frame], *, keep: bool
) -> Iterator[Look]:
    """Yield the photos that come; `keep` says whether they may keep their slots."""
    while (job := coming.get()) is not None:
        slot, pictures = job.slot, job.pictures or ring.pictures(job.slot, job.shapes)
        if job.pictures or not keep:
            pictures = job.pictures or [picture.copy() for picture in pictures]
            jobs.send(Free([slot]))
            slot = NO_SLOT
        pixels = dict(zip(needed_frames(job.wanted, frames), pictures, strict=True))
        yield _Arrived(_ELSEWHERE, job.digest, job.wanted, pixels, number=job.number, slot=slot)


def _as_sent(event: Event) -> Batch | Problems:
    if isinstance(event, Batch):
        return event
    return [(look.number, look.problem) for look in event if isinstance(look, _Arrived)]
