"""New photos join the folders they are like, and make new ones where enough of them are like none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photosort.clustering.joining import LEAST, NEW, join


def around(centre: int, count: int, seed: int, *, d: int = 24, spread: float = 0.12) -> np.ndarray:
    """Unit rows around one of d axes."""
    rows = np.random.default_rng(seed).normal(0, spread, (count, d))
    rows[:, centre] += 1
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_new_photos_join_the_folder_they_are_like_and_standing_ones_stay() -> None:
    vectors = np.vstack([around(0, 20, 1), around(1, 12, 2), around(0, 7, 3), around(1, 6, 4)])
    folder = np.array([0] * 20 + [1] * 12 + [NEW] * 13)
    folder[3] = 1  # put there by the user, though it looks like the others
    found = join(vectors, folder)
    assert found.k == 2
    assert found.labels[:32].tolist() == folder[:32].tolist()
    assert found.labels[32:].tolist() == [0] * 7 + [1] * 6
    assert found.similarity.shape == (45, 2) and np.allclose(np.linalg.norm(found.centroids, axis=1), 1)


def test_enough_photos_that_are_like_no_folder_make_one() -> None:
    vectors = np.vstack([around(0, 20, 1), around(1, 12, 2), around(5, LEAST + 4, 3), around(0, 3, 4)])
    folder = np.array([0] * 20 + [1] * 12 + [NEW] * (LEAST + 7))
    found = join(vectors, folder)
    assert found.k == 3
    assert found.labels[32:].tolist() == [2] * (LEAST + 4) + [0] * 3


def test_too_few_of_a_kind_join_the_nearest_folder() -> None:
    vectors = np.vstack([around(0, 20, 1), around(1, 12, 2), around(5, LEAST - 1, 3)])
    found = join(vectors, np.array([0] * 20 + [1] * 12 + [NEW] * (LEAST - 1)))
    assert found.k == 2 and set(found.labels[32:].tolist()) <= {0, 1}


def test_strays_stay_and_help_new_photos_of_their_kind_to_a_folder() -> None:
    vectors = np.vstack([around(0, 20, 1), around(1, 12, 2), around(5, LEAST + 1, 3, spread=0.08)])
    strays = np.array([False] * 32 + [True] * (LEAST - 1) + [False] * 2)
    folder = np.array([0] * 20 + [1] * 12 + [0] * (LEAST - 1) + [NEW] * 2)
    assert join(vectors, folder).k == 2, "what counts for its folder is no evidence against it"
    found = join(vectors, folder, strays=strays)
    assert found.labels.tolist() == [*folder[:-2], 2, 2]
    assert found.kin[2].tolist() == list(range(32, 31 + LEAST)) and not found.strays[-2:].any()
    assert np.allclose(found.centroids[0], join(vectors[:32], folder[:32]).centroids[0], atol=1e-6)
    later = np.vstack([vectors, around(5, 1, 9, spread=0.08)])
    again = join(later, np.array([*found.labels, NEW]), strays=np.array([*strays, False]))
    assert again.labels[-1] == 2 and not again.strays[-1], "the strays count for the folder of their kind"


def test_strays_that_are_alone_in_their_folder_are_its_middle() -> None:
    vectors = np.vstack([around(0, 20, 1), around(5, 3, 3), around(5, 2, 4)])
    folder = np.array([0] * 20 + [1] * 3 + [NEW] * 2)
    found = join(vectors, folder, strays=np.array([False] * 20 + [True] * 3 + [False] * 2))
    assert found.labels[-2:].tolist() == [1, 1]


def test_strays_without_a_new_photo_make_no_folder() -> None:
    vectors = np.vstack([around(0, 20, 1), around(5, 9, 3), around(0, 2, 4)])
    folder = np.array([0] * 29 + [NEW] * 2)
    found = join(vectors, folder, strays=np.array([False] * 20 + [True] * 9 + [False] * 2))
    assert found.k == 1 and not found.kin and found.strays[20:29].all()


def test_groups_that_are_as_close_as_a_usual_folder_are_one() -> None:
    wide = np.vstack([around(0, 15, 1), around(1, 15, 2)])  # a folder of two things, as the user has it
    vectors = np.vstack([wide, around(2, 30, 3), around(7, 12, 4), around(8, 12, 5)])
    found = join(vectors, np.array([0] * 30 + [1] * 30 + [NEW] * 24))
    assert set(found.labels[60:].tolist()) in ({2}, {2, 3})
    narrow = np.vstack([around(0, 30, 1), around(2, 30, 3), around(7, 12, 4), around(8, 12, 5)])
    assert set(join(narrow, np.array([0] * 30 + [1] * 30 + [NEW] * 24)).labels[60:].tolist()) == {2, 3}


def test_one_photo_in_one_folder_is_enough_to_begin_with() -> None:
    vectors = np.vstack([around(0, 1, 1), around(0, 2, 2)])
    assert join(vectors, np.array([0, NEW, NEW])).labels.tolist() == [0, 0, 0]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**16), st.integers(1, 4), st.integers(0, 30))
def test_whatever_comes_each_photo_has_one_folder(seed: int, folders: int, new: int) -> None:
    rng = np.random.default_rng(seed)
    standing = np.concatenate([np.arange(folders), rng.integers(0, folders, 12)])
    folder = rng.permutation(np.concatenate([standing, np.full(new, NEW)])).astype(np.intp)
    vectors = rng.normal(size=(len(folder), 6)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    found = join(vectors, folder)
    assert (found.labels[folder != NEW] == folder[folder != NEW]).all()
    assert set(np.unique(found.labels)) == set(range(found.k))
    assert all((found.labels == number).sum() >= LEAST for number in range(folders, found.k))


@pytest.mark.parametrize("count", [0, 3])
def test_equal_photos_are_no_difficulty(count: int) -> None:
    vectors = np.repeat(around(0, 1, 1), 6 + count, axis=0)
    found = join(vectors, np.array([0, 0, 0, 1, 1, 1] + [NEW] * count))
    assert found.k == 2 and np.isfinite(found.similarity).all()
