"""What is known of photos that are to be compared, from the cache and from a look at those that it does not know."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from photosort.describing.decoding.look import HEADER
from photosort.describing.describe import look_at_all, read_and_unread
from photosort.describing.tasks import SKETCHES, counting, sketching
from photosort.duplicates.shots import Shot
from photosort.models.facts.faces import FaceCounter
from photosort.photos.facts.header import Header
from photosort.photos.facts.named import taken_by_name
from photosort.photos.files.digest import digest_of
from photosort.photos.files.photo import Photo, Unread
from photosort.photos.files.scan import Found
from photosort.photos.files.suffixes import PHOTOS, RAWS, VIDEOS, ending_of
from photosort.photos.pixels.sketch import SIDE
from photosort.settings.settings import Settings
from photosort.store.cache import Cache
from photosort.support.progress import Progress

HASHING = "hashing"


@dataclass(frozen=True, slots=True)
class Looked:
    """Photos with their facts, and as the filing wants them."""

    shots: tuple[Shot, ...] = ()
    photos: dict[Path, Photo] = field(default_factory=dict)
    unread: tuple[Unread, ...] = ()


def compared(
    mains: Sequence[Found],
    travelling: dict[Path, tuple[Path, ...]],
    settings: Settings,
    cache: Cache,
    progress: Progress,
) -> Looked:
    """Draw a sketch of every photo that has none yet, and put together what is known of all."""
    faces = FaceCounter() if settings.facts else None
    wanted = [sketching(), *([counting(faces)] if faces else [])]
    photos, unread = read_and_unread(look_at_all(mains, wanted, cache, headers=True, progress=progress))
    digests = {photo.digest for photo in photos}
    headers = cache.texts(HEADER, digests)
    counted = cache.texts(faces.identity, digests) if faces else {}
    sharpness = {digest: float(vector[0]) for digest, vector in cache.vectors(SKETCHES, digests).items()}
    shots = []
    for photo in photos:
        header = Header.from_text(headers[photo.digest])
        companions = travelling[photo.path]
        shots.append(
            Shot(
                photo.path,
                photo.digest,
                photo.size,
                photo.mtime_ns,
                header.width,
                header.height,
                header.taken,
                header.fraction,
                "" if header.taken else taken_by_name(photo.path.name),
                header.camera,
                header.exposed,
                json.loads(counted[photo.digest])["count"] if faces else None,
                sharpness[photo.digest],
                companions,
                _has_original(companions),
                "RAW" if ending_of(photo.path.name) in RAWS else header.format,
                header.quality,
                header.software,
            )
        )
    return Looked(tuple(shots), {photo.path: photo for photo in photos}, unread)


def hashed(
    mains: Sequence[Found], travelling: dict[Path, tuple[Path, ...]], cache: Cache, progress: Progress
) -> Looked:
    """Read the photos that share their size with another; the others have no exact copy."""
    sizes: dict[int, list[Found]] = defaultdict(list)
    for photo in mains:
        sizes[photo.size].append(photo)
    likely = [photo for alike in sizes.values() if len(alike) > 1 for photo in alike]
    shots, photos, unread = [], {}, []
    for number, each in enumerate(likely):
        progress(HASHING, number, len(likely))
        try:
            digest = cache.digest_of(each.path, digest_of)
        except OSError as error:
            unread.append(Unread(each.path, (error.strerror or str(error)).lower()))
            continue
        companions = travelling[each.path]
        shots.append(
            Shot(
                each.path,
                digest,
                each.size,
                each.mtime_ns,
                companions=companions,
                original=_has_original(companions),
            )
        )
        photos[each.path] = Photo(each.path, each.size, each.mtime_ns, digest, ctime_ns=each.ctime_ns)
    if likely:
        progress(HASHING, len(likely), len(likely))
    return Looked(tuple(shots), photos, tuple(unread))


def _has_original(companions: Sequence[Path]) -> bool:
    return any(ending_of(path.name) in PHOTOS | VIDEOS for path in companions)


def sketches(cache: Cache, digests: Sequence[str], numbers: NDArray[np.int64]) -> NDArray[np.float32]:
    """Read the sketches (b, 48, 48) of photos by their numbers in `digests`."""
    if not len(numbers):
        return np.empty((0, SIDE, SIDE), dtype=np.float32)
    return cache.matrix(SKETCHES, [digests[number] for number in numbers.tolist()])[:, 1:].reshape(-1, SIDE, SIDE)
