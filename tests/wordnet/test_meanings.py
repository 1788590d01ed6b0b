"""What names of folders mean."""

from __future__ import annotations

import pytest

from photosort.wordnet.album import album
from photosort.wordnet.meanings import asked_for, breadths, concept_of, labels_seen, meanings_of, parts, related
from photosort.wordnet.nouns import nouns
from photosort.wordnet.shown import shown

LABELS = [label.noun for label in nouns().labels]
CAT, DOG, ANIMAL, CAR = "n02121620", "n02084071", "n00015388", "n02958343"


def said(places) -> set[str]:
    return {LABELS[place] for place in places}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Cats", ("cats",)),
        ("My cats & dogs", ("cats", "dogs")),
        ("cats, dogs; and the horses", ("cats", "dogs", "horses")),
        ("Track and field", ("track and field",)),
        ("hand_tools", ("hand tools",)),
        ("photos of food", ("food",)),
        ("cats, CATS", ("cats",)),
        ("photos", ("photos",)),
        (" , ", ()),
    ],
)
def test_what_a_name_lists(text: str, expected: tuple[str, ...]) -> None:
    assert parts(text) == expected


@pytest.mark.parametrize(
    ("query", "things"),
    [
        ("dog", ("dog",)),
        ("a small dog on the sofa", ("dog",)),
        ("a car, truck or plane that carries people", ("car", "truck", "plane")),
        ("bird of prey", ("bird of prey",)),
        ("golden retriever", ("golden retriever",)),
        ("something to play music with", ()),
        ("xyzzy", ()),
        ("", ()),
    ],
)
def test_what_a_query_asks_for(query: str, things: tuple[str, ...]) -> None:
    assert asked_for(query) == things


def test_a_concept_is_found_in_any_number() -> None:
    beach = concept_of("beaches")
    assert beach is not None and beach.name == "Beach" and concept_of("beach") is beach
    assert concept_of("flibbertigibbets") is None


def test_meanings_are_the_albums_before_all_of_wordnets() -> None:
    assert meanings_of("cars") == (CAR,)
    assert meanings_of("accordion") and concept_of("accordion") is None
    assert meanings_of("2019-07 trip") == ()


def test_labels_that_are_a_kind_of_a_name_come_with_its_breadth() -> None:
    dogs, animals = breadths("dogs"), breadths("animals")
    assert said(dogs) >= {"pug", "beagle"} and "tabby cat" not in said(dogs)
    assert set(dogs) < set(animals)
    assert set(dogs.values()) == {len(dogs)} and max(dogs.values()) < min(animals.values())
    assert said(breadths("cats and dogs")) >= {"pug", "tabby cat"}
    assert breadths("flibbertigibbet") == {}


def test_a_word_of_several_meanings_has_the_most_frequent_that_labels_mean() -> None:
    assert said(breadths("schooner")) == {"schooner"}
    assert "hotdog" not in said(breadths("dog"))


def test_labels_speak_for_places_and_for_looks() -> None:
    assert said(labels_seen("bedrooms")) >= {"four-poster", "quilt"}
    assert "impala" in said(labels_seen("deer")) and not labels_seen("accordion")


def test_every_row_speaks_for_labels_that_exist_and_most_for_a_concept() -> None:
    names = {concept.name.casefold() for concept in album().concepts}
    assert all(shown().values()) and sum(name in names for name in shown()) > 0.9 * len(shown())


@pytest.mark.parametrize(
    ("some", "others", "expected"),
    [((DOG,), (ANIMAL,), True), ((ANIMAL,), (DOG,), True), ((DOG,), (DOG,), True), ((DOG,), (CAT,), False)],
)
def test_kin_are_one_meaning_or_one_above_the_other(some, others, expected: bool) -> None:
    assert related(some, others) is expected and related((), others) is False
