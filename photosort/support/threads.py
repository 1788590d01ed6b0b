"""Run work in daemon threads: Ctrl-C ends the program even while one of them hangs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TypeVar, cast

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_background(work: Callable[[], Result]) -> Future[Result]:
    """Do `work` in a thread of its own."""
    future: Future[Result] = Future()
    Thread(target=_do, args=(work, future), name="photosort", daemon=True).start()
    return future


def drawn_ahead(items: Iterable[Item]) -> Iterator[Item]:
    """Yield the same items; while one is in use, the next is made in the background. Raises what making it raises."""
    coming, end = iter(items), object()
    following = in_background(partial(next, coming, end))
    while (item := following.result()) is not end:
        following = in_background(partial(next, coming, end))
        yield cast(Item, item)


def at_once(work: Callable[[Item], Result], items: Sequence[Item], most: int) -> Iterator[tuple[int, Result]]:
    """Yield the number of each item with its result, as they come; at most `most` are worked on at once.

    What `work` raises ends it. Where the caller stops early, nothing new is begun.
    """
    waiting, done = SimpleQueue[int](), SimpleQueue[tuple[int, Future[Result]]]()
    for number in range(len(items)):
        waiting.put(number)
    stopped = Event()

    def run() -> None:
        while not stopped.is_set():
            try:
                number = waiting.get_nowait()
            except Empty:
                return
            future: Future[Result] = Future()
            _do(partial(work, items[number]), future)
            done.put((number, future))

    try:
        for _ in range(min(most, len(items))):
            in_background(run)
        for _ in items:
            number, future = done.get()
            yield number, future.result()
    finally:
        stopped.set()


def _do(work: Callable[[], Result], future: Future[Result]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:
        future.set_exception(error)
