"""What models see in the photos of a cluster, as a subject."""

from __future__ import annotations

import numpy as np
import pytest

from photosort.models.protocols import Sightings
from photosort.naming import seen
from photosort.naming.seen import Told
from photosort.naming.subject import Subject
from photosort.wordnet.album import album
from photosort.wordnet.nouns import nouns

CONCEPTS = {concept.name: place for place, concept in enumerate(album().concepts)}
LABELS = {noun.noun: noun.label for noun in nouns().labels}


def photos(*each: tuple[dict[str, float], dict[str, float]]) -> Sightings:
    """For each photo its nearness to concepts, and the probability of labels."""
    concepts = np.zeros((len(each), len(CONCEPTS)), np.float32)
    labels = np.zeros((len(each), len(nouns().labels)), np.float32)
    labels[:, LABELS["tray"]] = 0.1
    for row, (near, likely) in enumerate(each):
        for name, nearness in near.items():
            concepts[row, CONCEPTS[name]] = nearness
        for noun, probability in likely.items():
            labels[row, LABELS[noun]] = probability
    return Sightings(concepts, labels)


def nothing(count: int) -> Told:
    return Told([""] * count, [""] * count)


def subject(shown: Sightings, facts: Told | None = None) -> Subject:
    (found,) = seen.subjects([(shown, facts or nothing(len(shown.concepts)))])
    return found


def test_what_most_photos_support_is_the_subject() -> None:
    beach = ({"Beach": 5.0, "Lakes": 3.0}, {})
    assert subject(photos(*[beach] * 6, *[({"Dogs": 5.0}, {})] * 4)).title == "Beach"


def test_what_too_few_support_is_mixed_and_listed() -> None:
    some = photos(*[({"Beach": 5.0}, {})] * 4, *[({"Food": 5.0}, {})] * 3, ({"Chess": 5.0}, {}), ({"Cars": 2.0}, {}))
    assert subject(some).title == "Mixed (beach, food)"


def test_half_of_a_few_photos_is_not_most() -> None:
    assert subject(photos(*[({"Cathedrals": 5.0}, {})] * 3, *[({}, {})] * 3)).title == "Mixed (cathedrals and more)"


@pytest.mark.parametrize(
    ("near", "likely", "title"),
    [
        ({"Dogs": 5.0}, {"dalmatian": 0.9}, "Dalmatians"),
        ({"Cloister": 5.0}, {"dalmatian": 0.9}, "Dalmatians"),
        ({"Golf": 5.0}, {"golf ball": 0.9}, "Golf"),
        ({"Crabs": 5.0}, {"American lobster": 0.9}, "American lobsters"),
        ({"Cattle": 5.0, "Mammals": 4.0}, {"beaver": 0.4, "otter": 0.4}, "Mammals"),
        ({}, {"broccoli": 0.4, "cauliflower": 0.4}, "Vegetables"),
        ({}, {}, ""),
    ],
)
def test_a_noun_is_said_where_it_says_more_than_a_concept(
    near: dict[str, float], likely: dict[str, float], title: str
) -> None:
    assert subject(photos(*[(near, likely)] * 5)).title == title


@pytest.mark.parametrize(
    ("kind", "people", "near", "title"),
    [
        ("screenshots", "", {"Books": 6.0}, "Screenshots"),
        ("", "portraits", {"Clothes": 6.0}, "Portraits"),
        ("", "two people", {}, "Two people"),
        ("", "people", {"Wedding": 6.0}, "Wedding"),
    ],
)
def test_facts_name_what_labels_cannot_tell(kind: str, people: str, near: dict[str, float], title: str) -> None:
    assert subject(photos(*[(near, {})] * 5), Told([kind] * 5, [people] * 5)).title == title


def test_faces_of_several_kinds_are_people() -> None:
    facts = Told([""] * 6, ["portraits", "two people", "people"] * 2)
    assert subject(photos(*[({}, {"suit": 0.9})] * 6), facts).title == "People"


def test_what_is_beside_a_subject_is_rarer_in_other_clusters() -> None:
    dogs = {"dalmatian": 0.2, "pug": 0.2}
    snow = photos(*[({"Dogs": 5.0, "Snow": 4.5}, dogs)] * 4)
    beach = photos(*[({"Dogs": 5.0, "Beach": 4.5}, dogs)] * 4)
    found = seen.subjects([(snow, nothing(4)), (beach, nothing(4))])
    assert [(one.title, one.beside) for one in found] == [("Dogs", ("snow",)), ("Dogs", ("beach",))]


