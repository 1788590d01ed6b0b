"""What file names have in common: the readings of a name under which two files of one photo meet.

A reading has two parts. The letters are the name, or what is left of it without what programs add to a name. The
numbers are the marks that keep equal names apart, (2) or ~2, which programs put in different places: IMG(2).JPG,
but IMG.JPG(2).json. A name of any length is read in time that grows with its length and no faster: no expression here
repeats over what it has matched before.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from photosort.photos.files.suffixes import PHOTOS

_NUMBER = re.compile(r" ?\(\d+\)|~\d+")
_PIXEL_RAW = re.compile(r"\.RAW-\d\d(?:\.MP)?\.(?:COVER|ORIGINAL)", re.IGNORECASE)
_BEFORE_A_PHOTO = {ending[1:] for ending in PHOTOS} | {"mp"}
"""What falls away before the ending of a photo: IMG.HEIC.jpg is IMG converted, PXL_1.MP.jpg has a video inside."""

_EDITED = (
    r"edited|effects|smile|mix|bearbeitet|bewerkt|edytowane|editad[ao]|ha editado|editat|modifi\u00e9|modificato"
    r"|\u7de8\u96c6\u6e08\u307f"
)
_ADDED = re.compile(
    r"_(?:HEVC|HEIC)(?=\.|\Z)"  # icloudpd: IMG_1_HEVC.MOV of IMG_1.HEIC
    rf"|-(?:{_EDITED})(?=\.|\Z)"  # Takeout: IMG_1-edited.jpg, whose data are in IMG_1.jpg.json
    r"|(?<=^IMG_)[EO](?=\d{4})"  # Apple: IMG_E1234.JPG edited, IMG_O1234.AAE of the original
    rf"|_\d\d(?=\.(?:{'|'.join(sorted(ending[1:] for ending in PHOTOS))})(?:\.|\Z))",  # darktable: IMG_01.NEF.xmp
    re.IGNORECASE,
)
_TAKEOUT_UNITS = 46
"""Takeout cuts the name before `.json` after so many code units of UTF-16, of which an emoji has two."""

_HALF_A_PAIR = ("", "?", "_", "\ufffd")
"""What programs make of the first half of a character that was cut in two."""


class Reading(NamedTuple):
    """One way to read a name."""

    numbers: str
    letters: str


def fold(name: str) -> str:
    """Return the name without the differences of case and of normal form, for which no file system can be trusted."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def shot_of(photo: str) -> str:
    """Return the stem that all formats of one shot share, such as PXL_1 for PXL_1.MP.jpg, PXL_1.HEIC.jpg and
    PXL_1.dng.
    """
    parts = photo.split(".")
    if len(parts) == 2 and parts[0] and not _may_have_number(photo):
        return parts[0] if parts[1].lower() in _BEFORE_A_PHOTO else photo
    parts = _PIXEL_RAW.sub("", photo).split(".")
    shortest = next((place for place, part in enumerate(parts) if part), 0) + 1
    end = len(parts)
    while end > shortest and _NUMBER.sub("", parts[end - 1]).lower() in _BEFORE_A_PHOTO:
        end -= 1
    return ".".join(parts[:end]) + "".join(_NUMBER.findall(".".join(parts[end:])))


def readings(name: str) -> Iterator[Reading]:
    """Read the name as it is, then with the numbers taken out of the letters."""
    yield Reading("", name)
    if _may_have_number(name) and (numbers := _NUMBER.findall(name)):
        yield Reading(_in_order(numbers), _NUMBER.sub("", name))


def _may_have_number(name: str) -> bool:
    return "(" in name or "~" in name


def plainer(name: str) -> Iterator[Reading]:
    """Read the name without what a program has added to that of the original."""
    for numbers, letters in readings(name):
        composed = letters if letters.isascii() else unicodedata.normalize("NFC", letters)
        if (plain := _ADDED.sub("", composed)) != composed:
            yield Reading(numbers, plain)


def without_last_numbers(stem: str) -> Reading:
    """Read the stem with the numbers at its end taken out."""
    end, numbers = len(stem), list[str]()
    for number in reversed(list(_NUMBER.finditer(stem))):
        if number.end() != end:
            break
        end = number.start()
        numbers.append(number[0])
    return Reading(_in_order(numbers), stem[:end])


def _in_order(numbers: Iterable[str]) -> str:
    return "".join(sorted(number.strip() for number in numbers))


def cuts(name: str) -> set[str]:
    """Return what Takeout may leave of the name of a photo before `.json`; empty where it has no need to cut."""
    return {cut for form in ("NFC", "NFD") for cut in _cuts(unicodedata.normalize(form, name))}


def _cuts(name: str) -> list[str]:
    units = 0
    for place, char in enumerate(name):
        width = 2 if char > "\uffff" else 1
        if units + width > _TAKEOUT_UNITS:
            halved = units < _TAKEOUT_UNITS
            return [name[:place] + half for half in (*_HALF_A_PAIR, char)] if halved else [name[:place]]
        units += width
    return []
