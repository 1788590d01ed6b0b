"""How flat, how bright and how lined a picture is: what tells screens, papers and drawings from photos.

A camera gives no two pixels the same value; a program fills whole areas with one. Letters stand in lines, and what a
program draws has edges along rows and columns. The numbers here say how much of that a picture has.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

REVISION = "2"
"""Part of the cache key; raise it when the same pixels would give other numbers."""

FLAT, STRONG = 2, 40
"""Differences of brightness between neighbours, of 255: at most the first in an area of one colour, at least the second
at an edge."""
GREY, WHITE, BLACK = 12, 235, 30
SPARSE = 2
"""Of rows and columns every second one is enough to count colours."""
BLOCK = 10
"""Side of the blocks that a picture of 260 pixels is cut into."""
COMMON = (1, 3, 10)
BANDS = 5
"""From the top to the bottom."""
THIN, CONTRAST, PALE = 8, 80, 190
"""Letters are narrower than so many pixels, differ from what is beside them by so much, and are as bright as that."""
HALVES = (1, 2, 4)
"""Steps by which neighbours are compared until all of THIN have been."""
MEASURES = 29 + 5 * BANDS

Numbers = NDArray[np.uint8]


def texture(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Measure a picture (h, w, 3), of 20 pixels a side at least: (54,) numbers, most of them shares from 0 to 1.

    In this order: even neighbours beside and below, both, rows and columns that are even; strong edges beside and
    below, along an axis; brightness of three quartiles; shares of white, of black, of grey; saturation and its spread;
    shares of the one, three and ten most common colours, the number of colours; blocks that are even, blocks of two
    tones, blocks of noise; noise; spread of the edges over rows and over columns, and how they alternate; evenness of
    the border; then, for each of five bands from the top to the bottom, the shares of even pixels, of white, of black,
    of bright strokes on dark, and of dark strokes on bright.
    """
    planes = np.ascontiguousarray(pixels.transpose(2, 0, 1))
    light = _brightness(planes)
    beside, below = _apart(light[:-1, 1:], light[:-1, :-1]), _apart(light[1:, :-1], light[:-1, :-1])
    high, low = planes.max(axis=0), planes.min(axis=0)
    chroma = (high - low)[::SPARSE, ::SPARSE]
    white, black = low >= WHITE, high <= BLACK
    measures = [
        *_evenness(light, beside, below),
        *_edges(beside, below),
        *_quartiles(light[::SPARSE, ::SPARSE]),
        _share(white),
        _share(black),
        _share(chroma <= GREY),
        float(chroma.mean() / 255),
        float(chroma.std(dtype=np.float32) / 255),
        *_colours(planes[:, ::SPARSE, ::SPARSE]),
        *_blocks(light),
        *_lines(beside, below),
        _border(light),
        *_bands((beside <= FLAT) & (below <= FLAT)),
        *_bands(white),
        *_bands(black),
        *_bands(_strokes(light)),
        *_bands(_strokes(~light)),
    ]
    return np.array(measures, dtype=np.float32)


def _brightness(planes: Numbers) -> Numbers:
    """Return a tenth of three times red, six times green and once blue, rounded down."""
    red, green, blue = planes.astype(np.int32)
    return np.asarray((3 * red + 6 * green + blue) * 6554 >> 16, np.uint8)


def _apart(one: Numbers, other: Numbers) -> Numbers:
    return np.maximum(one, other) - np.minimum(one, other)


def _share(chosen: NDArray[np.bool_]) -> float:
    return np.count_nonzero(chosen) / max(1, chosen.size)


def _evenness(light: Numbers, beside: Numbers, below: Numbers) -> list[float]:
    even_beside, even_below = beside <= FLAT, below <= FLAT
    return [
        _share(even_beside),
        _share(even_below),
        _share(even_beside & even_below),
        _share(np.ptp(light, axis=1) <= 2 * FLAT),
        _share(np.ptp(light, axis=0) <= 2 * FLAT),
    ]


def _quartiles(light: Numbers) -> list[float]:
    below = np.cumsum(np.bincount(light.ravel(), minlength=256))
    return [float(np.searchsorted(below, share * below[-1])) / 255 for share in (0.25, 0.5, 0.75)]


