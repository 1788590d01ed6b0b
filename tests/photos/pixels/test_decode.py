"""Every pixel format and every kind of damage, through the real decoder."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from fakes.photos import square
from PIL import Image, ImageCms

from photosort.photos.pixels import decode as decoding
from photosort.photos.pixels.decode import UnreadablePhoto, decode
from photosort.photos.pixels.formats import register_formats
from photosort.photos.pixels.frame import Frame

RED, GREEN, BLUE, WHITE = (200, 30, 30), (30, 200, 30), (30, 30, 200), (255, 255, 255)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def quarters(mode: str = "RGB", size: tuple[int, int] = (64, 48)) -> Image.Image:
    """Red, green / blue, white: every turn of it looks different."""
    image = Image.new("RGB", size)
    width, height = size[0] // 2, size[1] // 2
    for place, colour in {(0, 0): RED, (width, 0): GREEN, (0, height): BLUE, (width, height): WHITE}.items():
        image.paste(colour, (*place, place[0] + width, place[1] + height))
    return image.convert(mode)


def corners(pixels: np.ndarray) -> list[tuple[int, ...]]:
    far = pixels.shape[0] - 3
    return [tuple(int(v) for v in pixels[y, x]) for y, x in ((2, 2), (2, far), (far, 2), (far, far))]


def near(pixels: np.ndarray, expected: list[tuple[int, int, int]], tolerance: int = 12) -> bool:
    return bool(np.abs(np.array(corners(pixels)) - np.array(expected)).max() <= tolerance)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "BMP", "AVIF", "HEIF"])
def test_every_common_format_gives_a_small_rgb_square(kind: str) -> None:
    register_formats()
    pixels = square(encoded(quarters(size=(640, 480)), kind), 32)
    assert pixels.shape == (32, 32, 3)
    assert pixels.dtype == np.uint8
    assert near(pixels, [RED, GREEN, BLUE, WHITE])


def test_the_first_frame_of_an_animation_counts() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in (RED, BLUE)]
    pixels = square(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]), 16)
    assert near(pixels, [RED] * 4, tolerance=20)


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


@pytest.mark.parametrize(("orientation", "expected"), TURNED.items())
def test_exif_orientation_is_applied(orientation: int, expected: list[tuple[int, int, int]]) -> None:
    image = quarters(size=(400, 300))
    exif = image.getexif()
    exif[0x0112] = orientation
    assert near(square(encoded(image, "JPEG", exif=exif, quality=95), 32), expected)


@pytest.mark.parametrize("mode", ["P", "CMYK", "L", "1", "YCbCr", "LAB"])
def test_other_colour_models_become_rgb(mode: str) -> None:
    kind = "TIFF" if mode in ("CMYK", "YCbCr", "LAB") else "PNG"
    pixels = square(encoded(quarters(mode), kind), 32)
    assert pixels.shape == (32, 32, 3)
    bright = pixels.sum(axis=2)
    assert bright[28, 28] > bright[2, 2]


def test_transparency_shows_white() -> None:
    clear = Image.new("RGBA", (40, 40), (*RED, 0))
    assert near(square(encoded(clear, "PNG"), 16), [WHITE] * 4)
    palette = quarters().quantize(4, dither=Image.Dither.NONE)
    see_through = encoded(palette, "PNG", transparency=palette.getpixel((2, 2)))
    assert near(square(see_through, 32), [WHITE, GREEN, BLUE, WHITE])


def test_sixteen_bits_are_scaled_not_cut() -> None:
    ramp = np.linspace(0, 65535, 64, dtype=np.uint16).reshape(1, 64).repeat(64, axis=0)
    pixels = square(encoded(Image.fromarray(ramp), "PNG"), 32)
    assert pixels[0, 0, 0] < 10
    assert 110 < pixels[0, 16, 0] < 145
    assert pixels[0, -1, 0] > 245


def adobe_rgb() -> bytes:
    """Adobe RGB (1998) as ICC.1:2001-04 lays a matrix profile out: primaries adapted to D50, gamma 563/256."""

    def fixed(*values: float) -> bytes:
        return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))

    d50 = fixed(0.9642, 1, 0.8249)
    gamma = b"curv" + struct.pack(">4xIH2x", 1, 563)
    name = b"wide gamut\0\0"
    tags = {
        b"desc": b"desc" + struct.pack(f">4xI{len(name)}s80x", len(name), name),
        b"cprt": b"text\0\0\0\0CC0\0",
        b"wtpt": b"XYZ \0\0\0\0" + d50,
        b"rXYZ": b"XYZ \0\0\0\0" + fixed(0.60974, 0.31111, 0.01947),
        b"gXYZ": b"XYZ \0\0\0\0" + fixed(0.20528, 0.62567, 0.06087),
        b"bXYZ": b"XYZ \0\0\0\0" + fixed(0.14919, 0.06322, 0.74457),
        b"rTRC": gamma,
        b"gTRC": gamma,
        b"bTRC": gamma,
    }
    table, body, start = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for tag, content in tags.items():
        table += struct.pack(">4sII", tag, start + len(body), len(content))
        body += content
    head = struct.pack(">I4xI4s4s4s12x4s28x", start + len(body), 0x02400000, b"mntr", b"RGB ", b"XYZ ", b"acsp") + d50
    return head.ljust(128, b"\0") + table + body


@pytest.mark.parametrize(
    ("adobe", "srgb"),
    [
        ((219, 0, 0), (255, 0, 0)),
        ((144, 255, 60), (0, 255, 0)),
        ((0, 0, 250), (0, 0, 255)),
        ((180, 60, 60), (208, 57, 57)),
        ((128, 128, 128), (128, 128, 128)),
        ((255, 255, 255), (255, 255, 255)),
    ],
)
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_wide_gamut_profile_is_turned_into_srgb(
    kind: str, adobe: tuple[int, int, int], srgb: tuple[int, int, int]
) -> None:
    image = Image.new("RGB", (32, 32), adobe)
    assert near(square(encoded(image, kind, icc_profile=adobe_rgb()), 16), [srgb] * 4, tolerance=3)
    assert near(square(encoded(image, kind), 16), [adobe] * 4, tolerance=3)


def test_an_srgb_profile_changes_nothing() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert near(square(encoded(quarters(), "PNG", icc_profile=srgb), 32), [RED, GREEN, BLUE, WHITE], tolerance=1)


def test_a_damaged_or_foreign_profile_changes_nothing() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    untouched = square(encoded(quarters(), "PNG"), 16)
    for profile in (b"no profile at all", adobe_rgb()[:200], lab):
        assert np.array_equal(square(encoded(quarters(), "PNG", icc_profile=profile), 16), untouched)


def whole_jpeg() -> bytes:
    noise = np.random.default_rng(1).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    return encoded(Image.fromarray(noise), "JPEG")


@pytest.mark.parametrize("percent", [10, 25, 50, 75, 90, 99])
def test_a_truncated_photo_is_refused_and_says_so(percent: int) -> None:
    content = whole_jpeg()
    with pytest.raises(UnreadablePhoto, match=r"truncated|damaged"):
        square(content[: len(content) * percent // 100], 64)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"<!doctype html><title>404</title>", "not an image"),
        (b"\0" * 4096, "not an image"),
    ],
)
def test_what_is_no_picture_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadablePhoto, match=reason):
        square(content, 32)


def test_a_decompression_bomb_is_refused_before_it_unfolds(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = encoded(Image.new("1", (30_000, 30_000)), "PNG")
    assert len(bomb) < 200_000
    monkeypatch.setattr(decoding, "_fitted", lambda *_: pytest.fail("the bomb was unfolded"))
    with pytest.raises(UnreadablePhoto, match="too large: 30000 x 30000"):
        square(bomb, 32)


def test_flipped_bits_never_escape_as_another_exception() -> None:
    rng = np.random.default_rng(7)
    for kind in ("JPEG", "PNG", "GIF", "TIFF", "WEBP"):
        whole = encoded(quarters(), kind)
        for _ in range(60):
            content = bytearray(whole)
            for place in rng.integers(0, len(content), 5):
                content[place] ^= 1 << int(rng.integers(8))
            try:
                assert square(bytes(content), 16).shape == (16, 16, 3)
            except UnreadablePhoto as reason:
                assert str(reason)


def test_raw_without_the_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "rawpy", None)
    with pytest.raises(UnreadablePhoto, match="-m pip install rawpy") as caught:
        square(b"II*\0whatever", 32, str(Path("x") / "DSC_1.NEF"))
    assert not caught.value.lasting


def test_one_decode_serves_every_frame() -> None:
    content = encoded(quarters(size=(640, 480)), "JPEG", quality=95)
    squeezed, cropped, inside = decode(content, [Frame(32), Frame(32, "crop"), Frame(64, "inside")])
    assert (squeezed.shape, cropped.shape, inside.shape) == ((32, 32, 3), (32, 32, 3), (48, 64, 3))
    assert near(squeezed, [RED, GREEN, BLUE, WHITE])
    assert near(cropped, [RED, GREEN, BLUE, WHITE])


SMALL, LARGE, LARGEST = Frame(192, "inside", "bilinear"), Frame(384), Frame(512, "inside")


@pytest.mark.parametrize("size", [(500, 400), (1200, 800), (1600, 1200), (2400, 3200), (4000, 3000)])
@pytest.mark.parametrize("progressive", [False, True])
def test_what_a_frame_shows_does_not_depend_on_those_beside_it(size: tuple[int, int], progressive: bool) -> None:
    grain = np.random.default_rng(3).integers(0, 256, (size[1] // 8, size[0] // 8, 3), dtype=np.uint8)
    photo = Image.fromarray(grain).resize(size)
    content = encoded(photo, "JPEG", quality=90, progressive=progressive)
    frames = [LARGEST, SMALL, Frame(224, "crop"), LARGE, Frame(260), SMALL]
    for frame, beside in zip(frames, decode(content, frames), strict=True):
        (alone,) = decode(content, [frame])
        assert np.array_equal(alone, beside), frame


def test_a_twelve_megapixel_photo_is_decoded_once_for_the_usual_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    monkeypatch.setattr(
        decoding,
        "_fitted",
        lambda image, frames, real=decoding._fitted: sizes.append((image.size, len(frames))) or real(image, frames),
    )
    content = encoded(Image.new("RGB", (4000, 3000), RED), "JPEG")
    decode(content, [SMALL, Frame(224, "crop"), Frame(260), LARGE])
    assert sizes == [((500, 375), 4)]
    decode(content, [SMALL, LARGEST])
    assert sizes[1:] == [((500, 375), 1), ((1000, 750), 1)]


def test_a_heic_is_decoded_whole_whatever_thumbnails_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    register_formats()
    sizes, real = [], decoding._fitted
    monkeypatch.setattr(decoding, "_fitted", lambda image, them: sizes.append(image.size) or real(image, them))
    content = encoded(quarters(size=(1200, 900)), "HEIF", thumbnails=[700], quality=60)
    decode(content, [Frame(260), Frame(384)])
    assert sizes == [(1200, 900)]


def test_a_crop_shows_the_middle_also_when_turned() -> None:
    stripes = Image.new("RGB", (300, 100), RED)
    stripes.paste(GREEN, (100, 0, 200, 100))
    turned = Image.Exif()
    turned[0x0112] = 6
    for exif in (Image.Exif(), turned):
        (pixels,) = decode(encoded(stripes, "PNG", exif=exif), [Frame(20, "crop")])
        assert near(pixels, [GREEN] * 4)


def test_an_inside_frame_turns_with_the_photo_never_enlarging() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    content = encoded(quarters(size=(64, 48)), "PNG", exif=exif)
    assert [pixels.shape for pixels in decode(content, [Frame(32, "inside"), Frame(512, "inside")])] == [
        (32, 24, 3),
        (64, 48, 3),
    ]


def test_a_very_long_photo_fits_every_frame() -> None:
    content = encoded(Image.new("RGB", (20_000, 3), RED), "PNG")
    assert [pixels.shape for pixels in decode(content, [Frame(16), Frame(16, "crop"), Frame(16, "inside")])] == [
        (16, 16, 3),
        (16, 16, 3),
        (1, 16, 3),
    ]


def test_a_frame_says_how_pixels_are_brought_together() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (300, 300, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    smooth, quick = decode(buffer.getvalue(), [Frame(100, "inside"), Frame(100, "inside", "bilinear")])
    assert smooth.shape == quick.shape
    assert not np.array_equal(smooth, quick)
    assert np.abs(smooth.mean() - quick.mean()) < 2
