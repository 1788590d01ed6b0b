"""Every family of captioners, with tiny weights through the real loaders."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import tiny_models
from fakes.photos import crops

from photosort.errors import ModelMissing, SettingsError
from photosort.models.captioners.generating import BARE, Asking, tidy
from photosort.models.protocols import Captioner, Pixels
from photosort.models.registry import captioner
from photosort.models.runtime import on_device
from photosort.settings.settings import load_settings

FAMILIES = {**tiny_models.CAPTIONERS, **tiny_models.CHATS}
TOKENS = 10
QUESTION = "what is in the photo?"


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {name: build(tmp_path_factory.mktemp(name)) for name, build in FAMILIES.items()}


@pytest.fixture(autouse=True)
def exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """float32, so that what is compared does not hang on rounding; and short texts."""
    import torch

    monkeypatch.setattr("photosort.models.captioners.generating.CAPTION_TOKENS", TOKENS)
    monkeypatch.setattr("photosort.models.captioners.generating.ANSWER_TOKENS", TOKENS)
    use(monkeypatch, torch.float32)


def use(monkeypatch: pytest.MonkeyPatch, precision: Any) -> None:
    for module in ("runtime.on_device", "captioners.transformers_captioners", "captioners.chat_captioner"):
        monkeypatch.setattr(f"photosort.models.{module}.number_format", lambda device: precision)


def made(folder: Path, question: str = "", samples: int | None = None, **settings: Any) -> Captioner:
    found = captioner(load_settings(captioner=f"local:{folder}", device="cpu", **settings), question, samples)
    assert found.reads == "pixels"
    return found


def pictures(model: Captioner, count: int = 3) -> list[Pixels]:
    photos = [*crops("china.jpg", 2), *crops("flower.jpg", 2)][1 : count + 1]
    frame = model.frame
    return [np.array(photo.resize(frame.size(*photo.size), box=frame.box(*photo.size))) for photo in photos]


@pytest.mark.parametrize("family", FAMILIES)
def test_each_photo_gets_its_own_text_also_alone(folders: dict[str, Path], family: str) -> None:
    model = made(folders[family])
    shown = pictures(model)
    texts = model.caption(shown)
    assert [len(group) for group in texts] == [1, 1, 1]
    assert all(text and text == " ".join(text.split()) for (text,) in texts)
    assert len(set(texts)) > 1, "the text follows from the picture"
    assert [model.caption([picture])[0] for picture in shown] == texts


@pytest.mark.parametrize("family", FAMILIES)
def test_samples_differ_and_follow_from_the_photo_and_the_seed(folders: dict[str, Path], family: str) -> None:
    model = made(folders[family], samples=4)
    shown = pictures(model)
    texts = model.caption(shown)
    assert all(1 <= len(group) <= 4 for group in texts) and len({text for group in texts for text in group}) > 4
    assert model.caption(shown[::-1]) == texts[::-1], "whatever place it has in the batch"
    other = made(folders[family], samples=4, seed=7)
    assert other.caption(shown) != texts and other.identity != model.identity
    keys = [f"{number:064x}" for number in range(len(shown))]
    drawn = model.caption(shown, keys)
    assert model.caption(shown[:2], keys[:2]) == drawn[:2] and model.caption(shown[:2], keys[1:3]) != drawn[:2]


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
@pytest.mark.parametrize("family", FAMILIES)
def test_texts_come_out_in_half_precision(
    folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch, family: str, precision: str
) -> None:
    """The formats of GPUs: weights are in them, but for those of BLIP-2 and T5 that transformers keeps in float32, and
    every number that a layer gives is finite.
    """
    import torch

    use(monkeypatch, getattr(torch, precision))
    model: Any = made(folders[family])
    shown = pictures(model)
    network = model._loaded[0]
    kept = {name for name, weight in network.named_parameters() if weight.dtype != getattr(torch, precision)}
    assert all(set(name.split(".")) & {"qformer", "query_tokens", "wo"} for name in kept)
    broken: list[str] = []
    for name, layer in network.named_modules():
        layer.register_forward_hook(lambda _, given, result, name=name: broken.extend(endless(name, result)))
    texts = model.caption(shown)
    assert [len(group) for group in texts] == [1, 1, 1] and all(text for (text,) in texts)
    assert broken == []
    drawn = made(folders[family], samples=3).caption(shown)
    assert all(1 <= len(group) <= 3 and all(group) for group in drawn)


def endless(name: str, result: Any) -> list[str]:
    """The layer's name for each of its results that has a number that is none, or is too large for its format."""
    import torch

    if isinstance(result, torch.Tensor):
        return [name] if result.is_floating_point() and not bool(result.isfinite().all()) else []
    parts = result.values() if isinstance(result, dict) else result if isinstance(result, (tuple, list)) else ()
    return [found for part in parts for found in endless(name, part)]


