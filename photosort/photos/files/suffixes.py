"""The endings of file names, in lower case, that tell photos from all other files, and the kinds of these.

The one table: what scan takes, what decode reads as camera RAW and what companions groups cannot differ.
"""

from __future__ import annotations

JPEGS = frozenset({".jpg", ".jpeg", ".jpe", ".jfif"})
HEIFS = frozenset({".heic", ".heif", ".hif", ".avif"})
PICTURES = JPEGS | HEIFS | {".mpo", ".png", ".webp", ".gif", ".tif", ".tiff", ".bmp"}
RAWS = frozenset(
    {".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".iiq", ".kdc", ".mef", ".mos", ".mrw"}
    | {".nef", ".nrw", ".orf", ".ori", ".pef", ".raf", ".raw", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f"}
)
PHOTOS = PICTURES | RAWS
VIDEOS = frozenset(
    {".3g2", ".3gp", ".asf", ".avi", ".divx", ".dv", ".flv", ".insv", ".lrv", ".m2t", ".m2ts", ".m2v", ".m4v"}
    | {".mjpeg", ".mkv", ".mod", ".mov", ".mp", ".mp4", ".mpe", ".mpeg", ".mpg", ".mts", ".mxf", ".ogv", ".rm"}
    | {".rmvb", ".tod", ".vob", ".webm", ".wmv"}
)
SIDECARS = frozenset(
    {".aae", ".arp", ".cos", ".dop", ".json", ".nksc", ".on1", ".pp3", ".thm", ".vrd", ".xmp"},
)
"""What these are called where they lie without a photo; beside one, every file of its name travels."""


def split_name(name: str) -> tuple[str, str]:
    """Part a file name before its last dot; a name that only starts with dots has no ending."""
    stem, dot, ending = name.rpartition(".")
    return (stem, dot + ending) if stem.strip(".") else (name, "")


def ending_of(name: str) -> str:
    """Return the ending of a file name as the tables above have it."""
    return split_name(name)[1].lower()
