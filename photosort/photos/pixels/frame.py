"""How a photo is fitted into the picture that a model looks at."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Literal

Fit = Literal["squeeze", "crop", "inside"]
Resampling = Literal["bicubic", "bilinear"]
Box = tuple[float, float, float, float]

SHARED = 260
"""Pixels of the side up to which all frames take the same reduction of a JPEG: one decoding serves the small ones."""
ENLARGED = 0.05
"""By how much a picture may be enlarged to fill a frame. 12-megapixel photos are 375 pixels high at an eighth of their
size: so they are decoded once for a frame of 260 and one of 384."""


@dataclass(frozen=True, slots=True, order=True)
class Frame:
    """What a model wants to see of a photo.

    squeeze   the whole photo in a square of `side` pixels: nothing at its edges is lost, and the change of shape of a
              3:2 or 4:3 photo lies within what image networks are trained to see through (ratios of 3/4 to 4/3)
    crop      the square in the middle, its shape kept; the rest is not seen
    inside    the whole photo with its shape kept, the longer side at most `side` pixels, never enlarged

    resampling  how pixels are brought together; bilinear takes half the time
    """

    side: int
    fit: Fit = "squeeze"
    resampling: Resampling = "bicubic"

    @property
    def least_decoded(self) -> int:
        """The pixels that the shorter side of a JPEG keeps at least where it is reduced while it is decoded."""
        return max(SHARED, ceil((1 - ENLARGED) * self.side))

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Return the width and height in pixels of the picture of a photo."""
        if self.fit != "inside":
            return self.side, self.side
        scale = min(1.0, self.side / max(width, height))
        return max(1, round(width * scale)), max(1, round(height * scale))

    def box(self, width: int, height: int) -> Box:
        """Return the part of the photo that is seen: left, top, right, bottom in pixels."""
        if self.fit != "crop":
            return 0, 0, width, height
        square = min(width, height)
        left, top = (width - square) / 2, (height - square) / 2
        return left, top, left + square, top + square