@pytest.mark.parametrize("family", tiny_models.CAPTIONERS)
def test_pictures_are_normalised_as_the_processor_does_it(folders: dict[str, Path], family: str) -> None:
    from transformers import AutoProcessor

    model: Any = made(folders[family])
    shown = pictures(model)
    expected = AutoProcessor.from_pretrained(folders[family]).image_processor(shown, return_tensors="pt").pixel_values
    ours = on_device.on_device(shown, "cpu", model._picture.mean, model._picture.std)
    assert np.allclose(ours.numpy(), expected.numpy(), atol=1e-5)


@pytest.mark.parametrize("family", tiny_models.CAPTIONERS)
def test_the_text_is_what_the_library_says_by_its_own_processor(folders: dict[str, Path], family: str) -> None:
    from transformers import AutoModelForImageTextToText, AutoProcessor

    ours = made(folders[family])
    shown = pictures(ours, 1)
    processor = AutoProcessor.from_pretrained(folders[family])
    model = AutoModelForImageTextToText.from_pretrained(folders[family])
    prompt = {"florence2": {"text": "<CAPTION>"}, "blip2_opt": {"text": ""}, "blip2_t5": {"text": ""}}.get(family, {})
    inputs = processor(images=shown[0], return_tensors="pt", **prompt)
    written = model.generate(**inputs, max_new_tokens=TOKENS, do_sample=False)
    theirs = processor.batch_decode(written, skip_special_tokens=True)[0].replace("<image>", "")
    assert ours.caption(shown) == [(" ".join(theirs.split()),)]


@pytest.mark.parametrize("family", [*tiny_models.CHATS, "blip2_opt", "blip2_t5"])
def test_a_question_changes_the_answer_and_the_identity(folders: dict[str, Path], family: str) -> None:
    plain, asked = made(folders[family]), made(folders[family], QUESTION)
    assert asked.identity.prompt.startswith(QUESTION) and asked.identity != plain.identity
    shown = pictures(plain)
    assert asked.caption(shown) != plain.caption(shown)


@pytest.mark.parametrize(("family", "prompt"), [("blip2_opt", f"Question: {QUESTION} Answer:"), ("blip2_t5", QUESTION)])
def test_blip2_is_asked_in_the_words_of_its_paper(folders: dict[str, Path], family: str, prompt: str) -> None:
    """Li et al. 2023, section 4.1: models that only decode are prompted by "Question: {} Answer:"."""
    from transformers import AutoModelForImageTextToText, AutoProcessor

    ours = made(folders[family], QUESTION)
    shown = pictures(ours)
    processor = AutoProcessor.from_pretrained(folders[family])
    model = AutoModelForImageTextToText.from_pretrained(folders[family])
    inputs = processor(images=shown, text=[prompt] * len(shown), return_tensors="pt")
    written = model.generate(**inputs, max_new_tokens=TOKENS, do_sample=False)
    answers = written[:, inputs["input_ids"].shape[1] :] if family == "blip2_opt" else written
    theirs = processor.batch_decode(answers, skip_special_tokens=True)
    assert ours.caption(shown) == [(" ".join(text.split()),) for text in theirs]


def test_smolvlm_reads_a_photo_whole_and_not_in_tiles(folders: dict[str, Path]) -> None:
    model: Any = made(folders["smolvlm"])
    inputs = model._inputs(model._loaded[1], pictures(model))
    assert inputs["pixel_values"].shape == (3, 1, 3, tiny_models.SIDE, tiny_models.SIDE)


@pytest.mark.parametrize("family", ["blip", "git", "florence2"])
def test_a_family_that_cannot_answer_names_some_that_can(folders: dict[str, Path], family: str) -> None:
    with pytest.raises(
        SettingsError, match=r"cannot answer questions\. Choose one with --captioner: .*blip2-flan-t5-xl.*smolvlm2"
    ):
        made(folders[family], QUESTION)


