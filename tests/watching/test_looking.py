"""What lies in a folder where photos arrive, as browsers and synchronising programs leave it on their way."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.filing_kit import write

from photosort.errors import SourceMissing
from photosort.watching.looking import look
from photosort.watching.temporary import is_temporary

ARRIVING = {
    "Chrome": ["Unconfirmed 1.crdownload", "IMG.jpg.crdownload"],
    "Firefox": ["IMG.xKq3.jpg.part"],
    "Safari": ["IMG.jpg.download/IMG.jpg"],
    "Edge": ["IMG.jpg.partial"],
    "Syncthing": [".syncthing.IMG.jpg.tmp", "~syncthing~IMG.jpg.tmp"],
    "rsync": [".IMG.jpg.Ab12Cd"],
    "Nextcloud": [".IMG.jpg.~1a2b3c"],
    "WinSCP": ["IMG.jpg.filepart"],
}


@pytest.mark.parametrize("program", ARRIVING)
def test_what_is_on_its_way_is_not_read(tmp_path: Path, program: str) -> None:
    write(tmp_path, dict.fromkeys(ARRIVING[program], b"half a photo"))
    assert look(tmp_path, skip=tmp_path / "out") == {}


@pytest.mark.parametrize("beside", ["IMG.jpg.part", "IMG.jpg.aria2", "IMG.jpg.!ut", "IMG.PART"])
def test_a_photo_beside_its_temporary_file_is_not_whole(tmp_path: Path, beside: str) -> None:
    write(tmp_path, {"IMG.jpg": b"photo", beside: b"", "other.jpg": b"photo"})
    found = look(tmp_path, skip=tmp_path / "out")
    assert {main.name: group.growing for main, group in found.items()} == {"IMG.jpg": True, "other.jpg": False}


def test_an_empty_photo_is_not_whole(tmp_path: Path) -> None:
    write(tmp_path, {"IMG.jpg": b"", "IMG.CR2": b"raw", "IMG.xmp": b"", "b.jpg": b"b", "b.xmp": b""})
    found = look(tmp_path, skip=tmp_path / "out")
    assert {main.name: group.growing for main, group in found.items()} == {"IMG.jpg": True, "b.jpg": False}


def test_a_group_has_the_stamps_of_all_its_files(tmp_path: Path) -> None:
    write(tmp_path, {"a/IMG.jpg": b"photo", "a/IMG.xmp": b"<x/>", "a/IMG.MOV": b"video", "a/film.mov": b"film"})
    (main, group), *more = look(tmp_path, skip=tmp_path / "out").items()
    assert main == tmp_path / "a" / "IMG.jpg" and more == []
    assert {path.name: stamp[0] for path, stamp in group.stamps.items()} == {"IMG.jpg": 5, "IMG.xmp": 4, "IMG.MOV": 5}
    seen = main.stat()
    assert group.stamps[main] == (seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)


def test_the_destination_and_what_is_excluded_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, {"out/Dogs/a.jpg": b"a", "raw/b.jpg": b"b", "c.jpg": b"c"})
    assert [path.name for path in look(tmp_path, skip=tmp_path / "out", exclude=["raw/"])] == ["c.jpg"]


def test_a_folder_that_is_away_is_told_from_an_empty_one(tmp_path: Path) -> None:
    assert look(tmp_path, skip=tmp_path / "out") == {}
    with pytest.raises(SourceMissing):
        look(tmp_path / "usb", skip=tmp_path / "out")


@pytest.mark.parametrize("name", ["IMG.jpg", "part.jpg", "tmp", "IMG.jpg.xmp", "download"])
def test_whole_files_have_no_temporary_name(name: str) -> None:
    assert not is_temporary(name)
