"""Screenshots, papers, memes, scans and drawings: what a picture is instead of a photo of something.

What the name, the file and the pixels tell is added up, as evidence is in a naive Bayes classifier: each piece adds to
the logarithm of the odds of a kind. A kind is said only where the sum is SURE: among 100 photos of a family not one
should be called a paper.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import PurePath

from photosort.photos.facts.facts import KINDS, Kind, KindName
from photosort.photos.facts.header import Header
from photosort.photos.facts.named import kind_by_name

SURE, LIKELIEST = 0.9, 0.5
"""A kind is said where a picture is that probably no photo, and the kind that probable among the kinds."""
PHOTOS = 0.8
"""The share of photos in a library; the kinds share the rest equally."""
SAID = 8.0
"""What a plain statement adds to the odds of a kind, in natural logarithms: it is wrong once in 3,000 times."""
CAMERA: Mapping[KindName, float] = {"screenshot": -8.0, "meme": -4.0, "drawing": -2.0}
"""What an exposure time adds: cameras photograph papers, and drawings on paper, but no screenshots."""
SCANNED: tuple[KindName, ...] = ("document", "receipt", "drawing")
"""What is scanned, besides prints of photos."""
NO_EXPOSURE = 0.7
"""What a missing exposure time adds for every kind: of photos about half have lost it on their way, of the others none
had one, but for papers that were photographed."""
SCREEN_SIZE, NO_CAMERA_FORMAT = 2.0, 1.0
"""What the exact size of a screen adds for screenshots, and a format that cameras do not write for what is drawn."""
FACES: tuple[tuple[KindName, float, str], ...] = (("document", -3.0, "faces"), ("receipt", -3.0, "faces"))
"""What a face adds: old portraits on card look like papers, and few papers show a face."""
PAGES, PAGE_SHAPE = (2**0.5, 11 / 8.5), 1.5
"""The shapes of A4 and Letter, the longer side by the shorter, and what they add for documents without exposure."""
DRAWN: tuple[KindName, ...] = ("screenshot", "document", "meme", "drawing")
"""What programs make, and keep as PNG."""
_SHOOTING = "screenshot|screen ?shot|spectacle|greenshot|flameshot|ksnip|snipping tool|sharex|lightshot|scrot|snagit"
_SCANNING = (
    "scanner|scanjet|scansnap|canoscan|epson scan|vuescan|silverfast|camscanner|adobe scan|genius scan|naps2"
    "|simple scan|xsane|perfection v"
)
PROGRAMS: tuple[tuple[KindName, re.Pattern[str]], ...] = (
    ("screenshot", re.compile(rf"(?<![a-z])(?:{_SHOOTING})(?![a-z])")),
    ("scan", re.compile(rf"(?<![a-z])(?:{_SCANNING})(?![a-z])")),
)
"""Programs and machines by what they make."""
_CALLED_SHOT = re.compile(r"screen ?shot\b")
CLOSE = 0.01
_PHONES = (
    *((480, 800), (540, 960), (640, 960), (640, 1136), (720, 1280), (720, 1440), (720, 1520), (720, 1560), (720, 1600)),
    *((720, 1612), (750, 1334), (828, 1792), (1008, 2244), (1080, 1920), (1080, 2160), (1080, 2220), (1080, 2246)),
    *((1080, 2280), (1080, 2310), (1080, 2316), (1080, 2340), (1080, 2376), (1080, 2400), (1080, 2408), (1080, 2412)),
    *((1080, 2424), (1080, 2460), (1080, 2520), (1125, 2436), (1170, 2532), (1179, 2556), (1206, 2622), (1242, 2208)),
    *((1242, 2688), (1280, 2856), (1284, 2778), (1290, 2796), (1320, 2868), (1344, 2992), (1440, 2560), (1440, 2880)),
    *((1440, 2960), (1440, 3040), (1440, 3088), (1440, 3120), (1440, 3168), (1440, 3200), (1440, 3216)),
)
_TABLETS = (
    *((768, 1024), (800, 1280), (1200, 1920), (1200, 2000), (1536, 2048), (1600, 2560), (1620, 2160), (1640, 2360)),
    *((1668, 2224), (1668, 2388), (1668, 2420), (1848, 2960), (2048, 2732), (2064, 2752)),
)
_DESKTOPS = (
    *((768, 1366), (800, 1280), (900, 1440), (900, 1600), (1050, 1680), (1080, 1920), (1200, 1920), (1080, 2560)),
    *((1440, 2560), (1600, 2560), (1664, 2560), (1800, 2880), (1864, 2880), (1964, 3024), (1920, 3072), (1440, 3440)),
    *((2234, 3456), (2160, 3840), (2880, 5120)),
)
SCREENS = frozenset((*_PHONES, *_TABLETS, *_DESKTOPS))
"""Pixels of screens: the shorter and the longer side."""


def kind_of(name: str, header: Header, seen: Mapping[str, float] | None = None, faces: int = 0) -> Kind | None:
    """Return what a picture is, by its name and by what its file says; None for a photo, and where that is not sure.

    `seen` are probabilities by the pixels, of the kinds and of "photo", where they were asked; they are as if all were
    equally frequent.
    """
    by: dict[KindName, list[str]] = {kind: [] for kind in KINDS}
    odds: dict[KindName, float] = dict.fromkeys(KINDS, math.log((1 - PHOTOS) / len(KINDS) / PHOTOS))
    if seen:
        photo = max(seen["photo"], 1e-9)
        for kind in (kind for kind in KINDS if kind in seen):
            odds[kind] += math.log(max(seen[kind], 1e-9) / photo)
            if odds[kind] > 0:
                by[kind].append("pixels")
    for kind, weight, what in (*_told(name, header), *(FACES if faces else ())):
        odds[kind] += weight
        if weight > 0 and what:
            by[kind].append(what)
    highest = max(0.0, *odds.values())
    shares = {kind: math.exp(told - highest) for kind, told in odds.items()}
    best, no_photo = max(shares, key=lambda kind: shares[kind]), sum(shares.values())
    whole = no_photo + math.exp(-highest)
    if no_photo < SURE * whole or shares[best] < LIKELIEST * no_photo:
        return None
    return Kind(best, round(shares[best] / whole, 3), tuple(dict.fromkeys(by[best])))


def _kind_by_program(header: Header) -> KindName | None:
    """Return what the program or machine that wrote a file makes; a comment counts where it begins with that alone."""
    if _CALLED_SHOT.match(header.comment.casefold()):
        return "screenshot"
    writer = f"{header.software} {header.camera}".casefold()
    return next((kind for kind, pattern in PROGRAMS if pattern.search(writer)), None)


def _told(name: str, header: Header) -> list[tuple[KindName, float, str]]:
    """List what name and file tell: the kind, what it adds to the odds, and where it stands."""
    told: list[tuple[KindName, float, str]] = []
    for kind, what in ((kind_by_name(name), "name"), (_kind_by_program(header), "program")):
        if kind:
            told.append((kind, SAID, what))
        if kind == "scan":
            told += [(paper, SAID / 2, what) for paper in SCANNED]
    if header.exposed:
        return told + [(kind, weight, "camera") for kind, weight in CAMERA.items()]
    told += [(kind, NO_EXPOSURE, "") for kind in KINDS]
    shorter, longer = sorted((header.width, header.height))
    if (shorter, longer) in SCREENS:
        told.append(("screenshot", SCREEN_SIZE, "size"))
    if shorter and any(abs(longer / shorter / shape - 1) < CLOSE for shape in PAGES):
        told.append(("document", PAGE_SHAPE, "shape"))
    if PurePath(name).suffix.lower() == ".png" and not header.camera:
        told += [(kind, NO_CAMERA_FORMAT, "format") for kind in DRAWN]
    return told
