"""Files that are named like photos and mean no good, and the odd pictures that libraries test themselves with."""

import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np
from PIL import Image

from photosort.photos.files.suffixes import PHOTOS

SOURCES = ("pillow==13.0.0", "pillow-heif==1.8.1")


def library_pictures(folder: Path, scratch: Path) -> int:
    """Every picture in the source distributions of Pillow and pillow-heif, flat, under numbered names."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
    subprocess.run([*command, "--dest", str(scratch), *SOURCES], check=True, capture_output=True)
    count = 0
    for archive in sorted(scratch.glob("*.tar.gz")):
        with tarfile.open(archive) as packed:
            for member in packed:
                name = Path(member.name)
                content = packed.extractfile(member) if member.isfile() else None
                if content is not None and name.suffix.lower() in PHOTOS:
                    (folder / f"lib-{count:04d}-{name.name}").write_bytes(content.read())
                    count += 1
    return count


def broken_pictures(folder: Path) -> set[str]:
    """Cut, flipped, empty, misnamed and oversized ones; returns the names of those that no reader can read."""
    rng = np.random.default_rng(0)
    noise = Image.fromarray(rng.integers(0, 255, (240, 320, 3), dtype=np.uint8))
    unreadable: dict[str, bytes] = {"empty.jpg": b"", "page.jpg": b"<!doctype html><title>404</title>"}
    for kind, suffix in (("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp"), ("GIF", "gif"), ("TIFF", "tif")):
        whole = _encoded(noise, kind)
        for percent in (10, 50, 75, 99):
            name = f"cut-{percent}.{suffix}"
            if kind in ("JPEG", "PNG"):
                unreadable[name] = whole[: len(whole) * percent // 100]
            else:
                (folder / name).write_bytes(whole[: len(whole) * percent // 100])
        for number in range(5):
            content = bytearray(whole)
            for place in rng.integers(0, len(content), 8):
                content[place] ^= 1 << int(rng.integers(8))
            (folder / f"flipped-{number}.{suffix}").write_bytes(bytes(content))
        (folder / f"really-{kind}.bmp").write_bytes(whole)
    unreadable["bomb.png"] = _encoded(Image.new("1", (30_000, 30_000)), "PNG")
    unreadable["text.heic"] = b"these are words\n" * 100
    unreadable[os.fsdecode(b"bytes-\xff\xfe.png")] = rng.bytes(500)
    for name, content in unreadable.items():
        (folder / name).write_bytes(content)
    (folder / "x.jpg").mkdir()
    (folder / "x.jpg" / "inside.png").write_bytes(_encoded(noise, "PNG"))
    (folder / "loop").symlink_to(folder)
    return set(unreadable)


def _encoded(image: Image.Image, kind: str) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()
