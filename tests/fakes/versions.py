"""What becomes of photos: edits that leave them the same, and pairs of shots of one moment that are two."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFont

NOISE = 4.0
"""Deviation of the noise of two shots of one moment, in grey values."""


def opened(path: Path, side: int = 800) -> Image.Image:
    """A picture on white, the longer side at most `side` pixels."""
    with Image.open(path) as image:
        layered = image.convert("RGBA")
    picture = Image.alpha_composite(Image.new("RGBA", layered.size, "white"), layered).convert("RGB")
    picture.thumbnail((side, side))
    return picture


def edits(picture: Image.Image, rng: np.random.Generator) -> Iterator[tuple[str, Image.Image]]:
    """The same picture as programs leave it: the kind of the edit, and what comes of it."""
    width, height = picture.size
    yield "resized to half", picture.resize((max(64, width // 2), max(64, height // 2)), Image.Resampling.LANCZOS)
    yield "recompressed", recompressed(picture, 35)
    yield "cropped by 5 %", cropped(picture, 0.95, rng)
    yield "cropped by 10 %", cropped(picture, 0.9, rng)
    yield "colour", recompressed(ImageEnhance.Color(picture).enhance(float(rng.choice([0, 0.3, 1.7]))))
    yield "tint", recompressed(_scaled(picture, rng.uniform(0.85, 1.15, 3)))
    yield "brightness", recompressed(ImageEnhance.Brightness(picture).enhance(float(rng.choice([0.7, 1.3]))))
    yield "contrast", recompressed(ImageEnhance.Contrast(picture).enhance(float(rng.choice([0.7, 1.35]))))
    gamma = float(rng.choice([0.7, 1.4]))
    yield "gamma", recompressed(picture.point([int(255 * (value / 255) ** gamma) for value in range(256)] * 3))
    yield "small text", recompressed(signed(picture))
    yield "turned by EXIF", picture
    part = picture.crop((round(width * 0.02), round(height * 0.02), round(width * 0.97), round(height * 0.98)))
    small = part.resize((max(64, int(width * 0.6)), max(64, int(height * 0.6))))
    yield "crop, size and light", recompressed(ImageEnhance.Brightness(small).enhance(1.15), 60)


def shots(
    picture: Image.Image, other: Image.Image, rng: np.random.Generator
) -> Iterator[tuple[str, Image.Image, Image.Image]]:
    """Two shots of one moment: what differs, and both. Each has noise of its own and shows a part of `picture`."""
    shift = rng.uniform(0.01, 0.03, 2) * rng.choice([-1, 1], 2)
    first = _aimed(picture, 0, 0, 1)
    yield "shaken", _noisy(first, rng), _noisy(_aimed(picture, *shift, 1), rng)
    zoomed = _aimed(picture, *(shift / 2), 1 + rng.uniform(-0.02, 0.02))
    yield "shaken and zoomed", _noisy(first, rng), _noisy(zoomed, rng)
    left, top = rng.uniform(0.1, 0.6, 2)
    before = _noisy(_with_object(first, other, left, top), rng)
    yield "something moved", before, _noisy(_with_object(first, other, left + 0.1, top + 0.03), rng)
    shaken = _aimed(picture, *(shift / 2), 1)
    yield "both", before, _noisy(_with_object(shaken, other, left + 0.08, top - 0.03), rng)


def recompressed(picture: Image.Image, quality: int = 90) -> Image.Image:
    """As JPEG leaves it."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer).convert("RGB")


def cropped(picture: Image.Image, share: float, rng: np.random.Generator) -> Image.Image:
    """A part of the picture, of so much of its width and height, from anywhere."""
    left, top = rng.uniform(0, 1 - share, 2) * picture.size
    return picture.crop(
        (round(left), round(top), round(left + share * picture.width), round(top + share * picture.height))
    )


def signed(picture: Image.Image) -> Image.Image:
    """With a date in the corner."""
    copy = picture.copy()
    font = ImageFont.load_default(max(8, picture.height // 24))
    place = (picture.width * 0.6, picture.height * 0.92)
    ImageDraw.Draw(copy).text(place, "14.07.2019", fill="orange", font=font)
    return copy


def _scaled(picture: Image.Image, by: np.ndarray) -> Image.Image:
    return Image.fromarray(np.clip(np.asarray(picture, float) * by, 0, 255).astype(np.uint8))


def _aimed(picture: Image.Image, across: float, down: float, zoom: float) -> Image.Image:
    width, height, part = *picture.size, 0.92 * zoom
    left, top = width * ((1 - part) / 2 + across), height * ((1 - part) / 2 + down)
    box = (left, top, left + width * part, top + height * part)
    size = (int(width * 0.92), int(height * 0.92))
    return picture.transform(size, Image.Transform.EXTENT, box, Image.Resampling.BICUBIC)


def _noisy(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    grain = np.asarray(picture, float) + rng.normal(0, NOISE, (picture.height, picture.width, 3))
    return recompressed(Image.fromarray(np.clip(grain, 0, 255).astype(np.uint8)), 92)


def _with_object(picture: Image.Image, other: Image.Image, left: float, top: float) -> Image.Image:
    size = (max(8, int(picture.width * 0.12)), max(8, int(picture.height * 0.18)))
    outline = Image.new("L", size, 0)
    ImageDraw.Draw(outline).ellipse((0, 0, size[0] - 1, size[1] - 1), fill=255)
    copy = picture.copy()
    copy.paste(other.resize(size), (int(left * picture.width), int(top * picture.height)), outline)
    return copy
