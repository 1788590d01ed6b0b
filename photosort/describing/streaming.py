"""Tasks whose photos are asked for one by one, many under way at once, beside the models that take batches.

A server is never without a question while photos are left: nothing waits for a whole batch of answers, and pictures
are brought into the form that is sent ahead of the questions. Answers are handed on as they come, whatever the models
are busy with, so that a stop loses no more than what is under way.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from functools import partial
from queue import Empty, SimpleQueue
from threading import Event as Flag
from threading import Semaphore

from photosort.describing.decoding.look import Look
from photosort.describing.events import Batch, Event, failed
from photosort.describing.tasks import Said, Streaming, Task
from photosort.errors import PhotosortError
from photosort.models.protocols import Pixels
from photosort.models.remote.pace import Stopped
from photosort.models.remote.refusal import PhotoRefused
from photosort.models.runtime.batch_size import BatchSize
from photosort.support.threads import in_background

AHEAD = 64
"""Photos in the form in which they are sent that wait for their turn."""
FORMERS = 4
"""Threads that bring pictures into that form; one makes some 500 JPEGs of 512 pixels in a second."""
POLL_SECONDS = 1.0
GRACE_SECONDS = 2.0
"""The longest wait for the batch that the models are busy with when the work is stopped."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one photo: a result, or why there is none."""

    task: int
    digest: str
    said: Said | Exception


Coming = SimpleQueue[Answer | list[Look] | Future[Event | None]]
"""Answers, looks that no model has to see, and what the models do, None at their end."""


def streamed(
    looks: Iterable[Look],
    tasks: Sequence[Task],
    run: Callable[[Iterable[Look], Sequence[Task]], Iterator[Event]],
    copied: Callable[[Sequence[Look]], None] = lambda looks: None,
) -> Iterator[Event]:
    """Do the tasks that are streamed, and let `run` do the others meanwhile; a look comes once all is said of it.

    `copied` is called with looks that `run` does not get, once their pixels are not needed any more. A photo that is
    refused is a Look with a problem. Raises what `run` raises, and ModelFailed where a server fails; what was answered
    until then comes before.
    """
    work = _Work(tasks, copied)
    events = run(work.taken_out(looks), [_idle(task) if task.stream else task for task in tasks])
    running = _drawn(events, work.came)
    try:
        done = False
        while not done or work.open:
            for item in work.arrived():
                if isinstance(item, Future):
                    event = item.result()
                    done = event is None
                    if event is not None:
                        yield from work.complete(event) if isinstance(event, list) else [event]
                        running = _drawn(events, work.came)
                else:
                    yield from work.complete(item) if isinstance(item, list) else [item]
    finally:
        work.stop()
        wait([running], GRACE_SECONDS)


def _drawn(events: Iterator[Event], came: Coming) -> Future[Event | None]:
    """Let the models go on to their next event."""
    future: Future[Event | None] = in_background(partial(next, events, None))
    future.add_done_callback(came.put)
    return future


def _idle(task: Task) -> Task:
    """Return a task of which nothing is left to do, and which makes no portion larger."""
    size = BatchSize(1)
    return replace(task, stream=None, batch=lambda: size)


