"""From the bytes of a photo to small RGB arrays: oriented, on white, in sRGB, reduced while decoding."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile

from photosort.photos.files.suffixes import RAWS
from photosort.photos.pixels.bare import bare, scans, with_ends
from photosort.photos.pixels.frame import Frame
from photosort.photos.pixels.levels import UncertainLevels, check_layout, eight_bits
from photosort.photos.pixels.upright import orient_preview, orientation_of, upright
from photosort.support.memory import Budget, Shared, memory
from photosort.support.pip import pip_install

if TYPE_CHECKING:
    from rawpy import RawPy

REVISION = "3"
"""Part of every cache key that depends on pixels; raise it when the same file would give other pixels."""

MAX_PIXELS = 128_000_000
"""A photo that needs more pixels than this in memory is not read (a JPEG counts after its reduction)."""

BYTES_OF_PIXEL = 12
"""Memory that a pixel takes at most while it is decoded: the planes of a HEIC, its RGB, and Pillow's four bytes."""

SHARE_OF_MEMORY = 0.25
"""What all threads that decode take together of the memory of the machine; a photo that needs more is alone."""

FEW_SCANS = 32
MAX_SCANNED = 1_000_000_000
"""A JPEG of more than FEW_SCANS scans is not read where scans times pixels pass this: cameras write one, encoders that
squeeze some fifteen, and each scan costs a pass over the whole picture, however little it adds."""

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "HEIF", "AVIF")
"""Pillow knows more, but some formats run programs (PostScript) or hold no photos."""

_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
BYTES_AT_ONCE = int(SHARE_OF_MEMORY * memory()) or BYTES_OF_PIXEL * MAX_PIXELS
_RESAMPLING = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}

Image.MAX_IMAGE_PIXELS = None  # MAX_PIXELS guards instead: it knows what a JPEG shrinks to while decoding


class _Decoding:
    memory: Shared = Budget(BYTES_AT_ONCE)


def share_memory_by(shared: Shared) -> None:
    """Ask `shared` for memory from now on: this process is one of several that decode."""
    _Decoding.memory = shared


class UnreadablePhoto(Exception):
    """Why a file gives no pixels, in a few words for the summary.

    `lasting` is False where the fault lies outside the file, so that another try may end better.
    """

    def __init__(self, reason: str, *, lasting: bool = True) -> None:
        self.lasting = lasting
        super().__init__(reason)


class _Broken(UnreadablePhoto):
    """The file as a whole cannot be decoded; its pixels may be sound."""


def decode(content: bytes, frames: Sequence[Frame], name: str = "") -> list[NDArray[np.uint8]]:
    """Decode `content`, and fit it into each of the frames: RGB arrays of shape (h, w, 3).

    What a frame shows does not depend on the frames beside it: each says how far a JPEG may be reduced while it is
    decoded, and frames that allow the same share one decoding.

    EXIF orientation is applied, transparency shows white, colour profiles are turned into sRGB, and of an animation
    the first frame counts. `name` tells camera RAW files from TIFF.

    Raises UnreadablePhoto with the reason.
    """
    if not content:
        raise UnreadablePhoto("empty file")
    try:
        return _decoded(content, frames, name)
    except _Broken as error:
        if not error.lasting:
            raise
        try:
            return _mended(content, frames)
        except UnreadablePhoto:
            raise error from None


def _mended(content: bytes, frames: Sequence[Frame]) -> list[NDArray[np.uint8]]:
    """Try once more without metadata, and without the end marker of a JPEG where nothing else is missing.

    Raises UnreadablePhoto where the pixels are not sound.
    """
    for form in (content, bare(content)):
        if ends := with_ends(form):
            first, second = (_decoded(ended, frames) for ended in ends)
            if all(np.array_equal(one, other) for one, other in zip(first, second, strict=True)):
                return first
        elif form and form is not content:
            return _decoded(form, frames)
    raise UnreadablePhoto("damaged")


def _decoded(content: bytes, frames: Sequence[Frame], name: str = "") -> list[NDArray[np.uint8]]:
    is_raw = PurePath(name).suffix.lower() in RAWS
    made: dict[Frame, NDArray[np.uint8]] = {}
    try:
        while missing := [frame for frame in dict.fromkeys(frames) if frame not in made]:
            with _raw_preview(content) if is_raw else Image.open(io.BytesIO(content), formats=FORMATS) as image:
                _check_work(image, content)
                alike = _reduced(image, missing)
                made |= zip(alike, _within_memory(image, alike), strict=True)
        return [made[frame] for frame in frames]
    except UnreadablePhoto:
        raise
    except UncertainLevels as error:
        raise UnreadablePhoto(f"{error}, which photosort does not read") from error
    except Exception as error:  # decoders raise whatever they like on broken files: struct.error, KeyError, ...
        lasting = not is_raw and not isinstance(error, MemoryError)
        raise _Broken(_reason(error), lasting=lasting) from error


def _reduced(image: Image.Image, frames: Sequence[Frame]) -> list[Frame]:
    """Reduce a JPEG that is yet to be decoded as far as the first frame allows; returns the frames that allow that.

    The thumbnails in a HEIC are left alone: they are compressed so hard that other things are seen in them.
    """
    if not isinstance(image, JpegImageFile):
        return list(frames)
    shorter, kept = min(image.size), frames[0].least_decoded
    image.draft("RGB", (kept, kept))
    return [frame for frame in frames if _scale(shorter, frame.least_decoded) == _scale(shorter, kept)]


