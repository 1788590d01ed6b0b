"""Edits of one photo leave little when both sketches lie over each other; another shot leaves what has moved."""

import numpy as np
import pytest
from fakes.photos import crops
from fakes.versions import cropped, edits, shots
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from photosort.duplicates.alignment import overlaps
from photosort.photos.pixels.sketch import SIDE, sketch

Sketch = np.ndarray

PICTURES = [*crops("china.jpg", 3, seed=1), *crops("flower.jpg", 2, seed=2)]
KINDS = [kind for kind, _ in edits(PICTURES[0], np.random.default_rng(0))]
CROPS = ("cropped by 5 %", "cropped by 10 %", "crop, size and light")


def drawn(picture: Image.Image) -> Sketch:
    return sketch(np.asarray(picture))[1:].reshape(SIDE, SIDE)


@pytest.mark.parametrize("kind", KINDS)
def test_an_edit_leaves_little_whichever_comes_first(kind: str) -> None:
    made = [dict(edits(picture, np.random.default_rng(7)))[kind] for picture in PICTURES]
    ones, others = np.stack([*map(drawn, PICTURES)]), np.stack([*map(drawn, made)])
    for first, second in ((ones, others), (others, ones)):
        laid = overlaps(first, second)
        assert laid.same.all(), laid
        assert (laid.moved > 0.015).all() == (kind in CROPS)


@pytest.mark.parametrize("kind", ["shaken", "something moved", "both"])
def test_another_shot_of_the_moment_is_another_photo(kind: str) -> None:
    rng = np.random.default_rng(3)
    temple, flower = PICTURES[0], PICTURES[-1]
    pairs = [
        next((drawn(one), drawn(two)) for name, one, two in shots(picture, thing, rng) if name == kind)
        for picture, thing in zip(PICTURES, [flower] * 3 + [temple] * 2, strict=True)
    ]
    ones, others = (np.stack(side) for side in zip(*pairs, strict=True))
    laid = overlaps(ones, others)
    assert not laid.same.any(), laid
    assert laid.alike.all()


def test_other_photos_are_neither_the_same_nor_alike() -> None:
    sketches = np.stack([*map(drawn, PICTURES)])
    laid = overlaps(sketches, np.roll(sketches, 1, axis=0))
    assert not laid.same.any()
    assert not laid.alike[[0, 3]].any(), "a temple is no flower"


@given(share=st.floats(0.9, 0.99), seed=st.integers(0, 1000))
@settings(max_examples=30, deadline=None)
def test_a_crop_is_found_to_be_one(share: float, seed: int) -> None:
    picture = PICTURES[seed % len(PICTURES)]
    part = cropped(picture, share, np.random.default_rng(seed))
    laid = overlaps(drawn(picture)[None], drawn(part)[None])
    assert laid.outside[0] < 0.005
    assert abs(laid.covered[0] - 1) < 0.02, "the crop shows nothing that the photo does not"


def test_no_pairs_give_no_overlaps() -> None:
    none = np.empty((0, SIDE, SIDE), dtype=np.float32)
    assert overlaps(none, none).same.shape == (0,)


def test_blank_pictures_do_not_break_it() -> None:
    blank = np.full((2, SIDE, SIDE), 255, dtype=np.float32)
    laid = overlaps(blank, np.stack([blank[0], drawn(PICTURES[0])]))
    assert np.isfinite(laid.left).all() and not laid.same[1]
