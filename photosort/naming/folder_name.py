"""Any text to a folder name that every file system takes.

What a language model, a caption or a user calls a cluster passes through `folder_name` before it may become
part of a path. The rules are those of Windows, which are the narrowest, with the normalisation of macOS.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

MAX_BYTES = 120
"""Longest name, in bytes of UTF-8: half of what file systems take, for a caller may add to it."""

UNNAMED = "unnamed"
"""The name of what has no usable name."""

_FORBIDDEN = re.compile(r'[/\\:|<>"*?\u2044\u2215\u29f5\u29f8\u29f9\uff0f\uff3c\ufe68]')
"""What Windows forbids in a name, and the characters that look like a path separator."""

_UNSEEN = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Letters, marks and symbols that show nothing; the invisible format characters (Cf) go by their category."""

_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$", "clock$"]
    + [f"{port}{digit}" for port in ("com", "lpt") for digit in range(10)]
)
_LEADING = " .-~"
_TRAILING = " ."
_GUARD = "photos "


def folder_name(text: str, taken: Iterable[str] = ()) -> str:
    """Return a name for one folder made of `text`, which no name in `taken` equals on any disk.

    The name has no separator, control, bidirectional, invisible or unassigned character; is none of the
    device names of Windows; does not start with a dot, dash, tilde, space or combining mark, nor end with a
    dot or space; is in NFC; has 1 to MAX_BYTES bytes of UTF-8, cut between words where there are words. Where
    `taken` holds it already (by `name_key`), a number in brackets follows, within the same limit.
    """
    name = _cut(_readable(text), MAX_BYTES) or UNNAMED
    if _is_device(name):
        name = _cut(_GUARD + name, MAX_BYTES)
    keys = {name_key(other) for other in taken}
    numbered, number = name, 1
    while name_key(numbered) in keys:
        number += 1
        suffix = f" ({number})"
        numbered = (_cut(name, MAX_BYTES - len(suffix)) or UNNAMED) + suffix
    return numbered


def name_key(name: str) -> str:
    """Return what two names share when a file system may take one for the other: NFC and casefold.

    Casefolding works on the decomposed form, as Unicode's canonical caseless matching asks (D145).
    """
    if name.isascii():
        return name.lower()
    folded = unicodedata.normalize("NFD", name).casefold()
    return unicodedata.normalize("NFC", folded)


def _readable(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    spaced = _FORBIDDEN.sub(" ", " ".join(composed.split()))
    seen = "".join(c for c in _UNSEEN.sub("", spaced) if not unicodedata.category(c).startswith("C"))
    words = " ".join(unicodedata.normalize("NFC", seen).split())
    return words if any(unicodedata.category(c)[0] in "LN" or unicodedata.category(c) == "So" for c in words) else ""


def _cut(name: str, limit: int) -> str:
    """Trim the ends and shorten to `limit` bytes: between words, or within one that fills half of it."""
    start = 0
    while start < len(name) and (name[start] in _LEADING or unicodedata.category(name[start])[0] in "MZ"):
        start += 1
    name = name[start:]
    if len(name.encode()) > limit:
        short = name.encode()[: limit + 1].decode(errors="ignore")
        words, space, _ = short.rpartition(" ")
        whole_words = space and len(words.encode()) * 2 >= limit
        name = words if whole_words else name.encode()[:limit].decode(errors="ignore")
    return name.rstrip(_TRAILING)


def _is_device(name: str) -> bool:
    """Return whether Windows would open a device: it looks at what stands before the first dot, and no further."""
    stem = unicodedata.normalize("NFKC", name.partition(".")[0])
    return stem.strip().casefold() in _DEVICES
