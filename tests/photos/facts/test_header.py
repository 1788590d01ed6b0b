"""What files say of themselves: written by Pillow into real files, and read back."""

import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from photosort.photos.facts.header import Header, iso_time, read_header

VIENNA = {1: "N", 2: (48.0, 12.0, 30.0), 3: "E", 4: (16.0, 22.0, 12.0)}


def photo(kind: str = "JPEG", gps: dict | None = None, exif: dict | None = None, **tags: object) -> bytes:
    image, said = Image.new("RGB", (40, 30), "green"), Image.Exif()
    for tag, value in tags.items():
        said[int(tag.removeprefix("t"), 16)] = value
    if exif:
        said[0x8769] = exif
    if gps:
        said[0x8825] = gps
    buffer = io.BytesIO()
    image.save(buffer, kind, exif=said.tobytes())
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_time_place_and_camera_are_read_from_every_format(kind: str) -> None:
    content = photo(
        kind,
        VIENNA,
        {0x9003: "2019:07:14 12:33:01", 0x9011: "+02:00", 0x829A: 0.01},
        t010F="Canon",
        t0110="Canon EOS 7D",
    )
    assert replace(read_header(content), quality=0) == Header(
        *(40, 30), "2019-07-14T12:33:01+02:00", (48.20833, 16.37), "Canon EOS 7D", exposed=True, format=kind
    )


@pytest.mark.parametrize("quality", [1, 20, 40, 50, 75, 92, 95, 100])
def test_the_quality_of_a_jpeg_is_that_which_it_was_saved_with(quality: int) -> None:
    buffer = io.BytesIO()
    Image.new("L", (40, 30)).save(buffer, "JPEG", quality=quality)
    if quality >= 20:  # below and at the top, libjpeg cuts the numbers of the table off
        assert abs(read_header(buffer.getvalue()).quality - quality) <= (quality > 95)
    assert 1 <= read_header(buffer.getvalue()).quality <= 100


def test_a_jpeg_with_two_pictures_is_a_jpeg() -> None:
    buffer = io.BytesIO()
    picture = Image.new("RGB", (40, 30))
    picture.save(buffer, "MPO", save_all=True, append_images=[picture])
    assert read_header(buffer.getvalue()).format == "JPEG"


def test_the_exposure_counts_before_the_scan_and_the_file() -> None:
    exif = {0x9004: "2001:01:01 01:01:01"}
    assert read_header(photo(exif=exif, t0132="2020:01:01 00:00:00")).taken == "2001-01-01T01:01:01"
    assert read_header(photo(t0132="2020:01:01 00:00:00")).taken == "2020-01-01T00:00:00"
    odd = {0x9003: "0000:00:00 00:00:00", **exif}
    assert read_header(photo(exif=odd)).taken == "2001-01-01T01:01:01"


@pytest.mark.parametrize(
    "gps",
    [
        {**VIENNA, 2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)},
        {**VIENNA, 2: (91.0, 0.0, 0.0)},
        {**VIENNA, 4: (181.0, 0.0, 0.0)},
        {1: "N", 2: (48.0, 0.0, 0.0)},
        {2: (48.0, 0.0, 0.0), 4: (16.0, 0.0, 0.0)},
    ],
)
def test_a_place_that_cannot_be_is_no_place(gps: dict) -> None:
    assert read_header(photo(gps=gps)).place is None


def test_south_and_west_are_below_zero() -> None:
    assert read_header(photo(gps={**VIENNA, 1: "S", 3: "W"})).place == (-48.20833, -16.37)


def test_a_png_says_what_made_it() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Software", "gnome-screenshot")
    info.add_itxt("XML:com.adobe.xmp", "<x><exif:UserComment><rdf:li>Screenshot</rdf:li></exif:UserComment></x>")
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "PNG", pnginfo=info)
    found = read_header(buffer.getvalue())
    assert (found.software, found.comment) == ("gnome-screenshot", "Screenshot")


def test_a_comment_is_read_in_either_alphabet() -> None:
    assert read_header(photo(exif={0x9286: b"ASCII\0\0\0Screenshot"})).comment == "Screenshot"
    assert read_header(photo(exif={0x9286: b"UNICODE\0" + "Снимок".encode("utf-16")})).comment == "Снимок"


def test_texts_become_one_short_line() -> None:
    said = read_header(photo(t0131="a\nb\x1b[31m  c" + "x" * 500)).software
    assert said.startswith("a b [31m c") and len(said) == 200


def test_what_cannot_be_read_says_nothing() -> None:
    whole = photo("JPEG", VIENNA, {0x9003: "2019:07:14 12:33:01"})
    assert read_header(b"") == read_header(b"<html>") == Header()
    rng = np.random.default_rng(0)
    for _ in range(200):
        broken = bytearray(whole)
        for place in rng.integers(0, len(whole), 8):
            broken[place] = rng.integers(0, 256)
        read_header(bytes(broken))


@given(st.text(max_size=25), st.text(max_size=8))
def test_no_text_breaks_the_reading_of_a_time(time: str, offset: str) -> None:
    assert isinstance(iso_time(time, offset), str)


def test_times_that_no_clock_showed_are_none() -> None:
    assert iso_time("2019:02:30 10:00:00") == iso_time("1700:01:01 00:00:00") == iso_time("    :  :     :  :  ") == ""
    assert iso_time("2019:07:14 12:33:60") == "2019-07-14T12:33:59"
    assert iso_time("2019:07:14 12:33:01", "+99:99") == ""


def test_a_header_goes_through_the_cache_unchanged() -> None:
    header = Header(4, 3, "2019-07-14T12:33:01", (48.5, -16.25), "Canon", exposed=True, comment="ü")
    assert Header.from_text(header.as_text()) == header
    assert Header.from_text(Header().as_text()) == Header()
