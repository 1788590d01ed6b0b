import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photosort.wordnet.nouns import Noun, NounTree, nouns

TREE = nouns()
ids = st.sampled_from([noun.wnid for noun in TREE])


def one(word: str) -> Noun:
    (found,) = [noun for noun in TREE.spoken if noun.noun == word]
    return found


def test_the_labels_are_in_the_order_of_the_network():
    known = {0: "tench", 207: "golden retriever", 281: "tabby cat", 497: "church", 999: "toilet paper"}
    assert {place: TREE.labels[place].noun for place in known} == known
    assert [label.label for label in TREE.labels] == list(range(1000))


def test_names_that_imagenet_uses_twice_are_told_apart():
    assert (TREE.labels[134].noun, TREE.labels[517].noun) == ("crane bird", "construction crane")
    assert (TREE.labels[264].noun, TREE.labels[474].noun) == ("Cardigan Welsh corgi", "cardigan sweater")
    assert TREE.labels[97].noun == "male duck"


def test_only_labels_of_the_same_thing_share_a_name():
    names = [label.noun for label in TREE.labels]
    shared = {name for name in names if names.count(name) > 1}
    assert shared == {"one-piece swimsuit", "missile", "sunglasses"}


@pytest.mark.parametrize(
    ("word", "phrase"),
    [("hourglass", "an hourglass"), ("unicycle", "a unicycle"), ("food", "food"), ("abacus", "an abacus")],
)
def test_the_phrase_has_the_right_article(word, phrase):
    assert one(word).phrase == phrase


def test_breeds_lie_under_dog_and_cars_do_not():
    dogs = TREE.under(one("dog").wnid)
    assert dogs == tuple(range(151, 269))
    assert 817 not in dogs


def test_a_meaning_with_two_parents_lies_under_both():
    piano = one("piano").wnid
    above = [noun.noun for noun in TREE.ancestors(piano)]
    assert {"keyboard instrument", "stringed instrument", "percussion instrument"} <= set(above)
    assert above[-1] == "musical instrument"


def test_corrections_hold():
    assert one("container").wnid not in {noun.wnid for noun in TREE.ancestors(one("car").wnid)}
    assert TREE.labels[836].noun == "sunglasses" and 836 in TREE.under(TREE.labels[837].wnid)
    assert one("building").wnid in {noun.wnid for noun in TREE.ancestors(one("castle").wnid)}
    assert one("vehicle").wnid in {noun.wnid for noun in TREE.ancestors(one("school bus").wnid)}


def test_words_that_nobody_says_of_a_photo_are_not_spoken():
    said = {noun.noun for noun in TREE.spoken}
    assert said.isdisjoint({"entity", "artifact", "whole", "chordate", "instrumentality", "object", ""})
    assert {"animal", "dog", "building", "tool", "musical instrument"} <= said


def test_each_spoken_noun_has_its_own_labels_and_name():
    assert len({TREE.under(noun.wnid) for noun in TREE.spoken}) == len(TREE.spoken)
    assert len({noun.noun for noun in TREE.spoken}) == len(TREE.spoken)


def test_the_kind_is_the_nearest_everyday_category():
    kinds = {"pug": "dog", "limpkin": "bird", "cello": "musical instrument", "palace": "building"}
    found = {word: TREE.kind_of(one(word).wnid) for word in kinds}
    assert {word: kind and kind.noun for word, kind in found.items()} == kinds
    assert TREE.kind_of(one("dog").wnid) is one("dog")
    assert TREE.kind_of(one("bubble").wnid) is None


def test_a_label_is_explained_by_its_kind_unless_it_holds_it():
    assert TREE.explained(one("limpkin").wnid) == "limpkin (bird)"
    assert TREE.explained(one("limpkin").wnid, article=True) == "a limpkin (bird)"
    assert TREE.explained(one("tabby cat").wnid) == "tabby cat"
    assert TREE.explained(one("terrier").wnid) == "terrier"


def test_a_word_is_found_by_its_name_and_by_wordnets():
    assert [noun.wnid for noun in TREE.find("Puma")] == [TREE.labels[286].wnid]
    assert {noun.label for noun in TREE.find("crane")} == {134, 517}
    assert TREE.find("photosort") == ()


def test_information_is_in_bits():
    row = {noun.wnid: place for place, noun in enumerate(TREE.spoken)}
    assert TREE.information[row[TREE.labels[0].wnid]] == pytest.approx(np.log2(1000))
    assert TREE.information[row[one("dog").wnid]] == pytest.approx(np.log2(1000 / 118))


@given(ids)
def test_whatever_lies_under_a_noun_lies_under_all_above_it(wnid):
    for above in TREE.ancestors(wnid):
        assert set(TREE.under(wnid)) <= set(TREE.under(above.wnid))
        assert above.noun


@given(ids)
def test_every_noun_has_a_label_under_it_and_ends_at_the_root(wnid):
    assert TREE.under(wnid)
    while TREE[wnid].parents:
        wnid = TREE[wnid].parents[-1]
    assert wnid == "n00001740"


def test_the_table_is_read_once_and_has_a_digest():
    assert nouns() is TREE
    assert len(TREE.digest) == 12 and int(TREE.digest, 16) >= 0


def test_a_small_tree_of_its_own():
    root = Noun("r", (), None, False, "thing", "a thing", ("thing",))
    left = Noun("a", ("r",), 0, False, "pear", "a pear", ("pear",))
    right = Noun("b", ("r", "a"), 1, False, "nashi", "a nashi", ("nashi",))
    tree = NounTree([right, root, left])
    assert tree.under("r") == (0, 1) == tree.under("a")
    assert tree.ancestors("b") == (left, root)
    assert [noun.noun for noun in tree.spoken] == ["pear", "nashi"]
    with pytest.raises(KeyError):
        tree["x"]
