"""What the pixels say about light and colour, only where it is certain."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

ENOUGH_PIXELS = 2_000
"""Of a larger photo an even grid of at least so many pixels is looked at."""
GREY = 10
"""Largest distance between the channels of a grey pixel, of 255; JPEG leaves a few."""
NEARLY_ALL = 0.995
"""Share of grey pixels that makes a photo black and white."""
MOSTLY = 2 / 3
"""Share of pixels in one colour that makes a photo mostly of it."""
DARK = 64
BRIGHT = 192
"""Of 255: in 95 % of a dark photo no channel reaches DARK, in 95 % of a bright one all are above BRIGHT."""

HUES = (
    ("red", 345, 372),
    ("orange", 20, 40),
    ("yellow", 48, 64),
    ("green", 80, 160),
    ("blue", 195, 250),
    ("purple", 262, 295),
    ("pink", 310, 338),
)
"""Degrees that everybody gives the same name; what lies between has none."""


def tone(pixels: NDArray[np.uint8]) -> tuple[str, ...]:
    """Return words for the light and colour of a photo: (h, w, 3) sRGB -> such as ("dark", "mostly blue"), or ().

    Possible words: "dark" or "bright"; "black and white", or else "mostly" with a hue or "brown". ValueError
    when the array has another shape or no pixel.
    """
    if pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size:
        raise ValueError(f"tone takes pixels of the shape (h, w, 3), not {pixels.shape}")
    step = max(1, math.isqrt(pixels.shape[0] * pixels.shape[1] // ENOUGH_PIXELS))
    rgb = pixels[::step, ::step].reshape(-1, 3).astype(np.float32)
    return (*_light(rgb), *_colour(rgb))


def _light(rgb: NDArray[np.float32]) -> tuple[str, ...]:
    if np.percentile(rgb.max(axis=1), 95) < DARK:
        return ("dark",)
    return ("bright",) if np.percentile(rgb.min(axis=1), 5) > BRIGHT else ()


def _colour(rgb: NDArray[np.float32]) -> tuple[str, ...]:
    """Find the colour of (n, 3) pixels from 0 to 255; a blank photo, grey and without contrast, has none."""
    value = rgb.max(axis=1)
    chroma = value - rgb.min(axis=1)
    if np.mean(chroma <= GREY) >= NEARLY_ALL:
        return ("black and white",) if np.ptp(np.percentile(value, [1, 99])) > BRIGHT - DARK else ()
    vivid = (chroma >= 0.4 * value) & (value >= DARK)
    if vivid.mean() < MOSTLY:
        return ()
    hue = _hue(rgb, value, chroma)
    for name, start, end in HUES:
        named = vivid & ((hue - start) % 360 <= end - start)
        if named.mean() >= MOSTLY:
            brown = name == "orange" and np.median(value[named]) < 0.6 * 255
            return ("mostly brown",) if brown else (f"mostly {name}",)
    return ()


def _hue(rgb: NDArray[np.float32], value: NDArray[np.float32], chroma: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the hue of (n, 3) pixels in degrees, red 0, green 120, blue 240 (Smith 1978, "Color gamut transforms")."""
    red, green, blue = rgb.T
    by = np.where(chroma > 0, chroma, 1)
    sixths = np.where(
        value == red,
        (green - blue) / by,
        np.where(value == green, 2 + (blue - red) / by, 4 + (red - green) / by),
    )
    return np.asarray(60 * sixths % 360, np.float32)
