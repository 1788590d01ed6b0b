"""Look at every photo that the cache does not know, and gather what is known of all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from photosort.describing.engines import Engine
from photosort.describing.look import UNREADABLE, Known, Look
from photosort.describing.tasks import LINE, TONES, Task, tasks
from photosort.describing.worker import Batch, describe_files
from photosort.models.protocols import Captioner, FeatureCaptioner, ImageEncoder, Vectors
from photosort.photos.photo import Photo, Unread
from photosort.photos.scan import Found
from photosort.store.cache import Cache
from photosort.support.progress import Progress, silent

STAGE = "looking"
CHUNK = 1024
"""Photos whose captions are read out of their vectors and kept together."""

TextsOfPhotos = tuple[tuple[str, ...], ...]
"""For each photo the texts that one captioner gave for it."""


@dataclass(frozen=True, slots=True)
class Described:
    """n readable photos and what the models say of them.

    vectors   (n, d) as the image encoder gave them
    texts     for each captioner, n tuples of texts
    looked    how many photos had to be decoded; the others were known
    """

    photos: tuple[Photo, ...]
    unread: tuple[Unread, ...]
    vectors: Vectors
    texts: tuple[TextsOfPhotos, ...]
    looked: int

    @property
    def captions(self) -> tuple[str, ...]:
        """What the first captioner says of each photo, in one line."""
        return tuple(". ".join(texts) for texts in self.texts[0])


def describe(
    found: Sequence[Found],
    encoder: ImageEncoder,
    captioners: Sequence[Captioner | FeatureCaptioner],
    cache: Cache,
    *,
    engine: Engine | None = None,
    before: Callable[[], None] = lambda: None,
    progress: Progress = silent,
) -> Described:
    """Return what is known of all photos, after a look at those of which something is not.

    A file that cannot be read or decoded is returned as unread with the reason, and never stops the others. The
    `engine`, where one is given, does the tasks of exactly these models. `before` is called before the first look at
    a photo, and not where all are known; what it raises is not hidden.
    """
    wanted = tasks(encoder, captioners)
    seen = _look_at_all(found, wanted, cache, engine or partial(describe_files, tasks=wanted), before, progress)
    photos = tuple(
        Photo(look.found.path, look.found.size, look.found.mtime_ns, look.digest, ctime_ns=look.found.ctime_ns)
        for look in seen
        if not look.problem
    )
    unread = tuple(Unread(look.found.path, look.problem) for look in seen if look.problem)
    digests = [photo.digest for photo in photos]
    vectors = cache.matrix(encoder.identity, digests) if photos else np.empty((0, 0), dtype=np.float32)
    texts = tuple(_texts(captioner, digests, vectors, cache) for captioner in captioners)
    return Described(photos, unread, vectors, texts, sum(look.decoded for look in seen))


def _look_at_all(
    found: Sequence[Found],
    wanted: Sequence[Task],
    cache: Cache,
    engine: Engine,
    before: Callable[[], None],
    progress: Progress,
) -> list[Look]:
    done = [cache.keys(task.identity) for task in wanted]
    known = Known(cache.digests(), done, cache.all_texts(UNREADABLE))
    seen: dict[Found, Look] = {}
    for item in found:
        digest = known.digest(item)
        if digest and not known.wanted(digest):
            seen[item] = Look(item, digest, problem=known.unreadable.get(digest, ""))
    new = [item for item in found if item not in seen]
    if new:
        before()
    progress(STAGE, len(seen), len(found))
    for event in engine(new, known=known) if new else ():
        if isinstance(event, Batch):
            _keep_batch(cache, wanted[event.task], event)
            continue
        seen |= {look.found: look for look in event}
        _keep_looks(cache, event)
        progress(STAGE, len(seen), len(found))
    return [seen[item] for item in found]


def _keep_batch(cache: Cache, task: Task, batch: Batch) -> None:
    texts = {digest: said for digest, said in batch.said.items() if isinstance(said, str)}
    vectors = {digest: said for digest, said in batch.said.items() if not isinstance(said, str)}
    if texts:
        cache.put_texts(task.identity, texts)
    if vectors:
        cache.put_vectors(task.identity, list(vectors), np.stack(list(vectors.values())))


def _keep_looks(cache: Cache, looks: Sequence[Look]) -> None:
    if broken := {look.digest: look.problem for look in looks if look.lasting}:
        cache.put_texts(UNREADABLE, broken)
    cache.put_digests(
        (look.found.path, look.found.size, look.found.mtime_ns, look.found.ctime_ns, look.digest)
        for look in looks
        if look.digest
    )


def _texts(
    captioner: Captioner | FeatureCaptioner,
    digests: Sequence[str],
    vectors: Vectors,
    cache: Cache,
) -> TextsOfPhotos:
    """Return what the captioner says of each photo; what is read out of the vectors (n, d) is read here, and kept."""
    known = cache.texts(captioner.identity, digests)
    if captioner.reads == "vectors":
        missing = {digest: row for row, digest in enumerate(digests) if digest not in known}
        names, rows = list(missing), list(missing.values())
        tones = {digest: _lines(text) for digest, text in cache.texts(TONES, names).items()}
        for start in range(0, len(names), CHUNK):
            part = names[start : start + CHUNK]
            captions = captioner.caption(vectors[rows[start : start + CHUNK]], [tones[digest] for digest in part])
            cache.put_texts(captioner.identity, dict(zip(part, captions, strict=True)))
        known |= cache.texts(captioner.identity, names)
    return tuple(_lines(known[digest]) for digest in digests)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.split(LINE)) if text else ()
