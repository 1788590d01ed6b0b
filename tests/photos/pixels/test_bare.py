"""Damaged metadata keeps no sound picture out; damaged pixels do."""

from __future__ import annotations

import zlib
from pathlib import PurePath

import numpy as np
import pytest
from fakes.photos import crops
from fakes.pieces import chunk, saved, segment
from numpy.typing import NDArray
from PIL import Image

from photosort.photos.files.suffixes import PHOTOS
from photosort.photos.pixels.bare import bare
from photosort.photos.pixels.decode import UnreadablePhoto, decode
from photosort.photos.pixels.formats import register_formats
from photosort.photos.pixels.frame import Frame

register_formats()
FRAME = Frame(120)
PICTURE = crops("china.jpg", 1)[0].resize((320, 240))
SIDEWAYS = Image.Exif()
SIDEWAYS[0x0112] = 6
MADE = Image.Exif()
MADE[0x010F] = "a camera of many words"
LONG = b"x" * (3 << 20)
PNG, JPEG = saved(PICTURE, "PNG"), saved(PICTURE, "JPEG", quality=90)

PNG_CHUNKS = {
    "eXIf that is none": chunk(b"eXIf", b"garbage"),
    "eXIf with a wrong checksum": chunk(b"eXIf", b"II*\0\x08\0\0\0\0\0", crc=1),
    "EXIF as a text": chunk(b"tEXt", b"Raw profile type exif\0\nexif\n   12\nzz"),
    "EXIF as a packed text": chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(b"\nexif\n 9999\nxx")),
    "text with a wrong checksum": chunk(b"tEXt", b"a\0b", crc=1),
    "resolution with a wrong checksum": chunk(b"pHYs", bytes(9), crc=1),
    "long packed text": chunk(b"zTXt", b"a\0\0" + zlib.compress(LONG)),
    "long international text": chunk(b"iTXt", b"a\0\1\0\0\0" + zlib.compress(LONG)),
    "long profile": chunk(b"iCCP", b"a\0\0" + zlib.compress(LONG)),
    "profile that is none": chunk(b"iCCP", b"a\0\0junk"),
    "profile packed in an unknown way": chunk(b"iCCP", b"a\0\5junk"),
    "cut gamma": chunk(b"gAMA", b"\0"),
    "cut primaries": chunk(b"cHRM", b"\0"),
    "cut number of frames": chunk(b"acTL", b"\0"),
}
JPEG_SEGMENTS = {
    "EXIF that leads nowhere": segment(0xE1, b"Exif\0\0II*\0\xff\xff\xff\xff"),
    "empty EXIF": segment(0xE1, b"Exif\0\0"),
    "cut profile": segment(0xE2, b"ICC_PROFILE\0\x01"),
    "first of five parts of a profile": segment(0xE2, b"ICC_PROFILE\0\x01\x05aa"),
    "list of pictures that is none": segment(0xE2, b"MPF\0II*\0garb"),
    "cut Photoshop data": segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0"),
    "cut Adobe marker": segment(0xEE, b"Adobe"),
    "cut JFIF marker": segment(0xE0, b"JFIF\0"),
    "segment that is longer than it says": segment(0xE1, b"Exif\0\0") + b"abcdefgh",
    "segment that is shorter than it says": b"\xff\xe2\x40\x00ICC_PROFILE\0\x01\x01",
}


def pixels(content: bytes) -> NDArray[np.uint8]:
    return decode(content, [FRAME])[0]


@pytest.mark.parametrize("name", PNG_CHUNKS)
@pytest.mark.parametrize("place", [33, len(PNG) - 12], ids=["before", "after"])
def test_a_png_is_read_whatever_stands_beside_its_pixels(name: str, place: int) -> None:
    assert np.array_equal(pixels(PNG[:place] + PNG_CHUNKS[name] + PNG[place:]), pixels(PNG))


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("name", JPEG_SEGMENTS)
def test_a_jpeg_is_read_whatever_stands_before_its_pixels(name: str) -> None:
    assert np.array_equal(pixels(JPEG[:2] + JPEG_SEGMENTS[name] + JPEG[2:]), pixels(JPEG))


@pytest.mark.parametrize(
    "options", [{"exif": b"Exif\0\0garbage!!"}, {"icc_profile": b"none" * 9}, {"xmp": b"\xff" * 9}]
)
def test_a_webp_is_read_whatever_stands_after_its_pixels(options: dict[str, bytes]) -> None:
    assert np.array_equal(
        pixels(saved(PICTURE, "WEBP", quality=95, **options)), pixels(saved(PICTURE, "WEBP", quality=95))
    )


@pytest.mark.parametrize("kind", ["HEIF", "AVIF"])
def test_a_heif_or_avif_is_read_whatever_its_exif_is(kind: str) -> None:
    content = saved(PICTURE, kind, quality=95, exif=MADE.tobytes())
    at = max(content.find(b"MM\0*"), content.find(b"II*\0"))
    assert at > 0
    assert np.array_equal(pixels(content[:at] + b"garbage!" + content[at + 8 :]), pixels(content))


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_without_its_end_marker_is_read_and_turned(progressive: bool) -> None:
    content = saved(PICTURE, "JPEG", quality=90, exif=SIDEWAYS, progressive=progressive)
    assert np.array_equal(pixels(content[:-2]), pixels(content))


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.97, 0.99])
def test_a_jpeg_that_lacks_more_than_that_is_refused(share: float, progressive: bool) -> None:
    content = saved(PICTURE, "JPEG", quality=90, progressive=progressive)
    with pytest.raises(UnreadablePhoto, match="truncated"):
        pixels(content[: int(len(content) * share)])


@pytest.mark.parametrize("content", [PNG[: len(PNG) // 2], PNG[:60] + bytes([PNG[60] ^ 1]) + PNG[61:]])
def test_a_png_with_damaged_pixels_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadablePhoto, match=r"truncated|damaged"):
        pixels(content)


def test_of_two_pictures_in_a_file_the_first_counts() -> None:
    content = saved(PICTURE, "MPO", save_all=True, append_images=[PICTURE.convert("L").convert("RGB")], quality=90)
    assert np.array_equal(pixels(content), pixels(JPEG)) and PurePath("a.MPO").suffix.lower() in PHOTOS


def test_a_jpeg_of_thousands_of_scans_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = saved(PICTURE.resize((3200, 2400)), "JPEG", quality=20, progressive=True)
    last = content[content.rfind(b"\xff\xda") : -2]
    monkeypatch.setattr(Image.Image, "load", lambda image: pytest.fail("it was decoded"))
    with pytest.raises(UnreadablePhoto, match=r"too large: 3200 x 2400 pixels in 3,0\d\d scans"):
        pixels(content[:-2] + last * 3000 + content[-2:])


def test_a_jpeg_of_many_small_scans_is_read() -> None:
    content = saved(PICTURE.resize((3200, 2400)), "JPEG", quality=20, progressive=True)
    last = content[content.rfind(b"\xff\xda") : -2]
    assert pixels(content[:-2] + last * 12 + content[-2:]).shape == (120, 120, 3)


@pytest.mark.parametrize("content", [b"", b"GIF89a", PNG[:8], JPEG[:2], JPEG[:4] + b"\xff\xff", b"RIFF\0\0\0\0WEBP"])
def test_what_has_no_pieces_has_none_to_keep(content: bytes) -> None:
    assert len(bare(content)) <= 12