def test_what_is_beside_a_subject_is_true_of_most_photos_there_and_of_few_of_the_other() -> None:
    few = photos(*[({"Dogs": 5.0, "Snow": 4.5}, {"dalmatian": 0.9})] * 2, *[({"Dogs": 5.0}, {"pug": 0.2})] * 3)
    many = photos(*[({"Dogs": 5.0, "Snow": 4.5}, {"pug": 0.2})] * 5)
    half = photos(*[({"Dogs": 5.0, "Snow": 4.5}, {"pug": 0.2})] * 2, *[({"Dogs": 5.0}, {"dalmatian": 0.2})] * 2)
    assert [one.beside for one in seen.subjects([(few, nothing(5)), (many, nothing(5))])] == [(), ()]
    assert [one.beside for one in seen.subjects([(half, nothing(4)), (many, nothing(5))])] == [(), ()]


def test_what_a_title_is_a_kind_of_tells_nothing_beside_it() -> None:
    hoofed, others = {"ox": 0.4, "zebra": 0.4}, {"brown bear": 0.3, "gorilla": 0.3}
    found = seen.subjects([(photos(*[({"Mammals": 5.0}, some)] * 9), nothing(9)) for some in (hoofed, others)])
    assert [(one.title, one.beside) for one in found] == [("Mammals", ("hoofed animals",)), ("Mammals", ())]


def test_a_cluster_without_photos_has_no_subject() -> None:
    assert seen.subjects([]) == []
    assert subject(photos()) == Subject()


@pytest.mark.parametrize(
    ("each", "title"),
    [
        ([{"broccoli": 0.9}, {"cauliflower": 0.8}, {}], "Vegetables"),
        ([{"yawl": 0.5, "fireboat": 0.3}, {"canoe": 0.6}, {}], ""),
        ([{"dalmatian": 0.9}, {"tench": 0.9}, {}], ""),
    ],
)
def test_two_of_three_photos_name_a_noun_that_all_of_them_let_expect(each: list[dict[str, float]], title: str) -> None:
    assert subject(photos(*[({}, likely) for likely in each])).title == title


@pytest.mark.parametrize(("yawl", "title"), [(0.5, "Boats"), (0.3, "")])
def test_two_of_three_photos_name_a_concept_only_where_its_labels_agree(yawl: float, title: str) -> None:
    sailing = ({"Boats": 6.0}, {"yawl": yawl})
    assert subject(photos(sailing, sailing, ({}, {}))).title == title


OUTSIDE = dict.fromkeys(("Canyons", "Coast", "Hills", "Roads"), 3.0)


def test_places_that_have_no_more_in_common_are_outdoors_or_indoors() -> None:
    inside = dict.fromkeys(("Attic", "Bar", "Lobby", "Office"), 3.0)
    objects = dict.fromkeys(("Lamps", "Pens", "Cups", "Vases", "Dolls"), 3.0)
    assert subject(photos(*[(OUTSIDE | objects, {})] * 3)).title == "Outdoors"
    assert subject(photos(*[(inside | objects, {})] * 3)).title == "Indoors"
    assert subject(photos((OUTSIDE | objects, {}), (inside | objects, {}), (objects, {}))).title == ""


def test_clothes_say_nothing_of_people_but_at_the_beach() -> None:
    people = Told([""] * 6, ["two people"] * 6)
    assert subject(photos(*[({"Clothing store": 6.0}, {"suit": 0.4})] * 6), people).title == "Two people"
    assert subject(photos(*[({"Beach": 6.0}, {"bikini": 0.4})] * 6), people).title == "Beach"


def test_clothes_are_no_shop() -> None:
    assert subject(photos(*[({"Clothing store": 5.1, "Clothes": 5.0}, {})] * 9)).title == "Clothing store"
    assert subject(photos(*[({"Clothing store": 4.9, "Clothes": 5.0}, {})] * 9)).title == "Clothes"


def test_a_single_photo_sets_no_cluster_apart() -> None:
    dogs = [({"Dogs": 5.0}, {"pug": 0.9}), ({"Dogs": 5.0}, {"dalmatian": 0.4, "beagle": 0.4})]
    found = seen.subjects([(photos(*dogs, dogs[1]), nothing(3))] * 2)
    assert "pugs" not in found[0].beside


def test_a_photo_of_nothing_supports_nothing() -> None:
    shown = photos(*[({"Tools": 6.0}, {})] * 9)
    shown.labels[:] = 0.001
    assert subject(shown) == Subject()
