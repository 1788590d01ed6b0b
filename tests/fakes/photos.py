"""Real photos in any number, and what lies in a folder."""

import hashlib
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_sample_image

from photosort.photos.files.own_files import is_about_name
from photosort.photos.pixels.decode import decode
from photosort.photos.pixels.frame import Frame


def crops(name: str, count: int, seed: int = 5) -> list[Image.Image]:
    """Different pieces of one real photo of scikit-learn's, 200 to 400 pixels wide."""
    photo = Image.fromarray(load_sample_image(name))
    rng = np.random.default_rng(seed)
    pieces = []
    for _ in range(count):
        width = int(rng.integers(200, 400))
        left, top = int(rng.integers(photo.width - width)), int(rng.integers(photo.height - width * 3 // 4))
        pieces.append(photo.crop((left, top, left + width, top + width * 3 // 4)))
    return pieces


def square(content: bytes, side: int, name: str = "") -> np.ndarray:
    """A photo decoded into one square."""
    return decode(content, [Frame(side)], name)[0]


def digests(folder: Path) -> list[str]:
    """The SHA-256 of every file below, sorted: what must never shrink."""
    return sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file())


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below with its content."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def filed(folder: Path) -> list[Path]:
    """Every file below but those that photosort itself has written about it."""
    return [path for path in folder.rglob("*") if path.is_file() and not is_about_name(path.name)]
