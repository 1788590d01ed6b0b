"""A cache, and photos whose colour and shape the fakes can name."""

from pathlib import Path

import pytest
from fakes.models import COLOURS
from PIL import Image

from photosort.store.cache import open_cache


@pytest.fixture
def cache(tmp_path: Path):
    with open_cache(tmp_path / "cache") as cache:
        yield cache


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Forty photos in four colours, no two alike."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(40):
        name = list(COLOURS)[number % 4]
        image = Image.new("RGB", (30, 20), COLOURS[name])
        image.putpixel((0, 0), (number, 0, 0))
        image.save(folder / f"{number:02d}-{name}.png")
    return folder


@pytest.fixture
def shapes(tmp_path: Path) -> Path:
    """Twenty photos, red and blue, wide and tall in turns."""
    folder = tmp_path / "shapes"
    folder.mkdir()
    for number in range(20):
        size = (24, 12) if number % 2 else (12, 24)
        image = Image.new("RGB", size, COLOURS["red" if number % 4 < 2 else "blue"])
        image.putpixel((0, 0), (number, 0, 0))
        image.save(folder / f"{number:02d}.png")
    return folder
