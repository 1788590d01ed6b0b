"""Encoders of photos and texts in one space, and of texts alone, with tiny weights through the real loaders."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import tiny_models
from fakes.photos import crops

from photosort.errors import ModelMissing, SettingsError
from photosort.models.catalogue import CHOICES
from photosort.models.encoders.blip_itm import BlipRetrieval
from photosort.models.encoders.dual_encoders import open_clip_source
from photosort.models.encoders.open_clip import CONFIG, OpenClip
from photosort.models.protocols import Pixels
from photosort.models.registry import (
    category_reader,
    has_joint,
    has_towers,
    image_encoder,
    joint_encoder,
    text_encoder,
)
from photosort.models.runtime import on_device
from photosort.models.runtime.placement import DevicePlacement
from photosort.models.weights.hub import OPEN_CLIP, TRANSFORMERS, Source, located
from photosort.settings.settings import Settings, load_settings

TEXTS = ["a dog on the beach", "two people", "a dog on the beach"]
BUILDERS: dict[str, Callable[[Path], Path]] = {
    "clip": tiny_models.open_clip,
    "siglip": lambda folder: tiny_models.open_clip(folder, siglip=True),
    "blip": tiny_models.blip_itm,
}


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {name: build(tmp_path_factory.mktemp(name)) for name, build in BUILDERS.items()}


@pytest.fixture(autouse=True)
def exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """float32, so that what is compared does not hang on rounding."""
    import torch

    use(monkeypatch, torch.float32)


def use(monkeypatch: pytest.MonkeyPatch, precision: Any) -> None:
    for module in ("runtime.on_device", "encoders.open_clip", "captioners.transformers_captioners"):
        monkeypatch.setattr(f"photosort.models.{module}.number_format", lambda device: precision)


def settings(folder: Path, **flags: Any) -> Settings:
    return load_settings(image_encoder=f"local:{folder}", device="cpu", **flags)


def pictures(frame: Any) -> list[Pixels]:
    photos = [*crops("china.jpg", 2), *crops("flower.jpg", 1)]
    return [np.array(photo.resize(frame.size(*photo.size), box=frame.box(*photo.size))) for photo in photos]


@pytest.mark.parametrize("family", BUILDERS)
def test_photos_and_texts_share_a_space_in_any_batch(folders: dict[str, Path], family: str) -> None:
    chosen = settings(folders[family])
    encoder = image_encoder(chosen)
    shown = pictures(encoder.frame)
    vectors = encoder.encode_images(shown)
    alone = np.concatenate([encoder.encode_images([picture]) for picture in shown])
    assert vectors.shape == (3, 16) and vectors.dtype == np.float32
    assert np.allclose(vectors, alone, atol=1e-4) and not np.allclose(vectors[0], vectors[2], atol=1e-2)
    joint = joint_encoder(chosen, text_encoder(load_settings()))
    texts = joint.encode_texts(TEXTS)
    assert texts.shape == (3, 16) and np.allclose(np.linalg.norm(texts, axis=1), 1, atol=1e-5)
    assert np.allclose(texts[0], texts[2], atol=1e-5) and not np.allclose(texts[0], texts[1], atol=1e-2)
    assert joint.place(vectors) is vectors and joint is encoder, "loaded once"


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
@pytest.mark.parametrize("family", BUILDERS)
def test_half_precision_gives_nearly_the_same_vectors(
    folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch, family: str, precision: str
) -> None:
    import torch

    exactly: Any = opened(folders[family])
    shown = pictures(exactly.frame)
    expected, words = exactly.encode_images(shown), exactly.encode_texts(TEXTS)
    use(monkeypatch, getattr(torch, precision))
    encoder: Any = opened(folders[family])
    vectors, texts = encoder.encode_images(shown), encoder.encode_texts(TEXTS)
    assert {weight.dtype for weight in encoder._loaded[0].parameters()} == {getattr(torch, precision)}
    assert vectors.dtype == texts.dtype == np.float32 and np.isfinite(vectors).all() and np.isfinite(texts).all()
    assert np.allclose(np.linalg.norm(texts, axis=1), 1, atol=1e-5)
    for ours, theirs in ((vectors, expected), (texts, words)):
        cosines = (ours * theirs).sum(1) / np.linalg.norm(ours, axis=1) / np.linalg.norm(theirs, axis=1)
        assert cosines.min() > 0.99


def opened(folder: Path) -> Any:
    """Another encoder than the one that the registry keeps."""
    snapshot = located(Source("tiny", f"local:{folder}", OPEN_CLIP if (folder / CONFIG).is_file() else TRANSFORMERS))
    kind = OpenClip if (folder / CONFIG).is_file() else BlipRetrieval
    return kind(snapshot, DevicePlacement("cpu"))


@pytest.mark.parametrize("family", ["clip", "siglip"])
def test_pictures_are_prepared_as_open_clip_does_it(folders: dict[str, Path], family: str) -> None:
    import open_clip
    import torch
    from PIL import Image

    encoder = image_encoder(settings(folders[family]))
    model, _, prepare = open_clip.create_model_and_transforms(f"local-dir:{folders[family]}")
    shown = pictures(encoder.frame)
    theirs = torch.stack([prepare(Image.fromarray(picture)) for picture in shown])
    colours = model.visual.preprocess_cfg
    ours = on_device.on_device(shown, "cpu", colours["mean"], colours["std"])
    assert np.allclose(ours.numpy(), theirs.numpy(), atol=1e-5)
    with torch.inference_mode():
        assert np.allclose(encoder.encode_images(shown), model.eval().encode_image(theirs).numpy(), atol=1e-4)
    assert encoder.frame.fit == {"clip": "crop", "siglip": "squeeze"}[family]


@pytest.mark.parametrize("quick", [False, True])
def test_open_clip_takes_the_activation_of_the_weights(folders: dict[str, Path], quick: bool) -> None:
    import open_clip
    import torch
    from PIL import Image

    snapshot = located(open_clip_source(f"open_clip:local-dir:{folders['clip']}", Path("unused"))[0])
    encoder = OpenClip(snapshot, DevicePlacement("cpu"), quick_gelu=quick)
    shown = pictures(encoder.frame)
    model, _, prepare = open_clip.create_model_and_transforms(f"local-dir:{folders['clip']}", force_quick_gelu=quick)
    theirs = torch.stack([prepare(Image.fromarray(picture)) for picture in shown])
    with torch.inference_mode():
        assert np.allclose(encoder.encode_images(shown), model.eval().encode_image(theirs).numpy(), atol=1e-5)


def test_blip_compares_photos_and_texts_as_the_library_does(folders: dict[str, Path]) -> None:
    import torch
    from transformers import AutoProcessor, BlipForImageTextRetrieval

    encoder: Any = image_encoder(settings(folders["blip"]))
    shown = pictures(encoder.frame)
    processor = AutoProcessor.from_pretrained(folders["blip"])
    model = BlipForImageTextRetrieval.from_pretrained(folders["blip"])
    read = processor(images=shown, text=TEXTS, padding=True, return_tensors="pt")
    with torch.inference_mode():
        theirs = model(**read, use_itm_head=False).itm_score.numpy()
    vectors = encoder.encode_images(shown)
    ours = vectors / np.linalg.norm(vectors, axis=1, keepdims=True) @ encoder.encode_texts(TEXTS).T
    assert np.allclose(ours, theirs, atol=1e-4)


@pytest.fixture(scope="session")
def captioning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.blip(tmp_path_factory.mktemp("captioning"))


def test_the_captioner_of_blip_gives_image_vectors_as_the_library_does(captioning: Path) -> None:
    import torch
    from transformers import AutoImageProcessor, BlipForConditionalGeneration

    encoder = image_encoder(settings(captioning))
    shown = pictures(encoder.frame)
    model = BlipForConditionalGeneration.from_pretrained(captioning).eval()
    read = AutoImageProcessor.from_pretrained(captioning)(images=shown, return_tensors="pt")
    with torch.inference_mode():
        theirs = model.vision_model(**read).last_hidden_state[:, 0].numpy()
    ours = encoder.encode_images(shown)
    assert ours.dtype == np.float32 and np.allclose(ours, theirs, atol=1e-4)
    assert np.allclose(ours, np.concatenate([encoder.encode_images([one]) for one in shown]), atol=1e-4)
    assert not np.allclose(ours[0], ours[2], atol=1e-2)


def test_an_encoder_of_photos_alone_reads_no_texts(captioning: Path) -> None:
    chosen = settings(captioning)
    assert joint_encoder(chosen, text_encoder(load_settings())) is None
    assert category_reader(chosen, text_encoder(load_settings())) is None
    assert not has_joint(chosen) and not has_towers(chosen)
    assert has_joint(load_settings()) and not has_towers(load_settings())
    with pytest.raises(SettingsError, match=r"reads photos and no texts.*--text-encoder minilm"):
        text_encoder(load_settings(text_encoder=f"local:{captioning}", device="cpu"))
    assert "blip-vision" in CHOICES["image_encoder"] and "blip-vision" not in CHOICES["text_encoder"]
    with pytest.raises(ModelMissing, match="photosort models pull blip-vision"):
        image_encoder(load_settings(image_encoder="blip-vision"))


def test_a_long_text_is_cut_and_none_is_none(folders: dict[str, Path]) -> None:
    for folder in folders.values():
        encoder: Any = image_encoder(settings(folder))
        assert encoder.encode_texts([" ".join(["dog"] * 500)]).shape == (1, 16)
        assert len(encoder.encode_texts([])) == 0


def test_open_clip_without_its_weights_is_an_error(folders: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "bare"
    shutil.copytree(folders["clip"], folder)
    (folder / "open_clip_model.safetensors").unlink()
    with pytest.raises(SettingsError, match="is not a folder with a model"):
        image_encoder(load_settings(image_encoder=f"open_clip:local-dir:{folder}"))
    (folder / "open_clip_model.safetensors").write_bytes(b"nonsense")
    with pytest.raises(ModelMissing, match="cannot be loaded"):
        image_encoder(settings(folder)).encode_images([np.zeros((32, 32, 3), np.uint8)])


def test_pairs_of_open_clip_become_repositories(tmp_path: Path) -> None:
    source, quick_gelu = open_clip_source("open_clip:ViT-B-32/openai", tmp_path)
    assert (source.repository, quick_gelu) == ("timm/vit_base_patch32_clip_224.openai", True)
    assert "openai" in (tmp_path / "open-clip.json").read_text()
    with pytest.raises(SettingsError, match=r"open_clip has no 'ViT-B-32/nonsense'\. With ViT-B-32 go: openai"):
        open_clip_source("open_clip:ViT-B-32/nonsense", tmp_path)
    with pytest.raises(SettingsError, match="Write ARCH/PRETRAINED"):
        open_clip_source("open_clip:nonsense", tmp_path)


def test_listed_encoders_are_those_of_open_clips_table(tmp_path: Path) -> None:
    """The short names leave the table out, so they are held to it here."""
    from photosort.models.catalogue import ENCODERS, QUICK_GELU

    listed = {
        "clip": "ViT-B-32/openai",
        "siglip2": "ViT-B-16-SigLIP2/webli",
        "siglip2-b32": "ViT-B-32-SigLIP2-256/webli",
    }
    for short, pair in listed.items():
        source, quick_gelu = open_clip_source(f"open_clip:{pair}", tmp_path)
        assert (source.repository, quick_gelu) == (ENCODERS[short].repository, short in QUICK_GELU)


def test_sentences_are_encoded_as_the_library_does(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    folder = tiny_models.sentences(tmp_path)
    encoder = text_encoder(load_settings(text_encoder=f"st:{folder}", device="cpu"))
    theirs = SentenceTransformer(str(folder), device="cpu").encode(TEXTS, normalize_embeddings=True)
    assert np.allclose(encoder.encode_texts(TEXTS), theirs, atol=1e-5)
    assert encoder.encode_texts([]).shape == (0, 32)


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_sentences_of_a_model_saved_in_half_precision(tmp_path: Path, precision: str) -> None:
    import torch
    from sentence_transformers import SentenceTransformer

    folder = tiny_models.sentences(tmp_path)
    whole = text_encoder(load_settings(text_encoder=f"st:{folder}", device="cpu")).encode_texts(TEXTS)
    half = SentenceTransformer(str(folder), device="cpu").to(getattr(torch, precision))
    half.save(str(tmp_path / "half"))
    vectors = text_encoder(load_settings(text_encoder=f"st:{tmp_path / 'half'}", device="cpu")).encode_texts(TEXTS)
    assert vectors.dtype == np.float32 and np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-2)
    assert ((vectors * whole).sum(1) > 0.98).all()


def test_sentences_are_never_read_from_a_pickle(tmp_path: Path) -> None:
    import torch

    folder = tiny_models.sentences(tmp_path)
    modules = json.loads((folder / "modules.json").read_text())
    dense = {"idx": 2, "name": "2", "path": "2_Dense", "type": "sentence_transformers.models.Dense"}
    (folder / "modules.json").write_text(json.dumps([*modules, dense]))
    (folder / "2_Dense").mkdir()
    torch.save({}, folder / "2_Dense" / "pytorch_model.bin")
    with pytest.raises(SettingsError, match=r"2_Dense/pytorch_model\.bin is pickled, and only safetensors are loaded"):
        text_encoder(load_settings(text_encoder=f"st:{folder}", device="cpu"))


def test_texts_can_be_read_by_the_text_tower(folders: dict[str, Path]) -> None:
    encoder = text_encoder(load_settings(text_encoder=f"local:{folders['clip']}", device="cpu"))
    assert encoder.encode_texts(TEXTS).shape == (3, 16)
