"""Numbers of more than eight bits to eight, as the tags of the file say what black and white are. TIFF 6.0."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_BITS, _PHOTOMETRIC, _PLANES, _SAMPLE_FORMAT = 258, 262, 284, 339
_WHITE_IS_ZERO, _SEPARATE, _UNSIGNED, _SIGNED = 0, 2, 1, 2


class UncertainLevels(Exception):
    """What the numbers of a picture mean is not certain; a wrong picture would be worse than none."""


def check_layout(image: Image.Image) -> None:
    """Raise UncertainLevels for numbers that Pillow takes for others: in separate planes, or eight bits with a sign."""
    tags = _tags(image)
    bits = _first(tags, _BITS, 8)
    if _first(tags, _PLANES, 1) == _SEPARATE and bits > 8 and len(image.getbands()) > 1:
        raise UncertainLevels(f"a TIFF of {bits} bits in separate planes")
    if _first(tags, _SAMPLE_FORMAT, _UNSIGNED) == _SIGNED and bits <= 8:
        raise UncertainLevels(f"a TIFF of {bits} bits with a sign")


def eight_bits(image: Image.Image) -> Image.Image:
    """Return a grey picture of 16 or 32 bits, or of floating point, as one of eight.

    16 bits without a sign go from 0 to the largest number that the file has bits for. Other numbers have no such ends,
    and go from the smallest to the largest that is finite. Raises UncertainLevels where none is.
    """
    tags = _tags(image)
    bits = int(_first(tags, _BITS, 16))
    values = np.asarray(image)
    values = values[..., 0] if values.ndim == 3 else values
    if image.mode == "I" and bits == 32 and _first(tags, _SAMPLE_FORMAT, _UNSIGNED) == _UNSIGNED and tags:
        values = values.astype(np.int32).view(np.uint32)
    if image.mode.startswith("I;16"):
        shades = values.astype(np.float64) / (2.0 ** min(bits, 16) - 1)
    else:
        shades = _between_ends(values.astype(np.float64))
    if _first(tags, _PHOTOMETRIC, 1) == _WHITE_IS_ZERO and tags:
        shades = 1 - shades
    return Image.fromarray(np.clip(shades * 255, 0, 255).astype(np.uint8))


def _between_ends(values: NDArray[np.float64]) -> NDArray[np.float64]:
    finite = values[np.isfinite(values)]
    if not finite.size:
        raise UncertainLevels("a picture without a finite number")
    low, high = float(finite.min()), float(finite.max())
    return (np.nan_to_num(values, nan=low, posinf=high, neginf=low) - low) / max(high - low, 1e-300)


def _tags(image: Image.Image) -> Any:
    return getattr(image, "tag_v2", None) or {}


def _first(tags: Any, tag: int, usual: int) -> int:
    """Return the first value of a tag; files repeat it for each channel."""
    value = tags.get(tag, usual)
    value = value[0] if isinstance(value, tuple) and value else value
    return value if isinstance(value, int) else usual
