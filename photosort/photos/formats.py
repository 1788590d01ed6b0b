"""Teaches Pillow the formats that it needs a plugin for."""

from __future__ import annotations

from functools import cache


@cache
def register_formats() -> None:
    """Add HEIC and HEIF; AVIF comes with Pillow. Costs some milliseconds, once."""
    import pillow_heif

    pillow_heif.register_heif_opener()
