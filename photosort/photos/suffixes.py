"""The endings of file names, in lower case, that tell photos and what travels with them from all other files.

The one table: what scan takes, what decode reads as camera RAW and what companions groups cannot differ.
"""

from __future__ import annotations

JPEGS = frozenset({".jpg", ".jpeg", ".jpe", ".jfif"})
HEIFS = frozenset({".heic", ".heif", ".hif", ".avif"})
PICTURES = JPEGS | HEIFS | {".png", ".webp", ".gif", ".tif", ".tiff", ".bmp"}
RAWS = frozenset(
    {".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".iiq", ".kdc", ".mef", ".mos", ".mrw"}
    | {".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f"}
)
PHOTOS = PICTURES | RAWS
VIDEOS = frozenset({".mov", ".mp4", ".m4v", ".mp"})
OTHER_VIDEOS = frozenset(
    {".3g2", ".3gp", ".asf", ".avi", ".divx", ".dv", ".flv", ".insv", ".lrv", ".m2t", ".m2ts", ".m2v", ".mjpeg", ".mkv"}
    | {".mod", ".mpe", ".mpeg", ".mpg", ".mts", ".mxf", ".ogv", ".rm", ".rmvb", ".tod", ".vob", ".webm", ".wmv"}
)
"""Videos that are never the other half of a Live Photo."""
SIDECARS = frozenset({".xmp", ".aae", ".pp3", ".dop", ".thm", ".json"})
