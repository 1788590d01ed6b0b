"""Names are held against the photos that a folder has by now."""

from __future__ import annotations

import numpy as np
import pytest

from photosort.models.protocols import Sightings
from photosort.naming import said
from photosort.naming.seen import Told, subjects
from photosort.naming.trueness import is_borne_out, share_seen, subject_in
from photosort.wordnet.album import album
from photosort.wordnet.nouns import nouns

CONCEPTS = {concept.name: place for place, concept in enumerate(album().concepts)}
LABELS = {noun.noun: noun.label for noun in nouns().labels}


def photos(*near: str, likely: str = "tray") -> Sightings:
    """Photos that are near to one concept each, and of one label."""
    concepts = np.zeros((len(near), len(CONCEPTS)), np.float32)
    labels = np.zeros((len(near), len(nouns().labels)), np.float32)
    labels[:, LABELS[likely]] = 0.1 if likely == "tray" else 0.9
    for row, name in enumerate(near):
        if name:
            concepts[row, CONCEPTS[name]] = 5.0
    return Sightings(concepts, labels)


def told(kinds: list[str], people: list[str]) -> Told:
    return Told(kinds, people)


def plain(count: int) -> Told:
    return told([""] * count, [""] * count)


def test_a_concept_is_borne_out_by_the_photos_near_to_it() -> None:
    assert share_seen("Beach", photos(*["Beach"] * 3, *["Food"] * 5), plain(8)) == pytest.approx(3 / 8)
    assert share_seen("Kitchen", photos(*["Beach"] * 3), plain(3)) == 0


def test_a_noun_is_borne_out_by_the_photos_that_it_is_probable_in() -> None:
    one = photos("", "", likely="dalmatian")
    two = photos("Food", "Food")
    both = Sightings(np.vstack([one.concepts, two.concepts]), np.vstack([one.labels, two.labels]))
    assert share_seen("Dalmatians", both, plain(4)) == pytest.approx(1 / 2)


def test_facts_bear_out_the_names_that_they_give() -> None:
    some = photos("", "", "", "")
    assert share_seen("Screenshots", some, told(["screenshots"] * 3 + [""], [""] * 4)) == pytest.approx(3 / 4)
    faces = told([""] * 4, ["two people", "a portrait", "", ""])
    assert share_seen("People", some, faces) == pytest.approx(1 / 2)
    assert share_seen("Two people", some, faces) == pytest.approx(1 / 4)


@pytest.mark.parametrize(
    ("shown", "facts"),
    [
        (photos(*["Beach"] * 6, *["Food"] * 4), plain(10)),
        (photos(*[""] * 6, likely="dalmatian"), plain(6)),
        (photos(*[""] * 6), told([""] * 6, ["two people"] * 5 + [""])),
        (photos(*[""] * 6), told(["receipts"] * 5 + [""], [""] * 6)),
        (photos(*["Beach", "Lakes", "Mountains", "Forests", "Waterfalls", "Deserts"][:1] * 6), plain(6)),
    ],
)
def test_a_name_is_true_of_the_photos_that_it_was_given_for(shown: Sightings, facts: Told) -> None:
    (subject,) = subjects([(shown, facts)])
    share = share_seen(subject.title, shown, facts)
    assert share == pytest.approx(subject.share) and share is not None and is_borne_out(share)


def test_what_cannot_be_seen_has_no_share() -> None:
    assert share_seen("Mixed (food, cars)", photos("Food"), plain(1)) is None
    assert share_seen("Beach", photos(), plain(0)) is None
    assert share_seen("2019", photos("Food"), plain(1)) is None


def test_captions_bear_out_a_noun_and_what_is_a_kind_of_it() -> None:
    captions = ["two geese on a lake", "a swan", "a truck on a road", "a cup of tea", "a photo, maybe a bird"]
    assert said.share_of("Birds", captions) == pytest.approx(2 / 5)
    assert said.share_of("Trucks", captions) == pytest.approx(1 / 5)
    assert said.share_of("Egyptian cats", captions) == 0
    assert said.share_of("2019", captions) is None and said.share_of("Birds", []) is None


@pytest.mark.parametrize("captions", [["a daisy", "daisies", "a rose"], ["a cup of soup"] * 3, ["a guitar", "a drum"]])
def test_captions_bear_out_the_name_that_they_gave(captions: list[str]) -> None:
    (subject,) = said.subjects([captions])
    assert said.share_of(subject.title, captions) == pytest.approx(subject.share)


def test_what_sets_a_title_apart_is_no_part_of_its_subject() -> None:
    assert subject_in("Dogs (snow, sledge)") == "Dogs" and subject_in("Dogs") == "Dogs"


def test_half_is_not_most() -> None:
    assert not is_borne_out(0.5) and is_borne_out(0.51)
