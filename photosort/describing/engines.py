"""Where the models run: in this process, in one process for each GPU, or on a Ray cluster.

All engines give the events of `worker.describe_files`; only their order differs.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain, repeat
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from typing import TYPE_CHECKING, Protocol

from photosort.describing.look import Known, Look, load_frames
from photosort.describing.tasks import tasks_of
from photosort.describing.worker import Event, describe_files, run_tasks
from photosort.errors import ModelFailed, PhotosortError
from photosort.models.runtime.devices import CPU, devices
from photosort.models.selected import ModelSet
from photosort.photos.files.scan import Found
from photosort.support.threads import in_background

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.queues import Queue

Incoming = SimpleQueue[Event | BaseProcess | Exception | None]
"""What comes of the processes: events, a failure, None from one that is done, a process that ended before it was."""
FEW = 64
"""Photos that are not worth the start of a second process."""
POLL_SECONDS = 1.0
LOOKS_AHEAD = 64


class Engine(Protocol):
    """Looks at files, and does for each the tasks that are still to be done."""

    def __call__(self, found: Sequence[Found], *, known: Known) -> Iterator[Event]: ...


def engine_for(models: ModelSet) -> Engine:
    """Return the engine that the settings name; it raises what `devices` and the models raise."""
    settings = models.settings

    def engine(found: Sequence[Found], known: Known) -> Iterator[Event]:
        if settings.engine != "local":
            from photosort.describing.on_ray import see_on_ray

            return see_on_ray(models, found, known)
        names = devices(settings.device)
        if names != (CPU,) and len(found) > FEW:
            return see_on_devices(models, names, found, known)
        return describe_files(found, tasks_of(models), known)

    return engine


def see_on_devices(models: ModelSet, names: Sequence[str], found: Sequence[Found], known: Known) -> Iterator[Event]:
    """Run the models of each device in a process of its own; each takes the next photo when it has room.

    The photos are decoded in this process, so that neither has to wait until the other's Python code lets it go on.
    Raises what the models raise, and ModelFailed where a process dies.
    """
    context = multiprocessing.get_context("spawn")
    jobs: Queue[Look | None] = context.Queue(LOOKS_AHEAD * len(names))
    jobs.cancel_join_thread()
    came = Incoming()
    seen = load_frames(found, [task.frame for task in tasks_of(models)], known, most=LOOKS_AHEAD)
    stopped = threading.Event()
    workers: list[BaseProcess] = []
    try:
        for name in names:
            reader, writer = context.Pipe(duplex=False)
            worker: BaseProcess = context.Process(
                target=_work, args=(models.on(name), jobs, writer), name=f"photosort-{name}", daemon=True
            )
            with _no_interrupt():
                worker.start()
                workers.append(worker)
            writer.close()
            in_background(partial(_receive, worker, reader, came))
        in_background(partial(_feed, seen, jobs, len(workers), stopped, came))
        yield from _gathered(len(workers), came)
    finally:
        stopped.set()
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.join()


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """Keep Ctrl-C from a process that is started in here; this one gets it afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _feed(
    seen: Iterable[Look],
    jobs: Queue[Look | None],
    workers: int,
    stopped: threading.Event,
    came: Incoming,
) -> None:
    """Hand on the looks as there is room for them, then a None for each process; nothing more once it is stopped."""
    try:
        for item in chain(seen, repeat(None, workers)):
            while not _put(item, jobs):
                if stopped.is_set():
                    return
    except Exception as error:
        came.put(error)


def _put(item: Look | None, jobs: Queue[Look | None]) -> bool:
    try:
        jobs.put(item, timeout=POLL_SECONDS)
    except queue.Full:
        return False
    return True


def _receive(worker: BaseProcess, reader: Connection, came: Incoming) -> None:
    """Take what a process sends, up to its None; where it ends before, the process itself."""
    try:
        while (event := reader.recv()) is not None:
            came.put(event)
        came.put(None)
    except (EOFError, OSError):
        came.put(worker)
    except Exception as error:
        came.put(error)


def _gathered(running: int, came: Incoming) -> Iterator[Event]:
    while running:
        try:
            event = came.get(timeout=POLL_SECONDS)
        except queue.Empty:  # Windows hears of Ctrl-C between two waits alone
            continue
        if event is None:
            running -= 1
        elif isinstance(event, Exception):
            raise event
        elif isinstance(event, BaseProcess):
            event.join()
            raise ModelFailed(
                f"The process {event.name} ended before its work (exit status {event.exitcode})",
                "What was looked at is kept; the same command goes on from there.",
            )
        else:
            yield event


def _work(models: ModelSet, jobs: Queue[Look | None], events: Connection) -> None:
    """The life of one process. Ctrl-C is left to the process that started it, and where that ends, this one does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    in_background(_end_with_parent)
    try:
        for event in run_tasks(iter(jobs.get, None), tasks_of(models)):
            events.send(event)
        events.send(None)
    except PhotosortError as error:
        events.send(error)
    except Exception as error:
        events.send(ModelFailed(f"A process for photos failed ({type(error).__name__}: {error})"))


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)
