"""The face counter, by its real weights on real faces."""

import hashlib
import io
from importlib.resources import files
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_sample_images

from photosort.models.facts.faces import CELLS, SIDE, FaceCounter, people
from photosort.photos.facts.facts import People
from photosort.photos.pixels.decode import decode

GRAPH = "e9e744d93226b559a1f0225e7b19f047fc6bf465a4c0db524157decda6e085bf"


@pytest.fixture(scope="module")
def counter() -> FaceCounter:
    return FaceCounter()


def hopper(width: int, height: int, face: float = 1) -> np.ndarray:
    """Grace Hopper, the width of her portrait as a share of the picture's width, on grey."""
    with Image.open(Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg") as image:
        side = round(width * face)
        portrait = image.convert("RGB").resize((side, round(side * image.height / image.width)))
    picture = Image.new("RGB", (width, height), (120, 125, 130))
    picture.paste(portrait, ((width - side) // 2, 0))
    return np.asarray(picture)


def test_the_weights_are_those_that_the_readme_names() -> None:
    content = files("photosort.models.facts").joinpath("data/faces.onnx").read_bytes()
    assert hashlib.sha256(content).hexdigest() == GRAPH


def test_photos_without_people_have_no_faces(counter: FaceCounter) -> None:
    pictures = []
    for image in load_sample_images().images:
        photo = Image.fromarray(image)
        pictures.append(np.asarray(photo.resize(counter.frame.size(*photo.size))))
    found = counter.count(pictures)
    assert [each.count for each in found] == [0, 0]
    assert all(each.sure > 0.5 for each in found)


def test_a_large_face_is_a_portrait_and_a_small_one_is_not(counter: FaceCounter) -> None:
    large, small = counter.count([hopper(160, 192), hopper(192, 192, 0.4)])
    assert (large.count, large.portrait) == (1, True)
    assert (small.count, small.portrait) == (1, False)
    assert large.sure > 0.8


def test_two_people_are_two(counter: FaceCounter) -> None:
    pair = np.concatenate([hopper(96, 118), hopper(96, 118)], axis=1)
    assert counter.count([pair])[0].count == 2


def test_what_is_counted_does_not_depend_on_the_batch_or_on_the_shape(counter: FaceCounter) -> None:
    pictures = [hopper(192, 150, 0.7), hopper(120, 192), hopper(160, 192)]
    several = counter.count(pictures * 3)
    assert several[:3] == several[3:6] == several[6:] == [counter.count([picture])[0] for picture in pictures]
    assert {each.count for each in several} == {1}


def grid() -> tuple[np.ndarray, np.ndarray]:
    return np.zeros((CELLS * CELLS, 4), np.float32), np.full(CELLS * CELLS, 0.01, np.float32)


def test_boxes_of_one_face_are_one_face() -> None:
    boxes, scores = grid()
    boxes[:3] = [[0.1, 0.1, 0.3, 0.3], [0.11, 0.1, 0.31, 0.3], [0.6, 0.1, 0.8, 0.3]]
    scores[:3] = [0.9, 0.8, 0.75]
    assert people(boxes, scores) == People(2, portrait=False, sure=0.75)


def test_the_first_face_has_to_be_surer_than_the_next() -> None:
    boxes, scores = grid()
    boxes[:2] = [[0.1, 0.1, 0.3, 0.3], [0.6, 0.1, 0.8, 0.3]]
    scores[:2] = [0.65, 0.6]
    assert people(boxes, scores) == People(0, portrait=False, sure=0.35)
    scores[0] = 0.71
    assert people(boxes, scores) == People(2, portrait=False, sure=0.6)


def test_the_counter_looks_at_whole_photos() -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (400, 100)).save(buffer, "PNG")
    (picture,) = decode(buffer.getvalue(), [FaceCounter.frame])
    assert picture.shape == (SIDE // 4, SIDE, 3)
