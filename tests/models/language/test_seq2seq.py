"""The summarizer, by a tiny T5 with random weights that is saved to disk and loaded as a real one is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch

from photosort.errors import ModelMissing, SettingsError
from photosort.models.language.seq2seq import AT_ONCE, CHUNK, PREFIX, Seq2Seq
from photosort.models.runtime.torchvision_ops import repair_torchvision
from photosort.naming.cluster_texts import cluster_texts
from photosort.naming.summary import name_clusters

CAPTIONS = ["a dog on a beach", "a cat on a sofa", "two boats", "a hill"]


@pytest.fixture(scope="module")
def tiny_t5(tmp_path_factory: pytest.TempPathFactory) -> Path:
    repair_torchvision()
    import torch
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

    words = ["<pad>", "</s>", "<unk>", *dict.fromkeys(f"{PREFIX} . {' '.join(CAPTIONS)}".replace(":", " :").split())]
    tokenizer = Tokenizer(WordLevel({word: number for number, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = Whitespace()
    torch.manual_seed(0)
    config = T5Config(
        vocab_size=len(words),
        d_model=16,
        d_kv=4,
        d_ff=16,
        num_layers=1,
        num_heads=2,
        decoder_start_token_id=0,
        initializer_factor=5.0,
    )
    folder = tmp_path_factory.mktemp("t5") / "tiny"
    T5ForConditionalGeneration(config).save_pretrained(folder)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    ).save_pretrained(folder)
    return folder


def test_it_says_something_and_the_same_each_time(tiny_t5: Path) -> None:
    writer = Seq2Seq(str(tiny_t5))
    said = writer.write("", "a dog on a beach. a cat on a sofa.", {})
    assert said and said == Seq2Seq(str(tiny_t5)).write("", "a dog on a beach. a cat on a sofa.", {})


def test_a_long_text_is_shortened_in_pieces_until_one_is_left(tiny_t5: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = Seq2Seq(str(tiny_t5))
    asked: list[list[str]] = []
    shorten = writer._shorten
    monkeypatch.setattr(writer, "_shorten", lambda pieces: [asked.append(list(pieces)), shorten(pieces)][1])
    text = " ".join(f"{caption}." for caption in CAPTIONS * 100)
    said = writer.write("", text, {})
    assert len(asked[0]) > 1 and " ".join(asked[0]) == text
    assert all(len(piece.replace(".", " .").split()) <= CHUNK for piece in asked[0])
    assert len(asked[-1]) == 1 and len(said) < len(text)


def test_names_hold_whatever_it_says(tiny_t5: Path) -> None:
    writer = Seq2Seq(str(tiny_t5))
    names = name_clusters(cluster_texts([["a dog on a beach"] * 3, ["a cat on a sofa"] * 2]), writer)
    assert [name.title for name in names] == ["Dogs and beach", "Cats and sofas"] or all(name.title for name in names)
    assert all(1 <= len(name.summary.split()) <= 30 for name in names)


def test_other_weights_are_another_model(tiny_t5: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "config.json").write_text("{}")
    assert Seq2Seq(str(other)).identity.revision != Seq2Seq(str(tiny_t5)).identity.revision


def test_a_missing_model_is_named_with_the_command_to_get_it() -> None:
    with pytest.raises(ModelMissing, match=r"google-t5/t5-base is neither a folder .*\. hf download google-t5/t5-base"):
        Seq2Seq("google-t5/t5-base")


def test_pieces_are_shortened_a_few_at_a_time(tiny_t5: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = Seq2Seq(str(tiny_t5))
    sizes: list[int] = []
    monkeypatch.setattr(writer, "_shorten", lambda pieces: [sizes.append(len(pieces)), ["a"] * len(pieces)][1])
    writer.write("", "a dog on a beach. " * 2000, {})
    assert sizes[0] == AT_ONCE and max(sizes) == AT_ONCE


def test_no_name_is_told_in_one_line() -> None:
    with pytest.raises(SettingsError, match=r"t5: says no model\. Write --writer t5:NAME"):
        Seq2Seq("")


def copied(tiny_t5: Path, tmp_path: Path, **config: object) -> Path:
    folder = Path(shutil.copytree(tiny_t5, tmp_path / "copy"))
    told = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(told | config))
    return folder


def refused(folder: Path) -> str:
    with pytest.raises(ModelMissing, match="cannot be loaded") as caught:
        Seq2Seq(str(folder), "cpu").write("", "a dog", {})
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_code_in_its_folder_is_never_run(tiny_t5: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda *_: "y")
    ways = {"AutoConfig": "evil.Config", "AutoModelForSeq2SeqLM": "evil.Model"}
    folder = copied(tiny_t5, tmp_path, model_type="own", auto_map=ways)
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    refused(folder)
    assert not (tmp_path / "ran").exists()


def test_a_pickle_is_not_loaded(tiny_t5: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForSeq2SeqLM

    folder = copied(tiny_t5, tmp_path)
    torch.save(AutoModelForSeq2SeqLM.from_pretrained(folder).state_dict(), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    assert "model.safetensors" in refused(folder), "it looks for nothing else"


def test_missing_weights_are_not_made_up(tiny_t5: Path, tmp_path: Path) -> None:
    assert "are missing" in refused(copied(tiny_t5, tmp_path, num_decoder_layers=2))


def test_weights_that_were_cut_off_are_one_clear_line(tiny_t5: Path, tmp_path: Path) -> None:
    folder = copied(tiny_t5, tmp_path)
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    assert "header" in refused(folder)


def test_a_folder_without_a_summarizer_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    assert "BertConfig" in refused(tmp_path)
