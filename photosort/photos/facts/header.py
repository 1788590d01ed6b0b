"""What a file says of itself, beside its pixels: when and where, by which camera or program."""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from PIL import Image

from photosort.photos.pixels.formats import register_formats

REVISION = "3"
"""Part of the cache key; raise it when the same file would give another header."""

MAKE, MODEL, SOFTWARE, CHANGED = 0x010F, 0x0110, 0x0131, 0x0132
EXPOSURE, APERTURE, TAKEN, DIGITIZED, COMMENT = 0x829A, 0x829D, 0x9003, 0x9004, 0x9286
OFFSETS = {TAKEN: 0x9011, DIGITIZED: 0x9012, CHANGED: 0x9010}
FRACTIONS = {TAKEN: 0x9291, DIGITIZED: 0x9292, CHANGED: 0x9290}
EXIF_IFD, GPS_IFD = 0x8769, 0x8825
"""Tags of EXIF 2.32: for each time the tags of its distance from UTC, and of its fraction of a second."""

HALF_QUALITY = 3688
"""Sum of the luminance table at quality 50 (ITU-T T.81, table K.1); libjpeg multiplies it for other qualities."""
MOST = 200
"""Characters of a text that are kept."""
_COMMENT_OF_XMP = re.compile(rb"UserComment.{0,200}?>\s*([^<>]{1,200}?)\s*<", re.DOTALL)
_TIME = re.compile(r"\s*(\d{4})[:\-](\d\d)[:\-](\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?")
_OFFSET = re.compile(r"\s*([+-]\d\d):?(\d\d)")
FIRST_YEAR = 1826
"""Of the oldest photograph that is kept; what is said to be older is a clock that was never set."""


@dataclass(frozen=True, slots=True)
class Header:
    """What one file says; empty, zero or None where it is silent.

    width, height  pixels as they are stored, before the orientation is applied
    taken          ISO 8601, the local time of the camera, with its distance from UTC where it is known
    fraction       the digits of the second of `taken` after the point
    place          degrees of latitude (north) and longitude (east)
    camera         maker and model of what took it, a scanner as well
    exposed        whether it has an exposure time or an aperture, as cameras write them
    software       the program that wrote it
    comment        what the program says that it is, such as "Screenshot"
    format         what Pillow calls it by its content: "JPEG", "HEIF", "PNG", ...
    quality        of a JPEG, 1 to 100, by its quantisation table
    """

    width: int = 0
    height: int = 0
    taken: str = ""
    place: tuple[float, float] | None = None
    camera: str = ""
    exposed: bool = False
    software: str = ""
    comment: str = ""
    fraction: str = ""
    format: str = ""
    quality: int = 0

    def as_text(self) -> str:
        """Return one line for the cache."""
        return json.dumps({name: value for name, value in asdict(self).items() if value})

    @classmethod
    def from_text(cls, text: str) -> Header:
        """Return what `as_text` has written."""
        values = json.loads(text)
        place = values.pop("place", None)
        return cls(**values, place=(place[0], place[1]) if place else None)


def read_header(content: bytes) -> Header:
    """Return what the bytes of a photo say of it; an empty header where they cannot be read."""
    register_formats()
    try:
        with Image.open(io.BytesIO(content)) as image:
            return _read(image)
    except Exception:  # parsers raise whatever they like on broken files: struct.error, KeyError, ...
        return Header()


def _read(image: Image.Image) -> Header:
    width, height = image.size
    whole, exif, gps = dict[int, Any](), dict[int, Any](), dict[int, Any]()
    with suppress(Exception):  # as above; the size and the texts of a PNG may be sound
        found = image.getexif()
        whole, exif, gps = dict(found), dict(found.get_ifd(EXIF_IFD)), dict(found.get_ifd(GPS_IFD))
    maker, model = _text(whole.get(MAKE)), _text(whole.get(MODEL))
    taken, fraction = _taken({**whole, **exif})
    return Header(
        width,
        height,
        taken=taken,
        place=_place(gps),
        camera=model if maker and model.lower().startswith(maker.lower()) else f"{maker} {model}".strip(),
        exposed=bool({EXPOSURE, APERTURE} & exif.keys()),
        software=_text(whole.get(SOFTWARE) or image.info.get("Software")),
        comment=_comment(exif, image.info),
        fraction=fraction,
        format="JPEG" if image.format == "MPO" else image.format or "",
        quality=_quality(getattr(image, "quantization", {})),
    )


def _quality(tables: Mapping[int, Sequence[int]]) -> int:
    """Return the quality at which libjpeg makes a table as coarse as that of the luminance; 0 where there is none."""
    if not tables.get(0):
        return 0
    percent = 100 * sum(tables[0]) / HALF_QUALITY
    return min(100, max(1, round(100 - percent / 2 if percent <= 100 else 5000 / percent)))


def _comment(exif: Mapping[int, Any], info: Mapping[Any, Any]) -> str:
    raw = exif.get(COMMENT)
    if isinstance(raw, bytes):
        raw = raw[8:].decode("utf-16" if raw.startswith(b"UNICODE") else "latin-1", "ignore")
    if said := _text(raw or info.get("Comment")):
        return said
    xmp = info.get("xmp") or info.get("XML:com.adobe.xmp") or b""
    found = _COMMENT_OF_XMP.search(xmp if isinstance(xmp, bytes) else str(xmp).encode())
    return _text(found[1].decode("utf-8", "ignore")) if found else ""


def _text(value: Any) -> str:
    """Return a text as one short line; an empty one for any other value."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "ignore")
    if not isinstance(value, str):
        return ""
    return " ".join("".join(char if char.isprintable() else " " for char in value).split())[:MOST]


def _taken(tags: Mapping[int, Any]) -> tuple[str, str]:
    """Return the first time that makes sense, and its fraction.

    That of the exposure, or of the scan; of the file only where it has neither.
    """
    for tag, offset in OFFSETS.items():
        if said := iso_time(_text(tags.get(tag)), _text(tags.get(offset))):
            fraction = _text(tags.get(FRACTIONS[tag])).strip("\0 ")
            return said, fraction if fraction.isdecimal() and fraction.isascii() else ""
    return "", ""


def iso_time(time: str, offset: str = "") -> str:
    """Return a time of EXIF, "2019:07:14 12:33:01", as ISO 8601; empty where no clock showed it."""
    if not (found := _TIME.match(time)):
        return ""
    distance = _OFFSET.match(offset)
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        moment = datetime(year, month, day, hour, minute, min(second, 59))
        if distance:
            moment = datetime.fromisoformat(f"{moment.isoformat()}{distance[1]}:{distance[2]}")
    except ValueError:
        return ""
    return moment.isoformat() if year >= FIRST_YEAR else ""


def _place(gps: Mapping[int, Any]) -> tuple[float, float] | None:
    """Return degrees from the tags of EXIF's GPS: hemisphere, then degrees, minutes and seconds, of both."""
    latitude, longitude = _degrees(gps.get(1), gps.get(2)), _degrees(gps.get(3), gps.get(4))
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return (latitude, longitude) if latitude or longitude else None


def _degrees(hemisphere: Any, parts: Any) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    side = _text(hemisphere)[:1].upper()
    if not math.isfinite(value) or not side or side not in "NSEW":
        return None
    return round(-value if side in "SW" else value, 5)
