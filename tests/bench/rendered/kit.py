"""What all renderings are made of: fonts, words, colours, photos, and what cameras and programs do to a picture."""

from __future__ import annotations

import io
import string
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

from photosort.wordnet.nouns import nouns

Colour = tuple[int, int, int]
Box = tuple[int, int, int, int]
INK: Colour = (25, 25, 28)
HAND = ("kristi", "isabella", "dancing", "comic", "humor", "chancery", "z003")
BOLD = ("black", "heavy", "bold", "bebas")
NARROW = ("bebas", "condensedblack", "condensed-black", "condensedbold", "condensed-bold", "narrow-bold", "narrowbold")
MONO = ("mono", "courier", "inconsolata", "hack", "fira", "ocr")
LITTLE = (
    *("the", "of", "and", "to", "a", "in", "is", "for", "on", "with", "at", "by"),
    *("from", "your", "our", "this", "will", "not", "you", "we", "all", "new", "more"),
)
LETTERS = {
    "latin": string.ascii_lowercase + "aeiouaeiou",
    "cyrillic": "абвгдежзиклмнопрстуфхцчшщыьэюяаеиоу",
    "greek": "αβγδεζηθικλμνξοπρστυφχψωαειο",
}


@dataclass(frozen=True)
class Kit:
    """Chance, fonts and photos to draw with.

    chance  decides everything; the same seed draws the same pictures
    fonts   files of TrueType or OpenType fonts
    photos  files of photos, to be shown on screens and in memes, and to lie under papers
    """

    chance: np.random.Generator
    fonts: tuple[Path, ...]
    photos: tuple[Path, ...]

    def maybe(self, probability: float) -> bool:
        """Throw a coin."""
        return bool(self.chance.random() < probability)

    def between(self, low: float, high: float) -> float:
        """Draw a number."""
        return float(self.chance.uniform(low, high))

    def whole(self, low: int, high: int) -> int:
        """Draw a whole number, both ends included."""
        return int(self.chance.integers(low, high + 1)) if high > low else low

    def one(self, items: Sequence[str]) -> str:
        """Draw one of some words."""
        return items[self.whole(0, len(items) - 1)]

    def font(self, size: float, *kinds: str) -> ImageFont.FreeTypeFont:
        """Return a font of so many pixels, of the kinds that stand in its name, where there is one."""
        plain = [font for font in self.fonts if not any(kind in font.name.lower() for kind in (*HAND, "ocr"))]
        fitting = [font for font in self.fonts if any(kind in font.name.lower() for kind in kinds)] or plain
        return _font(fitting[self.whole(0, len(fitting) - 1)], max(6, round(size)))

    def colour(self, low: int = 0, high: int = 255) -> Colour:
        """Draw a colour."""
        return self.whole(low, high), self.whole(low, high), self.whole(low, high)

    def accent(self) -> Colour:
        """Draw a strong colour, as programs use them."""
        picture = Image.new("HSV", (1, 1), (self.whole(0, 255), self.whole(120, 255), self.whole(110, 255)))
        red, green, blue = picture.convert("RGB").getpixel((0, 0))  # type: ignore[misc]
        return int(red), int(green), int(blue)

    def photo(self, width: int, height: int) -> Image.Image:
        """Return a part of a photo, in this size."""
        picture = opened(self.photos[self.whole(0, len(self.photos) - 1)], 2 * max(width, height))
        scale = self.between(0.5, 1)
        box = max(1, int(picture.width * scale)), max(1, int(picture.height * scale))
        left, top = self.whole(0, picture.width - box[0]), self.whole(0, picture.height - box[1])
        part = picture.crop((left, top, left + box[0], top + box[1]))
        return ImageOps.fit(part, (max(1, width), max(1, height)))

    def word(self) -> str:
        """Return a noun, or letters of another script."""
        if self.maybe(0.25):
            letters = LETTERS[self.one(list(LETTERS))]
            return "".join(self.one(list(letters)) for _ in range(self.whole(3, 10)))
        return self.one(_words())

    def words(self, count: int) -> str:
        """Return so many words, as a sentence begins."""
        said = [self.one(LITTLE) if self.maybe(0.45) else self.word() for _ in range(count)]
        return " ".join(said).capitalize()

    def number(self, most: int = 99999) -> str:
        """Return a number, an amount, a date or a time."""
        forms = (
            f"{self.whole(0, most):,}",
            f"{self.between(0, most / 50):.2f}",
            f"{self.whole(1, 28):02d}.{self.whole(1, 12):02d}.20{self.whole(10, 26)}",
            f"{self.whole(0, 23)}:{self.whole(0, 59):02d}",
        )
        return self.one(forms)


