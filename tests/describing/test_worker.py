"""The models see full batches of pictures of like size, and a device without memory stops nothing."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes.models import ColourCaptioner, ColourEncoder, PixelCaptioner
from PIL import Image

from photosort.describing import worker
from photosort.describing.describe import Described, describe
from photosort.describing.tasks import tasks
from photosort.describing.worker import NO_MEMORY
from photosort.errors import ModelFailed
from photosort.models.remote.refusal import PhotoRefused
from photosort.models.runtime.batch_size import BatchSize
from photosort.photos.files.scan import scan
from photosort.photos.pixels.frame import Frame
from photosort.store.cache import Cache, open_cache


def run(
    folder: Path, cache: Cache, *captioners: Any, encoder: ColourEncoder | None = None, first: int = worker.FIRST
) -> Described:
    encoder = encoder or ColourEncoder()
    engine = partial(worker.describe_files, tasks=tasks(encoder, captioners), first=first)
    return describe(scan(folder).photos, encoder, captioners, cache, engine=engine)


def test_one_look_serves_the_encoder_and_every_captioner(shapes: Path, cache: Cache) -> None:
    what, which = PixelCaptioner(), PixelCaptioner("Which colour?")
    described = run(shapes, cache, what, which, ColourCaptioner())
    assert described.looked == len(described.photos) == 20
    assert described.texts[0][0] == described.texts[1][0] == ("a tall red one", "red again")
    assert described.texts[0][3] == ("a wide blue one", "blue again")
    assert described.captions[0] == "a tall red one. red again"
    assert described.texts[2][3] == ("a photo of a blue wall",)


def test_a_new_question_does_not_repeat_the_old_ones(shapes: Path, cache: Cache) -> None:
    run(shapes, cache, PixelCaptioner())
    old, new, encoder = PixelCaptioner(), PixelCaptioner("Which colour?"), ColourEncoder()
    described = run(shapes, cache, old, new, encoder=encoder)
    assert (old.shapes, encoder.seen) == ([], 0)
    assert sum(len(batch) for batch in new.shapes) == described.looked == 20


def test_pictures_of_like_size_come_together(shapes: Path, cache: Cache) -> None:
    captioner = PixelCaptioner(batch=4)
    run(shapes, cache, captioner)
    mixed = [batch for batch in captioner.shapes if len(set(batch)) > 1]
    assert len(captioner.shapes) == 5
    assert len(mixed) <= 2  # one in each window of four batches


def test_the_models_begin_with_a_few_photos(photos: Path, cache: Cache) -> None:
    encoder = ColourEncoder(batch=16)
    assert len(run(photos, cache, encoder=encoder, first=3).photos) == 40
    assert encoder.batches == [3, 6, 12, 16, 3]


def test_a_later_copy_shares_the_problem_of_the_first(shapes: Path, cache: Cache) -> None:
    for name in ("00-huge.png", "99-huge.png"):
        Image.new("RGB", (24, 24), "white").save(shapes / name)
    encoder = ColourEncoder()
    described = run(shapes, cache, PixelCaptioner(), encoder=encoder, first=2)
    reasons = [(left.path.name, left.reason) for left in described.unread]
    assert reasons == [("00-huge.png", NO_MEMORY), ("99-huge.png", NO_MEMORY)]
    assert encoder.seen == 21


def test_equal_photos_are_shown_once(shapes: Path, cache: Cache) -> None:
    (shapes / "copy.png").write_bytes((shapes / "00.png").read_bytes())
    captioner, encoder = PixelCaptioner(), ColourEncoder()
    described = run(shapes, cache, captioner, encoder=encoder)
    assert len(described.texts[0]) == 21
    assert sum(len(batch) for batch in captioner.shapes) == encoder.seen == 20


def test_a_full_device_gets_half_the_batch_until_it_fits(shapes: Path, cache: Cache) -> None:
    captioner = PixelCaptioner(batch=16, most=5)
    described = run(shapes, cache, captioner)
    assert len(described.photos) == 20
    assert captioner.batch.value == 4
    assert {len(batch) for batch in captioner.shapes} == {4}


def test_a_lack_of_memory_for_gathering_is_left_to_the_model(
    shapes: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(pixels: object, device: str) -> None:
        raise RuntimeError("CUDA error: out of memory")

    monkeypatch.setattr(worker, "gathered", full)
    assert len(run(shapes, cache, PixelCaptioner()).photos) == 20


def test_a_photo_that_alone_is_too_large_stays_and_is_named(shapes: Path, cache: Cache) -> None:
    Image.new("RGB", (24, 24), "white").save(shapes / "huge.png")
    described = run(shapes, cache, PixelCaptioner())
    assert [(left.path.name, left.reason) for left in described.unread] == [("huge.png", NO_MEMORY)]
    assert len(described.photos) == 20
    again = run(shapes, cache, PixelCaptioner())
    assert [left.reason for left in again.unread] == [NO_MEMORY]
    assert again.looked == 1


def test_other_model_failures_are_not_lack_of_memory(shapes: Path, cache: Cache) -> None:
    class Broken(PixelCaptioner):
        def caption(self, pixels: object, digests: Sequence[str] = ()) -> list[tuple[str, ...]]:
            raise RuntimeError("device-side assert triggered")

    with pytest.raises(ModelFailed, match=r"pixel-words stopped working \(device-side assert triggered\)"):
        run(shapes, cache, Broken())


def test_a_device_too_small_for_one_picture_ends_the_run(shapes: Path, cache: Cache, tmp_path: Path) -> None:
    class Full(PixelCaptioner):
        frame = Frame(24)

    captioner = Full(most=0)
    captioner.batch = BatchSize(4, file=tmp_path / "sizes.json", key="full")
    with pytest.raises(ModelFailed, match="too large for the memory"):
        run(shapes, cache, captioner)
    assert BatchSize(4, file=tmp_path / "sizes.json", key="full").value == 4


def test_a_picture_refused_by_a_server_is_named(shapes: Path, cache: Cache) -> None:
    class Prude(PixelCaptioner):
        def caption(self, pixels: list[np.ndarray], digests: Sequence[str] = ()) -> list[tuple[str, ...]]:
            if any(tuple(picture[0, 0]) == (7, 0, 0) for picture in pixels):
                raise PhotoRefused("refused by a filter")
            return super().caption(pixels)

    captioner = Prude()
    described = run(shapes, cache, captioner)
    assert [(left.path.name, left.reason) for left in described.unread] == [("07.png", "refused by a filter")]
    assert len(described.photos) == 19
    assert captioner.batch.value == 4


def test_a_stop_in_the_middle_loses_one_batch(shapes: Path, tmp_path: Path) -> None:
    class Stopped(PixelCaptioner):
        def caption(self, pixels: list[np.ndarray], digests: Sequence[str] = ()) -> list[tuple[str, ...]]:
            if len(self.shapes) == 2:
                raise KeyboardInterrupt
            return super().caption(pixels)

    with open_cache(tmp_path / "stopped") as cache, open_cache(tmp_path / "whole") as other:
        with pytest.raises(KeyboardInterrupt):
            run(shapes, cache, Stopped())
        rest = PixelCaptioner()
        described, whole = run(shapes, cache, rest), run(shapes, other, PixelCaptioner())
    assert sum(len(batch) for batch in rest.shapes) == 20 - 2 * 4
    assert described.texts == whole.texts
    assert np.array_equal(described.vectors, whole.vectors)
