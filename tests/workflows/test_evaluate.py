"""An evaluation by encoders of photos and texts, and of photos alone, with tiny weights through the real loaders."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import tiny_models
from fakes.photos import crops
from PIL import Image

from photosort.errors import SettingsError
from photosort.evaluation.texts_file import read_texts_file
from photosort.models.registry import image_encoder
from photosort.models.selected import ModelSet, select_models
from photosort.settings.settings import load_settings
from photosort.workflows.evaluate import Evaluation, evaluate

SAID = {"china": ["a temple in china", "a roof"], "flower": ["a flower", "red petals"]}


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "labelled"
    for name in SAID:
        (folder / name).mkdir(parents=True)
        for number, piece in enumerate(crops(f"{name}.jpg", 4)):
            piece.save(folder / name / f"{number}.png")
    return folder


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    file = tmp_path / "said.jsonl"
    line = '{{"id": "{0}/{1}.png", "label": "{0}", "texts": ["{2[0]}", "{2[1]}"]}}\n'
    file.write_text("".join(line.format(name, number, said) for name, said in SAID.items() for number in range(4)))
    return file


def chosen(folder: Path, **flags: Any) -> ModelSet:
    return select_models(load_settings(image_encoder=f"local:{folder}", device="cpu", **flags))


def measured(photos: Path, texts: Path, models: ModelSet, *methods: str) -> Evaluation:
    return evaluate(photos, texts, methods or ("all",), models)


@pytest.mark.slow
def test_captions_are_rated_where_the_encoder_reads_texts(photos: Path, texts: Path, tmp_path: Path) -> None:
    models = chosen(tiny_models.open_clip(tmp_path / "clip"))
    found = measured(photos, texts, models, "sum")
    encoder: Any = image_encoder(models.settings)
    scores = []
    for line in read_texts_file(texts):
        picture = Image.open(photos / line.id).convert("RGB")
        frame = encoder.frame
        small = picture.resize(frame.size(*picture.size), Image.Resampling.BICUBIC, frame.box(*picture.size))
        seen = encoder.encode_images([np.asarray(small)])[0]
        for said in encoder.encode_texts(line.texts):
            scores.append(2.5 * max(0.0, float(seen @ said / np.linalg.norm(seen) / np.linalg.norm(said))))
    assert found.clip_score == pytest.approx(np.mean(scores), abs=0.02) and len(scores) == 16
    assert [result.method for result in found.results] == ["sum", "sum-euclidean"]


@pytest.mark.slow
def test_photos_alone_take_part_without_a_joint_space(photos: Path, texts: Path, tmp_path: Path) -> None:
    models = chosen(tiny_models.blip(tmp_path / "blip"))
    found = measured(photos, texts, models)
    names = ["image", "text", "concat", "text-tfidf", "text-sbert"]
    assert [result.method for result in found.results if not result.euclidean] == names
    assert math.isnan(found.clip_score)
    by_name = {result.method: result for result in found.results}
    assert by_name["image"].vectors.shape[0] == 8 and by_name["text-sbert"].mean("acc") == 1
    for method in ("sum", "tac", "ntk"):
        with pytest.raises(SettingsError, match=r"space|knows photos and texts"):
            measured(photos, texts, models, method)


def test_texts_alone_are_not_rated(texts: Path) -> None:
    models = select_models(load_settings())
    assert math.isnan(evaluate(None, texts, ["text-tfidf"], models).clip_score)
