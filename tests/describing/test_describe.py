"""The describing stage: everything once, nothing twice, nothing stopped by a bad file."""

import hashlib
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from fakes.models import COLOURS, ColourCaptioner, ColourEncoder, FailingEncoder
from PIL import Image

from photosort.describing.decoding import look
from photosort.describing.describe import describe
from photosort.errors import ModelFailed
from photosort.photos.files.scan import scan
from photosort.photos.pixels.frame import Frame
from photosort.store.cache import Cache
from photosort.support import lookahead


def run(folder: Path, cache: Cache, encoder=None, captioner=None, **options):
    return describe(
        scan(folder).photos,
        encoder or ColourEncoder(),
        [captioner or ColourCaptioner()],
        cache,
        **options,
    )


def test_every_photo_gets_the_caption_of_its_own_pixels(photos: Path, cache: Cache) -> None:
    described = run(photos, cache)
    assert len(described.photos) == described.looked == 40
    for photo, caption, vector in zip(described.photos, described.captions, described.vectors, strict=True):
        colour = photo.path.stem.split("-")[1]
        assert caption == f"a photo of a {colour} wall"
        assert np.allclose(vector, COLOURS[colour], atol=2)


def test_a_second_look_decodes_nothing_and_asks_no_model(
    photos: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run(photos, cache)
    monkeypatch.setattr(look, "decode", lambda *_: pytest.fail("decoded again"))
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("read again"))
    encoder, captioner = ColourEncoder(), ColourCaptioner()
    second = run(photos, cache, encoder, captioner)
    assert (encoder.seen, captioner.asked, second.looked) == (0, 0, 0)
    assert np.array_equal(first.vectors, second.vectors)
    assert (first.photos, first.captions) == (second.photos, second.captions)


def test_a_moved_photo_is_known_by_its_content(photos: Path, cache: Cache) -> None:
    run(photos, cache)
    (photos / "00-red.png").rename(photos / "renamed.png")
    encoder = ColourEncoder()
    assert run(photos, cache, encoder).looked == 0
    assert encoder.seen == 0


def test_a_changed_photo_is_looked_at_again(photos: Path, cache: Cache) -> None:
    run(photos, cache)
    Image.new("RGB", (30, 20), COLOURS["blue"]).save(photos / "00-red.png")
    os.utime(photos / "00-red.png", ns=(1, 1))
    described = run(photos, cache)
    assert described.looked == 1
    assert described.captions[0] == "a photo of a blue wall"


def test_a_new_captioner_needs_no_second_look_at_the_pixels(photos: Path, cache: Cache) -> None:
    run(photos, cache)
    captioner = ColourCaptioner()
    captioner.identity = type(captioner.identity)("colour-words", "2")
    assert run(photos, cache, captioner=captioner).looked == 0
    assert captioner.asked == 40


def test_equal_photos_are_two_photos_with_one_vector(photos: Path, cache: Cache) -> None:
    (photos / "copy.png").write_bytes((photos / "00-red.png").read_bytes())
    described = run(photos, cache)
    assert len(described.photos) == 41
    assert len({photo.digest for photo in described.photos}) == 40


