import subprocess
import sys
from graphlib import TopologicalSorter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photosort.wordnet.lexicon import lexicon
from photosort.wordnet.nouns import nouns

WORDS = lexicon()
ids = st.sampled_from([row.split("\t", 1)[0] for row in WORDS.rows])


def first(noun: str) -> str:
    return WORDS.senses(noun)[0]


def above(noun: str) -> list[str]:
    return [WORDS.noun(wnid) for wnid in WORDS.ancestors(first(noun))]


def test_it_holds_as_many_nouns_and_meanings_as_wordnet_publishes():
    assert len(WORDS.nouns()) == 117_798
    assert len(WORDS.rows) == 82_115
    assert sum(len(WORDS.senses(noun)) for noun in WORDS.nouns()) == 146_312


def test_nouns_are_sorted_and_each_is_found():
    assert list(WORDS.nouns()) == sorted(set(WORDS.nouns()))
    assert all(noun in {lemma.casefold() for lemma in WORDS.lemmas(first(noun))} for noun in WORDS.nouns()[::100])


def test_the_most_frequent_meaning_comes_first():
    assert WORDS.senses("dog")[:3] == ("n02084071", "n10114209", "n10023039")
    assert WORDS.senses("Golden Retriever") == ("n02099601",)
    assert WORDS.lemmas(first("ice cream")) == ("ice cream", "icecream")
    assert WORDS.noun("n02099712") == "Labrador retriever"


@pytest.mark.parametrize("word", ["geese", "dogs", "specifically", "featuring", "very", "", "n02084071", "photosort"])
def test_what_is_no_noun_in_the_singular_means_nothing(word):
    assert WORDS.senses(word) == ()
    assert not WORDS.is_noun(word) and not WORDS.is_proper(word)


@pytest.mark.parametrize("wnid", ["", "n00000000", "n02084072", "n99999999", "dog"])
def test_an_unknown_id_is_an_error(wnid):
    with pytest.raises(KeyError):
        WORDS.noun(wnid)


def test_dogs_are_domestic_animals_and_the_nearest_comes_first():
    assert WORDS.parents(first("dog")) == ("n02083346", "n01317541")
    assert above("dog")[:2] == ["canine", "domestic animal"]
    assert above("dog")[-1] == "entity"
    assert {"retriever", "dog", "animal"} <= set(above("golden retriever"))


def test_an_instance_has_a_parent_and_is_marked():
    assert WORDS.noun(WORDS.parents(first("paris"))[0]) == "national capital"
    assert WORDS.is_instance(first("paris")) and not WORDS.is_instance(first("city"))


@pytest.mark.parametrize(
    ("noun", "field"),
    [("dog", "animal"), ("pizza", "food"), ("nurse", "person"), ("swimming", "act"), ("beach", "object")],
)
def test_the_field_is_the_file_of_the_lexicographers(noun, field):
    assert WORDS.field(first(noun)) == field


def test_the_heads_of_the_files_are_in_a_file_of_their_own():
    assert {WORDS.field(first(noun)) for noun in ("animal", "person", "food")} == {"Tops"}


@pytest.mark.parametrize("noun", ["paris", "Eiffel Tower", "labrador retriever"])
def test_proper_nouns_are_instances_or_have_a_capital(noun):
    assert WORDS.is_proper(noun)


@pytest.mark.parametrize("noun", ["turkey", "city", "golden retriever"])
def test_a_noun_with_a_common_meaning_is_not_proper(noun):
    assert not WORDS.is_proper(noun)


@pytest.mark.parametrize(
    "word", ["run", "stop", "put", "standing", "left", "no", "first", "white", "young", "then", "small", "look"]
)
def test_what_is_mostly_another_part_of_speech_is_no_noun(word):
    assert WORDS.senses(word)
    assert not WORDS.is_noun(word)


@pytest.mark.parametrize("word", ["dog", "Dog", "golden retriever", "ice cream", "paris", "orange", "light", "dress"])
def test_nouns_are_nouns(word):
    assert WORDS.is_noun(word)


@pytest.mark.parametrize("word", ["bear", "fly", "watch", "rose", "sail", "cover"])
def test_a_thing_to_photograph_is_a_noun_however_often_the_verb_is_used(word):
    assert WORDS.uses[word].verb > WORDS.uses[word].noun
    assert WORDS.is_noun(word)


@pytest.mark.parametrize("word", ["swimming", "building", "painting", "wedding", "parking", "fishing"])
def test_a_form_of_a_verb_bears_only_its_share_of_the_verb(word):
    assert WORDS.is_noun(word)


def test_parents_are_wordnets_own_and_not_the_corrected_ones():
    tree = nouns()
    corrected = [noun.wnid for noun in tree if noun.parents != WORDS.parents(noun.wnid)]
    assert len(corrected) == 24
    assert "container" in above("car")


def test_no_meaning_is_above_itself():
    every = [row.split("\t", 1)[0] for row in WORDS.rows]
    TopologicalSorter({wnid: WORDS.parents(wnid) for wnid in every}).prepare()


@given(ids)
def test_ancestors_are_all_that_is_above_the_parents_once_and_reach_the_root(wnid):
    ancestors = WORDS.ancestors(wnid)
    parents = WORDS.parents(wnid)
    assert ancestors[: len(parents)] == parents
    assert set(ancestors) == {*parents, *(above for parent in parents for above in WORDS.ancestors(parent))}
    assert len(set(ancestors)) == len(ancestors)
    assert "n00001740" in (wnid, *ancestors)


@given(ids)
def test_each_word_of_a_meaning_leads_back_to_it(wnid):
    assert all(wnid in WORDS.senses(lemma) for lemma in WORDS.lemmas(wnid))


def test_it_is_read_once():
    assert lexicon() is WORDS


@pytest.mark.slow
def test_the_command_line_does_not_load_it():
    asked = "import sys, photosort.__main__; sys.exit('photosort.wordnet.lexicon' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0