def opened(path: Path, side: int) -> Image.Image:
    """Return a picture upright, on white, reduced while it is read where it is larger than `side` pixels."""
    with Image.open(path) as image:
        image.draft("RGB", (side, side))
        upright = ImageOps.exif_transpose(image)
        if upright.mode not in ("RGBA", "LA", "PA", "P"):
            return upright.convert("RGB")
        layer = upright.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")


@lru_cache(4096)
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


@lru_cache(1)
def _words() -> tuple[str, ...]:
    return tuple(noun.noun for noun in nouns() if noun.noun and " " not in noun.noun)


def read_kit(seed: int, fonts: Path, photos: Sequence[Path]) -> Kit:
    """Return a kit of all fonts below a folder that can be used."""
    found = sorted(path for ending in ("ttf", "otf") for path in fonts.rglob(f"*.{ending}"))
    return Kit(np.random.default_rng(seed), tuple(path for path in found if _has_letters(path)), tuple(photos))


def _has_letters(path: Path) -> bool:
    try:
        font = _font(path, 20)
        return "symbol" not in path.name.lower() and font.getmask("abc").getbbox() != font.getmask("xyz").getbbox()
    except OSError:
        return False


def paragraph(
    kit: Kit,
    draw: ImageDraw.ImageDraw,
    box: Box,
    font: ImageFont.FreeTypeFont,
    fill: Colour,
    *,
    spacing: float = 1.4,
    justified: bool = False,
    ragged: float = 0.9,
) -> int:
    """Fill a box with lines of text, and return where they end."""
    left, top, right, bottom = box
    step = max(2, int(font.size * spacing))
    y = top
    while y + step <= bottom:
        last = kit.maybe(0.15)
        wide = (right - left) * (kit.between(0.2, 0.8) if last else 1 if justified else kit.between(ragged, 1))
        line = ""
        while font.getlength(line) < wide and len(line) < 400:
            line += " " + kit.words(3).lower()
        while line and font.getlength(line) > wide:
            line = line[:-1]
        draw.text((left, y), line.strip(), font=font, fill=fill)
        y += int(step * 1.6) if last else step
    return y


def as_jpeg(image: Image.Image, quality: int) -> Image.Image:
    """Return the picture as it comes out of a JPEG."""
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "JPEG", quality=quality)
    buffer.seek(0)
    return Image.open(buffer).convert("RGB")


def lit(kit: Kit, image: Image.Image, least: float = 0.4) -> Image.Image:
    """Light a picture from one side, as lamps and windows do, sometimes with the shadow of a hand."""
    width, height = image.size
    yy, xx = np.mgrid[0:height, 0:width].astype(np.float32)
    angle = kit.between(0, 2 * np.pi)
    along = (xx / width - 0.5) * np.cos(angle) + (yy / height - 0.5) * np.sin(angle)
    light = 1 - kit.between(0, 1 - least) * (along + 0.5)
    if kit.maybe(0.4):
        edge = kit.between(-0.3, 0.3)
        soft = kit.between(0.01, 0.15)
        light *= 1 - kit.between(0.15, 0.45) / (1 + np.exp(-(along - edge) / soft))
    tint = np.array([kit.between(0.9, 1.05), kit.between(0.92, 1), kit.between(0.75, 1.05)], dtype=np.float32)
    pixels = np.asarray(image, dtype=np.float32) * light[..., None] * tint
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def taken_by_camera(kit: Kit, image: Image.Image) -> Image.Image:
    """Blur, add noise, change contrast and compress, as phones do."""
    if kit.maybe(0.6):
        image = image.filter(ImageFilter.GaussianBlur(kit.between(0.2, max(image.size) / 700)))
    image = ImageEnhance.Contrast(image).enhance(kit.between(0.6, 1.15))
    image = ImageEnhance.Brightness(image).enhance(kit.between(0.65, 1.15))
    noise = kit.chance.normal(0, kit.between(1, 7), np.asarray(image).shape)
    noisy = np.clip(np.asarray(image, dtype=np.float32) + noise, 0, 255).astype(np.uint8)
    return as_jpeg(Image.fromarray(noisy), kit.whole(55, 95))


