from __future__ import annotations

import math
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photosort.errors import SettingsError
from photosort.naming.keywords import Keyword, Members, Ranking, class_tfidf, exclusive_keywords
from photosort.naming.words import content_words, counting_said, fold_plurals, plural, singular, terms, word_key

MODES: tuple[Ranking, ...] = ("winner", "paper", "tfidf")
photos = st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=4), min_size=1, max_size=8)
many_clusters = st.lists(photos, min_size=1, max_size=6)


def cluster(**counts: int) -> Members:
    size = max(counts.values())
    return [[term for term, count in counts.items() if index < count] for index in range(size)]


def found(*clusters: Members, n: int = 2, mode: Ranking = "winner") -> list[list[str]]:
    return [[word.term for word in words] for words in exclusive_keywords(clusters, n, mode)]


def printed(clusters: list[Members], n: int) -> list[list[str]]:
    """Algorithm 1 of "Text-Guided Image Clustering" as it is printed, O read as O[i] where the index is lost."""
    ranked = [[word for word, _ in Counter(word for photo in c for word in photo).most_common()] for c in clusters]
    active, others = [words[:n] for words in ranked], [words[n:] for words in ranked]
    while shared := set.intersection(*map(set, active)):
        for i, words in enumerate(active):
            active[i] = [word for word in words if word not in shared] + others[i][: len(shared)]
            others[i] = others[i][2 * len(shared) :]
    return active


def test_printed_algorithm_leaves_a_word_in_two_clusters() -> None:
    clusters = [cluster(animal=5, dog=4, ball=3), cluster(animal=5, cat=4, sofa=3), cluster(boat=5, sea=4)]
    assert printed(clusters, 2) == [["animal", "dog"], ["animal", "cat"], ["boat", "sea"]]
    for mode in MODES:
        words = [word for words in found(*clusters, mode=mode) for word in words]
        assert len(words) == len(set(words)) == 6


def test_printed_algorithm_skips_unused_words() -> None:
    """After one replacement it throws away twice as many words as it took."""
    clusters = [cluster(a=9, b=8, c=7, d=6), cluster(a=9, b=8, e=5, f=4)]
    assert printed(clusters, 1) == [["d"], ["f"]]
    assert found(*clusters, n=1, mode="paper")[1] == ["e"]
    assert found(*clusters, n=1) == [["a"], ["b"]]


def test_printed_algorithm_returns_too_few_words() -> None:
    clusters = [cluster(a=9, b=8, c=7, d=6), cluster(a=9, b=8, e=5)]
    assert [len(words) for words in printed(clusters, 2)] == [2, 1]
    for mode in MODES:
        assert [len(words) for words in found(*clusters, n=2, mode=mode)] == [2, 2]


def test_a_word_that_two_of_three_clusters_share_is_not_in_both() -> None:
    """The printed pseudo-code intersects all clusters, so that this pair survives."""
    dogs, cats, boats = (
        cluster(animal=5, dog=4, ball=3),
        cluster(animal=4, cat=3, sofa=2),
        cluster(boat=5, sea=4),
    )
    assert found(dogs, cats, boats, mode="paper") == [["dog", "ball"], ["cat", "sofa"], ["boat", "sea"]]
    assert found(dogs, cats, boats) == [["animal", "dog"], ["cat", "sofa"], ["boat", "sea"]]


def test_the_winner_has_the_highest_share_of_members() -> None:
    few = [["lake", "goose"]] * 3 + [["goose"]]
    many = [["lake", "hill"]] * 6 + [["hill"]] * 6
    assert found(few, many, n=1) == [["goose"], ["hill"]]
    assert found([["lake"]] * 3, many, n=2) == [["lake"], ["hill", "lake"]]
    assert exclusive_keywords([[["lake"]] * 3, many], 2)[1][1].shared


def test_words_after_the_replacement_are_contested_again() -> None:
    """The printed pseudo-code looks once, and skips words that nobody used."""
    first, second = cluster(a=9, b=8, c=7, d=6), cluster(a=9, b=8, c=7, e=6)
    assert found(first, second, n=1, mode="paper") == [["d"], ["e"]]
    assert found(first, second, n=2, mode="paper") == [["d", "a"], ["e", "a"]]


