"""Words that set two clusters apart, with their shares on both sides."""

from photosort.naming.contrast import Contrast, Share, Spoken, contrast

DOGS = Spoken(["a dog on a beach", "two dogs", "a brown dog, maybe a cat", "a hot dog"], [{"people"}, (), (), ()])
CATS = Spoken(["a cat on a beach", "a cat and a dog", "cats", "a catalogue"], [(), (), (), {"people"}])


def test_shares_count_photos_in_singular_and_plural_but_no_maybe() -> None:
    found = contrast(DOGS, CATS, ["dog", "cat", "beach"])
    assert found == Contrast((Share("dog", 1.0, 0.25),), (Share("cat", 0.0, 0.75),))


def test_marks_hold_as_they_stand() -> None:
    assert contrast(DOGS, CATS, ["people"]) == Contrast()
    assert contrast(DOGS, Spoken(["x"], [()]), ["people"]).own == (Share("people", 0.25, 0.0),)


def test_a_phrase_does_not_stand_beside_its_noun() -> None:
    found = contrast(Spoken(["a brown dog"] * 4, [()] * 4), CATS, ["brown dog", "dog", "brown"])
    assert [share.word for share in found.own] == ["brown", "dog"]


def test_at_most_three_words_stand_on_each_side_the_clearest_first() -> None:
    said = ["a b c d", "a b c", "a b", "a"]
    found = contrast(Spoken(said, [()] * 4), Spoken(["x"], [()]), list("dcba"))
    assert [(share.word, share.here) for share in found.own] == [("a", 1.0), ("b", 0.75), ("c", 0.5)]
    assert found.other == ()


def test_years_set_nothing_apart() -> None:
    dated = Spoken(["a dog in 2005"] * 2, [{"2005", "people"}] * 2)
    assert [share.word for share in contrast(dated, CATS, ["2005", "people", "dog"]).own] == ["dog", "people"]


def test_signs_in_words_are_letters() -> None:
    assert contrast(Spoken(["c++ (x)"], [()]), CATS, ["c++", "(x", "["]).other == ()