def on_table(kit: Kit, paper: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Lay a paper on something, and look at it from the side: it may be turned, and reach out of the picture."""
    cover = kit.between(0.5, 1.15)
    scale = min(size[0] / paper.width, size[1] / paper.height) * cover
    return upon(kit, paper, _ground(kit, *size), scale, shift=0.05)


def upon(kit: Kit, paper: Image.Image, ground: Image.Image, scale: float, shift: float = 0.3) -> Image.Image:
    """Lay something flat into a picture, seen from the side and turned, `shift` of its size off the middle at most."""
    size = ground.size
    half = np.array([paper.width, paper.height]) * scale / 2
    turn = np.radians(kit.between(-12, 12) if kit.maybe(0.8) else kit.between(-60, 60))
    cos, sin = np.cos(turn), np.sin(turn)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    corners = corners @ np.array([[cos, sin], [-sin, cos]])
    corners += kit.chance.uniform(-0.06, 0.06, (4, 2)) * half.max() * 2
    corners += np.array(size) * (0.5 + kit.chance.uniform(-shift, shift, 2))
    source = np.array([[0, 0], [paper.width, 0], [paper.width, paper.height], [0, paper.height]], dtype=float)
    solid = Image.new("L", paper.size, 255)
    data = _perspective(corners, source)
    warped = paper.transform(size, Image.Transform.PERSPECTIVE, data, Image.Resampling.BICUBIC)
    mask = solid.transform(size, Image.Transform.PERSPECTIVE, data, Image.Resampling.BICUBIC)
    shadow = mask.filter(ImageFilter.GaussianBlur(kit.between(2, 12))).point(lambda value: value * 0.5)
    ground.paste((20, 20, 20), (kit.whole(-8, 8), kit.whole(0, 10)), shadow)
    ground.paste(warped, (0, 0), mask)
    return ground


def _ground(kit: Kit, width: int, height: int) -> Image.Image:
    """Return what a paper may lie on: a table of one colour, wood, cloth, or anything that a photo shows."""
    if kit.maybe(0.35):
        return ImageEnhance.Brightness(kit.photo(width, height)).enhance(kit.between(0.4, 1))
    base = Image.new("RGB", (width, height), kit.colour(20, 235) if kit.maybe(0.4) else _wooden(kit))
    grain = kit.chance.normal(
        0, kit.between(3, 16), (max(2, height // kit.whole(1, 30)), max(2, width // kit.whole(1, 60)))
    )
    layer = Image.fromarray((128 + grain).clip(0, 255).astype(np.uint8)).resize((width, height))
    pixels = np.asarray(base, dtype=np.float32) + np.asarray(layer, dtype=np.float32)[..., None] - 128
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def _wooden(kit: Kit) -> Colour:
    dark = kit.between(0.3, 1)
    return int(190 * dark), int(145 * dark), int(100 * dark)


def _perspective(target: np.ndarray, source: np.ndarray) -> list[float]:
    """Return the eight numbers by which Pillow finds for each point of the target the one of the source."""
    rows, values = [], []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return [float(value) for value in np.linalg.solve(np.array(rows), np.array(values))]
