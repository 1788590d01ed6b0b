"""All nouns, as they are written."""

from photosort.wordnet.lexicon import lexicon
from photosort.wordnet.vocabulary import TEMPLATES, vocabulary


def test_it_holds_every_noun_once_in_its_own_spelling() -> None:
    nouns = vocabulary()
    assert len(nouns) == 117_798
    assert [noun.casefold() for noun in nouns] == list(lexicon().nouns())
    assert {"dog", "Kodiak bear", "Belmont Stakes", "grevy's zebra", "waffle"} <= set(nouns)
    assert not any("_" in noun for noun in nouns)


def test_a_noun_that_is_a_name_too_is_there_once() -> None:
    assert [noun for noun in vocabulary() if noun.casefold() in ("turkey", "china")] == ["China", "turkey"]


def test_the_templates_are_the_seven_of_the_paper() -> None:
    assert len(TEMPLATES) == 7 and all(template.count("{}") == 1 for template in TEMPLATES)
    assert TEMPLATES[0].format("lake") == "itap of a lake."
