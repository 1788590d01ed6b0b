"""The describing stage: every photo is read once and decoded once, and what models say of it goes to the cache.

Worker threads read, hash and decode ahead of the model by a bounded number of photos; the model sees full batches;
each batch is committed before the next, so that a stop loses one batch at most.
"""

from __future__ import annotations

import hashlib
import os
import threading
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from queue import SimpleQueue

import numpy as np
from numpy.typing import NDArray

from photosort.models.protocols import Captioner, ImageEncoder, Vectors
from photosort.photos.decode import REVISION, UnreadablePhoto, decode
from photosort.photos.formats import register_formats
from photosort.photos.photo import Photo, Unread
from photosort.photos.scan import Found
from photosort.photos.tone import tone
from photosort.progress import Progress, silent
from photosort.store.cache import Cache
from photosort.store.identity import Identity

TONES = Identity("tone", REVISION)
UNREADABLE = Identity("unreadable", f"{REVISION}-{version('pillow')}-{version('pillow-heif')}")
MAX_BYTES = 1 << 30
PATIENCE = 60.0
"""Seconds that the reading and decoding of one photo may take."""
STAGE = "looking"


@dataclass(frozen=True, slots=True)
class Described:
    """n readable photos and what the models say of them.

    vectors   (n, d) as the image encoder gave them
    captions  n texts
    looked    how many photos had to be decoded; the others were known
    """

    photos: tuple[Photo, ...]
    unread: tuple[Unread, ...]
    vectors: Vectors
    captions: tuple[str, ...]
    looked: int


@dataclass(slots=True)
class _Look:
    found: Found
    digest: str = ""
    pixels: NDArray[np.uint8] | None = None
    tones: tuple[str, ...] = ()
    problem: str = ""
    lasting: bool = False
    decoded: bool = False


@dataclass(slots=True)
class _Batch:
    looks: list[_Look] = field(default_factory=list)
    waiting: int = 0

    def add(self, look: _Look) -> None:
        self.looks.append(look)
        self.waiting += look.pixels is not None


def describe(
    found: Sequence[Found],
    encoder: ImageEncoder,
    captioner: Captioner,
    cache: Cache,
    *,
    batch: int = 32,
    progress: Progress = silent,
) -> Described:
    """Look at every photo that the cache does not know, and return what is known of all.

    The encoder takes pixels; the captioner takes the encoder's vectors (needs="vectors"). A file that cannot be
    read or decoded is returned as unread with the reason, and never stops the others.
    """
    seen = _look_at_all(found, encoder, cache, batch, progress)
    photos = tuple(
        Photo(look.found.path, look.found.size, look.found.mtime_ns, look.digest) for look in seen if not look.problem
    )
    unread = tuple(Unread(look.found.path, look.problem) for look in seen if look.problem)
    digests = [photo.digest for photo in photos]
    vectors = cache.matrix(encoder.identity, digests) if photos else np.empty((0, 0), dtype=np.float32)
    captions = caption_all(digests, vectors, captioner, cache)
    return Described(photos, unread, vectors, captions, sum(look.decoded for look in seen))


def caption_all(
    digests: Sequence[str], vectors: Vectors, captioner: Captioner, cache: Cache, *, chunk: int = 1024
) -> tuple[str, ...]:
    """One caption for each photo, from the vectors (n, d) of its encoder; new ones are kept."""
    known = cache.texts(captioner.identity, digests)
    missing = {digest: row for row, digest in enumerate(digests) if digest not in known}
    names, rows = list(missing), list(missing.values())
    tones = {digest: tuple(text.split("\n")) if text else () for digest, text in cache.texts(TONES, names).items()}
    for start in range(0, len(names), chunk):
        part = names[start : start + chunk]
        texts = captioner.caption(vectors[rows[start : start + chunk]], [tones.get(digest, ()) for digest in part])
        cache.put_texts(captioner.identity, dict(zip(part, texts, strict=True)))
    known = cache.texts(captioner.identity, digests)
    return tuple(known[digest] for digest in digests)


