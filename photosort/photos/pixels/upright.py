"""Which way up a photo is, as its EXIF says: EXIF 2.32, tag 0x0112."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image, ImageOps

ORIENTATION = 0x0112
_TURN: dict[int, Callable[[Image.Image], Image.Image]] = {
    2: ImageOps.mirror,
    3: lambda image: image.transpose(Image.Transpose.ROTATE_180),
    4: ImageOps.flip,
    5: lambda image: image.transpose(Image.Transpose.TRANSPOSE),
    6: lambda image: image.transpose(Image.Transpose.ROTATE_270),
    7: lambda image: image.transpose(Image.Transpose.TRANSVERSE),
    8: lambda image: image.transpose(Image.Transpose.ROTATE_90),
}


def orientation_of(image: Image.Image) -> int:
    """Return the orientation that the EXIF names; 1, which is upright, where it is damaged."""
    try:
        orientation = image.getexif().get(ORIENTATION, 1)
    except Exception:  # the parsers raise whatever they like: struct.error, KeyError, ...
        return 1
    return orientation if isinstance(orientation, int) else 1


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """Turn a picture as its orientation wants it; after the reduction, where that costs nothing."""
    turn = _TURN.get(orientation)
    return turn(image) if turn else image


def orient_preview(preview: Image.Image, flip: int, sensor: tuple[int, int]) -> None:
    """Give a preview the orientation of its RAW, unless it has its own or its shape shows that it was turned already.

    flip    as libraw has it: 1 mirrors, 2 flips, 4 transposes
    sensor  its width and height
    """
    exif = preview.getexif()
    turned = flip & 4 and (preview.width - preview.height) * (sensor[0] - sensor[1]) < 0
    if ORIENTATION not in exif and not turned:
        exif[ORIENTATION] = (1, 2, 4, 3, 5, 8, 6, 7)[flip]