def _scale(side: int, least: int) -> int:
    """Return by how much a JPEG is reduced so that `least` pixels are left of its shorter side: 1, 2, 4 or 8."""
    return next((scale for scale in (8, 4, 2) if side // scale >= least), 1)


def _within_memory(image: Image.Image, frames: Sequence[Frame]) -> list[NDArray[np.uint8]]:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise UnreadablePhoto(f"too large: {width} x {height} pixels")
    with _Decoding.memory.share(BYTES_OF_PIXEL * width * height):
        return _fitted(image, frames)


def _check_work(image: Image.Image, content: bytes) -> None:
    """Raise UnreadablePhoto for a JPEG of so many scans that it would take minutes."""
    passes = scans(content) if image.format in ("JPEG", "MPO") else 1
    if passes > FEW_SCANS and passes * image.width * image.height > MAX_SCANNED:
        raise UnreadablePhoto(f"too large: {image.width} x {image.height} pixels in {passes:,} scans")


def _fitted(image: Image.Image, frames: Sequence[Frame]) -> list[NDArray[np.uint8]]:
    check_layout(image)
    image.load()
    orientation = orientation_of(image)
    profile = image.info.get("icc_profile")
    plain = _plain(image)
    return [np.array(upright(_rgb(_small(plain, frame), profile), orientation)) for frame in frames]


def _small(image: Image.Image, frame: Frame) -> Image.Image:
    size, box = frame.size(*image.size), frame.box(*image.size)
    return image.resize(size, _RESAMPLING[frame.resampling], box=box, reducing_gap=3.0)


def _rgb(small: Image.Image, profile: bytes | None) -> Image.Image:
    if small.mode == "RGBA":
        white = Image.new("RGBA", small.size, "white")
        small = Image.alpha_composite(white, small).convert("RGB")
    if profile:
        small = _to_srgb(small, profile)
    return small if small.mode == "RGB" else small.convert("RGB")


def _plain(image: Image.Image) -> Image.Image:
    """Bring exotic modes to one that can be resized: L, RGB, RGBA or CMYK."""
    if image.mode in ("L", "RGB", "RGBA", "CMYK"):
        if image.mode in ("L", "RGB") and "transparency" in image.info:
            return image.convert("RGBA")
        return image
    if image.mode.startswith("I") or image.mode == "F":
        return eight_bits(image)
    if image.mode in ("P", "PA", "LA", "La", "RGBa"):
        return image.convert("RGBA")
    return image.convert("RGB")


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Convert to sRGB. A photo whose profile is damaged, or made for other channels, keeps its numbers."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return converted or image


def _raw_preview(content: bytes) -> Image.Image:
    """Return the picture that the camera put into its RAW, or the RAW developed at half its size where there is none.

    No reason is lasting: another version of libraw may know the camera.
    """
    try:
        import rawpy
    except ImportError as error:
        raise UnreadablePhoto(f"camera RAW, which rawpy reads: {pip_install('rawpy')}", lasting=False) from error
    try:
        with rawpy.imread(io.BytesIO(content)) as raw:
            try:
                preview = raw.extract_thumb().data
            except (rawpy.LibRawNoThumbnailError, rawpy.LibRawUnsupportedThumbnailError, rawpy.NotSupportedError):
                return Image.fromarray(_developed(raw))
            if isinstance(preview, bytes) and (jpeg := _as_in_file(preview, content)):
                image: Image.Image = Image.open(io.BytesIO(jpeg), formats=("JPEG",))
            elif not isinstance(preview, bytes) and preview.tobytes() in content:
                image = Image.fromarray(preview.squeeze())
            else:  # libraw fills up a cut preview with whatever the memory held
                return Image.fromarray(_developed(raw))
            orient_preview(image, raw.sizes.flip, (raw.sizes.width, raw.sizes.height))
            return image
    except (UnreadablePhoto, MemoryError):
        raise
    except Exception as error:
        raise UnreadablePhoto("camera RAW without a readable preview", lasting=False) from error


def _as_in_file(jpeg: bytes, content: bytes) -> bytes:
    """Return a preview as the camera wrote it: without the EXIF that libraw puts in front; nothing where it is cut."""
    bare = jpeg[:2] + jpeg[4 + int.from_bytes(jpeg[4:6], "big") :]
    return next((found for found in (jpeg, bare) if found in content), b"")


def _developed(raw: RawPy) -> NDArray[np.uint8]:
    """Return the sensor's own picture at half its size, upright."""
    width, height = raw.sizes.raw_width, raw.sizes.raw_height
    if width * height > MAX_PIXELS:
        raise UnreadablePhoto(f"too large: {width} x {height} pixels", lasting=False)
    with _Decoding.memory.share(BYTES_OF_PIXEL * width * height):
        half: NDArray[np.uint8] = raw.postprocess(half_size=True, use_camera_wb=True)
        return half


def _reason(error: Exception) -> str:
    text = str(error).lower()
    if isinstance(error, UnidentifiedImageError):
        return "not an image, or an unsupported format"
    if isinstance(error, MemoryError):
        return "too large for the memory"
    if "truncated" in text or isinstance(error, EOFError) or "unexpected end" in text or "incomplete" in text:
        return "truncated"
    return "damaged"