def _look_at_all(
    found: Sequence[Found], encoder: ImageEncoder, cache: Cache, batch: int, progress: Progress
) -> list[_Look]:
    digests = cache.digests()
    done = cache.has_vectors(encoder.identity)
    unreadable = cache.all_texts(UNREADABLE)

    def look(photo: Found) -> _Look:
        stamp = (os.fsencode(photo.path), photo.size, photo.mtime_ns, photo.ctime_ns)
        return _look(photo, digests.get(stamp, ""), done, unreadable, encoder.side)

    seen: list[_Look] = []
    pending = _Batch()
    register_formats()
    progress(STAGE, 0, len(found))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # imaging libraries warn of every odd file; what matters is in its reason
        for result in _look_ahead(look, found, 2 * batch):
            seen.append(result)
            pending.add(result)
            if pending.waiting == batch or len(pending.looks) == 16 * batch:
                _keep(pending, encoder, cache)
                pending = _Batch()
            progress(STAGE, len(seen), len(found))
    _keep(pending, encoder, cache)
    return seen


def _look_ahead(look: Callable[[Found], _Look], found: Sequence[Found], ahead: int) -> Iterator[_Look]:
    """Results in the order of `found`, computed by one thread a core, at most `ahead` photos in advance.

    A photo that takes longer than PATIENCE is given up. A thread cannot be stopped, so it is left to itself (the
    program does not wait for it at its end) and another one takes its place.
    """
    workers = os.cpu_count() or 1
    jobs: SimpleQueue[tuple[Found, Future[_Look]] | None] = SimpleQueue()
    queue: deque[tuple[Found, Future[_Look]]] = deque()
    coming = iter(found)
    for _ in range(workers):
        _hire(look, jobs)
    try:
        while True:
            for photo in islice(coming, ahead + workers - len(queue)):
                queue.append((photo, Future()))
                jobs.put(queue[-1])
            if not queue:
                return
            photo, future = queue.popleft()
            try:
                yield future.result(PATIENCE)
            except TimeoutError:
                workers += 1
                _hire(look, jobs)
                yield _Look(photo, problem=f"not read within {PATIENCE:g} seconds")
    finally:
        for _, future in queue:
            future.cancel()
        for _ in range(workers):
            jobs.put(None)


def _hire(look: Callable[[Found], _Look], jobs: SimpleQueue[tuple[Found, Future[_Look]] | None]) -> None:
    """Start a thread that works until it is handed a None."""

    def work() -> None:
        while (job := jobs.get()) is not None:
            photo, future = job
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(look(photo))
                except BaseException as error:
                    future.set_exception(error)

    threading.Thread(target=work, name="photosort-decode", daemon=True).start()


def _look(photo: Found, digest: str, done: set[str], unreadable: dict[str, str], side: int) -> _Look:
    if digest and (digest in done or digest in unreadable):
        return _Look(photo, digest, problem=unreadable.get(digest, ""))
    if photo.size > MAX_BYTES:
        return _Look(photo, problem=f"too large: {photo.size / 1e9:.1f} GB")
    try:
        content = Path(photo.path).read_bytes()
    except OSError as error:
        return _Look(photo, problem=(error.strerror or str(error)).lower())
    if len(content) != photo.size:
        return _Look(photo, problem="changed while it was read")
    digest = hashlib.sha256(content).hexdigest()
    if digest in done or digest in unreadable:
        return _Look(photo, digest, problem=unreadable.get(digest, ""))
    try:
        pixels = decode(content, side, photo.path.name)
    except UnreadablePhoto as error:
        return _Look(photo, digest, problem=str(error), lasting=error.lasting, decoded=True)
    return _Look(photo, digest, pixels, tone(pixels), decoded=True)


def _keep(batch: _Batch, encoder: ImageEncoder, cache: Cache) -> None:
    """Let the model see the new photos of a batch, and commit everything that is known of it."""
    new = {look.digest: look for look in batch.looks if look.pixels is not None}
    if new:
        pixels = np.stack([look.pixels for look in new.values() if look.pixels is not None])
        cache.put_texts(TONES, {digest: "\n".join(look.tones) for digest, look in new.items()})
        cache.put_vectors(encoder.identity, list(new), encoder.encode_images(pixels))
    broken = {look.digest: look.problem for look in batch.looks if look.lasting}
    if broken:
        cache.put_texts(UNREADABLE, broken)
    cache.put_digests(
        (look.found.path, look.found.size, look.found.mtime_ns, look.found.ctime_ns, look.digest)
        for look in batch.looks
        if look.digest
    )
    for look in batch.looks:
        look.pixels = None
