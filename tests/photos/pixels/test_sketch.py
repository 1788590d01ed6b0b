"""A sketch says how a picture looks from afar, and how sharp it is."""

import numpy as np
import pytest
from fakes.photos import crops
from PIL import ImageFilter

from photosort.photos.pixels.sketch import NUMBERS, SIDE, sketch


def test_a_sketch_is_the_whole_picture_in_grey() -> None:
    pixels = np.zeros((60, 120, 3), dtype=np.uint8)
    pixels[:, 60:] = 255
    drawn = sketch(pixels)
    assert drawn.shape == (NUMBERS,)
    grey = drawn[1:].reshape(SIDE, SIDE)
    assert np.allclose(grey[:, : SIDE // 2 - 2], 0, atol=1)
    assert np.allclose(grey[:, SIDE // 2 + 2 :], 255, atol=1)


def test_the_size_of_the_picture_hardly_matters() -> None:
    picture = crops("china.jpg", 1)[0]
    half = picture.resize((picture.width // 2, picture.height // 2))
    whole, small = sketch(np.asarray(picture)), sketch(np.asarray(half))
    assert np.abs(whole[1:] - small[1:]).mean() < 2


def test_a_blurred_picture_is_less_sharp() -> None:
    picture = crops("flower.jpg", 1)[0]
    blurred = picture.filter(ImageFilter.GaussianBlur(2))
    assert sketch(np.asarray(blurred))[0] < sketch(np.asarray(picture))[0] / 2


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 300, 3), (3, 3, 3)])
def test_tiny_pictures_have_a_sketch_too(shape: tuple[int, int, int]) -> None:
    drawn = sketch(np.full(shape, 90, dtype=np.uint8))
    assert drawn[0] == 0
    assert np.allclose(drawn[1:], 90, atol=1)
