"""Encoders of photos, most of them of texts in the same space too, found by their names in settings."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from photosort.models.catalogue import ENCODERS, IN_FOLDER, IN_HUB, OPEN_CLIP_PREFIX, QUICK_GELU, source_of
from photosort.models.encoders.blip_vision import CAPTIONING, BlipVision
from photosort.models.protocols import DualEncoder
from photosort.models.runtime.placement import BATCH_SIZES, DevicePlacement
from photosort.models.weights.hub import HUB, LOCAL, OPEN_CLIP, TRANSFORMERS, Snapshot, Source, find, located


def encoder_named(name: str, device: str, most: int | None, folder: Path) -> DualEncoder | BlipVision | None:
    """Return the encoder of this name; None for a name of another form. The same one every time, so that it is loaded
    once.

    device  as settings name it
    most    the largest batch
    folder  the model folder

    Raises SettingsError for a name that nothing stands behind, ModelMissing for a model that is not on this machine.
    """
    if name.startswith(OPEN_CLIP_PREFIX):
        source, quick_gelu = open_clip_source(name, folder)
        return _opened(located(source), device, most, folder, quick_gelu)
    wanted = source_of(name, ENCODERS, OPEN_CLIP)
    if wanted is None:
        return None
    other = wanted if name in ENCODERS else replace(wanted, weights=TRANSFORMERS)
    snapshot = find(wanted, folder) or located(other, folder)
    return _opened(snapshot, device, most, folder, wanted.name in QUICK_GELU)


def open_clip_source(name: str, folder: Path) -> tuple[Source, bool]:
    """Return where an `open_clip:` name comes from, and whether its weights need QuickGELU. Raises SettingsError."""
    place = name.removeprefix(OPEN_CLIP_PREFIX)
    for written, meant in ((IN_HUB, HUB), (IN_FOLDER, LOCAL)):
        if place.startswith(written):
            return Source(name, meant + place.removeprefix(written), OPEN_CLIP), False
    from photosort.models.encoders.open_clip import listed

    return listed(place, folder / "open-clip.json")


@lru_cache(maxsize=4)
def _opened(
    snapshot: Snapshot, device: str, most: int | None, folder: Path, quick_gelu: bool
) -> DualEncoder | BlipVision:
    placement = DevicePlacement(device, most, folder / BATCH_SIZES)
    if (snapshot.folder / "open_clip_config.json").is_file():
        from photosort.models.encoders.open_clip import OpenClip

        return OpenClip(snapshot, placement, quick_gelu=quick_gelu)
    if CAPTIONING in (snapshot.json("config.json").get("architectures") or ()):
        return BlipVision(snapshot, placement)
    from photosort.models.encoders.blip_itm import BlipRetrieval

    return BlipRetrieval(snapshot, placement)
