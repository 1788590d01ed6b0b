"""What the models say of the photos of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from photosort.describing.describe import Described, describe
from photosort.describing.engines import engine_for
from photosort.errors import NoPhotos
from photosort.models.selected import ModelSet
from photosort.photos.scan import Found
from photosort.store.cache import Cache
from photosort.support.progress import Progress
from photosort.workflows.remembering import RememberedWriter


def describe_photos(
    mains: Sequence[Found],
    groups: dict[Path, tuple[Path, ...]],
    models: ModelSet,
    cache: Cache,
    writer: RememberedWriter | None,
    progress: Progress,
) -> Described:
    """Describe photos by these models, each with the files that travel with it; `writer` is checked before the first
    look. Raises NoPhotos where none can be read.
    """
    encoder, captioners, engine = models.image_encoder, models.captioners, engine_for(models)
    before = partial(writer.check, needed=True) if writer else lambda: None
    described = describe(
        mains, encoder, captioners, cache, facts=models.fact_models, engine=engine, before=before, progress=progress
    )
    if not described.photos:
        first = described.unread[0]
        raise NoPhotos(
            f"None of the photos can be read ({first.path.name}: {first.reason})",
            "photosort reads JPEG, PNG, WebP, GIF, TIFF, BMP, HEIC, AVIF and, with the extra raw, camera RAW.",
        )
    return replace(described, photos=tuple(replace(p, companions=groups.get(p.path, ())) for p in described.photos))
