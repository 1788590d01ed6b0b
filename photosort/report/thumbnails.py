"""Small pictures for a page."""

from __future__ import annotations

import io

from PIL import Image

from photosort.photos.pixels.decode import REVISION, decode
from photosort.photos.pixels.frame import Frame
from photosort.store.identity import Identity

SIDE, QUALITY = 240, 70
IDENTITY = Identity("thumbnail", f"{REVISION}-webp-{SIDE}-{QUALITY}")
"""What a thumbnail depends on beside the photo."""


def thumbnail(content: bytes, name: str) -> bytes:
    """Return a photo as a WebP whose longer side has SIDE pixels, upright, without metadata. Raises UnreadablePhoto."""
    (pixels,) = decode(content, [Frame(SIDE, "inside")], name)
    made = io.BytesIO()
    Image.fromarray(pixels).save(made, "WEBP", quality=QUALITY, method=2)
    return made.getvalue()
