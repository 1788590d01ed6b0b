"""The measures of flatness and lines: what they say of pictures that are easy to tell apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image, ImageDraw

from photosort.photos.pixels.texture import MEASURES, texture

BANDED = ("even", "white", "black", "bright strokes", "dark strokes")
NAMES = (
    *("even beside", "even below", "even both", "even rows", "even columns"),
    *("edges beside", "edges below", "along an axis"),
    *("dark quartile", "median", "light quartile", "white", "black", "grey", "colour", "spread of colour"),
    *("one colour", "three colours", "ten colours", "colours"),
    *("even blocks", "two tones", "noisy blocks", "noise"),
    *("rows", "turns of rows", "columns", "turns of columns", "border"),
    *(
        f"{what} in band {number}"
        for what in ("even", "white", "black", "bright strokes", "dark strokes")
        for number in range(5)
    ),
)


def measured(pixels: np.ndarray) -> dict[str, float]:
    return dict(zip(NAMES, texture(pixels).tolist(), strict=True))


def page() -> np.ndarray:
    image = Image.new("RGB", (260, 260), "white")
    draw = ImageDraw.Draw(image)
    for y in range(20, 240, 16):
        for x in range(20, 230, 7):
            draw.rectangle((x, y, x + 3, y + 6), fill="black")
    return np.asarray(image)


NOISE = np.random.default_rng(0).integers(0, 256, (260, 260, 3), dtype=np.uint8)


def test_there_is_a_number_for_each_measure() -> None:
    assert len(NAMES) == MEASURES == len(texture(NOISE))


def test_one_colour_is_even_and_noise_is_not() -> None:
    plain, noise = measured(np.full((260, 260, 3), 200, np.uint8)), measured(NOISE)
    assert plain["even both"] == plain["one colour"] == plain["even blocks"] == plain["border"] == 1
    assert plain["edges beside"] == plain["noise"] == 0
    assert noise["even both"] < 0.01 and noise["even blocks"] == 0 and noise["edges beside"] > 0.4


def test_a_page_is_white_has_lines_and_two_tones() -> None:
    found = measured(page())
    assert found["white"] > 0.7 and found["along an axis"] > 0.8 and found["two tones"] > 0.3
    assert found["turns of rows"] > 0.05
    assert found["grey"] == 1


def test_strokes_are_narrow_and_differ_from_what_is_beside_them() -> None:
    pixels = np.full((260, 260, 3), 60, np.uint8)
    pixels[5:45, 20:240:16] = 240
    pixels[5:45, 21:240:16] = 240
    pixels[110:150, 50:90] = 240
    found = measured(pixels)
    assert found["bright strokes in band 0"] > 0.05
    assert found["bright strokes in band 2"] == found["dark strokes in band 4"] == 0
    turned = measured(255 - pixels)
    assert turned["dark strokes in band 0"] == found["bright strokes in band 0"]


def test_rows_and_columns_are_told_apart() -> None:
    found, turned = measured(page()), measured(page().transpose(1, 0, 2))
    assert found["edges beside"] == pytest.approx(turned["edges below"], abs=0.01)
    assert found["even rows"] == pytest.approx(turned["even columns"], abs=0.01)


@given(arrays.arrays(np.uint8, st.tuples(st.integers(20, 60), st.integers(20, 60), st.just(3))))
def test_all_measures_are_finite_and_small(pixels: np.ndarray) -> None:
    found = texture(pixels)
    assert found.dtype == np.float32 and np.isfinite(found).all()
    assert found.min() >= 0 and found.max() <= 2
