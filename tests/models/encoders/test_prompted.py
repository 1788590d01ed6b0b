"""Zero-shot categories by encoders of photos and texts, with tiny weights through the real loaders."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fakes import tiny_models
from fakes.models import LetterTexts
from fakes.photos import crops

from photosort.models.encoders.prompted import PromptedCategories, prompts_of
from photosort.models.protocols import Category
from photosort.models.registry import category_reader, image_encoder, text_encoder
from photosort.models.selected import select_models
from photosort.settings.settings import load_settings

CATEGORIES = [Category("Dogs"), Category("The_sea", "waves, beaches"), Category("Food", without="drinks")]


class Letters(LetterTexts):
    """Photos that are letters already."""

    def place(self, vectors: np.ndarray) -> np.ndarray:
        return vectors


def letters(*words: str) -> np.ndarray:
    return np.array([[7.0 * word.count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"] for word in words])


@pytest.mark.parametrize("family", ["clip", "siglip", "blip"])
def test_real_loaders(tmp_path: Path, family: str) -> None:
    builders = {"clip": tiny_models.open_clip, "blip": tiny_models.blip_itm}
    make = builders.get(family, lambda folder: tiny_models.open_clip(folder, siglip=True))
    chosen = load_settings(image_encoder=f"local:{make(tmp_path)}", device="cpu")
    encoder, reader = image_encoder(chosen), category_reader(chosen, text_encoder(load_settings()))
    frame = encoder.frame
    shown = [
        np.array(photo.resize(frame.size(*photo.size), box=frame.box(*photo.size))) for photo in crops("china.jpg", 3)
    ]
    vectors = encoder.encode_images(shown)
    scores = reader.scores(vectors, CATEGORIES)
    assert scores.shape == (3, 3) and scores.dtype == np.float32 and (np.abs(scores) <= 1.01).all()
    assert reader.identity.model == "prompted" and encoder.identity.model in reader.identity.revision
    dogs = encoder.encode_texts(prompts_of(CATEGORIES[0])).sum(axis=0)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    assert np.allclose(scores[:, 0], unit @ dogs / np.linalg.norm(dogs), atol=1e-2)
    assert np.allclose(reader.scores(3 * vectors, CATEGORIES), scores, atol=1e-2), "the length of vectors says nothing"


def test_the_builtin_encoder_has_a_reader_of_its_own() -> None:
    models = select_models(load_settings())
    assert models.categories(models.text_encoder).identity.model == "label-categories"


def test_a_name_is_said_in_several_ways_and_a_hint_with_it() -> None:
    plain, hinted = prompts_of(CATEGORIES[0]), prompts_of(CATEGORIES[1])
    assert len(set(plain)) == len(plain) > 3 and all("dogs" in prompt for prompt in plain)
    assert [prompt for prompt in hinted if "waves, beaches" in prompt] == hinted[len(plain) :] != []
    assert all("the sea" in prompt for prompt in hinted)


def test_all_prompts_are_encoded_at_once_and_the_nearest_name_wins() -> None:
    texts = Letters()
    scores = PromptedCategories(texts).scores(letters("zzz", "kkk"), [Category("zzzzzzzzz"), Category("kkkkkkkkk")])
    assert scores.argmax(axis=1).tolist() == [0, 1]
    assert len(texts.asked) == len(set(texts.asked)) == 2 * len(prompts_of(Category("x")))


def test_what_does_not_belong_takes_away_what_it_is_nearer_by() -> None:
    texts = Letters()
    reader = PromptedCategories(texts)
    photos = letters("zzz", "kkk")
    plain = reader.scores(photos, [Category("zzzzzzzzz")])
    barred = reader.scores(photos, [Category("zzzzzzzzz", without="kkkkkkkkk")])
    other = reader.scores(photos, [Category("kkkkkkkkk")])
    assert barred[0] == pytest.approx(plain[0]) and barred[1] == pytest.approx(2 * plain[1] - other[1], abs=1e-5)
