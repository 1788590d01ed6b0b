"""Lays one sketch over another and measures what is left: the second look at pairs that may show the same.

A crop, an edit of light or colour and a new compression leave little once both sketches lie over each other; another
moment leaves what has moved. The alignment is that of Lucas and Kanade (1981, "An iterative image registration
technique with an application to stereo vision"), from coarse to fine, for shift and scale along both axes, together
with a curve of brightness; pixels that fit badly weigh less (Tukey's biweight), so that neither a moved object nor a
line of text pulls the rest away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Sketches = NDArray[np.float32]
Numbers = NDArray[np.float32]
Flags = NDArray[np.bool_]

STEPS = ((4, 5), (2, 3), (1, 4))
"""By how much the sketches are reduced, and how often the alignment is improved there."""
WARP = 4
"""Shift and scale, across and down."""
RIDGE = 1e-4
CUT = 4.685
"""Residuals of more deviations than this weigh nothing: the usual constant of the biweight."""
BRIGHT, DARK = 252.0, 3.0
"""Grey values from which on a pixel may have been brighter, or darker, than can be stored."""
REFITS = 3
"""Times that the curve of brightness is fitted, each time without the pixels that clipping explains."""
SPARSE = 5
"""One in so many pixels is enough for a deviation."""
LEAST_SPREAD = 1.0
"""Grey values, of 255: so much is noise."""
HOPELESS = 0.35
"""Pairs of which so much is left when they are aligned coarsely are not looked at more closely."""
LEFT, WORST, CHANGED, OUTSIDE, MOVED = 0.16, 0.8, 0.2, 0.005, 0.16
"""Of one photo, edited, at most so much is left; see tests/bench/duplicates.py, which chose them."""
EXCUSED = 0.4
"""A picture of which more is blown out says too little."""
ALIKE = 0.3
"""Of two photos of one moment at most so much is left."""
AT_ONCE = 128
"""Pairs that are aligned together: some 20 MB."""


@dataclass(frozen=True, slots=True)
class Overlaps:
    """How p pairs lie over each other; each (p,).

    left     median distance of grey values, as a share of the spread of what both show
    worst    the largest distance, smoothed over 3 x 3 pixels, as a share of the same spread
    changed  share of the pixels whose distance is more than a fifth of the spread; those that are white, or black, in
             both are not counted here and in `left`
    outside  how far, in shares of a side, each picture shows what lies outside of the other: 0 for a crop
    covered  share of the one that the other shows too
    excused  share of the pixels that differ as much, but are white or black in one of both: clipping explains it
    moved    the largest shift of a corner, in shares of a side
    """

    left: Numbers
    worst: Numbers
    changed: Numbers
    outside: Numbers
    covered: Numbers
    excused: Numbers
    moved: Numbers

    @property
    def same(self) -> Flags:
        """Whether both are one photo, edited: nothing has moved, and each edge is that of one of both or a cut."""
        few = (self.left <= LEFT) & (self.worst <= WORST) & (self.changed <= CHANGED)
        near = (self.outside <= OUTSIDE) & (self.moved <= MOVED) & (self.excused <= EXCUSED)
        return np.asarray(few & near)

    @property
    def alike(self) -> Flags:
        """Whether both may be of one moment."""
        return np.asarray((self.left <= ALIKE) & (self.excused <= EXCUSED))


NAMES = tuple(field.name for field in fields(Overlaps))


def overlaps(ones: Sketches, others: Sketches) -> Overlaps:
    """Align each of `ones` (p, s, s) with that of `others`, and measure what differs."""
    parts = [_overlaps(ones[at : at + AT_ONCE], others[at : at + AT_ONCE]) for at in range(0, len(ones), AT_ONCE)]
    parts = parts or [_overlaps(ones, others)]
    return Overlaps(*(np.concatenate([getattr(part, name) for part in parts]) for name in NAMES))


def _overlaps(ones: Sketches, others: Sketches) -> Overlaps:
    warp = np.zeros((len(ones), WARP), dtype=np.float32)
    coarse, *finer = STEPS
    one, other = _reduced(ones, coarse[0]), _reduced(others, coarse[0])
    warp, weights = _aligned(one, other, warp, coarse[1])
    found = _measured(one, other, warp, weights)
    hopeful = np.flatnonzero(found.left < HOPELESS)
    if not len(hopeful):
        return found
    warp, ones, others = warp[hopeful], ones[hopeful], others[hopeful]
    for factor, times in finer:
        warp, weights = _aligned(_reduced(ones, factor), _reduced(others, factor), warp, times)
    exact = _measured(ones, others, warp, weights)
    for name in NAMES:
        getattr(found, name)[hopeful] = getattr(exact, name)
    return found


def _aligned(ones: Sketches, others: Sketches, warp: Numbers, times: int) -> tuple[Numbers, Numbers]:
    """Improve the alignment (p, 4) so many times; return it, and how much each pixel of `others` weighs."""
    weights = np.ones((len(ones), others.shape[1] ** 2), dtype=np.float32)
    gain = np.ones(len(ones), dtype=np.float32)
    for _ in range(times):
        warp, weights, gain = _improved(ones, others, warp, weights, gain)
    return warp, weights


def _reduced(pictures: Sketches, factor: int) -> Sketches:
    count, side = len(pictures), pictures.shape[1] // factor
    return np.asarray(pictures.reshape(count, side, factor, side, factor).mean(axis=(2, 4)), dtype=np.float32)


def _line(side: int) -> Numbers:
    """Return the places of the pixels of a row (s,), from -1 to 1 between the edges of the picture."""
    return ((np.arange(side) + 0.5) * 2 / side - 1).astype(np.float32)


def _sampled(pictures: Sequence[Sketches], warp: Numbers) -> tuple[list[Numbers], Flags]:
    """Read pictures (p, s, s) where the pixels of `others` lie, between pixels; and tell which places lie inside.

    Both are (p, s * s). Rows and columns stay straight, so that each picture is multiplied from both sides.
    """
    count, side = pictures[0].shape[:2]
    shape = (count, side * side)
    line = _line(side)
    columns = line + warp[:, :1] + warp[:, 1:2] * line
    rows = line + warp[:, 2:3] + warp[:, 3:4] * line
    inside = (np.abs(rows) <= 1)[:, :, None] & (np.abs(columns) <= 1)[:, None, :]
    across, down = _between(columns).transpose(0, 2, 1), _between(rows)
    read = [np.matmul(np.matmul(down, picture), across).reshape(shape) for picture in pictures]
    return read, inside.reshape(shape)


def _between(places: Numbers) -> NDArray[np.float32]:
    """Return how much each pixel of a row counts at these places (p, s): (p, s, s), by linear interpolation."""
    side = places.shape[1]
    pixel = np.clip((places + 1) * side / 2 - 0.5, 0, side - 1)
    numbers = np.arange(side, dtype=np.float32)
    return np.asarray(np.maximum(1 - np.abs(pixel[:, :, None] - numbers), 0), dtype=np.float32)


def _improved(
    ones: Sketches, others: Sketches, warp: Numbers, weights: Numbers, gain: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """Take one step of Gauss and Newton; return the warp, the weights and the slope of the brightness after it."""
    side = ones.shape[1]
    slopes = [np.asarray(slope, dtype=np.float32) for slope in np.gradient(ones, 2 / side, axis=(2, 1))]
    (light, to_right, to_bottom), inside = _sampled((ones, *slopes), warp)
    columns, rows = np.tile(_line(side), side), np.repeat(_line(side), side)
    middle = light.mean(axis=1, keepdims=True)
    scale = np.maximum(light.std(axis=1, keepdims=True), LEAST_SPREAD)
    shade = (light - middle) / scale
    to_right, to_bottom = to_right * gain[:, None], to_bottom * gain[:, None]
    terms = np.stack(
        [to_right, to_right * columns, to_bottom, to_bottom * rows, np.ones_like(shade), shade, shade**2], axis=2
    )
    used = weights * inside
    wanted = others.reshape(len(others), others.shape[1] ** 2)
    solved = _solved(terms, used, wanted)
    residual = np.abs(wanted - np.matmul(terms, solved)[:, :, 0])
    deviation = np.maximum(_median(residual[:, ::SPARSE], inside[:, ::SPARSE]) / 0.6745, LEAST_SPREAD)
    weights = np.clip(1 - (residual / (CUT * deviation[:, None])) ** 2, 0, 1) ** 2
    step = np.clip(solved[:, :WARP, 0], -0.15, 0.15)
    return np.clip(warp + step, -0.4, 0.4), weights.astype(np.float32), (solved[:, 5, 0] / scale[:, 0])


def _beyond_doubt(missed: Numbers, light: Numbers, wanted: Numbers) -> Numbers:
    """Leave out of what is missed (p, m) what clipping explains: white may have been brighter, and black darker."""
    low = np.where((wanted >= BRIGHT) | (light <= DARK), 0, -np.inf)
    high = np.where((wanted <= DARK) | (light >= BRIGHT), 0, np.inf)
    return np.asarray(np.clip(missed, np.minimum(low, high), np.maximum(low, high)), dtype=np.float32)


def _solved(terms: NDArray[np.float32], weights: Numbers, wanted: Numbers) -> NDArray[np.float32]:
    """Return what to multiply terms (p, m, t) by to come near to (p, m), by weighted least squares: (p, t, 1)."""
    weighted = terms * weights[:, :, None]
    normal = np.matmul(weighted.transpose(0, 2, 1), terms)
    right = np.matmul(weighted.transpose(0, 2, 1), wanted[:, :, None])
    size = np.sqrt(np.maximum(np.diagonal(normal, axis1=1, axis2=2), 1e-6))
    alike = normal / (size[:, :, None] * size[:, None, :]) + RIDGE * np.eye(normal.shape[1], dtype=np.float32)
    found = np.linalg.solve(alike, right / size[:, :, None]) / size[:, :, None]
    return np.asarray(found, dtype=np.float32)


def _median(values: Numbers, chosen: Flags) -> Numbers:
    """Return the median of the chosen values of each row (p, m); 0 where there is none."""
    placed = np.sort(np.where(chosen, values, np.inf), axis=1)
    middle = np.maximum(chosen.sum(axis=1) // 2, 0)
    found = np.take_along_axis(placed, np.minimum(middle, values.shape[1] - 1)[:, None], axis=1)[:, 0]
    return np.where(np.isfinite(found), found, 0).astype(np.float32)


def _measured(ones: Sketches, others: Sketches, warp: Numbers, weights: Numbers) -> Overlaps:
    (light,), inside = _sampled((ones,), warp)
    wanted = others.reshape(len(others), others.shape[1] ** 2)
    shade = light / 255
    terms: Numbers = np.stack([np.ones_like(shade), shade, shade**2], axis=2)
    used = np.asarray(weights * inside, dtype=np.float32)
    for _ in range(REFITS):
        missed = wanted - np.matmul(terms, _solved(terms, used, wanted))[:, :, 0]
        surely = _beyond_doubt(missed, light, wanted)
        used = np.asarray(weights * (inside & (surely == missed)), dtype=np.float32)
    residual = np.where(inside, surely, 0)
    telling = inside & ~((light >= BRIGHT) & (wanted >= BRIGHT)) & ~((light <= DARK) & (wanted <= DARK))
    spread = np.maximum(_spread(wanted, inside), LEAST_SPREAD)
    smooth = np.abs(_smoothed(residual.reshape(others.shape))).reshape(wanted.shape)
    distance = np.abs(residual)
    shift = np.maximum(np.abs(warp[:, 0]) + np.abs(warp[:, 1]), np.abs(warp[:, 2]) + np.abs(warp[:, 3])) / 2
    many = (smooth > spread[:, None] / 5) & telling
    hidden = (np.abs(surely - missed) > spread[:, None] / 5) & telling
    measures = (
        _median(distance, telling & ~hidden) / spread,
        smooth.max(axis=1, initial=0) / spread,
        many.sum(axis=1) / np.maximum(telling.sum(axis=1), 1),
        _outside(warp),
        inside.mean(axis=1),
        hidden.mean(axis=1),
        shift,
    )
    return Overlaps(*(np.asarray(measure, dtype=np.float32) for measure in measures))


def _spread(values: Numbers, chosen: Flags) -> Numbers:
    count = np.maximum(chosen.sum(axis=1), 1)
    mean = (values * chosen).sum(axis=1) / count
    squares = ((values - mean[:, None]) * chosen) ** 2
    return np.asarray(np.sqrt(squares.sum(axis=1) / count), dtype=np.float32)


def _smoothed(pictures: Sketches) -> Sketches:
    padded = np.pad(pictures, ((0, 0), (1, 1), (1, 1)), mode="edge")
    rows = padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]
    return np.asarray((rows[:, :, :-2] + rows[:, :, 1:-1] + rows[:, :, 2:]) / 9, dtype=np.float32)


def _outside(warp: Numbers) -> Numbers:
    """Return by how much neither picture lies inside the other, in shares of a side.

    The edges of `others` lie at -1 and 1 of their own, and at these places of `ones`.
    """
    shift, scale = warp[:, 0::2], warp[:, 1::2]
    low, high = -1 + shift - scale, 1 + shift + scale
    others_out = np.maximum(np.maximum(-1 - low, high - 1), 0).max(axis=1)
    ones_out = np.maximum(np.maximum(low + 1, 1 - high), 0).max(axis=1)
    return np.asarray(np.minimum(others_out, ones_out) / 2, dtype=np.float32)
