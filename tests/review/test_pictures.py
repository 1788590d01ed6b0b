"""Pictures for the large view: upright, not too large, without what the file says about its owner."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from photosort.review.pictures import SIDE, picture_of


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.heic"])
def test_a_picture_is_upright_not_too_large_and_says_nothing_more(tmp_path: Path, name: str) -> None:
    from photosort.photos.pixels.formats import register_formats

    register_formats()
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "at home, in the garden"
    Image.new("RGB", (2400, 1600), (200, 30, 30)).save(tmp_path / name, exif=exif)
    picture = picture_of(tmp_path / name)
    assert picture and b"garden" not in picture
    with Image.open(io.BytesIO(picture)) as image:
        assert image.format == "JPEG" and max(image.size) == SIDE and not image.getexif()
        assert image.size[0] < image.size[1] or name != "a.jpg"


def test_what_is_no_photo_or_gone_gives_none(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_text("<html>")
    assert picture_of(tmp_path / "a.jpg") is None and picture_of(tmp_path / "b.jpg") is None
