"""Draw photos before and after for the README: python tests/bench/before_after.py SORTED .github/before-after.webp

SORTED is the destination of a real run, such as photosort-demo/photos-sorted: each of its folders becomes a card with
its name, its count and some of its photos. A text beside the picture credits the demo's photos.
"""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from photosort.photos.files.suffixes import PHOTOS
from photosort.photos.pixels.formats import register_formats
from photosort.workflows.demo import packages

THUMB, GAP, CARD = 62, 6, 4
"""Pixels of a thumbnail and between two; thumbnails in a row of a card."""
HEAP, CARDS = 7, 3
"""Thumbnails in a row of the heap, and cards in a row."""
MARGIN, HEAD = 24, 52
INK, PALE, PAPER = (30, 34, 40), (120, 126, 134), (255, 255, 255)


def photos_in(folder: Path) -> list[Path]:
    """Return the photos below a folder, by name."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in PHOTOS)


def tiles(photos: list[Path], across: int) -> Image.Image:
    """Lay square thumbnails out in rows."""
    down = -(-len(photos) // across)
    sheet = Image.new("RGB", (across * (THUMB + GAP) - GAP, down * (THUMB + GAP) - GAP), PAPER)
    for number, path in enumerate(photos):
        with Image.open(path) as opened:
            square = ImageOps.fit(ImageOps.exif_transpose(opened).convert("RGB"), (THUMB, THUMB))
        sheet.paste(square, (number % across * (THUMB + GAP), number // across * (THUMB + GAP)))
    return sheet


def font(size: int) -> ImageFont.FreeTypeFont:
    """Return the font that comes with Pillow."""
    found = ImageFont.load_default(size)
    assert isinstance(found, ImageFont.FreeTypeFont)
    return found


def card(folder: Path) -> Image.Image:
    """Draw one folder: its name in at most two lines, its count, and a row of its photos."""
    photos = photos_in(folder)
    row = tiles(photos[:CARD], CARD)
    drawn = Image.new("RGB", (row.width, HEAD + row.height), PAPER)
    pen = ImageDraw.Draw(drawn)
    lines = textwrap.wrap(folder.name, 32, max_lines=2, placeholder=" …")
    pen.multiline_text((0, 0), "\n".join(lines), INK, font(16), spacing=2)
    pen.text((row.width, 0), str(len(photos)), PALE, font(16), anchor="ra")
    drawn.paste(row, (0, HEAD))
    return drawn


def picture(destination: Path) -> Image.Image:
    """Draw the heap on the left and the folders on the right, the largest first."""
    folders = sorted((path for path in destination.iterdir() if path.is_dir()), key=lambda one: -len(photos_in(one)))
    everything = sorted(photos_in(destination), key=lambda path: path.name)
    heap, cards = tiles(everything, HEAP), [card(folder) for folder in folders]
    wide, high = cards[0].width + 2 * MARGIN, cards[0].height + MARGIN
    left = 2 * MARGIN + heap.width + 2 * MARGIN
    size = (
        left + CARDS * wide - MARGIN,
        MARGIN + HEAD // 2 + max(heap.height, -(-len(cards) // CARDS) * high) + MARGIN,
    )
    drawn = Image.new("RGB", size, PAPER)
    pen = ImageDraw.Draw(drawn)
    pen.text((MARGIN, MARGIN), f"before: {len(everything)} photos", PALE, font(16))
    pen.text((left, MARGIN), f"after: {len(folders)} folders", PALE, font(16))
    top = MARGIN + HEAD // 2 + GAP
    drawn.paste(heap, (MARGIN, top))
    for number, one in enumerate(cards):
        drawn.paste(one, (left + number % CARDS * wide, top + number // CARDS * high))
    return drawn


def main() -> None:
    """Draw the picture and write the credits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sorted", type=Path)
    parser.add_argument("picture", type=Path)
    arguments = parser.parse_args()
    register_formats()
    picture(arguments.sorted).save(arguments.picture, quality=80)
    names = {path.name for path in photos_in(arguments.sorted)}
    credits = [photo.credit() for package in packages() for photo in package.photos if photo.name in names]
    arguments.picture.with_suffix(".txt").write_text("\n".join(credits) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
