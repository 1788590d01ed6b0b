"""Picture files put together by hand, piece by piece, as no encoder would write them."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

BITS, PHOTOMETRIC, PLANES, SAMPLE_FORMAT = 258, 262, 284, 339


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(kind: bytes, data: bytes, *, crc: int = 0) -> bytes:
    """A chunk of a PNG, its checksum wrong by `crc`."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data) ^ crc)


def segment(marker: int, data: bytes) -> bytes:
    """A segment of a JPEG."""
    return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data


def tiff(values: NDArray[Any], bits: int, *, big: bool = False, data: bytes = b"", **tags: int) -> bytes:
    """An uncompressed TIFF of one strip a plane; `tags` are photometric, planes and sample_format."""
    order = ">" if big else "<"
    height, width = values.shape[:2]
    bands = values.shape[2] if values.ndim == 3 else 1
    separate = tags.get("planes", 1) == 2
    plain = np.moveaxis(values, -1, 0) if separate else values
    data = data or plain.astype(values.dtype.newbyteorder(order)).tobytes()
    planes = bands if separate else 1
    sizes = [len(data) // planes] * planes
    entries: list[tuple[int, str, list[int]]] = [
        (256, "H", [width]),
        (257, "H", [height]),
        (BITS, "H", [bits] * bands),
        (259, "H", [1]),
        (PHOTOMETRIC, "H", [tags.get("photometric", 1 if bands == 1 else 2)]),
        (273, "I", [0] * planes),
        (277, "H", [bands]),
        (278, "H", [height]),
        (279, "I", sizes),
        (PLANES, "H", [tags.get("planes", 1)]),
        (SAMPLE_FORMAT, "H", [tags.get("sample_format", 1)] * bands),
    ]
    start = 8 + 2 + 12 * len(entries) + 4
    outside = [size for _, kind, held in entries if (size := struct.calcsize(order + kind * len(held))) > 4]
    begin = start + sum(outside)
    table, beyond = b"", b""
    for tag, kind, held in entries:
        numbers = [begin + plane * sizes[0] for plane in range(planes)] if tag == 273 else held
        raw = struct.pack(order + kind * len(numbers), *numbers)
        if len(raw) > 4:
            value, beyond = struct.pack(order + "I", start + len(beyond)), beyond + raw
        else:
            value = raw.ljust(4, b"\0")
        table += struct.pack(order + "HHI", tag, 3 if kind == "H" else 4, len(numbers)) + value
    head = (b"MM\0*" if big else b"II*\0") + struct.pack(order + "I", 8) + struct.pack(order + "H", len(entries))
    return head + table + bytes(4) + beyond + data
