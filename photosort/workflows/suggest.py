"""Criteria that the photos of a folder could be sorted by, proposed by a language model from their captions."""

from __future__ import annotations

import os
from pathlib import Path

from photosort.describing.describe import describe
from photosort.describing.engines import engine_for
from photosort.errors import NoPhotos, SettingsError
from photosort.methods.criterion.suggesting import Suggested, suggest
from photosort.models.selected import ModelSet
from photosort.photos.files.scan import scan
from photosort.store.cache import open_cache
from photosort.support.progress import Progress, silent
from photosort.workflows.sorting.asking import checked_writer
from photosort.workflows.sorting.remembering import RememberedTexts


def suggest_criteria(source: Path, models: ModelSet, progress: Progress = silent) -> list[Suggested]:
    """Caption the photos of `source`, and return three to six criteria for them. Touches no file of the user's.

    Raises SettingsError without a language model that follows instructions, NoPhotos where none can be read,
    ModelFailed where no answer can be used, and what `scan` and the models raise.
    """
    settings, source = models.settings, Path(os.path.realpath(source))
    if models.language_model is None or models.language_model.form != "full":
        raise SettingsError(
            "suggest needs a language model that follows instructions",
            "Add --writer openai:MODEL; with OPENAI_BASE_URL that may be a server on this machine.",
        )
    models.make_all()
    with open_cache(settings.cache_dir) as cache:
        found = scan(source, exclude=settings.exclude, follow_links=settings.follow_links, progress=progress)
        writer = checked_writer(models, cache)
        assert writer is not None
        mains = [photo for photo in found.photos if photo.path in found.groups()]
        described = describe(
            mains,
            models.image_encoder,
            models.captioners,
            cache,
            facts=models.fact_models,
            engine=engine_for(models),
            progress=progress,
        )
        if not described.photos:
            raise NoPhotos("None of the photos can be read", "photosort organize DIR --dry-run says why.")
        progress("suggesting", 0, 1)
        suggested = suggest(described.captions, RememberedTexts(models.text_encoder, cache).encode_texts, writer)
        progress("suggesting", 1, 1)
        return suggested
