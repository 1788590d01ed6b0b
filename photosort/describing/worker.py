"""Photos go in, what the models say of them comes out: the work of one device.

Threads read, hash and decode ahead of the models by a bounded number of photos, and one gathers the next batches while
the models are busy; the models see full batches of pictures of like size. What runs here needs no cache, so that it
can run in another process, or on another machine.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from photosort.describing.decoding.look import Known, Look, load_frames
from photosort.describing.events import Batch, Event, failed
from photosort.describing.streaming import streamed
from photosort.describing.tasks import Said, Task
from photosort.errors import PhotosortError
from photosort.models.protocols import Pictures, Pixels
from photosort.models.remote.refusal import PhotoRefused
from photosort.models.runtime.batch_size import out_of_memory, release_memory
from photosort.models.runtime.on_device import gathered
from photosort.photos.files.scan import Found
from photosort.support.threads import drawn_ahead

FIRST = 32
"""Photos that the models begin with, while more are decoded."""
LIKE = 4
"""Batches among which pictures of like size are looked for, where a frame leaves them their shape."""
MOST_WAITING = 512
"""Files after which those that need no model are handed on, though no batch is full."""
NO_MEMORY = "too large for the memory of the model's device"


@dataclass(frozen=True, slots=True)
class Portion:
    """Photos that are taken to the models together.

    batches  for each task that a model does: its number, the pictures and, beside them, their digests
    done     what the quick tasks give
    """

    looks: list[Look]
    batches: list[tuple[int, list[str], Pictures]]
    done: list[Batch]


def describe_files(
    found: Iterable[Found], tasks: Sequence[Task], known: Known, *, first: int = FIRST
) -> Iterator[Event]:
    """Look at every file once, and let the models do the tasks that `known` leaves. Raises what `run_tasks` raises."""
    most = 2 * _largest(tasks)
    return run_tasks(load_frames(found, [task.frame for task in tasks], known, most=most), tasks, first=first)


def run_tasks(
    looks: Iterable[Look],
    tasks: Sequence[Task],
    *,
    first: int = FIRST,
    most: int = MOST_WAITING,
    copied: Callable[[Sequence[Look]], None] = lambda looks: None,
) -> Iterator[Event]:
    """Let the models do the tasks that each look wants, beginning with `first` photos, and `most` together.

    `copied` is called with looks whose pixels are not needed any more.

    Each Batch can be kept at once, so that a stop loses one at most. While a model is busy with one batch, the next one
    is prepared. Tasks that are streamed are done beside the others. A file that cannot be read or decoded, a photo
    that is refused, or one whose own size is too much for a device, is a Look with a problem and stops no other.
    Raises ModelFailed where a model fails, also where its device has no memory for a single picture of fixed size.
    """
    if any(task.stream for task in tasks):
        run = partial(run_tasks, first=first, most=most, copied=copied)
        yield from streamed(looks, tasks, run, copied)
        return
    problems: dict[str, str] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # imaging libraries warn of every odd file; what matters is in its reason
        for portion in drawn_ahead(_prepared(drawn_ahead(_portions(looks, tasks, first, most, copied)), tasks)):
            yield from portion.done
            for number, digests, pixels in portion.batches:
                for said in _results(tasks[number], digests, pixels, problems):
                    yield Batch(number, said)
            for seen in portion.looks:
                seen.problem = problems.get(seen.digest, seen.problem)
            if portion.looks:
                yield portion.looks


def _largest(tasks: Sequence[Task]) -> int:
    """Return the photos in a portion: full batches of every task."""
    return max(task.batch().value * (LIKE if task.frame.fit == "inside" else 1) for task in tasks)


def _portions(
    looks: Iterable[Look], tasks: Sequence[Task], first: int, most: int, copied: Callable[[Sequence[Look]], None]
) -> Iterator[Portion]:
    """Yield portions; the first are small, so that no device waits for a large one; of equal photos one is shown."""
    shown = set[str]()
    size = min(first, _largest(tasks))
    part: list[Look] = []
    waiting = 0
    for seen in looks:
        if seen.digest in shown:
            seen.wanted, seen.pixels = (), {}
        part.append(seen)
        waiting += bool(seen.pixels)
        if waiting == size or len(part) == most:
            yield _portion(part, tasks, copied)
            shown |= {each.digest for each in part if each.wanted}
            size = min(2 * size, _largest(tasks))
            part, waiting = [], 0
    if part:
        yield _portion(part, tasks, copied)


def _portion(looks: list[Look], tasks: Sequence[Task], copied: Callable[[Sequence[Look]], None]) -> Portion:
    """Return the batches of pictures of like size, gathered for the device that wants them."""
    batches: list[tuple[int, list[str], Pictures]] = []
    done: list[Batch] = []
    for number, task in enumerate(tasks):
        pictures = {seen.digest: seen.pixels[task.frame] for seen in looks if number in seen.wanted}
        if task.quick and pictures:
            said = task.run(list(pictures.values()), list(pictures))
            done.append(Batch(number, dict(zip(pictures, said, strict=True))))
            continue
        order = sorted(pictures, key=lambda digest: pictures[digest].shape)
        size = task.batch().value
        for start in range(0, len(order), size):
            digests = order[start : start + size]
            batches.append((number, digests, _together([pictures[digest] for digest in digests], task)))
    for seen in looks:
        seen.pixels = {}
    copied(looks)
    return Portion(looks, batches, done)


def _prepared(portions: Iterable[Portion], tasks: Sequence[Task]) -> Iterator[Portion]:
    """Yield the portions, cut so that none has more than one batch that is prepared as its task wants it."""
    for portion in portions:
        part: list[tuple[int, list[str], Pictures]] = []
        done, waits = portion.done, False
        for number, digests, pixels in portion.batches:
            prepare = tasks[number].prepare
            if prepare and waits:
                yield Portion([], part, done)
                part, done = [], []
            waits = waits or prepare is not None
            part.append((number, digests, prepare(pixels) if prepare else pixels))
        yield Portion(portion.looks, part, done)


def _together(pixels: list[Pixels], task: Task) -> Pictures:
    """Put pictures of one size on the device together; others, or where its memory is full, stay as they are."""
    if any(picture.shape != pixels[0].shape for picture in pixels):
        return _own(pixels)
    try:
        return gathered(pixels, task.device())
    except Exception as error:
        if not out_of_memory(error):
            raise
        return _own(pixels)


def _own(pixels: list[Pixels]) -> list[Pixels]:
    """Copy the pictures that lie in memory of others, which will be used for the next ones."""
    return [picture if picture.flags.owndata else picture.copy() for picture in pixels]


def _results(task: Task, digests: list[str], pixels: Pictures, problems: dict[str, str]) -> Iterator[dict[str, Said]]:
    """Yield what the task gives for the pictures, by their digests; no more at once than have fitted so far."""
    while digests:
        size = task.batch().value
        yield from _result(task, digests[:size], pixels[:size], problems)
        digests, pixels = digests[size:], pixels[size:]


def _result(task: Task, digests: list[str], pixels: Pictures, problems: dict[str, str]) -> Iterator[dict[str, Said]]:
    """Yield what the task gives for one batch: at once, or in parts where the device is too small.

    A picture that is refused, or alone too large, gets into `problems`. Raises ModelFailed where the task fails.
    """
    size = task.batch()
    try:
        said = list(task.run(pixels, digests))
    except PhotoRefused as refused:
        parts = [slice(number, number + 1) for number in range(len(digests))]
        problem = refused.reason
    except PhotosortError:
        raise
    except Exception as error:
        if not out_of_memory(error):
            raise failed(task, str(error) or type(error).__name__) from error
        if len(digests) == 1 and task.frame.fit != "inside":
            raise failed(task, NO_MEMORY) from error
        half = max(1, len(digests) // 2)
        parts = [slice(half), slice(half, None)]
        problem = NO_MEMORY
        size.shrink(half)
    else:
        size.fitted(len(digests))
        yield dict(zip(digests, said, strict=True))
        return
    release_memory()
    if len(digests) == 1:
        problems[digests[0]] = problem
        return
    for part in parts:
        yield from _results(task, digests[part], pixels[part], problems)
