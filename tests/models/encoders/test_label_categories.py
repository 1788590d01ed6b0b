"""Zero-shot categories by the labels of the builtin network, with its real text encoder."""

from __future__ import annotations

import numpy as np
import pytest

from photosort.models.encoders.conse import ConSE
from photosort.models.encoders.label_categories import LabelCategories
from photosort.models.encoders.minilm import MiniLM
from photosort.models.protocols import Category, Vectors
from photosort.wordnet.nouns import nouns

PLACE = {label.noun: place for place, label in enumerate(nouns().labels)}
CLASSES = ["airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck"]
SEEN = [
    "airliner",
    "junco",
    "convertible",
    "tabby cat",
    "gazelle",
    "pug",
    "horse",
    "baboon",
    "ocean liner",
    "tow truck",
]


class Ready:
    """A head whose features are the probabilities themselves; `rows` is how many it was shown at once, at most."""

    def __init__(self) -> None:
        self.rows = 0

    def probabilities(self, features: Vectors) -> Vectors:
        self.rows = max(self.rows, len(features))
        return features


@pytest.fixture(scope="module")
def texts() -> MiniLM:
    return MiniLM()


@pytest.fixture
def reader(texts: MiniLM) -> LabelCategories:
    return LabelCategories(Ready(), ConSE(Ready(), texts, "r"))


def photos(*several: dict[str, float] | str) -> np.ndarray:
    """Photos of which the network believes this; the rest of the probability is spread over all labels."""
    found = np.zeros((len(several), 1000), np.float32)
    for row, believed in zip(found, several, strict=True):
        for noun, share in ({believed: 0.9} if isinstance(believed, str) else believed).items():
            row[PLACE[noun]] = share
    return found + (1 - found.sum(axis=1, keepdims=True)) / 1000


def best(reader: LabelCategories, several: np.ndarray, *categories: Category | str) -> list[str]:
    named = [each if isinstance(each, Category) else Category(each) for each in categories]
    return [named[place].name for place in reader.scores(several, named).argmax(axis=1)]


def test_ten_everyday_classes_in_either_number(reader: LabelCategories) -> None:
    assert best(reader, photos(*SEEN), *CLASSES) == CLASSES
    assert best(reader, photos("pug", "tabby cat"), "Cats", "Dogs") == ["Dogs", "Cats"]


def test_places_and_activities_by_what_is_seen_there(reader: LabelCategories) -> None:
    rooms = best(reader, photos("four-poster", "microwave oven", "bathtub"), "Kitchen", "Bedroom", "Bathroom")
    assert rooms == ["Bedroom", "Kitchen", "Bathroom"]
    assert best(reader, photos("balance beam", "racket"), "tennis", "gymnastics") == ["gymnastics", "tennis"]


def test_the_most_specific_category_has_a_label(reader: LabelCategories) -> None:
    assert best(reader, photos("pug", "junco"), "animals", "dogs") == ["dogs", "animals"]
    assert best(reader, photos("pug", "junco"), "dogs", "animals") == ["dogs", "animals"]


def test_several_weak_labels_of_one_meaning_outweigh_a_stronger_one(reader: LabelCategories) -> None:
    doubtful = photos({"couch": 0.3, "beagle": 0.15, "pug": 0.15, "basset hound": 0.15})
    assert best(reader, doubtful, "furniture", "dogs") == ["dogs"]


def test_a_hint_says_what_belongs(reader: LabelCategories) -> None:
    seen = photos("pug", "hamster")
    assert best(reader, seen, Category("Darlings", "dogs, hamsters"), "food") == ["Darlings", "Darlings"]
    without_hint = reader.scores(seen, [Category("Darlings")])
    assert (reader.scores(seen, [Category("Darlings", "dogs, hamsters")]) > without_hint + 3).all()


def test_what_does_not_belong_counts_against_a_category(reader: LabelCategories) -> None:
    plain, barred = [Category("animals"), Category("food")], [Category("animals", without="dogs"), Category("food")]
    dog, bird = photos("pug", "junco")
    before, after = (reader.scores(np.stack([dog, bird]), some) for some in (plain, barred))
    assert after[0, 0] < before[0, 0] - 8
    assert abs(after[1, 0] - before[1, 0]) < 2 and np.allclose(after[:, 1], before[:, 1], atol=0.5)


def test_scores_of_what_fits_nothing_are_low(reader: LabelCategories) -> None:
    scores = reader.scores(photos("pug", "screwdriver"), [Category("dogs"), Category("beaches")])
    assert scores[0].max() > 8 > 3 > scores[1].max()


def test_photos_go_through_in_blocks_and_each_alone(reader: LabelCategories, texts: MiniLM) -> None:
    head = Ready()
    blocks = LabelCategories(head, ConSE(head, texts, "r"))
    many = np.tile(photos(*SEEN), (500, 1))
    found = blocks.scores(many, [Category(name) for name in CLASSES])
    assert head.rows == 4096 and found.dtype == np.float32 and found.shape == (5000, 10)
    assert np.allclose(found[-10:], reader.scores(photos(*SEEN), [Category(name) for name in CLASSES]), atol=1e-3)


def test_names_as_files_have_them_and_names_without_meaning(reader: LabelCategories) -> None:
    seen = photos("hammer", "pug")
    assert best(reader, seen, "hand_tools", "2019-07 trip") == ["hand_tools", "2019-07 trip"]
    assert np.isfinite(reader.scores(seen, [Category("???"), Category("-")])).all()
    assert reader.scores(seen[:0], [Category("dogs")]).shape == (0, 1)


def test_the_identity_names_the_space(texts: MiniLM) -> None:
    one, same, other = (LabelCategories(Ready(), ConSE(Ready(), texts, r)).identity for r in "aab")
    assert one == same != other and one.model == "label-categories"
