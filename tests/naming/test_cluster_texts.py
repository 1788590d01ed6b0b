"""What names are made of: what is said for certain, of enough of the photos."""

import pytest

from photosort.naming.cluster_texts import cluster_texts, without_doubt
from photosort.wordnet.nouns import nouns


@pytest.mark.parametrize(
    ("caption", "certain"),
    [
        ("a photo of a dog, maybe a pug or a beagle", "a photo of a dog"),
        ("maybe a photo of a wallet", ""),
        ("a photo of a dog, maybe a pug, mostly blue", "a photo of a dog, mostly blue"),
        ("A maybe-bug on a leaf", "A maybe-bug on a leaf"),
    ],
)
def test_what_is_only_possible_is_left_out(caption: str, certain: str) -> None:
    assert without_doubt(caption) == certain


def keywords(captions: list[list[str]]) -> list[dict[str, int]]:
    return [{word.term: word.count for word in text.keywords} for text in cluster_texts(captions)]


def test_doubtful_nouns_are_no_keywords_and_certain_ones_are() -> None:
    dogs = ["a photo of a dog"] * 3 + ["a photo of a dog, maybe a wolf"]
    cats = ["a photo of a cat"] * 2
    assert keywords([dogs, cats]) == [{"dog": 4}, {"cat": 2}]


def broad(*clusters: list[str]) -> list[str]:
    return [text.broad for text in cluster_texts(clusters)]


def test_a_word_for_a_quarter_of_the_photos_stands_for_all() -> None:
    assert broad(["a photo of a dog"] * 2 + ["a photo of something unclear"] * 6) == [""]
    assert broad(["a photo of a dog"] * 2 + ["a photo of something unclear"] * 7) == ["mixed"]


def test_one_photo_speaks_for_two_at_most() -> None:
    assert broad(["a photo of a dog", "a photo of something unclear"]) == [""]
    assert broad(["a photo of a dog"] + ["a photo of something unclear"] * 2) == ["mixed"]


def test_a_noun_won_by_another_cluster_still_counts() -> None:
    names = ("dog", "cat", "hen", "ox", "pig", "fox", "rat", "bat", "bee")
    animals = [f"a photo of a {name} (animal)" for name in names]
    assert broad(["a photo of a horse (animal)"] * 9, animals) == ["", "animal"]


def test_black_and_white_is_a_name_where_nothing_else_is() -> None:
    assert broad(["a black and white photo of something unclear"] * 3 + ["a photo of a dog"]) == ["black and white"]
    assert broad(["a black and white photo of a dog"] * 4) == [""]


def test_words_in_brackets_are_counted_on_request() -> None:
    (text,) = cluster_texts([["a daisy (flower)", "a rose (flower)", "a sofa (furniture)", "a bed (furniture)"]])
    assert not {"flower", "furniture"} & text.countable
    (text,) = cluster_texts([list(text.captions)], countable=nouns().can_be_counted)
    assert {"flower", "furniture"} & text.countable == {"flower"}
    (text,) = cluster_texts([["bread", "bread on a table"]], countable=lambda noun: True)
    assert "bread" not in text.countable, "what captions say comes first"