def test_bad_files_are_named_and_stop_nothing(photos: Path, cache: Cache) -> None:
    whole = (photos / "01-green.png").read_bytes()
    bad = {"cut.png": whole[: len(whole) // 2], "empty.jpg": b"", "page.jpg": b"<html>", "gone.jpg": b"x"}
    for name, content in bad.items():
        (photos / name).write_bytes(content)
    found = scan(photos).photos
    (photos / "gone.jpg").unlink()
    described = describe(found, ColourEncoder(), [ColourCaptioner()], cache)
    assert len(described.photos) == 40
    reasons = {left.path.name: left.reason for left in described.unread}
    assert reasons == {
        "cut.png": reasons["cut.png"],
        "empty.jpg": "empty file",
        "gone.jpg": "no such file or directory",
        "page.jpg": "not an image, or an unsupported format",
    }
    assert reasons["cut.png"] in ("truncated", "damaged")


def test_a_bad_file_is_remembered_with_its_reason(photos: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    (photos / "page.jpg").write_bytes(b"<html>")
    first = run(photos, cache)
    monkeypatch.setattr(look, "decode", lambda *_: pytest.fail("decoded again"))
    assert run(photos, cache).unread == first.unread


def test_a_file_that_grew_since_the_scan_is_left_out(photos: Path, cache: Cache) -> None:
    found = scan(photos).photos
    with found[3].path.open("ab") as file:
        file.write(b"more")
    described = describe(found, ColourEncoder(), [ColourCaptioner()], cache)
    assert [(left.path, left.reason) for left in described.unread] == [(found[3].path, "changed while it was read")]
    assert cache.digest_of(found[3].path, read=lambda path: "asked anew") == "asked anew"


@pytest.mark.slow
def test_slow_files_are_given_up_and_block_nothing(photos: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = threading.Event()
    real = look.decode

    def decode(content: bytes, frames: list[Frame], name: str) -> list[np.ndarray]:
        if name[:2] in ("03", "04", "05"):
            slow.wait(20)
        return real(content, frames, name)

    monkeypatch.setattr(look, "decode", decode)
    monkeypatch.setattr(lookahead, "PATIENCE", 1.0)
    try:
        described = run(photos, cache)
    finally:
        slow.set()
    assert [left.path.name[:2] for left in described.unread] == ["03", "04", "05"]
    assert {left.reason for left in described.unread} == {"not read within 1 seconds"}
    assert len(described.photos) == 37


@pytest.mark.slow
def test_a_photo_that_never_ends_does_not_block_the_exit(photos: Path, tmp_path: Path) -> None:
    code = """
import sys, threading
from pathlib import Path
from fakes.models import ColourCaptioner, ColourEncoder
from photosort.describing.decoding import look
from photosort.support import lookahead
from photosort.describing.describe import describe
from photosort.photos.files.scan import scan
from photosort.store.cache import open_cache
real = look.decode
def decode(content, frames, name):
    if name.startswith("03"):
        threading.Event().wait()
    return real(content, frames, name)
look.decode, lookahead.PATIENCE = decode, 0.5
with open_cache(Path(sys.argv[2])) as cache:
    found = describe(scan(Path(sys.argv[1])).photos, ColourEncoder(), [ColourCaptioner()], cache)
print(len(found.photos), len(found.unread))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(photos), str(tmp_path / "other")],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    assert done.stdout.split() == ["39", "1"]


def test_an_edit_that_keeps_size_and_time_is_seen(photos: Path, cache: Cache) -> None:
    path = photos / "00-red.png"
    run(photos, cache)
    stat, content = path.stat(), bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert hashlib.sha256(content).hexdigest() in {photo.digest for photo in run(photos, cache).photos}


@pytest.mark.parametrize("error", [RuntimeError("device lost"), KeyboardInterrupt()])
def test_what_was_looked_at_before_a_stop_is_kept(photos: Path, cache: Cache, error: BaseException) -> None:
    with pytest.raises((ModelFailed, KeyboardInterrupt)):
        run(photos, cache, FailingEncoder(4, error))
    encoder = ColourEncoder()
    described = run(photos, cache, encoder)
    assert encoder.seen == 40 - 3 * 8
    assert len(described.photos) == 40


def test_models_see_full_batches_and_progress_reaches_the_end(photos: Path, cache: Cache) -> None:
    encoder, steps = ColourEncoder(), []
    run(photos, cache, encoder, progress=lambda *step: steps.append(step))
    assert encoder.batches == [8] * 5
    assert steps[:2] == [("looking", 0, None), ("looking", 0, 40)], "what is known already is looked up first"
    assert [done for _, done, _ in steps[2:]] == sorted(done for _, done, _ in steps[2:])
    assert ("looking", 8, 40) in steps and steps[-1] == ("looking", 40, 40)
