import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photosort.models.captioners.tags import CERTAIN, LIKELY, POSSIBLE, TagCaptioner, Tagger, above_floor, describe
from photosort.photos.facts.facts import Said
from photosort.wordnet.nouns import nouns

TREE = nouns()
PLACES = {label.noun: label.label for label in TREE.labels}
TAGGER = Tagger()


class Ready:
    """A head whose features are the probabilities themselves."""

    def __init__(self):
        self.asked = 0

    def probabilities(self, features):
        self.asked += 1
        return features


ALONE = [label.label for label in TREE.labels if not TREE.ancestors(label.wnid)]


def photo(**shares: float) -> np.ndarray:
    """Probabilities of one photo: shares by label, spaces as _, the rest on labels without a broader noun."""
    row = np.zeros((1, 1000), np.float32)
    row[0, ALONE] = (1 - sum(shares.values())) / len(ALONE)
    for name, share in shares.items():
        row[0, PLACES[name.replace("_", " ")]] = share
    return row / row.sum()


def caption(**shares: float) -> str:
    return TagCaptioner(Ready(), "r").caption(photo(**shares))[0]


@pytest.mark.parametrize(
    ("shares", "text"),
    [
        ({"tabby_cat": 0.9}, "a photo of a tabby cat"),
        ({"limpkin": 0.9}, "a photo of a limpkin (bird)"),
        ({"tabby_cat": 0.6, "Egyptian_cat": 0.35}, "a photo of a house cat, probably a tabby cat"),
        ({"tabby_cat": 0.4, "Egyptian_cat": 0.4, "lynx": 0.15}, "a photo of a cat, probably a house cat"),
        ({"beagle": 0.2, "pug": 0.35, "collie": 0.3}, "a photo of a dog, maybe a pug or a collie"),
        (dict.fromkeys(("beagle", "pug", "basenji", "dalmatian", "kuvasz"), 0.18), "a photo of a dog"),
        ({"church": 0.6, "lemon": 0.3}, "probably a photo of a church (building), maybe a lemon"),
        ({"church": 0.3, "lemon": 0.25}, "maybe a photo of a church or a lemon"),
        ({"cricket": 0.85, "grasshopper": 0.1}, "a photo of a cricket (insect)"),
        ({"binoculars": 0.9}, "a photo of binoculars"),
        ({"maze": 0.15, "lemon": 0.15}, "a photo of something unclear"),
    ],
)
def test_captions_say_what_is_known_and_no_more(shares, text):
    assert caption(**shares) == text


def test_no_information_is_unclear():
    flat = np.full((2, 1000), 0.001, np.float32)
    assert TagCaptioner(Ready(), "r").tags(flat) == [[], []]
    assert TagCaptioner(Ready(), "r").caption(flat) == ["a photo of something unclear"] * 2


def test_two_labels_of_one_thing_are_one_noun():
    assert TREE.labels[836].noun == TREE.labels[837].noun == "sunglasses"
    row = np.zeros((1, 1000), np.float32)
    row[0, [836, 837]] = 0.5
    assert TagCaptioner(Ready(), "r").caption(row) == ["a photo of sunglasses"]


def test_tones_are_woven_in():
    tags = TAGGER.tag(photo(castle=0.9))[0]
    assert describe(tags, ("dark", "mostly blue")) == "a dark photo of a castle (building), mostly blue"
    assert describe([], ("black and white",)) == "a black and white photo of something unclear"


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (Said("", "two people"), "a dark photo of two people, a castle (building), mostly blue"),
        (Said("portrait", "a person"), "a dark portrait of a person, a castle (building), mostly blue"),
        (Said("drawing", ""), "a dark drawing of a castle (building), mostly blue"),
        (Said("meme", "two people"), "a dark meme of two people, a castle (building), mostly blue"),
        (Said("screenshot", ""), "a screenshot"),
        (Said("receipt", "a person"), "a receipt"),
    ],
)
def test_facts_are_woven_in(said, text):
    assert describe(TAGGER.tag(photo(castle=0.9))[0], ("dark", "mostly blue"), said) == text


def test_people_come_before_doubts_and_in_place_of_nothing():
    unsure = TAGGER.tag(photo(beagle=0.3, castle=0.3, lemon=0.3))[0]
    text = describe(unsure, (), Said("", "a person"))
    assert text.startswith("a photo of a person, maybe ")
    assert describe([], (), Said("portrait", "a person")) == "a portrait of a person"


def test_clothes_are_not_said_of_people_but_what_they_are_is():
    suit = TAGGER.tag(photo(suit=0.9))[0]
    assert describe(suit) == "a photo of a suit (clothing)"
    assert describe(suit, (), Said("", "a person")) == "a photo of a person, a suit"
    some = TAGGER.tag(photo(suit=0.3, kimono=0.3, poncho=0.3))[0]
    assert "clothing" in describe(some) and "clothing" not in describe(some, (), Said("", "a person"))


