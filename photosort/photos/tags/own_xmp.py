"""The XMP that lies inside a photo."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from photosort.photos.pixels.formats import register_formats


def own_xmp(path: Path) -> bytes | None:
    """Return the XMP packet of a JPEG, PNG, WebP, TIFF or HEIC; None where there is none, or it cannot be read.

    No pixel is decoded.
    """
    from PIL import Image

    register_formats()
    try:
        with warnings.catch_warnings(), path.open("rb") as file:
            warnings.simplefilter("ignore")
            with Image.open(file) as image:
                info: dict[Any, Any] = image.info
                packet = info.get("xmp") or info.get("XML:com.adobe.xmp") or getattr(image, "tag_v2", {}).get(700)
    except Exception:  # parsers raise whatever they like on broken files: struct.error, KeyError, ...
        return None
    if isinstance(packet, str):
        packet = packet.encode()
    return packet.rstrip(b"\0") if isinstance(packet, bytes) and packet else None