class _Work:
    """The streamed tasks of a run: what is under way, and the looks that wait for it.

    open  digest -> how many answers are still to come
    """

    def __init__(self, tasks: Sequence[Task], copied: Callable[[Sequence[Look]], None]) -> None:
        self.came: Coming = SimpleQueue()
        self.open: dict[str, int] = {}
        self._tasks, self._copied = tasks, copied
        self._stopped = Flag()
        self._asked: set[str] = set()
        self._held: dict[str, list[Look]] = {}
        self._problems: dict[str, str] = {}
        self._streams = {
            number: _Stream(number, task.stream, self.came, self._stopped)
            for number, task in enumerate(tasks)
            if task.stream
        }

    def taken_out(self, looks: Iterable[Look]) -> Iterator[Look]:
        """Yield what is left for the models, having taken the pictures for the streams, as these have room for them."""
        for seen in looks:
            mine = [number for number in seen.wanted if number in self._streams]
            seen.wanted = tuple(number for number in seen.wanted if number not in self._streams)
            pictures = [_own(seen.pixels[self._tasks[number].frame]) for number in mine]
            needed = {self._tasks[number].frame for number in seen.wanted}
            seen.pixels = {frame: picture for frame, picture in seen.pixels.items() if frame in needed}
            if mine and seen.digest not in self._asked:
                self._asked.add(seen.digest)
                self.open[seen.digest] = len(mine)
                for number, picture in zip(mine, pictures, strict=True):
                    self._streams[number].put(seen.digest, picture)
            if self._stopped.is_set():
                return
            if mine and not seen.wanted:
                self._copied([seen])
                self.came.put([seen])
            else:
                yield seen

    def arrived(self) -> Iterator[Batch | list[Look] | Future[Event | None]]:
        """Wait for something, then yield all that is there, what was answered first.

        Raises ModelFailed, or what a stream raised for the user, after all else.
        """
        items = list(_waiting(self.came))
        answers = [item for item in items if isinstance(item, Answer)]
        said: dict[int, dict[str, Said]] = {}
        failures: list[PhotosortError] = []
        released: list[Look] = []
        for answer in answers:
            if isinstance(answer.said, PhotoRefused):
                self._problems[answer.digest] = answer.said.reason
            elif isinstance(answer.said, Exception):
                failures.append(self._failure(answer.task, answer.said))
                continue
            else:
                said.setdefault(answer.task, {})[answer.digest] = answer.said
            released += self._closed(answer.digest)
        yield from (Batch(number, each) for number, each in said.items())
        yield from [released] if released else []
        yield from (item for item in items if not isinstance(item, Answer))
        if failures:
            raise failures[0]

    def complete(self, looks: list[Look]) -> Iterator[list[Look]]:
        """Yield those looks of which all is said, in one list; the others wait."""
        ready: list[Look] = []
        for seen in looks:
            if seen.digest in self.open:
                self._held.setdefault(seen.digest, []).append(seen)
            else:
                seen.problem = self._problems.get(seen.digest, seen.problem)
                ready.append(seen)
        if ready:
            yield ready

    def stop(self) -> None:
        """Ask nothing more, and let no thread wait for room."""
        self._stopped.set()
        for stream in self._streams.values():
            stream.stop()

    def _failure(self, number: int, error: Exception) -> PhotosortError:
        return error if isinstance(error, PhotosortError) else failed(self._tasks[number], repr(error))

    def _closed(self, digest: str) -> list[Look]:
        """Count an answer; return the looks of the photo where it was the last one."""
        self.open[digest] -= 1
        if self.open[digest]:
            return []
        del self.open[digest]
        return self._held.pop(digest, [])


class _Stream:
    """The photos of one task on their way to a server and back."""

    def __init__(self, number: int, streaming: Streaming, came: Coming, stopped: Flag) -> None:
        self._number, self._streaming, self._came, self._stopped = number, streaming, came, stopped
        self._room = Semaphore(streaming.most + AHEAD)
        self._pictures: SimpleQueue[tuple[str, Pixels] | None] = SimpleQueue()
        self._formed: SimpleQueue[tuple[str, str] | None] = SimpleQueue()
        self._asking = 0
        self._forming = min(FORMERS, os.cpu_count() or 1)
        for _ in range(self._forming):
            in_background(self._form)

    def put(self, digest: str, picture: Pixels) -> None:
        """Take a picture, once there is room for it, or at once where the work is stopped. Called by one thread."""
        self._room.acquire()
        self._pictures.put((digest, picture))
        if self._asking < self._streaming.most:
            self._asking += 1
            in_background(self._ask)

    def stop(self) -> None:
        """Let every thread come to its end."""
        for _ in range(self._forming):
            self._pictures.put(None)
        for _ in range(self._asking + 1):
            self._formed.put(None)
        self._room.release()

    def _form(self) -> None:
        while (job := self._pictures.get()) is not None and not self._stopped.is_set():
            digest, picture = job
            try:
                self._formed.put((digest, self._streaming.form(picture)))
            except Exception as error:
                self._answered(digest, error)

    def _ask(self) -> None:
        while (job := self._formed.get()) is not None and not self._stopped.is_set():
            digest, formed = job
            try:
                self._answered(digest, self._streaming.ask(formed, self._stopped.is_set))
            except Stopped:
                return
            except Exception as error:
                self._answered(digest, error)

    def _answered(self, digest: str, said: Said | Exception) -> None:
        if isinstance(said, Exception) and not isinstance(said, PhotoRefused):
            self._stopped.set()  # here already, so that no further question meets the same failure
        self._came.put(Answer(self._number, digest, said))
        self._room.release()


def _waiting(came: Coming) -> Iterator[Answer | list[Look] | Future[Event | None]]:
    """Wait for one item, then yield all that is there."""
    while True:
        try:
            yield came.get(timeout=POLL_SECONDS)  # Windows hears of Ctrl-C between two waits alone
            break
        except Empty:
            continue
    while True:
        try:
            yield came.get_nowait()
        except Empty:
            return


def _own(picture: Pixels) -> Pixels:
    """Copy a picture that lies in memory of others, which will be used for the next one."""
    return picture if picture.flags.owndata else picture.copy()
