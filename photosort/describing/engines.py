"""Where the describing is done: in this process, in one process for each GPU, or on a Ray cluster.

All engines run `worker.see` and give the same events; only their order differs.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from photosort.describing.look import Known
from photosort.describing.tasks import tasks_for
from photosort.describing.worker import Event, see
from photosort.errors import ModelFailed, PhotosortError
from photosort.models.devices import devices
from photosort.photos.scan import Found
from photosort.settings import Settings

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

FEW = 64
"""Photos that are not worth the start of a second process."""
POLL_SECONDS = 1.0
EVENTS_AHEAD = 8


class Engine(Protocol):
    """Looks at files, and does for each the tasks that are still to be done."""

    def __call__(self, found: Sequence[Found], *, known: Known) -> Iterator[Event]: ...


def engine_for(settings: Settings) -> Engine:
    """The engine of these settings; what it says raises what `devices` and the models raise."""

    def engine(found: Sequence[Found], known: Known) -> Iterator[Event]:
        if settings.engine != "local":
            from photosort.describing.on_ray import see_on_ray

            return see_on_ray(settings, found, known)
        names = devices(settings.device)
        if len(names) > 1 and len(found) > FEW:
            return see_on_devices(settings, names, found, known)
        return see(found, tasks_for(settings), known)

    return engine


def see_on_devices(settings: Settings, names: Sequence[str], found: Sequence[Found], known: Known) -> Iterator[Event]:
    """One process for each device; each takes the next photo when it has room.

    Raises what the models raise, and ModelFailed where a process dies.
    """
    context = multiprocessing.get_context("spawn")
    jobs: Queue[Found | None] = context.Queue()
    events: Queue[Event | PhotosortError | None] = context.Queue(EVENTS_AHEAD * len(names))
    threads = max(1, (os.cpu_count() or 1) // len(names))
    workers = [
        context.Process(
            target=_work,
            args=(settings.model_copy(update={"device": name}), known, jobs, events, threads),
            name=f"photosort-{name}",
            daemon=True,
        )
        for name in names
    ]
    try:
        for worker in workers:
            worker.start()
        for item in (*found, *(None for _ in workers)):
            jobs.put(item)
        yield from _gathered(workers, events)
    finally:
        jobs.cancel_join_thread()
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.join()


def _gathered(
    workers: Sequence[multiprocessing.process.BaseProcess], events: Queue[Event | PhotosortError | None]
) -> Iterator[Event]:
    running = len(workers)
    while running:
        try:
            event = events.get(timeout=POLL_SECONDS)
        except queue.Empty:
            dead = [worker for worker in workers if not worker.is_alive()]
            for worker in dead:
                if worker.exitcode or len(dead) == len(workers):
                    raise ModelFailed(
                        f"The process {worker.name} ended before its work (exit status {worker.exitcode})",
                        "What was looked at is kept; the same command goes on from there.",
                    ) from None
            continue
        if event is None:
            running -= 1
        elif isinstance(event, PhotosortError):
            raise event
        else:
            yield event


def _work(
    settings: Settings,
    known: Known,
    jobs: Queue[Found | None],
    events: Queue[Event | PhotosortError | None],
    threads: int,
) -> None:
    """The life of one process. Ctrl-C reaches it too, and is left to the process that started it."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        for event in see(iter(jobs.get, None), tasks_for(settings), known, threads=threads):
            events.put(event)
        events.put(None)
    except PhotosortError as error:
        events.put(error)
    except Exception as error:
        events.put(ModelFailed(f"A process for photos failed ({type(error).__name__}: {error})"))
