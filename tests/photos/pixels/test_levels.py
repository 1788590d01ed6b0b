"""Numbers of many bits come out as the photo, or the file is refused; never as something else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fakes.photos import crops
from fakes.pieces import saved, tiff
from numpy.typing import NDArray
from PIL import Image

from photosort.photos.pixels.decode import UnreadablePhoto, decode
from photosort.photos.pixels.formats import register_formats
from photosort.photos.pixels.frame import Frame

register_formats()
PICTURE = crops("china.jpg", 1)[0].resize((320, 240))
COLOUR = np.asarray(PICTURE)
GREY = np.asarray(PICTURE.convert("L"))
WIDE = GREY.astype(np.uint16) * 257
FLOAT = (GREY / 255).astype(np.float32)
HOLES = FLOAT.copy()
HOLES[3, 3:6] = np.nan, np.inf, -np.inf


def pixels(content: bytes) -> NDArray[np.int64]:
    return decode(content, [Frame(120)])[0].astype(np.int64)


@pytest.mark.parametrize("big", [False, True], ids=["little", "big"])
@pytest.mark.parametrize(
    ("values", "bits", "tags"),
    [
        (WIDE, 16, {}),
        (((GREY.astype(np.int32) - 128) * 256).astype(np.int16), 16, {"sample_format": 2}),
        ((GREY.astype(np.int32) - 128) * 1000, 32, {"sample_format": 2}),
        (FLOAT, 32, {"sample_format": 3}),
        (FLOAT * 1e6 - 3e5, 32, {"sample_format": 3}),
        (HOLES, 32, {"sample_format": 3}),
        (1 - FLOAT, 32, {"sample_format": 3, "photometric": 0}),
        (255 - GREY, 8, {"photometric": 0}),
    ],
)
def test_a_grey_tiff_is_the_photo_that_it_is(values: NDArray[Any], bits: int, tags: dict[str, int], big: bool) -> None:
    shown = pixels(tiff(values, bits, big=big, **tags))
    assert np.abs(shown - pixels(saved(PICTURE.convert("L"), "PNG"))).mean() < 1.5


@pytest.mark.parametrize(
    ("values", "bits", "tags"), [(65535 - WIDE, 16, {"photometric": 0}), (GREY.astype(np.uint32) * 16843009, 32, {})]
)
def test_white_that_is_zero_and_large_numbers_are_seen_too(
    values: NDArray[Any], bits: int, tags: dict[str, int]
) -> None:
    shown = pixels(tiff(values, bits, **tags))
    assert np.abs(shown - pixels(saved(PICTURE.convert("L"), "PNG"))).mean() < 1.5


def test_colours_of_sixteen_bits_are_the_photo() -> None:
    shown = pixels(tiff(COLOUR.astype(np.uint16) * 257, 16))
    assert np.abs(shown - pixels(saved(PICTURE, "PNG"))).mean() < 1.5


@pytest.mark.parametrize(
    ("values", "bits", "tags", "reason"),
    [
        (COLOUR.astype(np.uint16) * 257, 16, {"planes": 2}, "a TIFF of 16 bits in separate planes"),
        ((GREY.astype(np.int16) - 128).astype(np.int8), 8, {"sample_format": 2}, "a TIFF of 8 bits with a sign"),
        (np.full_like(FLOAT, np.nan), 32, {"sample_format": 3}, "a picture without a finite number"),
    ],
)
def test_what_is_not_certain_is_refused_with_the_reason(
    values: NDArray[Any], bits: int, tags: dict[str, int], reason: str
) -> None:
    with pytest.raises(UnreadablePhoto, match=f"{reason}, which photosort does not read"):
        pixels(tiff(values, bits, **tags))


def test_eight_bits_in_separate_planes_are_the_photo() -> None:
    assert np.array_equal(pixels(tiff(COLOUR, 8, planes=2)), pixels(saved(PICTURE, "PNG")))


def test_sixteen_bits_of_a_png_are_scaled() -> None:
    shown = pixels(saved(Image.fromarray(WIDE), "PNG"))
    assert np.abs(shown - pixels(saved(PICTURE.convert("L"), "PNG"))).mean() < 1.5
