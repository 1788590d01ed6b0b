"""A small grey picture of a photo and how sharp it is: what tells whether two photos show the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

REVISION = "1"
"""Part of the cache key; raise it when the same pixels would give other numbers."""

SIDE = 48
"""Pixels of a side of the sketch. At 32 an object that has moved is lost, 64 doubles the cache and adds nothing."""
NUMBERS = 1 + SIDE * SIDE


def sketch(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Draw a picture (h, w, 3) in sRGB small: (2305,) numbers, its sharpness and 48 rows of 48 grey values, 0 to 255.

    The whole picture is squeezed into the square. Sharpness is the standard deviation of the Laplacian (Pech-Pacheco
    et al. 2000, "Diatom autofocusing in brightfield microscopy"), in grey values.
    """
    grey = Image.fromarray(pixels).convert("L")
    light = np.asarray(grey, dtype=np.float32)
    small = Image.fromarray(light).resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    return np.append(np.float32(_sharpness(light)), np.asarray(small, dtype=np.float32).ravel()).astype(np.float32)


def _sharpness(light: NDArray[np.float32]) -> float:
    if min(light.shape) < 3:
        return 0.0
    middle = light[1:-1, 1:-1]
    around = light[:-2, 1:-1] + light[2:, 1:-1] + light[1:-1, :-2] + light[1:-1, 2:]
    return float((around - 4 * middle).std())
