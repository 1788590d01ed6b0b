"""What is known of one photo when duplicates are looked for, and when it was taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise
from pathlib import Path

BURST = 2.0
"""Seconds between two photos of one burst at most; many cameras write whole seconds."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One photo with its facts; empty, zero or None where they are not known.

    size           bytes
    width, height  pixels as they are stored
    taken          ISO 8601, local time of the camera, by EXIF; `fraction` are the digits of the second after the point
    named          the same, by the name of the file alone
    camera         maker and model
    exposed        whether it has an exposure time or an aperture
    faces          how many can be seen; None where they were not counted
    sharpness      of the sketch, in grey values; comparable between photos of one moment
    companions     absolute paths of the files that travel with it
    original       whether a RAW, another picture or a video of the same shot is among these
    format         "RAW", or what Pillow calls it: "JPEG", "HEIF", "PNG", ...
    quality        of a JPEG, 1 to 100, by its quantisation table
    software       the program that wrote it, by EXIF
    """

    path: Path
    digest: str
    size: int = 0
    mtime_ns: int = 0
    width: int = 0
    height: int = 0
    taken: str = ""
    fraction: str = ""
    named: str = ""
    camera: str = ""
    exposed: bool = False
    faces: int | None = None
    sharpness: float = 0.0
    companions: tuple[Path, ...] = ()
    original: bool = False
    format: str = ""
    quality: int = 0
    software: str = ""

    @property
    def pixels(self) -> int:
        """Width times height."""
        return self.width * self.height

    @property
    def shape(self) -> tuple[int, int]:
        """The shorter and the longer side, whichever way it is turned."""
        return min(self.width, self.height), max(self.width, self.height)


def are_two_shots(one: Shot, other: Shot) -> bool:
    """Return whether the camera says that both were taken at different times: then no edit made one of the other."""
    if not (one.taken and other.taken and one.camera and one.camera == other.camera):
        return False
    fractions = {_fraction(shot) for shot in (one, other)}
    return one.taken[:19] != other.taken[:19] or (None not in fractions and len(fractions) == 2)


def series(shots: Sequence[Shot]) -> Iterator[list[int]]:
    """Yield the numbers of photos of one camera that follow each other within BURST seconds, two at least, in order."""
    timed = [(shot.camera, moment, number) for number, shot in enumerate(shots) if (moment := _moment(shot))]
    for _, of_camera in groupby(sorted(timed), key=lambda each: each[0]):
        run: list[int] = []
        before: datetime | None = None
        for _, moment, number in of_camera:
            if before is not None and (moment - before).total_seconds() > BURST:
                if len(run) > 1:
                    yield run
                run = []
            run.append(number)
            before = moment
        if len(run) > 1:
            yield run


def neighbours(run: Sequence[int]) -> list[tuple[int, int]]:
    """Return each photo of a series with the next."""
    return list(pairwise(run))


def _moment(shot: Shot) -> datetime | None:
    try:
        moment = datetime.fromisoformat(shot.taken or shot.named).replace(tzinfo=None)
    except ValueError:
        return None
    return moment.replace(microsecond=int(1e6 * (_fraction(shot) or 0.0)))


def _fraction(shot: Shot) -> float | None:
    return float(f"0.{shot.fraction[:6]}") if shot.fraction.isdecimal() and shot.fraction.isascii() else None
