"""What an earlier run knew of its photos, read again from its settings and the cache. No model is loaded here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError
from pydantic_settings import SettingsConfigDict

from photosort.errors import SettingsError
from photosort.methods.fusion import unit
from photosort.models.profiles import BUILTIN, PROFILES, Choice
from photosort.models.protocols import Vectors
from photosort.models.selected import ModelSet, select_models
from photosort.settings.given import GivenSettings
from photosort.settings.settings import Settings
from photosort.store.cache import Cache
from photosort.store.runs.runs import Run

_ROLES = ("image_encoder", "text_encoder", "captioner", "captions")


class _Stored(GivenSettings):
    """Settings as a run has kept them; a key that this version does not know is passed over."""

    model_config = SettingsConfigDict(extra="ignore")


def settings_of(run: Run, cache_dir: Path | None = None) -> Settings:
    """Return the settings that a run was made with; what it did not keep has its default.

    The device is not among them: models run where they can today. `cache_dir` is where the cache lies today, that of
    the run if missing. Raises SettingsError where this version does not know them any more.
    """
    given = {**run.settings, "device": "auto", **({"cache_dir": cache_dir} if cache_dir else {})}
    try:
        return _Stored(**given)
    except ValidationError as error:
        raise SettingsError(
            f"Run {run.id} was made with settings that this version of photosort does not know"
            f" ({error.errors()[0]['msg']})",
            "Organize its photos again.",
        ) from error


def models_of(run: Run, cache_dir: Path | None = None) -> ModelSet:
    """Return the models of a run, as its settings name them; each is made when it is first used.

    Raises what `settings_of` raises; a model that is not on this machine raises ModelMissing when it is first used.
    """
    settings = settings_of(run, cache_dir)
    if any(getattr(settings, role) is None for role in _ROLES):
        return select_models(settings)
    profile = PROFILES.get(settings.profile, PROFILES[BUILTIN])
    return ModelSet(settings, Choice(profile, f"as in run {run.id}"))


def image_vectors(run: Run, digests: Sequence[str], cache: Cache) -> tuple[NDArray[np.bool_], Vectors]:
    """Return what the image encoder of a run made of n photos: which are known, (n,), and (n, d) unit rows.

    A row is zero where the cache does not know the photo any more; d is 0 where it knows none. Raises what `models_of`
    and its image encoder raise.
    """
    found = cache.vectors(models_of(run).image_encoder.identity, set(digests))
    known = np.array([digest in found for digest in digests], dtype=np.bool_)
    width = len(next(iter(found.values()))) if found else 0
    vectors = np.zeros((len(digests), width), dtype=np.float32)
    for row, digest in enumerate(digests):
        if known[row]:
            vectors[row] = found[digest]
    return known, unit(vectors)
