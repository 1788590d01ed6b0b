"""How a model wants its pictures, read from the configuration of its processor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from photosort.errors import ModelMissing
from photosort.models.weights.hub import Snapshot
from photosort.photos.pixels.frame import Frame

PROCESSOR_FILES = ("preprocessor_config.json", "processor_config.json")
CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD = (0.26862954, 0.26130258, 0.27577711)

Channels = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """The picture of a photo that a model sees, and the mean and deviation of its colours, from 0 to 1."""

    frame: Frame
    mean: Channels = CLIP_MEAN
    std: Channels = CLIP_STD


def image_settings(snapshot: Snapshot) -> dict[str, Any]:
    """Return the settings of the image processor, as older and newer versions of transformers write them."""
    found = snapshot.json(*PROCESSOR_FILES)
    inner = found.get("image_processor")
    return inner if isinstance(inner, dict) else found


def preprocessing(snapshot: Snapshot) -> Preprocessing:
    """Return what a processor does that squeezes pictures into a square, or crops the square in their middle.

    Raises ModelMissing where the configuration names neither.
    """
    found = image_settings(snapshot)
    if found.get("do_center_crop") and (side := _square(found.get("crop_size"))):
        frame = Frame(side, "crop")
    elif side := _square(found.get("size")):
        frame = Frame(side)
    else:
        raise ModelMissing(
            f"The model {snapshot.name} does not say which pictures it wants ({snapshot.folder})",
            f"Its folder needs a {PROCESSOR_FILES[0]}.",
        )
    return Preprocessing(
        frame, _channels(found.get("image_mean"), CLIP_MEAN), _channels(found.get("image_std"), CLIP_STD)
    )


def _square(size: Any) -> int:
    """Return the side of a square, 0 for any other form; the released BLIP has the number alone."""
    if isinstance(size, dict):
        return int(size.get("height") or 0) if size.get("height") == size.get("width") else 0
    return size if isinstance(size, int) else 0


def _channels(found: Any, default: Channels) -> Channels:
    if isinstance(found, list) and len(found) == 3:
        return float(found[0]), float(found[1]), float(found[2])
    return default
