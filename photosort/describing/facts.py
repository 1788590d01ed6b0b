"""The facts of each photo, put together from what its file, its name and the models say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache

from photosort.describing.decoding.look import HEADER
from photosort.describing.tasks import TEXTURES
from photosort.models.protocols import FactModels, KindReader, Vectors
from photosort.photos.facts.facts import Facts, People
from photosort.photos.facts.header import Header
from photosort.photos.facts.kinds import kind_of
from photosort.photos.facts.named import taken_by_name
from photosort.photos.files.photo import Photo
from photosort.store.cache import Cache

CHUNK = 1024
"""Photos whose kinds are read out of their vectors together."""


def facts_of(photos: Sequence[Photo], vectors: Vectors, models: FactModels | None, cache: Cache) -> tuple[Facts, ...]:
    """Return the facts of n photos that were looked at, with their vectors (n, d); without models, none are known."""
    if models is None:
        return tuple(Facts() for _ in photos)
    digests = [photo.digest for photo in photos]
    headers, faces = cache.texts(HEADER, digests), cache.texts(models.faces.identity, digests)
    seen = _seen(digests, vectors, models.kinds, cache)
    facts = []
    for photo, looks in zip(photos, seen, strict=True):
        header = Header.from_text(headers[photo.digest])
        named = "" if header.taken else taken_by_name(photo.path.name)
        people = _people(faces[photo.digest])
        facts.append(
            Facts(
                people,
                kind_of(photo.path.name, header, looks, people.count),
                header.taken or named,
                "EXIF" if header.taken else "name" if named else "",
                header.place,
            )
        )
    return tuple(facts)


@lru_cache(maxsize=1024)
def _people(text: str) -> People:
    return People(**json.loads(text))


def _seen(
    digests: Sequence[str], vectors: Vectors, kinds: KindReader | None, cache: Cache
) -> Iterator[dict[str, float] | None]:
    """Yield for each photo how probable each class is by its pixels; None where no model tells."""
    if kinds is None:
        yield from (None for _ in digests)
        return
    for start in range(0, len(digests), CHUNK):
        part = slice(start, start + CHUNK)
        for shares in kinds.probabilities(vectors[part], cache.matrix(TEXTURES, digests[part])).tolist():
            yield dict(zip(kinds.classes, shares, strict=True))
