"""A file that is named comes with what belongs to its photo."""

import os
from pathlib import Path

import pytest

from photosort.errors import NoPhotos
from photosort.photos.files.picking import groups_with


def test_each_file_comes_with_its_group_and_each_folder_is_listed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("card", "phone"):
        (tmp_path / folder).mkdir()
        for name in ("1.jpg", "1.xmp", "2.jpg", "2.mov", "3.jpg", "notes.txt"):
            (tmp_path / folder / name).touch()
    listed: list[str] = []
    really = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: listed.append(Path(path).name) or really(path))
    card, phone = tmp_path / "card", tmp_path / "phone"
    assert list(groups_with([card / "2.mov", phone / "1.jpg", card / "3.jpg", card / "2.jpg"])) == [
        (card / "2.jpg", card / "2.mov"),
        (phone / "1.jpg", phone / "1.xmp"),
        (card / "3.jpg",),
        (card / "2.jpg", card / "2.mov"),
    ]
    assert listed == ["card", "phone"]
    with pytest.raises(NoPhotos, match=r"notes\.txt is neither a photo nor belongs to one"):
        list(groups_with([card / "1.jpg", card / "notes.txt"]))


def test_hidden_photos_come_where_they_are_named(tmp_path: Path) -> None:
    for name in (".a.jpg", ".b.jpg", "c.jpg"):
        (tmp_path / name).touch()
    assert list(groups_with([tmp_path / ".a.jpg", tmp_path / "c.jpg"])) == [
        (tmp_path / ".a.jpg",),
        (tmp_path / "c.jpg",),
    ]
