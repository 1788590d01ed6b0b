"""The describing stage with a process for each device, and one for each core that decodes.

Between them this process hands on numbers, never pixels: decoders write pictures into a ring of shared memory, and the
processes of the models read them there.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import TYPE_CHECKING, Any

from photosort.describing.decoding import processes
from photosort.describing.decoding.decoders import AHEAD, Decoded, Decoders, cores
from photosort.describing.decoding.look import Known, Look
from photosort.describing.decoding.ring import Ring, ring_for
from photosort.describing.device_process import KEPT, Free, Job, Problems, work
from photosort.describing.events import Batch, Event
from photosort.describing.tasks import tasks_of
from photosort.describing.worker import MOST_WAITING
from photosort.errors import ModelFailed
from photosort.models.selected import ModelSet
from photosort.photos.files.scan import Found

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

POLL_SECONDS = 1.0
END_SECONDS = 5.0
"""The longest wait for a process that was asked to end; then it is killed."""
SLOTS = 2 * MOST_WAITING
"""Photos under way for each device: those that are gathered to batches, and as many before them."""
FEW_SLOTS = 256
"""Slots for the photos of a portion that are not enough for full batches: they are emptied at once then."""


def see_on_devices(models: ModelSet, names: Sequence[str], found: Sequence[Found], known: Known) -> Iterator[Event]:
    """Run the models of each device in a process of its own; each photo goes to the one that has the fewest.

    Raises what the models raise, and ModelFailed where a process of a model dies.
    """
    from multiprocessing.connection import wait

    sets = models.on_each(names)
    frames = [task.frame for task in tasks_of(models)]
    ahead = AHEAD * min(cores(), len(found))
    ring = ring_for(frames, min(len(found), SLOTS * len(sets)) + ahead, 2 * ahead)
    with (
        Decoders(found, frames, known, ring, cores()) as decoders,
        _Devices(names, sets, ring, _portion(ring, len(sets), len(found))) as running,
    ):
        while running.connections:
            decoders.hand_out()
            if not decoders.busy:
                running.finish()
            ready = wait([*decoders.connections, *running.connections], POLL_SECONDS)
            done = [running.hand_on(decoded) for decoded in decoders.take(ready)]
            if plain := [look for look in done if look]:
                yield plain
            for event in running.take(ready):
                if isinstance(event, Free):
                    decoders.free(event.slots)
                else:
                    yield event


def _portion(ring: Ring, devices: int, files: int) -> int:
    """Return how many photos a device may hold in the ring, so that there is room for others; 0 where that is few."""
    if ring.slots >= files:
        return MOST_WAITING
    most = ring.slots // (2 * devices)
    return min(MOST_WAITING, most) if most >= FEW_SLOTS else 0


@dataclass(eq=False, slots=True)
class _Device:
    """A process with the models of one device.

    jobs    pictures that lie in the ring go there, slots that are free again come back
    events  what the models say comes from there
    looks   number -> what was handed on and has not come back
    """

    process: BaseProcess
    jobs: Connection
    events: Connection
    looks: dict[int, Look] = field(default_factory=dict)
    held: int = 0


class _Devices:
    """The processes of all devices."""

    def __init__(self, names: Sequence[str], sets: Sequence[ModelSet], ring: Ring, portion: int) -> None:
        self._sets, self._ring, self._portion = list(zip(names, sets, strict=False)), ring, portion
        self._devices: dict[Any, _Device] = {}
        self._all: list[_Device] = []
        self._finished = False

    def __enter__(self) -> _Devices:
        for name, models in self._sets:
            jobs, their_jobs = multiprocessing.Pipe()
            events, their_events = multiprocessing.Pipe(duplex=False)
            args = (models, self._ring, self._portion, their_jobs, their_events)
            device = _Device(processes.start(work, args, f"photosort-{name}"), jobs, events)
            their_jobs.close()
            their_events.close()
            self._all.append(device)
            self._devices |= {jobs: device, events: device}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for device in self._all:
            device.process.terminate()
        for device in self._all:
            device.process.join(END_SECONDS)
            device.process.kill()
            device.jobs.close()
            device.events.close()

    @property
    def connections(self) -> list[Any]:
        """What to wait for; nothing once all devices have done their work."""
        return list(self._devices)

    def hand_on(self, decoded: Decoded) -> Look | None:
        """Give a photo to the device that has the fewest; one of which nothing is to be said is returned."""
        if decoded.slot is None:
            return decoded.look
        device = min(self._all, key=lambda each: each.held)
        device.looks[decoded.number] = look = decoded.look
        device.held += 1
        job = Job(decoded.number, decoded.slot, look.digest, look.wanted, decoded.shapes, decoded.pictures)
        with suppress(OSError):  # a dead process is found out by `take`
            device.jobs.send(job)
        return None

    def finish(self) -> None:
        """Tell all devices that no more photos will come."""
        if not self._finished:
            self._finished = True
            for device in self._all:
                with suppress(OSError):
                    device.jobs.send(None)

    def take(self, ready: Sequence[Any]) -> Iterator[Event | Free]:
        """Yield what the devices say; when the caller comes back for more, an event has been kept.

        Raises what a device raises, and ModelFailed for one that is dead.
        """
        for connection in ready:
            device = self._devices.get(connection)
            if device and connection is device.jobs:
                yield from self._freed(device)
            elif device:
                yield from self._said(device)

    def _freed(self, device: _Device) -> Iterator[Free]:
        try:
            free: Free = device.jobs.recv()
        except (EOFError, OSError):
            del self._devices[device.jobs]
            return
        device.held -= len(free.slots)
        yield free

    def _said(self, device: _Device) -> Iterator[Event]:
        try:
            said = device.events.recv()
        except (EOFError, OSError) as error:
            device.process.join()
            raise ModelFailed(
                f"The process {device.process.name} ended before its work (exit status {device.process.exitcode})",
                "What was looked at is kept; the same command goes on from there.",
            ) from error
        if isinstance(said, Exception):
            raise said
        if said is None:
            for connection in (device.jobs, device.events):
                self._devices.pop(connection, None)
            return
        yield said if isinstance(said, Batch) else _with_problems(device, said)
        with suppress(OSError):
            device.jobs.send(KEPT)


def _with_problems(device: _Device, said: Problems) -> list[Look]:
    looks = []
    for number, problem in said:
        looks.append(device.looks.pop(number))
        looks[-1].problem = problem
    return looks
