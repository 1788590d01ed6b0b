"""Which photos a search may show, by facts that the cache holds: no photo is decoded for them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from photosort.describing.decoding.look import HEADER
from photosort.describing.facts import facts_of
from photosort.describing.tasks import TEXTURES
from photosort.errors import SettingsError
from photosort.models.selected import ModelSet
from photosort.photos.facts.facts import Facts
from photosort.photos.facts.fields import towns_of
from photosort.photos.files.photo import Photo
from photosort.searching.filters import Filters
from photosort.store.cache import Cache
from photosort.workflows.searching.lying import Library


@dataclass(frozen=True, slots=True)
class Fitting:
    """Which of n photos fit the filters, (n,), of how many it is not known, and when each was taken, where that is."""

    wanted: NDArray[np.bool_]
    unknown: int = 0
    taken: tuple[str, ...] = ()


def fitting(
    digests: Sequence[str],
    library: Library,
    filters: Filters,
    models: ModelSet,
    cache: Cache,
    *,
    always: bool = False,
) -> Fitting:
    """Ask the facts of n photos what the filters want to know; `always` without filters too, for the dates.

    Raises SettingsError where no facts are wanted.
    """
    if not filters.any and not always:
        return Fitting(np.ones(len(digests), dtype=np.bool_))
    facts = _facts(digests, library, models, cache, kinds=filters.kind is not None)
    if not filters.any:
        return Fitting(np.ones(len(digests), dtype=np.bool_), 0, tuple(fact.taken if fact else "" for fact in facts))
    wanted = np.array(_wanted(facts, filters), dtype=np.bool_)
    unknown = sum(fact is None or filters.lacks(fact) for fact in facts)
    return Fitting(wanted, unknown, tuple(fact.taken if fact else "" for fact in facts))


def _wanted(facts: Sequence[Facts | None], filters: Filters) -> list[bool]:
    if filters.place is None:
        return [fact is not None and filters.fit(fact) for fact in facts]
    towns = towns_of([fact or Facts() for fact in facts])
    return [
        fact is not None and filters.fit(fact, *(town or ("", ""))) for fact, town in zip(facts, towns, strict=True)
    ]


def _facts(
    digests: Sequence[str], library: Library, models: ModelSet, cache: Cache, *, kinds: bool
) -> list[Facts | None]:
    """Return the facts of each photo, None where the cache does not hold them all; of kinds only where asked."""
    fact_models = models.fact_models
    if fact_models is None:
        raise SettingsError(
            "Filters need facts, which are switched off (facts = false)", "Search without filters, or switch them on."
        )
    if not kinds:
        fact_models = replace(fact_models, kinds=None)
    known = cache.keys(HEADER) & cache.keys(fact_models.faces.identity)
    if fact_models.kinds:
        known &= cache.keys(TEXTURES)
    rows = [row for row, digest in enumerate(digests) if digest in known]
    photos = [_photo(digests[row], library) for row in rows]
    own = models.image_encoder.identity
    vectors = (
        cache.matrix(own, [digests[row] for row in rows]) if kinds and rows else np.empty((len(rows), 0), np.float32)
    )
    found = list[Facts | None]([None] * len(digests))
    for row, fact in zip(rows, facts_of(photos, vectors, fact_models, cache), strict=True):
        found[row] = fact
    return found


def _photo(digest: str, library: Library) -> Photo:
    """Return the photo under the name that it was seen by: a name may tell a date."""
    seen = library.places[digest][-1]
    return Photo(Path(os.fsdecode(seen.path)), seen.size, seen.mtime_ns, digest)
