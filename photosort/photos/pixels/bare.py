"""A picture without what is written about it: for files whose metadata is damaged and whose pixels are sound.

Each format is a list of pieces. The pieces that pixels are decoded from are kept, and the EXIF with the orientation; a
profile, texts and previews are left out. Sources: the PNG specification (third edition, chunks and their first letter),
ITU-T T.81 B.1 (markers of JPEG), RFC 9649 (WebP), ISO/IEC 14496-12 (the boxes of HEIF and AVIF).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"eXIf"})
_WEBP_LEFT_OUT = frozenset({b"ICCP", b"XMP "})
_WEBP_FLAGS = 0x20 | 0x04
"""The bits of a VP8X chunk that announce a profile and XMP."""

_START, _END, _SCAN = b"\xff\xd8", b"\xff\xd9", 0xDA
_JPEG_KEPT = frozenset({0xDB, 0xDD, *range(0xC0, 0xD0)})
"""Markers of tables, frames and the restart interval."""
_JPEG_NAMED = {0xE0: (b"JFIF\0", 16), 0xE1: (b"Exif\0\0", 16), 0xEE: (b"Adobe", 14)}
"""Markers with what their segments begin with, and the least size of a whole one: colours and the orientation."""
TAIL = 4096
"""Bytes that stand in for the rest of a scan, to see whether any of it is missing."""


def bare(content: bytes) -> bytes:
    """Return the file without its metadata, but for EXIF that looks sound; empty for any other format."""
    if content.startswith(_PNG):
        return _PNG + b"".join(_png_chunks(content))
    if content.startswith(_START):
        return _bare_jpeg(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        chunks = b"WEBP" + b"".join(_webp_chunks(content))
        return b"RIFF" + len(chunks).to_bytes(4, "little") + chunks
    if content[4:8] == b"ftyp":
        return _without_exif_item(content)
    return b""


def with_ends(content: bytes) -> tuple[bytes, bytes] | None:
    """Return a JPEG that lacks its end marker with two different ends; None for any other file.

    Both decode to the same pixels where the last scan is whole: what follows it is skipped up to the end marker. Where
    a part of the scan is missing, each end gives other pixels in its place.
    """
    if not content.startswith(_START) or content.rstrip(b"\0").endswith(_END):
        return None
    return content + bytes(range(1, 255)) * (TAIL // 254) + _END, content + b"\x55\xaa\x13" * (TAIL // 3) + _END


def scans(content: bytes) -> int:
    """Count the scans of a JPEG: within coded data only 0 or a restart follows 0xFF (T.81 B.1.1.5)."""
    return content.count(b"\xff\xda") if content.startswith(_START) else 0


def _png_chunks(content: bytes) -> Iterator[bytes]:
    at = len(_PNG)
    while at + 12 <= len(content):
        size, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        end = at + 12 + size
        whole = content[at:end]
        sound = kind != b"eXIf" or zlib.crc32(whole[4:-4]) == int.from_bytes(whole[-4:], "big")
        if kind in _PNG_KEPT and sound:
            yield whole
        at = end


def _webp_chunks(content: bytes) -> Iterator[bytes]:
    at = 12
    while at + 8 <= len(content):
        kind, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        chunk = content[at:end]
        if kind == b"VP8X" and size:
            chunk = chunk[:8] + bytes([chunk[8] & ~_WEBP_FLAGS]) + chunk[9:]
        if kind not in _WEBP_LEFT_OUT:
            yield chunk
        at = end


def _without_exif_item(content: bytes) -> bytes:
    """Return the same boxes, at the same places, with an item of another type in the place of the EXIF."""
    at = content.find(b"meta") - 4
    if at < 0:
        return b""
    end = at + int.from_bytes(content[at : at + 4], "big")
    return content[:at] + content[at:end].replace(b"Exif", b"free") + content[end:]


def _bare_jpeg(content: bytes) -> bytes:
    """Return the tables, the frame and the scans. Where a segment is cut, the next table or frame is looked for."""
    kept, at = [_START], 2
    while 0 <= at < len(content) - 3:
        marker, end = content[at + 1], at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if content[at] != 0xFF or not 0xC0 <= marker <= 0xFE:
            at = _next_table(content, at + 1)
            continue
        if marker == _SCAN:
            return b"".join(kept) + content[at:]
        name, least = _JPEG_NAMED.get(marker, (b"", 1 << 16))
        if marker in _JPEG_KEPT or (content.startswith(name, at + 4) and end - at - 2 >= least):
            kept.append(content[at:end])
        elif content[end : end + 1] != b"\xff":
            end = _next_table(content, at + 4)
        at = end
    return b""


def _next_table(content: bytes, start: int) -> int:
    """Return where the next quantization table or frame begins; -1 where none does."""
    found = [at for marker in (b"\xff\xdb", b"\xff\xc0", b"\xff\xc2") if (at := content.find(marker, start)) >= 0]
    return min(found, default=-1)
