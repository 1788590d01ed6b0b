"""A library of photos in plain colours that runs after runs add to: folders Red and Blue, made and called so."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from fakes.models import COLOURS
from fakes.photos import filed
from photosort.models.selected import ModelSet, select_models
from photosort.settings.settings import load_settings
from photosort.workflows.organize import organize
from photosort.workflows.prepared import Organized


def walls(folder: Path, colour: str, numbers: Iterable[int]) -> None:
    """Photos of one colour, no two alike."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        grain = np.random.default_rng(number).integers(-9, 9, (20, 30, 3))
        Image.fromarray((np.array(COLOURS[colour]) + grain).clip(0, 255).astype(np.uint8)).save(
            folder / f"{colour}-{number}.png"
        )


def models(**changed: object) -> ModelSet:
    return select_models(load_settings(**{"fusion": "image", "names": "keywords"} | changed))


def first(source: Path, out: Path, **changed: object) -> None:
    done = organize(source, out, models(k=2, **changed))
    assert isinstance(done, Organized)
    for folder in done.prepared.plan.folders:
        folder.path.rename(out / folder.photos[0].source.name.partition("-")[0].capitalize())


def folder_of(path: Path, out: Path) -> str:
    return path.parent.relative_to(out).as_posix()


def again(source: Path, out: Path, **changed: object) -> Organized:
    done = organize(source, out, models(**changed))
    assert isinstance(done, Organized)
    return done


def contents(out: Path) -> Counter[str]:
    return Counter(hashlib.sha256(path.read_bytes()).hexdigest() for path in filed(out))


def coming(done: Organized) -> dict[str, list[str]]:
    return {folder.name: [photo.source.name for photo in folder.photos] for folder in done.prepared.plan.folders}