def test_frames_are_those_of_the_processors(folders: dict[str, Path]) -> None:
    fits = {family: made(folder).frame.fit for family, folder in folders.items()}
    assert fits == {
        **dict.fromkeys(["blip", "blip2_opt", "blip2_t5", "florence2", "smolvlm"], "squeeze"),
        "git": "crop",
        **dict.fromkeys(["qwen2_5_vl", "qwen3_vl", "llava_onevision"], "inside"),
    }


def test_photos_of_unlike_size_are_padded_and_answered_as_alone(folders: dict[str, Path]) -> None:
    model = made(folders["qwen2_5_vl"])
    wide, tall = np.zeros((84, 112, 3), np.uint8) + 90, np.zeros((112, 56, 3), np.uint8) + 200
    assert model.caption([wide, tall]) == [model.caption([wide])[0], model.caption([tall])[0]]


def test_weights_of_another_model_are_refused(folders: dict[str, Path], tmp_path: Path) -> None:
    """transformers would fill what is missing with random numbers and a warning."""
    towers = tiny_models.blip_itm(tmp_path / "towers")
    with pytest.raises(ModelMissing, match=r"cannot be loaded \(its weights are those of another model"):
        made(towers).caption(pictures(made(towers), 1))


def test_code_in_a_repository_is_never_run(folders: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "own"
    shutil.copytree(folders["smolvlm"], folder)
    config = json.loads((folder / "config.json").read_text())
    config |= {
        "model_type": "own",
        "auto_map": {"AutoConfig": "evil.Config", "AutoModelForImageTextToText": "evil.Model"},
    }
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    with pytest.raises(ModelMissing, match="cannot be loaded"):
        made(folder).caption(pictures(made(folder), 1))
    assert not (tmp_path / "ran").exists()


def test_damaged_weights_are_one_clear_line(folders: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "cut"
    shutil.copytree(folders["blip"], folder)
    (folder / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes()[:1000])
    with pytest.raises(ModelMissing, match="cannot be loaded") as caught:
        made(folder).caption(pictures(made(folder), 1))
    assert "\n" not in str(caught.value)


def test_a_model_too_large_for_the_device_keeps_its_batch_size() -> None:
    def load() -> None:
        raise RuntimeError("CUDA out of memory. Tried to allocate 20 GiB")

    with pytest.raises(ModelMissing, match="blip2 does not fit into the memory of cuda:0"):
        on_device.loaded("blip2", "cuda:0", load)


def test_texts_are_tidied() -> None:
    asked = Asking("What is it?", samples=2)
    assert tidy(["  a\n dog ", "", "", " "], asked) == [("a dog",), ("something unclear",)]
    assert tidy(["What is it? a dog", "what IS it?: a cat"], asked) == [("a dog", "a cat")]


def test_drawn_tokens_follow_the_probabilities() -> None:
    import torch

    from photosort.models.captioners.generating import _OwnDraw

    wanted = torch.tensor([0.5, 0.3, 0.2, 0.0])
    draw = _OwnDraw(Asking(samples=20_000), ["a"], "cpu")
    scores = draw(torch.zeros((20_000, 1), dtype=torch.long), wanted.log().repeat(20_000, 1))
    assert ((scores == 0).sum(1) == 1).all() and (scores.isinf().sum(1) == 3).all()
    assert np.allclose((scores == 0).float().mean(0).numpy(), wanted.numpy(), atol=0.02)


def test_only_the_most_probable_tokens_are_drawn() -> None:
    import torch

    from photosort.models.captioners.generating import TOP, _OwnDraw

    draw = _OwnDraw(Asking(samples=5_000), ["a"], "cpu")
    scores = draw(torch.zeros((5_000, 1), dtype=torch.long), torch.linspace(0, 1, TOP + 30).repeat(5_000, 1))
    drawn = set((scores == 0).nonzero()[:, 1].tolist())
    assert min(drawn) == 30 and len(drawn) == TOP


def test_a_chat_model_is_asked_for_keywords_alone() -> None:
    asked = Asking("Which keywords describe the image?", bare=True)
    assert asked.said("a caption") == f"{asked.question} {BARE}" and Asking().said("a caption") == "a caption"
    assert tidy(["Here are the keywords: dog, lawn"], asked, chat=True) == [("dog, lawn",)]
    assert tidy(["Here are the keywords: dog, lawn"], asked) == [("Here are the keywords: dog, lawn",)]
