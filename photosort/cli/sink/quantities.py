"""Quantities as people read them: seconds and bytes."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """Return minutes and seconds, with hours where there are any: "1:17", "2:03:09"."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def readable_bytes(size: float) -> str:
    """Return a number of bytes in the unit that suits it: "5 MB"."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
