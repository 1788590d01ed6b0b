"""Photos go in, what the models say of them comes out: the work of one device.

Threads read, hash and decode ahead of the models by a bounded number of photos; the models see full batches of
pictures of like size. What runs here needs no cache, so that it can run in another process, or on another machine.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from photosort.describing import ahead
from photosort.describing.look import Known, Look, look
from photosort.describing.tasks import Said, Task
from photosort.errors import ModelFailed, PhotosortError
from photosort.models.batch_size import out_of_memory, release_memory
from photosort.models.protocols import Pixels
from photosort.models.refusal import PhotoRefused
from photosort.photos.formats import register_formats
from photosort.photos.scan import Found

LIKE = 4
"""Batches among which pictures of like size are looked for, where a frame leaves them their shape."""
MOST_WAITING = 512
"""Files after which those that need no model are handed on, though no batch is full."""
NO_MEMORY = "too large for the memory of the model's device"


@dataclass(frozen=True, slots=True)
class Batch:
    """What task number `task` gives for some photos, by their digests."""

    task: int
    said: dict[str, Said]


Event = Batch | list[Look]
"""Batches as they are done, and looks once everything is said of them; in the order in which they are to be kept."""


def see(found: Iterable[Found], tasks: Sequence[Task], known: Known, *, threads: int | None = None) -> Iterator[Event]:
    """Look at every file once, and let the models do the tasks that `known` leaves.

    Each Batch can be kept at once, so that a stop loses one at most. A file that cannot be read or decoded, a photo
    that is refused, or one whose own size is too much for a device, is a Look with a problem and stops no other.
    Raises ModelFailed where a model fails, also where its device has no memory for a single picture of fixed size.
    """
    frames = [task.frame for task in tasks]
    window = max(task.batch().value * (LIKE if task.frame.fit == "inside" else 1) for task in tasks)
    looks: list[Look] = []
    shown: dict[str, str] = {}
    waiting = 0
    register_formats()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # imaging libraries warn of every odd file; what matters is in its reason
        for seen in ahead.work_ahead(
            lambda item: look(item, frames, known), _given_up, found, ahead=2 * window, threads=threads
        ):
            if seen.digest in shown:
                seen.wanted, seen.pixels, seen.problem = (), {}, shown[seen.digest]
            looks.append(seen)
            waiting += bool(seen.pixels)
            if waiting == window or len(looks) == MOST_WAITING:
                yield from _said(looks, tasks)
                shown |= {each.digest: each.problem for each in looks if each.wanted}
                looks, waiting = [], 0
    yield from _said(looks, tasks)


def _given_up(found: Found) -> Look:
    return Look(found, problem=f"not read within {ahead.PATIENCE:g} seconds")


def _said(looks: list[Look], tasks: Sequence[Task]) -> Iterator[Event]:
    """Run each task over the pictures that were made for it; of equal photos one is shown."""
    problems: dict[str, str] = {}
    for number, task in enumerate(tasks):
        pictures = {seen.digest: seen.pixels[task.frame] for seen in looks if number in seen.wanted}
        order = sorted(pictures, key=lambda digest: pictures[digest].shape)
        size = task.batch()
        while order:
            digests, order = order[: size.value], order[size.value :]
            for said in _results(task, {digest: pictures[digest] for digest in digests}, problems):
                yield Batch(number, said)
    for seen in looks:
        seen.pixels, seen.problem = {}, problems.get(seen.digest, seen.problem)
    if looks:
        yield looks


def _results(task: Task, pictures: dict[str, Pixels], problems: dict[str, str]) -> Iterator[dict[str, Said]]:
    """What the task gives for the pictures, by their digests: at once, or in parts where the device is too small.

    A picture that is refused, or alone too large, gets into `problems`. Raises ModelFailed where the task fails.
    """
    digests, size = list(pictures), task.batch()
    try:
        said = list(task.run(list(pictures.values())))
    except PhotoRefused as refused:
        parts = [[digest] for digest in digests]
        problem = refused.reason
    except PhotosortError:
        raise
    except Exception as error:
        if not out_of_memory(error):
            raise _failed(task, str(error) or type(error).__name__) from error
        if len(digests) == 1 and task.frame.fit != "inside":
            raise _failed(task, NO_MEMORY) from error
        half = max(1, len(digests) // 2)
        parts = [digests[:half], digests[half:]]
        problem = NO_MEMORY
        size.shrink(half)
    else:
        size.fitted()
        yield dict(zip(digests, said, strict=True))
        return
    release_memory()
    if len(digests) == 1:
        problems[digests[0]] = problem
        return
    for part in parts:
        yield from _results(task, {digest: pictures[digest] for digest in part}, problems)


def _failed(task: Task, reason: str) -> ModelFailed:
    return ModelFailed(
        f"The model {task.identity.model} stopped working ({' '.join(reason.split())[:300]})",
        "What was looked at is kept; the same command goes on from there.",
    )
