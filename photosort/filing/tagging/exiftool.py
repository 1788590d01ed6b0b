"""Writes tags into photos with ExifTool, which the user has installed.

ExifTool never sees a file of the user's under its own name: it reads through a link in a private folder, and writes a
copy there. So no name can be taken for an option, its own temporary files lie nowhere else, and what it has made is
looked at before the photo is touched. Its arguments go through standard input, not through a shell, and the user's
configuration of it, which is a program, is not loaded.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from contextlib import suppress
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any

from photosort.errors import ExifToolMissing
from photosort.filing.disk.exchanged import sha
from photosort.filing.tagging.write import Embedding, EmbeddingFailed
from photosort.photos.files.suffixes import HEIFS, JPEGS, ending_of
from photosort.photos.pixels.formats import register_formats
from photosort.photos.tags.xmp import Tags, as_packet, merged, said_before
from photosort.photos.tags.xmp_packet import XmpRefused
from photosort.store.journals.tag_journal import TagWrite
from photosort.support.files import make_private_folder
from photosort.support.printable import one_line

EMBEDDED = JPEGS | HEIFS | {".png", ".webp", ".tif", ".tiff"}
"""The formats that tags are written into; camera RAW is never written."""
OLDEST = (12, 0)
"""The version from which on all of these can be written safely."""
LARGEST = 512 << 20
"""Bytes of a photo that tags are written into."""
_PATCH = 16 << 20
"""Bytes that a photo may differ in afterwards: the journal keeps them for undo."""
_CHUNK = 1 << 16
_ORIENTATION = 0x0112
"""The EXIF tag that says how a picture is turned."""
_LATIN = re.compile(r"[\x20-\xff]*")


class ExifTool:
    """One process of ExifTool that answers many questions. Use it as a context manager.

    Raises ExifToolMissing on entering where there is none, or one that is too old.
    """

    def __init__(self, folder: Path, program: str = "exiftool") -> None:
        """Work in `folder`, which is made, must be private, and is removed at the end."""
        self._folder, self._program, self._numbers = folder, program, count(1)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> ExifTool:
        program = shutil.which(self._program)
        hint = "Install it: apt install libimage-exiftool-perl (macOS: brew install exiftool). Or leave out --embed."
        if program is None:
            raise ExifToolMissing("--embed needs exiftool, which is not installed", hint)
        self._remove()
        make_private_folder(self._folder)
        self._process = subprocess.Popen(
            [program, "-config", "", "-stay_open", "True", "-@", "-", "-common_args", "-charset", "utf8", "-m"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            version = self._ask("-ver").decode("ascii", "replace").strip()
        except EmbeddingFailed as error:
            self._end()
            raise ExifToolMissing(f"{program} does not start ({error})", hint) from error
        if not re.fullmatch(r"\d+\.\d+", version) or tuple(map(int, version.split("."))) < OLDEST:
            self._end()
            raise ExifToolMissing(f"{program} is version {one_line(version)[:20]}, and 12.0 is needed", hint)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def xmp_of(self, photo: Path) -> bytes | None:
        """Return the XMP that is in a photo; None where there is none. Raises EmbeddingFailed and OSError."""
        seen = self._folder / f"seen{ending_of(photo.name)}"
        seen.unlink(missing_ok=True)
        seen.symlink_to(photo)
        return self._ask("-q", "-q", "-b", "-XMP", str(seen)) or None

    def __call__(self, write: TagWrite, path: Path) -> Embedding:
        """Make the photo with its tags, as `write.Embed` says."""
        old = path.read_bytes()
        if sha(old) != write.digest:
            raise EmbeddingFailed("changed since it was looked at")
        copy = self._folder / f"copy{ending_of(write.photo.name)}"
        copy.unlink(missing_ok=True)
        copy.write_bytes(old)
        tags = Tags(write.tags["description"], tuple(write.tags["keywords"]), tuple(write.tags["hierarchy"]))
        before = self._ask("-q", "-q", "-b", "-XMP", str(copy)) or None
        try:
            packet = merged(before, tags)
        except XmpRefused as refused:
            raise EmbeddingFailed(str(refused).replace("its sidecar", "its own XMP")) from refused
        xmp = self._folder / "packet.xmp"
        xmp.write_bytes(as_packet(packet))
        arguments = [f"-XMP<={xmp}", *self._in_step(copy, before, packet)]
        said = self._ask("-overwrite_original", *arguments, str(copy)).decode("utf-8", "replace")
        if "1 image files updated" not in said:
            problem = said.replace(str(copy), write.photo.name).partition("\n")[0]
            raise EmbeddingFailed(f"exiftool: {one_line(problem)[:200]}")
        return _embedding(old, copy.read_bytes())

    def _in_step(self, copy: Path, before: bytes | None, packet: bytes) -> list[str]:
        """Return the arguments that keep IPTC keywords and the EXIF description in step, where the photo has them."""
        read = self._ask("-j", "-IPTC:Keywords", "-IPTC:CodedCharacterSet", "-EXIF:all", str(copy))
        try:
            own: dict[str, Any] = json.loads(read.decode("utf-8", "replace"))[0]
        except (ValueError, IndexError):
            return []
        was, now = said_before(before), said_before(packet)
        arguments = []
        if own.get("Keywords"):
            latin = own.get("CodedCharacterSet") != "UTF8"
            taken = [word for word in was.keywords if word not in now.keywords]
            added = [word for word in now.keywords if not latin or _LATIN.fullmatch(word)]
            arguments += [f"-IPTC:Keywords-={word}" for word in (*taken, *added)]
            arguments += [f"-IPTC:Keywords+={word}" for word in added]
        described = own.get("ImageDescription", "")
        has_exif = bool(own.keys() - {"SourceFile", "Keywords", "CodedCharacterSet"})
        if has_exif and now.description != described and described in ("", was.description):
            arguments.append(f"-EXIF:ImageDescription={now.description}")
        return arguments

    def _ask(self, *arguments: str) -> bytes:
        """Return what ExifTool says to these arguments, each of them one line."""
        process = self._process
        assert process and process.stdin and process.stdout
        if any("\n" in argument or "\r" in argument for argument in arguments):
            raise EmbeddingFailed("a line break is in the name of its folder")
        number = next(self._numbers)
        ready = f"{{ready{number}}}".encode()
        try:
            process.stdin.write("\n".join((*arguments, f"-execute{number}", "")).encode("utf-8", "surrogateescape"))
            process.stdin.flush()
            said = b""
            while line := process.stdout.readline():
                said += line
                if said.rstrip(b"\r\n").endswith(ready):
                    return said.rstrip(b"\r\n").removesuffix(ready)
        except BrokenPipeError:
            pass
        raise EmbeddingFailed("exiftool has ended")

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.stdin:
            with suppress(OSError):
                process.stdin.write(b"-stay_open\nFalse\n")
                process.stdin.close()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout:
                process.stdout.close()
        self._remove()

    def _remove(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


def _embedding(old: bytes, new: bytes) -> Embedding:
    """Compare both files: the picture must be the same, and the difference small enough to be kept for undo."""
    if not _shows_the_same(old, new):
        raise EmbeddingFailed("exiftool would change the picture")
    begins = _common(old, new)
    ends = _common(old[begins:][::-1], new[begins:][::-1])
    before = old[begins : len(old) - ends]
    if len(before) > _PATCH:
        raise EmbeddingFailed("too much of the file would change for undo to keep")
    return Embedding(new, before, (begins, len(new) - begins - ends), sha(new))


def _common(one: bytes, other: bytes) -> int:
    """Return how many bytes at the beginning are equal."""
    most = min(len(one), len(other))
    at = 0
    while at < most and one[at : at + _CHUNK] == other[at : at + _CHUNK] and at + _CHUNK <= most:
        at += _CHUNK
    pairs = zip(one[at : at + _CHUNK], other[at : at + _CHUNK], strict=False)
    return at + next((place for place, (a, b) in enumerate(pairs) if a != b), min(most - at, _CHUNK))


def _shows_the_same(old: bytes, new: bytes) -> bool:
    from PIL import Image

    register_formats()
    try:
        with Image.open(io.BytesIO(old)) as one, Image.open(io.BytesIO(new)) as other:
            same = (one.size, one.mode, one.getexif().get(_ORIENTATION)) == (
                other.size,
                other.mode,
                other.getexif().get(_ORIENTATION),
            )
            return same and one.tobytes() == other.tobytes()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise EmbeddingFailed("its picture cannot be read") from error
