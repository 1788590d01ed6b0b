"""Camera RAW files made by hand: small, and real enough for libraw to open."""

from __future__ import annotations

import io
import struct

import numpy as np
from PIL import Image

_FORMAT = {1: "B", 2: "c", 3: "H", 4: "I", 5: "I", 10: "i"}  # TIFF 6.0: the numbers of the field types
_MOSAIC = ((0, 1), (1, 2))  # red green / green blue


def dng(preview: Image.Image | None, orientation: int | None = 1, sensor: Image.Image | None = None) -> bytes:
    """A DNG with a JPEG preview, laid out as cameras do: IFD0 has the preview, its SubIFD the sensor's mosaic.

    `preview` None leaves it out. `sensor` (a grey picture of 64 x 48 pixels if not given) is what the photo shows
    once it is developed; it lies on the sensor's side, so `orientation` turns it as well. A preview with EXIF in
    its `info` keeps that.
    """
    shown = b""
    if preview is not None:
        buffer = io.BytesIO()
        preview.save(buffer, "JPEG", quality=95, exif=preview.info.get("exif", b""))
        shown = buffer.getvalue()
    return _tiff(shown, preview.size if preview else None, 7, orientation, sensor)


def dng_with_bitmap(preview: Image.Image, orientation: int | None = 1) -> bytes:
    """As `dng`, but the preview is bare RGB, as older cameras and converters write it."""
    return _tiff(preview.convert("RGB").tobytes(), preview.size, 1, orientation, None)


def _tiff(
    shown: bytes,
    size: tuple[int, int] | None,
    compression: int,
    orientation: int | None,
    sensor: Image.Image | None,
) -> bytes:
    mosaic = _mosaic(sensor or Image.new("RGB", (64, 48), (90, 90, 90)))
    height, width = mosaic.shape
    camera: list[tuple[int, int, list[int]]] = [
        (271, 2, list(b"Handmade\0")),
        (272, 2, list(b"Handmade One\0")),
        *([(274, 3, [orientation])] if orientation else []),
        (50706, 1, [1, 4, 0, 0]),  # DNGVersion
        (50707, 1, [1, 1, 0, 0]),  # DNGBackwardVersion
        (50708, 2, list(b"Handmade One\0")),  # UniqueCameraModel
        (50721, 10, _thousandths(3241, -1537, -499, -969, 1876, 42, 56, -204, 1057)),  # ColorMatrix1: XYZ to sRGB
        (50728, 5, [1, 1] * 3),  # AsShotNeutral
        (50778, 3, [21]),  # CalibrationIlluminant1: D65
    ]
    raw: list[tuple[int, int, list[int]]] = [
        (254, 4, [0]),
        (256, 4, [width]),
        (257, 4, [height]),
        (258, 3, [16]),
        (259, 3, [1]),
        (262, 3, [32803]),  # colour filter array
        (273, 4, [0]),
        (277, 3, [1]),
        (278, 4, [height]),
        (279, 4, [mosaic.nbytes]),
        (284, 3, [1]),
        (33421, 3, [2, 2]),  # CFARepeatPatternDim
        (33422, 1, [colour for row in _MOSAIC for colour in row]),  # CFAPattern
        (50714, 3, [0]),  # BlackLevel
        (50717, 4, [65535]),  # WhiteLevel
    ]
    if size is None:
        main = [entry for entry in raw + camera if entry[0] != 273]
        at = 8 + len(_ifd([*main, (273, 4, [0])], 8))
        return _head() + _ifd([*main, (273, 4, [at])], 8) + mosaic.tobytes()
    main = [
        (254, 4, [1]),
        (256, 4, [size[0]]),
        (257, 4, [size[1]]),
        (258, 3, [8, 8, 8]),
        (259, 3, [compression]),
        (262, 3, [6 if compression == 7 else 2]),
        (277, 3, [3]),
        (278, 4, [size[1]]),
        (279, 4, [len(shown)]),
        (284, 3, [1]),
        *camera,
    ]
    below = 8 + len(_ifd([*main, (273, 4, [0]), (330, 4, [0])], 8))
    preview_at = below + len(_ifd(raw, below))
    mosaic_at = preview_at + len(shown) + len(shown) % 2
    raw = [(tag, kind, [mosaic_at] if tag == 273 else values) for tag, kind, values in raw]
    first = _ifd([*main, (273, 4, [preview_at]), (330, 4, [below])], 8)
    return _head() + first + _ifd(raw, below) + shown + b"\0" * (len(shown) % 2) + mosaic.tobytes()


def _head() -> bytes:
    return struct.pack("<2sHI", b"II", 42, 8)


def _ifd(entries: list[tuple[int, int, list[int]]], start: int) -> bytes:
    """One image file directory with the values that do not fit into it right behind."""
    table, behind = struct.pack("<H", len(entries)), b""
    begin = start + 2 + 12 * len(entries) + 4
    for tag, kind, values in sorted(entries):
        count = len(values) // 2 if kind in (5, 10) else len(values)
        packed = bytes(values) if kind == 2 else struct.pack(f"<{len(values)}{_FORMAT[kind]}", *values)
        if len(packed) > 4:
            place = struct.pack("<I", begin + len(behind))
            behind += packed + b"\0" * (len(packed) % 2)
        else:
            place = packed.ljust(4, b"\0")
        table += struct.pack("<HHI", tag, kind, count) + place
    return table + bytes(4) + behind


def _thousandths(*values: int) -> list[int]:
    return [number for value in values for number in (value, 1000)]


def _mosaic(picture: Image.Image) -> np.ndarray:
    """What a linear sensor behind the colour filters counts where the picture is to be seen."""
    linear = (np.asarray(picture.convert("RGB")) / 255.0) ** 2.2
    counts = np.empty(linear.shape[:2], dtype="<u2")
    for y in range(2):
        for x in range(2):
            counts[y::2, x::2] = linear[y::2, x::2, _MOSAIC[y][x]] * 60000
    return counts