def _edges(beside: Numbers, below: Numbers) -> list[float]:
    strong_beside, strong_below = beside >= STRONG, below >= STRONG
    strong = strong_beside | strong_below
    small, large = np.minimum(beside, below), np.maximum(beside, below)
    along = strong & (small <= (large - 1) >> 3)
    return [_share(strong_beside), _share(strong_below), float(along.sum()) / max(1.0, float(strong.sum()))]


def _colours(planes: Numbers) -> list[float]:
    """Tell colours apart by sixteen levels of each channel."""
    red, green, blue = (planes >> 4).astype(np.int16)
    codes = (red << 8) + (green << 4) + blue
    counts = np.sort(np.bincount(codes.ravel(), minlength=16**3))[::-1]
    shares = np.cumsum(counts) / counts.sum()
    many = float(np.log2(np.searchsorted(shares, 0.95) + 1) / 12)
    return [*(float(shares[most - 1]) for most in COMMON), many]


def _blocks(light: Numbers) -> list[float]:
    """Cut into blocks: the share of even ones, of those of two tones, of those that are noise; the median noise."""
    rows, columns = light.shape[0] // BLOCK, light.shape[1] // BLOCK
    cut = light[: rows * BLOCK, : columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK)
    blocks = np.ascontiguousarray(cut.transpose(0, 2, 1, 3)).reshape(rows * columns, -1)
    most, least = blocks.max(axis=1), blocks.min(axis=1)
    spread, deviation = most - least, _deviation(blocks)
    middle, near = least + spread // 2, spread // 6
    undecided = (_apart(blocks, middle[:, None]) < near[:, None]).mean(axis=1)
    noisy = (deviation > 1) & (deviation < 8)
    quiet = np.sort(deviation)[: max(1, len(deviation) // 4)]
    return [
        _share(spread <= 2 * FLAT),
        _share((spread > 2 * STRONG) & (undecided < 0.2)),
        _share(noisy),
        float(min(1.0, quiet.mean() / 10)),
    ]


def _deviation(blocks: Numbers) -> NDArray[np.float32]:
    """Return the standard deviation of each row of (n, m), from its sum and the sum of its squares."""
    wide = blocks.astype(np.float32)
    mean = wide.mean(axis=1)
    squares = np.einsum("nm,nm->n", wide, wide) / wide.shape[1]
    return np.asarray(np.sqrt(np.maximum(squares - mean * mean, 0)))


def _lines(beside: Numbers, below: Numbers) -> list[float]:
    """Measure how edges gather in some rows and columns, and how often rows with many and with few take turns."""
    measures = []
    for profile in (beside.mean(axis=1), below.mean(axis=0)):
        mean = float(profile.mean()) + 1
        measures.append(min(2.0, float(profile.std()) / mean))
        above = profile > mean
        measures.append(_share(above[1:] != above[:-1]))
    return measures


def _border(light: Numbers) -> float:
    """Return the share of the four edges of the picture, three pixels wide, that is even."""
    strips = (light[:3], light[-3:], light[:, :3].T, light[:, -3:].T)
    return float(np.mean([(_apart(strip[:, 1:], strip[:, :-1]) <= FLAT).mean() for strip in strips]))


def _strokes(light: Numbers) -> NDArray[np.bool_]:
    """Return what is bright and narrow: what an opening along the row takes away (Serra 1982)."""
    eroded = light
    for shift in HALVES:
        eroded = np.minimum(eroded[:, :-shift], eroded[:, shift:])
    opened = np.pad(eroded, ((0, 0), (THIN - 1, THIN - 1)))
    for shift in HALVES:
        opened = np.maximum(opened[:, :-shift], opened[:, shift:])
    return np.asarray((light - opened >= CONTRAST) & (light >= PALE))


def _bands(chosen: NDArray[np.bool_]) -> list[float]:
    edges = np.linspace(0, len(chosen), BANDS + 1).astype(int)
    return [_share(chosen[start:end]) for start, end in pairwise(edges.tolist())]
