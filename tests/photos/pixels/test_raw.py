"""Camera RAW through libraw itself: its preview the right way up, and the sensor where there is no preview."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from fakes.models import COLOURS, ColourCaptioner, ColourEncoder
from fakes.photos import square
from fakes.raw import dng, dng_with_bitmap
from PIL import Image

from photosort.describing.describe import describe
from photosort.photos.files.companions import companions_of
from photosort.photos.files.scan import scan
from photosort.photos.pixels import decode as decoding
from photosort.photos.pixels.decode import UnreadablePhoto, decode
from photosort.photos.pixels.frame import Frame
from photosort.store.cache import open_cache

RED, GREEN, BLUE, WHITE = (200, 30, 30), (30, 200, 30), (30, 30, 200), (255, 255, 255)
UPRIGHT = [RED, GREEN, BLUE, WHITE]
TURNED = {
    1: [RED, GREEN, BLUE, WHITE],
    2: [GREEN, RED, WHITE, BLUE],
    3: [WHITE, BLUE, GREEN, RED],
    4: [BLUE, WHITE, RED, GREEN],
    5: [RED, BLUE, GREEN, WHITE],
    6: [BLUE, RED, WHITE, GREEN],
    7: [WHITE, GREEN, BLUE, RED],
    8: [GREEN, WHITE, RED, BLUE],
}


def quarters(width: int = 640, height: int = 480) -> Image.Image:
    """Red, green / blue, white: every turn of it looks different."""
    image = Image.new("RGB", (width, height))
    for number, colour in enumerate(UPRIGHT):
        left, top = number % 2 * width // 2, number // 2 * height // 2
        image.paste(colour, (left, top, left + width // 2, top + height // 2))
    return image


def with_orientation(image: Image.Image, orientation: int) -> Image.Image:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.info["exif"] = exif.tobytes()
    return image


def shows(content: bytes, expected: list[tuple[int, int, int]], name: str = "DSC_1.NEF", tolerance: int = 12) -> bool:
    pixels = square(content, 32, name).astype(int)
    corners = [pixels[2, 2], pixels[2, 29], pixels[29, 2], pixels[29, 29]]
    return bool(np.abs(np.array(corners) - np.array(expected)).max() <= tolerance)


@pytest.mark.parametrize("name", ["a.dng", "DSC_1.NEF", "x/IMG_1.cr2"])
def test_a_raw_shows_its_preview(name: str) -> None:
    assert shows(dng(quarters()), UPRIGHT, name)


@pytest.mark.parametrize(("orientation", "expected"), TURNED.items())
def test_a_preview_without_orientation_turns_as_its_raw_says(
    orientation: int, expected: list[tuple[int, int, int]]
) -> None:
    assert shows(dng(quarters(), orientation), expected)
    assert shows(dng_with_bitmap(quarters(320, 240), orientation), expected)


def test_a_preview_is_decoded_for_each_frame_as_for_that_frame_alone() -> None:
    content, frames = dng(quarters(2000, 1500), 6), [Frame(512, "inside"), Frame(224)]
    together = decode(content, frames, "DSC_1.NEF")
    alone = [decode(content, [frame], "DSC_1.NEF")[0] for frame in frames]
    assert all(np.array_equal(one, other) for one, other in zip(together, alone, strict=True))


def test_a_preview_without_orientation_turns_as_its_raw() -> None:
    silent = quarters()
    exif = Image.Exif()
    exif[0x010F] = "Handmade"
    silent.info["exif"] = exif.tobytes()
    assert shows(dng(silent, 6), TURNED[6])


@pytest.mark.parametrize(("own", "raw"), [(6, 6), (8, 8), (3, 3), (6, 1), (3, 6), (6, None)])
def test_a_preview_with_its_own_orientation_turns_once(own: int, raw: int | None) -> None:
    assert shows(dng(with_orientation(quarters(), own), raw), TURNED[own])


@pytest.mark.parametrize("raw", [5, 6, 7, 8])
def test_a_preview_that_the_camera_stored_upright_is_not_turned(raw: int) -> None:
    assert shows(dng(quarters(480, 640), raw), UPRIGHT)
    assert shows(dng(with_orientation(quarters(480, 640), 1), raw), UPRIGHT)
    assert shows(dng_with_bitmap(quarters(240, 320), raw), UPRIGHT)


@pytest.mark.parametrize(("orientation", "expected"), TURNED.items())
def test_a_raw_without_a_preview_is_developed_the_right_way_up(
    orientation: int, expected: list[tuple[int, int, int]]
) -> None:
    assert shows(dng(None, orientation, sensor=quarters(64, 48)), expected, "a.dng", tolerance=40)


def test_too_large_a_raw_is_refused_before_developing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "MAX_PIXELS", 64 * 48 - 1)
    with pytest.raises(UnreadablePhoto, match="too large: 64 x 48") as caught:
        square(dng(None), 32, "a.dng")
    assert not caught.value.lasting


def noise(width: int, height: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(1).integers(0, 255, (height, width, 3), dtype=np.uint8))


@pytest.mark.parametrize("whole", [dng(noise(640, 480)), dng_with_bitmap(noise(64, 48))], ids=["jpeg", "bitmap"])
@pytest.mark.parametrize("left", [10, 300, 6200, 7500, 9000])
def test_a_raw_cut_within_its_preview_is_refused(whole: bytes, left: int) -> None:
    square(whole, 32, "before.nef")
    with pytest.raises(UnreadablePhoto) as caught:
        square(whole[:left], 32, "cut.nef")
    assert str(caught.value)
    assert not caught.value.lasting


def test_a_raw_cut_behind_its_preview_is_read_by_it() -> None:
    whole = dng(quarters())
    assert shows(whole[:-3000], UPRIGHT)


@pytest.mark.parametrize("percent", [10, 50, 90, 99])
def test_a_cut_raw_without_a_preview_is_refused(percent: int) -> None:
    whole = dng(None)
    with pytest.raises(UnreadablePhoto, match="RAW") as caught:
        square(whole[: len(whole) * percent // 100], 32, "cut.dng")
    assert not caught.value.lasting


@pytest.mark.parametrize("content", [b"garbage" * 1000, bytes(4096), b"II*\0whatever", b"x"])
def test_garbage_named_like_a_raw_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadablePhoto, match="RAW") as caught:
        square(content, 32, "IMG_1.cr2")
    assert not caught.value.lasting


def test_a_damaged_preview_is_refused_but_not_for_good() -> None:
    whole = dng(quarters())
    frame = whole.index(b"\xff\xc0\0\x11")
    with pytest.raises(UnreadablePhoto, match="damaged") as caught:
        square(whole[: frame + 1] + b"\xcb" + whole[frame + 2 :], 32, "a.nef")
    assert not caught.value.lasting


def test_flipped_bits_never_escape_as_another_exception() -> None:
    rng = np.random.default_rng(7)
    for whole in (dng(quarters(64, 48)), dng(None)):
        for _ in range(60):
            content = bytearray(whole)
            for place in rng.integers(0, 1000, 4):
                content[place] ^= 1 << int(rng.integers(8))
            try:
                assert square(bytes(content), 16, "a.nef").shape == (16, 16, 3)
            except UnreadablePhoto as reason:
                assert str(reason)
                assert not reason.lasting


def test_a_raw_beside_its_jpeg_is_one_photo(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()

    def plain(colour: str) -> Image.Image:
        return Image.new("RGB", (60, 40), COLOURS[colour])

    plain("red").save(folder / "pair.jpg")
    (folder / "pair.NEF").write_bytes(dng(plain("red")))
    (folder / "lone.dng").write_bytes(dng(plain("blue")))
    (folder / "bare.dng").write_bytes(dng(None, sensor=Image.new("RGB", (64, 48), COLOURS["green"])))
    (folder / "broken.cr2").write_bytes(b"garbage" * 100)
    found = scan(folder).photos
    groups = companions_of(photo.path for photo in found)
    assert groups.pop(folder / "pair.jpg") == (folder / "pair.NEF",)
    assert {path.name for path in groups} == {"lone.dng", "bare.dng", "broken.cr2"}
    mains = [photo for photo in found if photo.path != folder / "pair.NEF"]
    with open_cache(tmp_path / "cache") as cache:
        described = describe(mains, ColourEncoder(), [ColourCaptioner()], cache)
        again = describe(mains, ColourEncoder(), [ColourCaptioner()], cache)
    said = {photo.path.name: text for photo, text in zip(described.photos, described.captions, strict=True)}
    assert said == {
        "bare.dng": "a photo of a green wall",
        "lone.dng": "a photo of a blue wall",
        "pair.jpg": "a photo of a red wall",
    }
    assert [(left.path.name, left.reason) for left in described.unread] == [
        ("broken.cr2", "camera RAW without a readable preview")
    ]
    assert again.looked == 1, "a RAW that could not be read gets another try"


def test_libraw_is_loaded_for_raw_alone() -> None:
    code = "import sys, photosort.photos.pixels.decode; sys.exit('rawpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
