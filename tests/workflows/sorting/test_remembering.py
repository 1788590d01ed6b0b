"""Asked once, on any day; and what happens where nothing can be asked."""

import json
import sys
from collections import Counter
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from fakes.models import LetterTexts
from fakes.writer import ScriptedWriter, answer

from photosort.errors import ModelMissing
from photosort.models.language import smollm2, writers
from photosort.models.protocols import NoAnswer
from photosort.models.weights.pull import smollm2_path
from photosort.naming.keywords import Keyword
from photosort.naming.prompt import ClusterText
from photosort.naming.summary import name_clusters
from photosort.settings.settings import load_settings
from photosort.store.cache import Cache, open_cache, text_key
from photosort.workflows.sorting.remembering import RememberedTexts, RememberedWriter

DOGS = ClusterText(Counter({"a dog": 9}), keywords=(Keyword("dog", 9, 9),))
CATS = ClusterText(Counter({"a cat": 9}), keywords=(Keyword("cat", 9, 9),))


@pytest.fixture
def cache(tmp_path: Path):
    with open_cache(tmp_path) as cache:
        yield cache


def test_a_text_is_encoded_once_ever(cache: Cache) -> None:
    letters = LetterTexts()
    first = RememberedTexts(letters, cache).encode_texts(["ab", "b", "ab"])
    again = RememberedTexts(letters, cache).encode_texts(["b", "c"])
    assert letters.asked == ["ab", "b", "c"]
    assert np.array_equal(first[1], again[0])
    assert np.array_equal(first[0], first[2])


def test_a_question_is_asked_once_and_another_one_again(cache: Cache) -> None:
    writer = ScriptedWriter(["one", "two", "three"])
    assert RememberedWriter(writer, cache).write("system", "prompt", {}) == "one"
    again = RememberedWriter(writer, cache)
    assert again.write("system", "prompt", {}) == "one"
    assert again.write("system", "other", {}) == "two"
    assert again.write("system", "prompt", {"type": "object"}) == "three"
    assert len(writer.prompts) == 3


@pytest.mark.parametrize("nothing", ["", " \n"])
def test_an_empty_answer_is_not_kept(cache: Cache, nothing: str) -> None:
    writer = ScriptedWriter([nothing, "one", "two"])
    remembered = RememberedWriter(writer, cache)
    assert remembered.write("system", "prompt", {}) == nothing
    assert remembered.write("system", "prompt", {}) == "one"
    assert remembered.write("system", "prompt", {}) == "one"


def test_an_empty_answer_that_was_kept_once_does_not_count(cache: Cache) -> None:
    writer = RememberedWriter(ScriptedWriter(["one"]), cache)
    question = text_key(json.dumps(["system", "prompt", {}]))
    cache.put_texts(writer.identity, {question: ""})
    assert writer.write("system", "prompt", {}) == "one"
    assert cache.texts(writer.identity, [question]) == {question: "one"}


class Engine:
    """A server that answers, until it breaks down."""

    answers: tuple[str, ...] = ()

    def __init__(self, params: object) -> None:
        self._left = list(self.answers)

    def handle_chat_completions(self, request: dict[str, Any]) -> dict[str, Any]:
        if not self._left:
            raise RuntimeError("ggml:\nno kernel for this processor")
        return {"choices": [{"message": {"content": self._left.pop(0)}}]}


class Unwilling(Engine):
    def __init__(self, params: object) -> None:
        raise RuntimeError("failed to load model")


class GoodForOne(Engine):
    answers = (answer("Dogs", "Dogs."),)


@pytest.fixture
def weights(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file of the language model, taken for the right one."""
    path = smollm2_path(own_folders / "cache" / "models")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"GGUF")
    monkeypatch.setattr(smollm2, "verify", lambda *_: None)


def install(engine: type[Engine], monkeypatch: pytest.MonkeyPatch) -> None:
    def params() -> SimpleNamespace:
        return SimpleNamespace(
            **{part: SimpleNamespace() for part in ("model", "cpuparams", "cpuparams_batch", "sampling")}
        )

    module = ModuleType("xllamacpp")
    module.__spec__ = ModuleSpec("xllamacpp", None)
    module.__dict__.update(CommonParams=params, Server=engine)
    monkeypatch.setitem(sys.modules, "xllamacpp", module)


def install_broken(error: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "xllamacpp.py").write_text(f"raise {error}")
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    del sys.modules["xllamacpp"]
    monkeypatch.syspath_prepend(tmp_path)


FAILURES = {
    "ImportError('undefined symbol: ggml_init')": r"xllamacpp is installed but cannot be imported \(undefined symbol",
    "OSError('libgomp.so.1: no such file')": r"xllamacpp is installed but cannot be imported \(libgomp",
    Unwilling: r"xllamacpp cannot load .*\(failed to load model\)\. photosort models pull smollm2",
    Engine: r"xllamacpp broke down over a question \(ggml: no kernel for this processor\)\. .* -m pip install ",
}


@pytest.fixture(params=FAILURES, ids=str)
def fault(request: pytest.FixtureRequest, weights: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is said of an engine that is installed and fails."""
    if isinstance(request.param, str):
        install_broken(request.param, tmp_path, monkeypatch)
    else:
        install(request.param, monkeypatch)
    return FAILURES[request.param]


def test_a_language_model_that_fails_ends_the_run_in_one_line(cache: Cache, fault: str) -> None:
    writer = writers.writer(load_settings(writer="smollm2"))
    assert writer is not None
    with pytest.raises(ModelMissing, match=f"^{fault}") as caught:
        name_clusters([DOGS], RememberedWriter(writer, cache))
    assert "\n" not in str(caught.value)


def test_a_language_model_is_not_taken_unasked(weights: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counting names more folders well than smollm2 does."""
    install(GoodForOne, monkeypatch)
    assert writers.writer(load_settings()) is None
    assert writers.writer(load_settings(writer="auto")) is None
    assert writers.writer(load_settings(writer="smollm2")) is not None


def test_a_writer_that_failed_for_good_is_not_asked_again(cache: Cache) -> None:
    def sources(writer: ScriptedWriter, *clusters: ClusterText) -> list[str]:
        return [name.source for name in name_clusters(clusters, RememberedWriter(writer, cache))]

    gone = ScriptedWriter([answer("Dogs", "Dogs."), NoAnswer("it is gone")])
    assert sources(gone, DOGS, CATS) == ["scripted", "keywords"]
    assert len(gone.asked) == 2
    still_gone = ScriptedWriter([NoAnswer("it is gone")])
    assert sources(still_gone, CATS, CATS, DOGS) == ["keywords", "keywords", "scripted"]
    assert len(still_gone.asked) == 1


def test_the_budget_of_the_last_answer_is_kept(cache: Cache) -> None:
    small, large = ScriptedWriter(["one"]), ScriptedWriter(["two"])
    small.budget = 400
    assert RememberedWriter(large, cache).budget == 2000
    RememberedWriter(small, cache).write("system", "prompt", {})
    again = RememberedWriter(large, cache)
    assert again.budget == 400
    again.check(needed=True)
    assert again.budget == 2000
    again.write("system", "other", {})
    assert RememberedWriter(large, cache).budget == 2000
