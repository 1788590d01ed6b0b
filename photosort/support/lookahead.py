"""Work on many items by threads, a bounded number ahead of the caller, in order.

Apart from `threads.at_once`, which takes a list and gives results as they come: here the items never end, the order is
kept, memory is bounded by `ahead`, and an item that hangs is given up.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from itertools import islice
from queue import SimpleQueue
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

PATIENCE = 600.0
"""Seconds after which a photo is given up: only a disk that does not answer takes so long. The work of decoding is
bounded by itself, for on a busy machine no time is too long for a sound photo."""


def work_ahead(
    work: Callable[[Item], Result],
    given_up: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    ahead: int,
) -> Iterator[Result]:
    """Yield results in the order of `items`, computed by one thread a core, at most `ahead` items in advance.

    An item that takes longer than PATIENCE is given up. A thread cannot be stopped, so it is left to itself (the
    program does not wait for it at its end) and another one takes its place.
    """
    workers = os.cpu_count() or 1
    jobs: SimpleQueue[tuple[Item, Future[Result]] | None] = SimpleQueue()
    queue: deque[tuple[Item, Future[Result]]] = deque()
    coming = iter(items)
    for _ in range(workers):
        _hire(work, jobs)
    try:
        while True:
            for item in islice(coming, ahead + workers - len(queue)):
                queue.append((item, Future()))
                jobs.put(queue[-1])
            if not queue:
                return
            item, future = queue.popleft()
            try:
                result = future.result(PATIENCE)
            except TimeoutError:
                workers += 1
                _hire(work, jobs)
                result = given_up(item)
            yield result
    finally:
        for _, future in queue:
            future.cancel()
        for _ in range(workers):
            jobs.put(None)


def _hire(work: Callable[[Item], Result], jobs: SimpleQueue[tuple[Item, Future[Result]] | None]) -> None:
    """Start a thread that works until it is handed a None."""

    def run() -> None:
        while (job := jobs.get()) is not None:
            item, future = job
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(work(item))
                except BaseException as error:
                    future.set_exception(error)

    threading.Thread(target=run, name="photosort-decode", daemon=True).start()
