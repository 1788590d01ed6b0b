"""Pictures of photos for the large view."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from photosort.photos.pixels.decode import UnreadablePhoto, decode
from photosort.photos.pixels.formats import register_formats
from photosort.photos.pixels.frame import Frame

SIDE, QUALITY = 1600, 82
"""Pixels of the longer side, and of how good a JPEG."""
LARGEST = 1 << 30
"""Bytes of a file that is read for it."""


def picture_of(path: Path) -> bytes | None:
    """Return a photo as a JPEG of at most SIDE pixels, without metadata; None where it cannot be read."""
    register_formats()
    try:
        if path.stat().st_size > LARGEST:
            return None
        (pixels,) = decode(path.read_bytes(), [Frame(SIDE, "inside")], path.name)
    except (OSError, UnreadablePhoto):
        return None
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=QUALITY)
    return file.getvalue()
