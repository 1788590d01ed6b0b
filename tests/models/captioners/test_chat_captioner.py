"""The processor of a chat model works ahead of the model, and changes no word."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from fakes import tiny_models
from fakes.models import ColourEncoder
from fakes.photos import crops

from photosort.describing import worker
from photosort.describing.describe import describe
from photosort.describing.tasks import tasks
from photosort.models.captioners.chat_captioner import ChatCaptioner, PreparedPictures
from photosort.models.protocols import Pictures, Pixels
from photosort.models.registry import captioner
from photosort.models.runtime.batch_size import BatchSize
from photosort.photos.files.scan import scan
from photosort.settings.settings import load_settings
from photosort.store.cache import open_cache

TOKENS = 10
PATIENCE = 20


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {name: build(tmp_path_factory.mktemp(name)) for name, build in tiny_models.CHATS.items()}


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("photosort.models.captioners.generating.CAPTION_TOKENS", TOKENS)
    monkeypatch.setattr("photosort.models.captioners.generating.ANSWER_TOKENS", TOKENS)


def chat(folder: Path, samples: int = 1) -> ChatCaptioner:
    found = captioner(load_settings(captioner=f"local:{folder}", device="cpu"), "", samples)
    assert isinstance(found, ChatCaptioner)
    return found


def pictures(model: ChatCaptioner) -> list[Pixels]:
    photos = [*crops("china.jpg", 2), *crops("flower.jpg", 2)]
    frame = model.frame
    return [np.array(photo.resize(frame.size(*photo.size), box=frame.box(*photo.size))) for photo in photos]


@pytest.mark.parametrize("samples", [1, 3])
@pytest.mark.parametrize("family", tiny_models.CHATS)
def test_prepared_pictures_get_the_same_texts(folders: dict[str, Path], family: str, samples: int) -> None:
    model = chat(folders[family], samples)
    shown = pictures(model)
    prepared = model.prepare(shown)
    assert isinstance(prepared, PreparedPictures)
    assert model.caption(prepared) == model.caption(shown)


def test_a_part_of_prepared_pictures_is_pictures(folders: dict[str, Path]) -> None:
    model = chat(folders["smolvlm"])
    shown = pictures(model)
    prepared = model.prepare(shown)
    assert prepared[:4] is prepared and prepared[:10] is prepared and len(prepared) == 4
    assert prepared[:2] == shown[:2] and prepared[3] is shown[3]
    assert model.caption(prepared[:2]) + model.caption(prepared[2:]) == model.caption(prepared)


def test_what_the_processor_does_not_take_is_left_to_the_model(folders: dict[str, Path]) -> None:
    model = chat(folders["smolvlm"])
    broken = [np.zeros((0, 0, 3), np.uint8)]
    assert model.prepare(broken) is broken


@pytest.mark.slow
@pytest.mark.parametrize("family", ["smolvlm", "qwen2_5_vl"])
def test_the_next_batch_is_prepared_while_the_model_is_busy(
    folders: dict[str, Path], tmp_path: Path, family: str
) -> None:
    """Each batch but the last ends only once the one after it has been prepared, across portions too."""
    for number, photo in enumerate([*crops("china.jpg", 8), *crops("flower.jpg", 8)]):
        photo.save(tmp_path / f"{number:02d}.png")
    found = scan(tmp_path).photos
    ahead = Ahead(chat(folders[family]), len(found) // 2)
    known = []
    for name, used in (("ahead", ahead), ("plain", Plain(chat(folders[family])))):
        with open_cache(tmp_path / name) as cache:
            wanted = tasks(ColourEncoder(batch=4), [used])
            described = describe(
                found,
                ColourEncoder(batch=4),
                [used],
                cache,
                engine=partial(worker.describe_files, tasks=wanted, first=4),
            )
            known.append(described.texts)
    assert ahead.waited_in_vain == 0 and ahead.prepared == len(found) // 2
    assert known[0] == known[1]


class Plain:
    """A chat captioner that prepares nothing ahead."""

    def __init__(self, model: ChatCaptioner) -> None:
        self._model = model
        self.reads, self.identity, self.frame, self.device = model.reads, model.identity, model.frame, model.device
        self.batch = BatchSize(2)

    def caption(self, pixels: Pictures, digests: Sequence[str] = ()) -> list[tuple[str, ...]]:
        assert not isinstance(pixels, PreparedPictures)
        return self._model.caption(pixels, digests)


class Ahead(Plain):
    """One whose every batch waits until the next one has been prepared."""

    def __init__(self, model: ChatCaptioner, batches: int) -> None:
        super().__init__(model)
        self.prepared = self.seen = self.waited_in_vain = 0
        self._batches = batches
        self._changed = threading.Condition()

    def prepare(self, pixels: Pictures) -> Pictures:
        prepared = self._model.prepare(pixels)
        with self._changed:
            self.prepared += 1
            self._changed.notify_all()
        return prepared

    def caption(self, pixels: Pictures, digests: Sequence[str] = ()) -> list[tuple[str, ...]]:
        assert isinstance(pixels, PreparedPictures)
        self.seen += 1
        with self._changed:
            following = min(self.seen + 1, self._batches)
            self.waited_in_vain += not self._changed.wait_for(lambda: self.prepared >= following, PATIENCE)
        return self._model.caption(pixels, digests)
