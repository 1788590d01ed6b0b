"""Look at every photo that the cache does not know, and gather what is known of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from photosort.describing.decoding.look import HEADER, UNREADABLE, Known, Look
from photosort.describing.engines import Engine
from photosort.describing.events import Batch
from photosort.describing.facts import facts_of
from photosort.describing.tasks import LINE, TONES, Task, tasks
from photosort.describing.worker import describe_files
from photosort.models.protocols import Captioner, FactModels, FeatureCaptioner, ImageEncoder, Vectors
from photosort.photos.facts.facts import Facts, Said
from photosort.photos.files.photo import Photo, Unread
from photosort.photos.files.scan import Found
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
    facts     n facts, which know nothing where they were not asked for
    looked    how many photos had to be decoded; the others were known
    """

    photos: tuple[Photo, ...]
    unread: tuple[Unread, ...]
    vectors: Vectors
    texts: tuple[TextsOfPhotos, ...]
    facts: tuple[Facts, ...]
    looked: int

    @property
    def captions(self) -> tuple[str, ...]:
        """What the first captioner says of each photo, in one line."""
        return tuple(". ".join(texts) for texts in self.texts[0])

    @property
    def stems(self) -> tuple[str, ...]:
        """What the file of each photo is called, without the suffix."""
        return tuple(photo.path.stem for photo in self.photos)


def describe(
    found: Sequence[Found],
    encoder: ImageEncoder,
    captioners: Sequence[Captioner | FeatureCaptioner],
    cache: Cache,
    *,
    facts: FactModels | None = None,
    engine: Engine | None = None,
    before: Callable[[], None] = lambda: None,
    progress: Progress = silent,
) -> Described:
    """Return what is known of all photos, after a look at those of which something is not.

    A file that cannot be read or decoded is returned as unread with the reason, and never stops the others. The
    `engine`, where one is given, does the tasks of exactly these models. `before` is called before the first look at
    a photo, and not where all are known; what it raises is not hidden. Without `facts` none are known.
    """
    wanted = tasks(encoder, captioners, facts)
    seen = look_at_all(found, wanted, cache, headers=facts is not None, engine=engine, before=before, progress=progress)
    photos, unread = read_and_unread(seen)
    digests = [photo.digest for photo in photos]
    vectors = cache.matrix(encoder.identity, digests) if photos else np.empty((0, 0), dtype=np.float32)
    true = facts_of(photos, vectors, facts, cache)
    texts = tuple(_texts(captioner, digests, vectors, [each.said for each in true], cache) for captioner in captioners)
    return Described(photos, unread, vectors, texts, true, sum(look.decoded for look in seen))


def read_and_unread(looks: Sequence[Look]) -> tuple[tuple[Photo, ...], tuple[Unread, ...]]:
    """Part what could be read from what could not."""
    photos = tuple(
        Photo(look.found.path, look.found.size, look.found.mtime_ns, look.digest, ctime_ns=look.found.ctime_ns)
        for look in looks
        if not look.problem
    )
    return photos, tuple(Unread(look.found.path, look.problem) for look in looks if look.problem)


def look_at_all(
    found: Sequence[Found],
    wanted: Sequence[Task],
    cache: Cache,
    *,
    headers: bool,
    engine: Engine | None = None,
    before: Callable[[], None] = lambda: None,
    progress: Progress = silent,
) -> list[Look]:
    """Do what is wanted and not known yet of all files, and keep it in the cache; returns a look for each file.

    `headers` says whether what files say of themselves is wanted as well. The rest is as in `describe`.
    """
    progress(STAGE, 0, None)
    known = Known(
        cache.digests(),
        [cache.keys(task.identity) for task in wanted],
        cache.all_texts(UNREADABLE),
        cache.keys(HEADER) if headers else None,
    )
    engine = engine or partial(describe_files, tasks=wanted)
    seen: dict[Found, Look] = {}
    for item in found:
        digest = known.digest(item)
        if digest and known.is_enough(digest):
            seen[item] = Look(item, digest, problem=known.unreadable.get(digest, ""))
    new = [item for item in found if item not in seen]
    if new:
        before()
    told = at_first = len(seen)
    counted = dict.fromkeys((number for number, task in enumerate(wanted) if not task.quick), 0)
    progress(STAGE, len(seen), len(found))
    for event in engine(new, known=known) if new else ():
        if isinstance(event, Batch):
            _keep_batch(cache, wanted[event.task], event)
            if event.task in counted:
                counted[event.task] += len(event.said)
                about = at_first + sum(counted.values()) // len(counted)  # photos come whole only after many batches
                told = max(told, min(about, len(found) - 1))
                progress(STAGE, told, len(found))
            continue
        seen |= {look.found: look for look in event}
        _keep_looks(cache, event)
        told = max(told, len(seen))
        progress(STAGE, told, len(found))
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
    if headers := {look.digest: look.header for look in looks if look.header}:
        cache.put_texts(HEADER, headers)
    cache.put_digests(
        (look.found.path, look.found.size, look.found.mtime_ns, look.found.ctime_ns, look.digest)
        for look in looks
        if look.digest
    )


def _texts(
    captioner: Captioner | FeatureCaptioner,
    digests: Sequence[str],
    vectors: Vectors,
    said: Sequence[Said],
    cache: Cache,
) -> TextsOfPhotos:
    """Return what the captioner says of each photo; what is read out of the vectors (n, d) is read here, and kept."""
    if captioner.reads == "pixels":
        known = cache.texts(captioner.identity, digests)
        return tuple(_lines(known[digest]) for digest in digests)
    texts = list[tuple[str, ...]]([()] * len(digests))
    alike: dict[Said, list[int]] = {}
    for place, words in enumerate(said):
        alike.setdefault(words, []).append(place)
    for words, places in alike.items():
        found = _read_out(captioner, words, {digests[place]: place for place in places}, vectors, cache)
        for place in places:
            texts[place] = _lines(found[digests[place]])
    return tuple(texts)


def _read_out(
    captioner: FeatureCaptioner, said: Said, places: Mapping[str, int], vectors: Vectors, cache: Cache
) -> dict[str, str]:
    """Return the captions of photos that have the same facts, digest -> row of `vectors`."""
    identity = replace(captioner.identity, prompt=" ".join(filter(None, said)))
    known = cache.texts(identity, places)
    names = [digest for digest in places if digest not in known]
    tones = {digest: _lines(text) for digest, text in cache.texts(TONES, names).items()}
    for start in range(0, len(names), CHUNK):
        part = names[start : start + CHUNK]
        rows = [places[digest] for digest in part]
        captions = captioner.caption(vectors[rows], [tones[digest] for digest in part], said)
        cache.put_texts(identity, dict(zip(part, captions, strict=True)))
    return known | cache.texts(identity, names)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.split(LINE)) if text else ()