def test_paper_drops_a_contested_word_everywhere() -> None:
    third = cluster(tree=5, sky=4)
    contested = [cluster(sky=5, sea=1), cluster(sky=5, sand=1)]
    assert found(*contested, third, n=1, mode="paper") == [["sea"], ["sand"], ["tree"]]
    assert found(*contested, third, n=2, mode="paper")[2] == ["tree", "sky"]
    assert exclusive_keywords([*contested, third], 2, "paper")[2][1] == Keyword("sky", 4, 5, shared=True)


def test_paper_drops_a_word_from_clusters_yet_to_claim_it() -> None:
    """`sky` is second in the third cluster, which comes to it only after it has lost `tree`."""
    first, second = cluster(sky=5, sea=1), cluster(sky=5, sand=1)
    third, fourth = cluster(tree=5, sky=4, moss=1), cluster(tree=5, fern=1)
    assert found(first, second, third, fourth, n=1, mode="paper") == [["sea"], ["sand"], ["moss"], ["fern"]]


def test_ties_go_by_count_then_share_then_alphabet() -> None:
    one = [["zebra", "ant", "bee"], ["zebra", "ant", "bee"]]
    other = [["ant", "cow", "cow "], ["cow"], ["cow"]]
    assert found(one, other, n=3)[0] == ["bee", "zebra", "ant"]


def test_words_are_folded_and_empty_ones_dropped() -> None:
    assert exclusive_keywords([[["Dog", "dog ", ""], ["DOG", " "], ["Straße"]]], 2) == [
        (Keyword("dog", 2, 3), Keyword("strasse", 1, 3))
    ]


def test_occurrences_count_as_often_as_a_term_is_said() -> None:
    six = [["dog", "Dog ", "dog", "", "ball"], ["ball"], ["ball"]]
    assert exclusive_keywords([six], 2) == [(Keyword("ball", 3, 3), Keyword("dog", 1, 3))]
    said_often = [*six[:1], ["dog"], ["ball"]]
    assert exclusive_keywords([said_often], 2, "paper", "occurrences") == [
        (Keyword("dog", 4, 3), Keyword("ball", 2, 3))
    ]


@given(many_clusters)
def test_where_a_term_is_said_once_a_photo_both_counts_agree(clusters: list[Members]) -> None:
    once = [[list(dict.fromkeys(photo)) for photo in members] for members in clusters]
    for mode in MODES:
        assert exclusive_keywords(once, 2, mode, "occurrences") == exclusive_keywords(once, 2, mode)


def test_counts_are_there_to_be_shown() -> None:
    (words,) = exclusive_keywords([cluster(dog=41, ball=12) + [[]] * 11])
    assert [f"{word.term} {word.count} of {word.members}" for word in words] == [
        "dog 41 of 52",
        "ball 12 of 52",
    ]


def test_clusters_without_words_have_no_keywords() -> None:
    assert exclusive_keywords([[], [[]], [["dog"]]]) == [(), (), (Keyword("dog", 1, 1),)]


@pytest.mark.parametrize("mode", MODES)
@given(clusters=many_clusters, n=st.integers(1, 4))
def test_no_word_of_its_own_is_in_two_clusters_and_there_are_n(
    mode: Ranking, clusters: list[list[list[str]]], n: int
) -> None:
    keywords = exclusive_keywords(clusters, n, mode)
    own = Counter(word.term for words in keywords for word in words if not word.shared)
    assert not own or max(own.values()) == 1
    for members, words in zip(clusters, keywords, strict=True):
        distinct = {term for photo in members for term in photo}
        assert len({word.term for word in words}) == len(words) == min(n, len(distinct))
        assert [word.shared for word in words] == sorted(word.shared for word in words)
        for word in words:
            assert word.count == sum(word.term in photo for photo in members)
            assert word.members == len(members)


@pytest.mark.parametrize("mode", MODES)
@given(clusters=many_clusters, seed=st.integers(0, 9))
def test_the_order_of_photos_and_of_their_words_changes_nothing(
    mode: Ranking, clusters: list[list[list[str]]], seed: int
) -> None:
    shuffled = [[random.Random(seed).sample(photo, len(photo)) for photo in members] for members in clusters]
    for members in shuffled:
        random.Random(seed).shuffle(members)
    assert exclusive_keywords(shuffled, 2, mode) == exclusive_keywords(clusters, 2, mode)