def test_the_captioner_takes_one_tone_for_each_photo():
    captioner = TagCaptioner(Ready(), "r")
    two = np.concatenate([photo(castle=0.9), photo(lemon=0.9)])
    assert captioner.caption(two, [("dark",), ()]) == [
        "a dark photo of a castle (building)",
        "a photo of a lemon (fruit)",
    ]
    with pytest.raises(ValueError):
        captioner.caption(two, [("dark",)])


def test_no_photo_no_caption():
    assert TagCaptioner(Ready(), "r").caption(np.zeros((0, 1000), np.float32)) == []


def test_tags_carry_what_naming_counts():
    dog, pug = TAGGER.tag(photo(beagle=0.25, pug=0.7))[0]
    assert (dog.noun, dog.maybe, TREE[dog.wnid].noun) == ("dog", False, "dog")
    assert dog.probability == pytest.approx(0.95, abs=0.03)
    assert (pug.noun, pug.maybe) == ("pug", False)
    assert pug.probability == pytest.approx(0.7, abs=0.03)


def test_the_identity_follows_the_network():
    first, second = TagCaptioner(Ready(), "a").identity, TagCaptioner(Ready(), "b").identity
    assert first.model == second.model == "tags"
    assert first.revision != second.revision
    assert first == TagCaptioner(Ready(), "a").identity


def test_the_head_is_asked_once_for_a_batch():
    head = Ready()
    TagCaptioner(head, "r").caption(np.concatenate([photo(lemon=0.9)] * 3))
    assert head.asked == 1


def test_the_floor_is_taken_and_the_order_kept():
    smoothed = 0.6 * photo(lemon=0.75, orange=0.25) + 0.4 * np.full((1, 1000), 0.001, np.float32)
    raised = above_floor(smoothed)
    assert raised[0, PLACES["lemon"]] == pytest.approx(0.75, abs=1e-3)
    assert raised[0, PLACES["orange"]] == pytest.approx(0.25, abs=1e-3)
    assert raised[0, PLACES["church"]] == 0


@st.composite
def peaked(draw):
    """One photo: up to eight labels with weights, over a floor for all."""
    row = np.full(1000, draw(st.floats(0, 1e-3)), np.float32)
    weights = draw(st.dictionaries(st.integers(0, 999), st.floats(0.01, 1), min_size=1, max_size=8))
    for place, weight in weights.items():
        row[place] += weight
    return (row / row.sum())[None]


def scattered(seed: int) -> np.ndarray:
    """One photo with probability all over the labels, from sharp to flat."""
    rng = np.random.default_rng(seed)
    return rng.dirichlet(np.full(1000, 10 ** rng.uniform(-3, 1)), 1).astype(np.float32)


any_photo = st.one_of(peaked(), st.integers(0, 2**32 - 1).map(scattered))


@settings(max_examples=60, deadline=None)
@given(any_photo)
def test_every_tag_holds_the_probability_it_needs(probabilities):
    share = above_floor(probabilities)[0]
    assert share.sum() == pytest.approx(1 if probabilities.max() > np.median(probabilities) else 0, abs=1e-4)
    (tags,) = TAGGER.tag(probabilities)
    for tag in tags:
        assert tag.probability == pytest.approx(share[list(TREE.under(tag.wnid))].sum(), abs=1e-4)
        assert tag.probability >= POSSIBLE
        assert tag.maybe == (tag.probability < LIKELY)
    assert sum(tag.maybe for tag in tags) <= 2
    if tags and tags[0].probability >= CERTAIN:
        broad = set(TREE.under(tags[0].wnid))
        assert all(set(TREE.under(tag.wnid)) < broad for tag in tags[1:])


@settings(max_examples=60, deadline=None)
@given(any_photo)
def test_something_is_said_whenever_a_spoken_noun_is_possible(probabilities):
    mass = above_floor(probabilities) @ TREE.membership.T
    assert bool(TAGGER.tag(probabilities)[0]) == bool(mass.max() >= POSSIBLE)


@settings(max_examples=60, deadline=None)
@given(any_photo, st.sampled_from([(), ("dark",), ("black and white",), ("bright", "mostly purple")]))
def test_a_caption_is_one_short_line_and_always_the_same(probabilities, tones):
    captioner = TagCaptioner(Ready(), "r")
    (text,) = captioner.caption(probabilities, [tones])
    assert captioner.caption(probabilities, [tones]) == [text]
    assert re.fullmatch(r"(probably |maybe )?an? (dark |bright |black and white )?photo of [^\n]+", text)
    assert len(text.split()) <= 30
    assert all(tone in text for tone in tones)


def test_the_rest_of_the_batch_changes_nothing():
    rows = np.concatenate([photo(castle=0.9), photo(pug=0.4, beagle=0.4), photo(lemon=0.3)])
    together, alone = TAGGER.tag(rows), [TAGGER.tag(row[None])[0] for row in rows]
    assert [[(tag.noun, tag.maybe) for tag in tags] for tags in together] == [
        [(tag.noun, tag.maybe) for tag in tags] for tags in alone
    ]
