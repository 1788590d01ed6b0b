"""Loads Pillow's plugins for the formats that photos come in."""

from __future__ import annotations

from functools import cache


@cache
def register_formats() -> None:
    """Load them all, and HEIC and HEIF; once, before threads use them. Costs some milliseconds."""
    import pillow_heif
    from PIL import AvifImagePlugin, Image, MpoImagePlugin, TiffImagePlugin, WebPImagePlugin  # noqa: F401

    Image.preinit()
    pillow_heif.register_heif_opener()
