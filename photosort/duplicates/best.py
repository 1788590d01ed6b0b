"""Which photo of a group is the one to keep, and why: by facts, one after the other, until one decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from photosort.duplicates.shots import Shot

_COPY_NAME = re.compile(r"( \(\d+\)|[ _-]+cop(y|ia|ie)( \(?\d+\)?)?|~\d+| - Kopie.*)$", re.IGNORECASE)
"""What programs add to the name of a copy."""
_EDITOR = re.compile(
    r"photoshop|lightroom|camera raw|gimp|snapseed|darktable|rawtherapee|capture one|affinity|picasa|paint|pixelmator"
    r"|luminar|topaz|dxo|imagemagick|graphicsmagick|canva|picsart|vsco|polarr|xnview|irfanview|acdsee|digikam|pixlr"
    r"|graphicconverter|photoscape|photodirector|gwenview|shotwell|upscal|edit(or|ed|ing)\b|^photos \d",
    re.IGNORECASE,
)
"""Programs that change photos; the cameras of phones name their firmware in the same place."""
ALIKE = "no difference found"
CLEARLY = 1.1
"""A photo is sharper than another from this ratio on."""


class Reason(NamedTuple):
    """A fact that decides: the smaller key is the better photo; `says` tells why the best has won.

    within  whether it can be compared between files of one format alone
    """

    key: Callable[[Shot], Any]
    says: Callable[[Shot, Shot], str]
    within: bool = False


def _of_camera(shot: Shot) -> int:
    """Return 2 for a RAW, 1 for a HEIC as the camera wrote it, 0 for what may be made from these."""
    if shot.format == "RAW":
        return 2
    return int(shot.format == "HEIF" and bool(shot.camera) and not _edited(shot))


def _edited(shot: Shot) -> bool:
    return bool(_EDITOR.search(shot.software))


def _documented(shot: Shot) -> int:
    """Count what a camera writes; the time alone may be that of an editor."""
    by_camera = bool(shot.camera) + shot.exposed
    return by_camera + bool(shot.taken and (by_camera or not _edited(shot)))


def _size(shot: Shot) -> str:
    return f"{shot.width} × {shot.height}"


def _sharper(best: Shot, next_: Shot) -> str:
    return "the sharpest" if best.sharpness >= CLEARLY * next_.sharpness else "the sharpest, by a little"


FOR_COPIES = (
    Reason(
        lambda shot: -_of_camera(shot),
        lambda best, next_: f"the camera's own {'RAW' if best.format == 'RAW' else 'HEIC'} file",
    ),
    Reason(lambda shot: not shot.original, lambda best, next_: "a RAW, picture or video of the same shot is with it"),
    Reason(lambda shot: -_documented(shot), lambda best, next_: "keeps what the camera wrote"),
    Reason(_edited, lambda best, next_: f"the next was saved by an editor: {next_.software}"),
    Reason(lambda shot: -shot.pixels, lambda best, next_: f"most pixels: {_size(best)}, the next has {_size(next_)}"),
    Reason(lambda shot: -len(shot.companions), lambda best, next_: "more files travel with it"),
    Reason(
        lambda shot: -shot.quality,
        lambda best, next_: f"compressed least: JPEG quality {best.quality}, the next has {next_.quality}",
        within=True,
    ),
    Reason(
        lambda shot: -shot.size,
        lambda best, next_: f"the largest{f' {best.format}' if best.format else ''} file: compressed least",
        within=True,
    ),
    Reason(lambda shot: bool(_COPY_NAME.search(shot.path.stem)), lambda best, next_: "the next is named as a copy"),
    Reason(lambda shot: shot.mtime_ns, lambda best, next_: f"{ALIKE}; the older file"),
    Reason(lambda shot: len(shot.path.parts), lambda best, next_: f"{ALIKE}; in the upper folder"),
    Reason(lambda shot: str(shot.path), lambda best, next_: f"{ALIKE}; first by name"),
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
    """Sort photos, the best first.

    Where formats have to be compared, the best file of each stands for all of its format: otherwise three files could
    each come before the next one.
    """
    first = next((place for place, reason in enumerate(reasons) if reason.within), len(reasons))
    before, after = reasons[:first], [reason for reason in reasons[first:] if not reason.within]
    alone = sorted(shots, key=lambda shot: _keys(shot, reasons))
    leaders: dict[tuple[Any, ...], Shot] = {}
    for shot in alone:
        leaders.setdefault((*_keys(shot, before), shot.format), shot)

    def rank(shot: Shot) -> tuple[Any, ...]:
        earlier = _keys(shot, before)
        return *earlier, *_keys(leaders[(*earlier, shot.format)], after)

    return sorted(alone, key=rank)


def why_best(best: Shot, next_: Shot, reasons: Sequence[Reason]) -> str:
    """Return the fact by which the best photo comes before the next."""
    told = (reason for reason in reasons if not reason.within or best.format == next_.format)
    return next((reason.says(best, next_) for reason in told if reason.key(best) < reason.key(next_)), ALIKE)


def _keys(shot: Shot, reasons: Sequence[Reason]) -> tuple[Any, ...]:
    return tuple(reason.key(shot) for reason in reasons)