def test_settings_that_make_no_sense() -> None:
    with pytest.raises(SettingsError, match=r"Unknown keyword mode 'loser'.*winner, paper"):
        exclusive_keywords([], 2, "loser")  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="0 keywords"):
        exclusive_keywords([], 0)


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("a photo of a tabby cat, maybe an Egyptian cat", ["cat", "tabby cat", "egyptian cat"]),
        ("A goose swimming on a lake", ["goose", "lake"]),
        ("A pair of cherries.", ["cherries"]),
        ("An albino peahen (a female peafowl, or peacock).",
         ["peahen", "albino peahen", "peafowl", "female peafowl", "peacock"]),
        ("A flower covered in dew drops.", ["flower", "drops", "dew drops"]),
        ("a golden retriever running on the beach with a red ball",
         ["retriever", "golden retriever", "beach", "ball", "red ball"]),
        ("a stone building on a hill", ["building", "stone building", "hill"]),
        ("a very old big red fire engine truck", ["truck", "engine truck", "fire engine truck"]),
        ("two people are standing", ["people"]),
        ("the sky is blue", ["sky"]),
        ("photo, maybe", []),
        ("", []),
        ("!!! 1234 ...", []),
    ],
)  # fmt: skip
def test_terms_of_captions(caption: str, expected: list[str]) -> None:
    assert terms(caption) == expected


@given(st.text())
def test_terms_are_short_folded_phrases_whatever_the_caption(caption: str) -> None:
    for term in terms(caption):
        assert term == term.strip() and 1 <= len(term.split()) <= 3
    assert set(content_words(caption)) >= {word for term in terms(caption) for word in term.split()}


def test_a_plural_is_counted_with_its_singular_where_both_occur() -> None:
    clusters = [[["dogs", "red boxes"], ["dog"]], [["cherries", "red box"], ["glass"]]]
    assert fold_plurals(clusters) == [[["dog", "red box"], ["dog"]], [["cherries", "red box"], ["glass"]]]


@pytest.mark.parametrize(
    ("one", "several"),
    [
        ("dog", "dogs"), ("box", "boxes"), ("cherry", "cherries"), ("goose", "geese"), ("child", "children"),
        ("woman", "women"), ("wolf", "wolves"), ("ox", "oxen"), ("brown bear", "brown bears"), ("fish", "fish"),
        ("sheep", "sheep"), ("person", "people"),
    ],
)  # fmt: skip
def test_singular_and_plural_of_nouns_and_phrases(one: str, several: str) -> None:
    assert (plural(one), singular(several), singular(one)) == (several, one, one)


@pytest.mark.parametrize("word", ["glass", "bus", "gas", "grass", "dress", "building", "painting", ""])
def test_what_is_no_plural(word: str) -> None:
    assert singular(word) == word


def test_irregular_plurals_are_counted_with_their_singular() -> None:
    assert fold_plurals([[["geese"], ["goose"], ["men"], ["lens"]]]) == [[["goose"], ["goose"], ["men"], ["lens"]]]


@pytest.mark.parametrize(
    ("term", "caption", "said"),
    [
        ("dog", "a photo of a small brown dog", 1),
        ("egret", "an egret", 1),
        ("grass", "a photo of grass", -1),
        ("grass", "cows on grass", -1),
        ("grass", "Grass", -1),
        ("bird", "a photo of a penguin (bird)", 0),
        ("beach", "a dog on the beach", 0),
        ("cat", "a dog", 0),
    ],
)
def test_whether_a_caption_counts_a_thing(term: str, caption: str, said: int) -> None:
    assert counting_said(term, caption) == said


def test_texts_that_name_the_same_things_share_a_key() -> None:
    assert word_key("Sunset on a beach") == word_key("beach sunsets") != word_key("beach")


def test_tfidf_is_the_published_one() -> None:
    """Equation 2 of BERTopic by hand: tf is 3 of 4 and 1 of 4 terms, A is 3 terms a cluster."""
    first, second = class_tfidf([Counter(dog=3, ball=1), Counter(ball=2)])
    assert first == pytest.approx({"dog": 3 / 4 * math.log(1 + 3 / 3), "ball": 1 / 4 * math.log(1 + 3 / 3)})
    assert second == pytest.approx({"ball": 1 * math.log(1 + 3 / 3)})


def test_tfidf_prefers_words_that_others_do_not_use() -> None:
    clusters = [cluster(animal=10, dog=7), cluster(animal=10, cat=7), cluster(animal=10, cow=7)]
    assert found(*clusters, n=1, mode="tfidf") == [["dog"], ["cat"], ["cow"]]
    assert found(*clusters, n=1) == [["animal"], ["cat"], ["cow"]]
