"""The installed command, and real photos to give it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fakes.command import Command, Finished
from fakes.photos import crops


def run(*arguments: object, **environment: str) -> Finished:
    """Run the `photosort` that is installed beside this Python, with nobody at the keyboard."""
    program = Path(sys.executable).with_name("photosort")
    done = subprocess.run(
        [str(program), *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    return Finished(done.returncode, done.stdout, done.stderr)


def write_pictures(root: Path) -> Path:
    """Twelve pieces of a temple, eight of a flower, in two folders, one with an XMP sidecar."""
    for name, count in (("china", 12), ("flower", 8)):
        (root / name[0]).mkdir(parents=True)
        for number, image in enumerate(crops(f"{name}.jpg", count)):
            image.save(root / name[0] / f"IMG_{number:04d}.JPG", "JPEG", quality=90)
    (root / "c" / "IMG_0003.xmp").write_text("<x:xmpmeta/>")
    return root


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder of twenty real photos."""
    return write_pictures(tmp_path / "Pictures")


@pytest.fixture(scope="session")
def warm_cache(shared_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that knows `pictures` already, so that most tests need no model."""
    folder = tmp_path_factory.mktemp("warm")
    (folder / "models").symlink_to(shared_models)
    photos = write_pictures(tmp_path_factory.mktemp("photos") / "Pictures")
    places = {"PHOTOSORT_CACHE_DIR": str(folder), "PHOTOSORT_DATA_DIR": str(folder / "data")}
    for fusion in ("concat", "sum"):
        done = run("organize", photos, "--k", 2, "--dry-run", "--fusion", fusion, **places)
        assert done.code == 0, done.err
    return folder


@pytest.fixture
def photosort(own_folders: Path, warm_cache: Path) -> Command:
    """The command with history of its own, and a copy of the warm cache."""
    shutil.copytree(warm_cache, own_folders / "cache", symlinks=True, ignore=shutil.ignore_patterns("data"))
    return run


@pytest.fixture
def photosort_cold(own_folders: Path, shared_models: Path) -> Command:
    """The command as after its installation, but for the network, which is exported already."""
    (own_folders / "cache").mkdir()
    (own_folders / "cache" / "models").symlink_to(shared_models)
    return run
