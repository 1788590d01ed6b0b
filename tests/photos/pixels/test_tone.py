import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from photosort.photos.pixels.tone import tone


def plain(red: int, green: int, blue: int) -> np.ndarray:
    return np.full((8, 9, 3), (red, green, blue), np.uint8)


@pytest.mark.parametrize(
    ("rgb", "words"),
    [
        ((200, 20, 20), ("mostly red",)),
        ((235, 120, 20), ("mostly orange",)),
        ((110, 62, 20), ("mostly brown",)),
        ((240, 220, 20), ("mostly yellow",)),
        ((40, 160, 60), ("mostly green",)),
        ((60, 110, 220), ("mostly blue",)),
        ((120, 40, 200), ("mostly purple",)),
        ((230, 60, 160), ("mostly pink",)),
        ((10, 10, 50), ("dark",)),
        ((128, 128, 128), ()),
        ((20, 20, 20), ("dark",)),
        ((250, 250, 250), ("bright",)),
        ((240, 240, 200), ("bright",)),
        ((100, 190, 190), ()),
        ((130, 120, 110), ()),
    ],
)
def test_one_colour_has_one_name_or_none(rgb, words):
    assert tone(plain(*rgb)) == words


def test_grey_with_contrast_is_black_and_white():
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[:, None, None], 3, axis=2)
    assert tone(ramp) == ("black and white",)


def test_a_little_colour_is_no_black_and_white():
    ramp = np.repeat(np.tile(np.arange(256, dtype=np.uint8), (100, 1))[..., None], 3, axis=2)
    ramp[:2] = (200, 30, 30)
    assert tone(ramp) == ()


def test_half_a_colour_is_not_mostly():
    photo = plain(60, 110, 220)
    photo[:4] = (128, 128, 128)
    assert tone(photo) == ()
    photo[:2] = (60, 110, 220)
    assert tone(photo) == ("mostly blue",)


def test_a_dark_photo_with_a_window_is_not_dark():
    photo = plain(10, 10, 10)
    photo[0] = 255
    assert "dark" not in tone(photo)


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 4), (0, 8, 3), (3, 8, 8)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match="shape"):
        tone(np.zeros(shape, np.uint8))


photos = arrays.arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12), st.just(3)))


@settings(deadline=None)
@given(photos)
def test_words_are_few_known_and_independent_of_place(photo):
    words = tone(photo)
    assert len(words) <= 2
    assert all(word in {"dark", "bright", "black and white"} or word.startswith("mostly ") for word in words)
    assert tone(photo[::-1, ::-1]) == words
    assert tone(photo.swapaxes(0, 1)) == words
