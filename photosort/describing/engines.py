"""Where the models run: in this process, in one process for each GPU, or on a Ray cluster.

All engines give the events of `worker.see`; only their order differs.
"""

from __future__ import annotations

import multiprocessing
import queue
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from itertools import chain, repeat
from typing import TYPE_CHECKING, Protocol

from photosort.describing.look import Known, Look, looks
from photosort.describing.tasks import tasks_for
from photosort.describing.worker import Event, say, see
from photosort.errors import ModelFailed, PhotosortError
from photosort.models.devices import CPU, devices
from photosort.photos.scan import Found
from photosort.settings import Settings
from photosort.threads import in_background

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

FEW = 64
"""Photos that are not worth the start of a second process."""
POLL_SECONDS = 1.0
LOOKS_AHEAD = 64
EVENTS_AHEAD = 2


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
        if names != (CPU,) and len(found) > FEW:
            return see_on_devices(settings, names, found, known)
        return see(found, tasks_for(settings), known)

    return engine


def see_on_devices(settings: Settings, names: Sequence[str], found: Sequence[Found], known: Known) -> Iterator[Event]:
    """One process for the models of each device; each takes the next photo when it has room.

    The photos are decoded in this process, so that neither has to wait until the other's Python code lets it go on.
    Raises what the models raise, and ModelFailed where a process dies.
    """
    context = multiprocessing.get_context("spawn")
    jobs: Queue[Look | None] = context.Queue(LOOKS_AHEAD * len(names))
    events: Queue[Event | PhotosortError | None] = context.Queue(EVENTS_AHEAD * len(names))
    workers = [
        context.Process(
            target=_work,
            args=(settings.model_copy(update={"device": name}), jobs, events),
            name=f"photosort-{name}",
            daemon=True,
        )
        for name in names
    ]
    frames = [task.frame for task in tasks_for(settings)]
    seen = looks(found, frames, known, most=LOOKS_AHEAD)
    stopped = threading.Event()
    try:
        for worker in workers:
            worker.start()
        fed = in_background(partial(_feed, seen, jobs, len(workers), stopped))
        yield from _gathered(workers, events, fed)
    finally:
        stopped.set()
        jobs.cancel_join_thread()
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.join()


def _feed(seen: Iterable[Look], jobs: Queue[Look | None], workers: int, stopped: threading.Event) -> None:
    """Hand on the looks as there is room for them, then a None for each process; nothing more once it is stopped."""
    for item in chain(seen, repeat(None, workers)):
        while True:
            if stopped.is_set():
                return
            try:
                jobs.put(item, timeout=POLL_SECONDS)
                break
            except queue.Full:
                continue


def _gathered(
    workers: Sequence[multiprocessing.process.BaseProcess],
    events: Queue[Event | PhotosortError | None],
    fed: Future[None],
) -> Iterator[Event]:
    running = len(workers)
    while running:
        try:
            event = events.get(timeout=POLL_SECONDS)
        except queue.Empty:
            if fed.done():
                fed.result()
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


def _work(settings: Settings, jobs: Queue[Look | None], events: Queue[Event | PhotosortError | None]) -> None:
    """The life of one process. Ctrl-C reaches it too, and is left to the process that started it."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        for event in say(iter(jobs.get, None), tasks_for(settings)):
            events.put(event)
        events.put(None)
    except PhotosortError as error:
        events.put(error)
    except Exception as error:
        events.put(ModelFailed(f"A process for photos failed ({type(error).__name__}: {error})"))
