"""What people call folders by."""

from __future__ import annotations

from collections import Counter

from photosort.naming.folder_name import folder_name
from photosort.naming.words import singular
from photosort.wordnet.album import album
from photosort.wordnet.lexicon import lexicon
from photosort.wordnet.nouns import nouns


def test_every_name_is_a_folder_name_and_stands_once() -> None:
    names = [concept.name for concept in album().concepts]
    assert 400 <= len(names) <= 800
    assert [folder_name(name) for name in names] == names
    assert Counter(name.casefold() for name in names).most_common(1)[0][1] == 1


def test_every_meaning_is_one_of_wordnet() -> None:
    for concept in album().concepts:
        assert all(map(lexicon().noun, concept.wnids)), concept.name
        assert concept.seen and concept.kind in {"thing", "activity", "place", "event", "people", "picture"}


def test_a_name_in_the_middle_of_a_text_keeps_the_capitals_of_proper_names() -> None:
    inside = {concept.name: concept.inside for concept in album().concepts}
    assert (inside["Beach"], inside["Christmas"], inside["BMX"]) == ("beach", "Christmas", "BMX")


def test_what_a_label_is_called_means_that_label() -> None:
    names = {singular(concept.name.lower()): concept for concept in album().concepts if concept.kind == "thing"}
    under = {name: {n for wnid in concept.wnids for n in _under(wnid)} for name, concept in names.items()}
    other = {"carriage", "panda"}
    missed = [label.noun for label in nouns().labels if label.noun in names and label.label not in under[label.noun]]
    assert set(missed) <= other


def _under(wnid: str) -> tuple[int, ...]:
    try:
        return nouns().under(wnid)
    except KeyError:
        return ()
