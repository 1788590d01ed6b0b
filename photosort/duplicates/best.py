"""Which photo of a group is the one to keep, and why: by facts, one after the other, until one decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from photosort.duplicates.shots import Shot

_COPY_NAME = re.compile(r"( \(\d+\)|[ _-]+cop(y|ia|ie)( \(?\d+\)?)?|~\d+| - Kopie.*)$", re.IGNORECASE)
"""What programs add to the name of a copy."""
CLEARLY = 1.1
"""A photo is sharper than another from this ratio on."""


class Reason(NamedTuple):
    """A fact that decides: the smaller key is the better photo; `says` tells why the best has won."""

    key: Callable[[Shot], Any]
    says: Callable[[Shot, Shot], str]


def _documented(shot: Shot) -> int:
    return bool(shot.camera) + bool(shot.taken) + shot.exposed


def _size(shot: Shot) -> str:
    return f"{shot.width} × {shot.height}"


def _sharper(best: Shot, next_: Shot) -> str:
    return "the sharpest" if best.sharpness >= CLEARLY * next_.sharpness else "the sharpest, by a little"


FOR_COPIES = (
    Reason(lambda shot: not shot.original, lambda best, next_: "a RAW, picture or video of the same shot is with it"),
    Reason(lambda shot: -shot.pixels, lambda best, next_: f"most pixels: {_size(best)}, the next has {_size(next_)}"),
    Reason(lambda shot: -_documented(shot), lambda best, next_: "keeps what the camera wrote"),
    Reason(lambda shot: -len(shot.companions), lambda best, next_: "more files travel with it"),
    Reason(lambda shot: -shot.size, lambda best, next_: "the largest file: compressed least"),
    Reason(lambda shot: bool(_COPY_NAME.search(shot.path.stem)), lambda best, next_: "the others are named as copies"),
    Reason(lambda shot: shot.mtime_ns, lambda best, next_: "the oldest file"),
    Reason(lambda shot: len(shot.path.parts), lambda best, next_: "in the upper folder"),
    Reason(lambda shot: str(shot.path), lambda best, next_: "first by name"),
)
"""Of one photo and its copies and edits the original is kept: first what cannot be made again from the others."""

FOR_BURSTS = (
    Reason(
        lambda shot: -(shot.faces or 0), lambda best, next_: f"most faces: {best.faces}, the next has {next_.faces}"
    ),
    Reason(lambda shot: -shot.pixels, lambda best, next_: f"most pixels: {_size(best)}"),
    Reason(lambda shot: -shot.sharpness, _sharper),
    Reason(lambda shot: -shot.size, lambda best, next_: "the largest file"),
    Reason(lambda shot: str(shot.path), lambda best, next_: "first by name"),
)
"""Of several shots the one with most faces is kept, then the sharpest. Whether eyes are open, nothing here can tell."""


def ranked(shots: Sequence[Shot], reasons: Sequence[Reason]) -> list[Shot]:
    """Sort photos, the best first."""
    return sorted(shots, key=lambda shot: tuple(reason.key(shot) for reason in reasons))


def why_best(best: Shot, next_: Shot, reasons: Sequence[Reason]) -> str:
    """Return the fact by which the best photo comes before the next."""
    return next((reason.says(best, next_) for reason in reasons if reason.key(best) != reason.key(next_)), "")
