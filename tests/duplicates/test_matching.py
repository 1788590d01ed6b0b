"""Pairs that may show the same are found without comparing each with each."""

import numpy as np
from fakes.photos import crops
from fakes.versions import edits
from hypothesis import given, settings
from hypothesis import strategies as st

from photosort.duplicates.matching import MOST_ALIKE, NEAREST, candidate_pairs
from photosort.duplicates.signatures import NUMBERS, VIEWS, signatures, unit
from photosort.photos.pixels.sketch import SIDE, sketch

PICTURES = [*crops("china.jpg", 12, seed=1), *crops("flower.jpg", 12, seed=2)]


def drawn(pictures: list) -> np.ndarray:
    return np.stack([sketch(np.asarray(picture))[1:].reshape(SIDE, SIDE) for picture in pictures])


def pairs_of(sketches: np.ndarray) -> set[tuple[int, int]]:
    return {(one, two) for one, two in candidate_pairs(lambda numbers: sketches[numbers], len(sketches)).tolist()}


def test_each_edit_is_a_candidate_and_few_others_are() -> None:
    rng = np.random.default_rng(5)
    made = [(place, edited) for place, picture in enumerate(PICTURES) for _, edited in edits(picture, rng)]
    sketches = np.concatenate([drawn(PICTURES), drawn([edited for _, edited in made])])
    found = pairs_of(sketches)
    wanted = {(place, len(PICTURES) + number) for number, (place, _) in enumerate(made)}
    assert len(wanted & found) >= 0.97 * len(wanted)
    owner = [*range(len(PICTURES)), *(place for place, _ in made)]
    strangers = sum(owner[one] != owner[two] for one, two in found)
    assert strangers < 0.01 * len(sketches) ** 2 / 2, "these pictures are pieces of two photos, and some overlap"


def test_blank_pictures_are_no_candidates() -> None:
    blank = np.full((3, SIDE, SIDE), 255, dtype=np.float32)
    assert pairs_of(blank) == set()
    assert pairs_of(blank[:0]) == set()


def test_a_heap_of_equal_pictures_stays_bounded_and_hangs_together() -> None:
    count = 5 * MOST_ALIKE
    rng = np.random.default_rng(2)
    heap = drawn(PICTURES[:1]).repeat(count, axis=0) + rng.normal(0, 0.5, (count, SIDE, SIDE)).astype(np.float32)
    found = pairs_of(heap)
    assert {number for pair in found for number in pair} == set(range(count))
    assert len(found) <= count * NEAREST * len(VIEWS)


@given(gain=st.floats(0.3, 1.0), offset=st.floats(0, 60), place=st.integers(0, len(PICTURES) - 1))
@settings(max_examples=30, deadline=None)
def test_brightness_and_contrast_do_not_change_a_signature(gain: float, offset: float, place: int) -> None:
    sketches = drawn([PICTURES[place]])
    for view in VIEWS:
        plain, changed = (unit(signatures(each, view)) for each in (sketches, sketches * gain + offset))
        assert plain.shape == (1, NUMBERS)
        assert np.allclose(plain, changed, atol=1e-3)
