import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photosort.models.encoders.conse import ConSE, best_labels
from photosort.models.protocols import Identity


class Ready:
    """A head whose features are the probabilities themselves."""

    def probabilities(self, features):
        return features


class OneAxisEach:
    """A text encoder that gives each distinct text its own axis, in order of appearance."""

    identity = Identity("axes", "1")

    def __init__(self):
        self.seen: list[list[str]] = []

    def encode_texts(self, texts):
        self.seen.append(list(texts))
        return np.eye(len(texts), 1000, dtype=np.float32)


def row(*shares: float) -> np.ndarray:
    probabilities = np.zeros((1, 1000), np.float32)
    probabilities[0, : len(shares)] = shares
    return probabilities


def conse(**settings) -> ConSE:
    return ConSE(Ready(), OneAxisEach(), "r", **settings)


def test_equation_3_with_plain_probabilities():
    vectors = conse(power=1, top=2).place(row(0.6, 0.2, 0.1, 0.1))
    assert vectors[0, :4] == pytest.approx([0.75, 0.25, 0, 0])


def test_a_power_below_one_lets_the_others_speak():
    vectors = conse(power=0.5, top=3).place(row(0.64, 0.04, 0.32))
    weights = np.array([0.8, 0.2, 0.32**0.5])
    assert vectors[0, :3] == pytest.approx(weights / weights.sum(), rel=1e-5)


def test_one_label_is_its_name():
    assert conse(top=1).place(row(0.3, 0.7))[0, :2] == pytest.approx([0, 1])


def test_equal_labels_are_taken_in_order():
    assert np.flatnonzero(conse(top=2).weights(np.full((1, 1000), 0.001, np.float32))).tolist() == [0, 1]


def test_more_labels_than_there_are_means_all():
    assert np.count_nonzero(conse(top=5000).weights(np.full((1, 1000), 0.001, np.float32))) == 1000


def test_label_names_are_encoded_once_and_only_when_asked_for():
    texts = OneAxisEach()
    joint = ConSE(Ready(), texts, "r")
    assert texts.seen == []
    joint.place(row(1))
    joint.place(row(0, 1))
    (names,) = texts.seen
    assert len(names) == 1000
    assert (names[135], names[281], names[644]) == ("limpkin (bird)", "tabby cat", "matchstick")


def test_texts_go_to_the_text_encoder():
    texts = OneAxisEach()
    assert ConSE(Ready(), texts, "r").encode_texts(["a", "b"]).shape == (2, 1000)
    assert texts.seen == [["a", "b"]]


def test_the_identity_names_everything_the_vectors_depend_on():
    same = conse().identity
    assert same == conse().identity
    assert same.model == "conse"
    others = [conse(power=1).identity, conse(top=7).identity, ConSE(Ready(), OneAxisEach(), "s").identity]
    assert same not in others and len(set(others)) == 3


@pytest.mark.parametrize("settings", [{"power": 0}, {"power": -1}, {"power": float("nan")}, {"top": 0}])
def test_senseless_parameters_are_refused(settings):
    with pytest.raises(ValueError, match="positive power and at least one label"):
        conse(**settings)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.05, 2), st.integers(1, 1000))
def test_weights_are_convex_and_keep_the_order(seed, power, top):
    probabilities = np.random.default_rng(seed).dirichlet(np.full(1000, 0.05), 3).astype(np.float32)
    weights = conse(power=power, top=top).weights(probabilities)
    assert weights.min() >= 0
    assert weights.sum(axis=1) == pytest.approx(np.ones(3), abs=1e-4)
    assert (np.count_nonzero(weights, axis=1) <= top).all()
    assert (weights.argmax(axis=1) == probabilities.argmax(axis=1)).all()


def test_the_guesses_of_a_photo_add_up_to_its_vector():
    encoder, shares = conse(top=6), row(0.3, 0.2, 0.2, 0.1, 0.1, 0.1)
    (guesses,) = encoder.guesses(shares)
    assert sum(part for _, part in guesses) == pytest.approx(encoder.place(shares)[0])
    assert len({noun for noun, _ in guesses}) == len(guesses) > 1


def test_labels_of_one_kind_are_one_guess_and_stand_alone_where_there_is_no_other_kind():
    """Labels 0 and 1 are fish, 407 is an ambulance."""
    shares = row(0.3, 0.2)
    assert [noun for noun, _ in conse(top=2).guesses(shares)[0]] == ["tench", "goldfish"]
    shares[0, 407] = 0.1
    found = conse(top=3).guesses(shares)[0]
    assert [noun for noun, _ in found] == ["fish", "vehicle"]
    assert np.flatnonzero(found[0][1]).tolist() == [0, 1]


@pytest.mark.parametrize("digits", [1, 2, 8])
def test_the_best_labels_are_those_of_a_stable_sort(digits: int) -> None:
    rows = np.random.default_rng(digits).dirichlet(np.full(50, 0.2), 200).round(digits).astype(np.float32)
    for top in (1, 10, 49, 50):
        assert np.array_equal(best_labels(rows, top), np.argsort(-rows, axis=1, kind="stable")[:, :top])
