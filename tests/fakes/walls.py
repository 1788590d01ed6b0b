"""Photos of one colour each, and the models that group them by it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from fakes.models import COLOURS
from photosort.models.selected import ModelSet, select_models
from photosort.settings.settings import load_settings


def walls(folder: Path, colour: str, numbers: range) -> None:
    """Photos of one colour, no two alike."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        grain = np.random.default_rng(number).integers(-9, 9, (20, 30, 3))
        Image.fromarray((np.array(COLOURS[colour]) + grain).clip(0, 255).astype(np.uint8)).save(
            folder / f"{colour}-{number}.png"
        )


def coloured(**changed: object) -> ModelSet:
    """The models of `use_colours`, for settings that group by image alone."""
    return select_models(load_settings(**{"fusion": "image", "names": "keywords"} | changed))
