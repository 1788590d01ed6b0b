"""Duplicates are found in real files, filed apart through the journal, and taken back."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from fakes.photos import crops, digests, tree
from fakes.versions import recompressed
from PIL import Image

from photosort.errors import Declined, DestinationError, Unfinished
from photosort.photos.pixels import decode as decoding
from photosort.photos.pixels.formats import register_formats
from photosort.settings.settings import Settings, load_settings
from photosort.store.history import open_history
from photosort.store.runs.runs import Runs
from photosort.workflows.duplicates import Duplicates, Wish, find_duplicates
from photosort.workflows.history import undo_run


def settings(**flags: object) -> Settings:
    return load_settings(facts=False, **flags)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Two copies, an original with its RAW's sidecar, an edit in a folder below, and a photo of its own."""
    folder = tmp_path / "Pictures"
    (folder / "sent").mkdir(parents=True)
    temple, roof = crops("china.jpg", 2, seed=1)
    flower = crops("flower.jpg", 1, seed=2)[0]
    temple.save(folder / "temple.jpg", quality=92)
    shutil.copy2(folder / "temple.jpg", folder / "temple (1).jpg")
    roof.save(folder / "roof.jpg", quality=92)
    recompressed(roof, 50).resize((roof.width // 2, roof.height // 2)).save(folder / "sent" / "roof.jpg", quality=60)
    (folder / "sent" / "roof.xmp").write_text("<x:xmpmeta/>")
    flower.save(folder / "flower.png")
    (folder / "bad.jpg").write_bytes(b"\xff\xd8 no photo")
    return folder


def lesser(found: Duplicates) -> dict[str, str]:
    return {
        str(member.shot.path.relative_to(found.source)): member.relation
        for group in found.groups
        for member in group.others
    }


def test_a_report_touches_nothing(photos: Path) -> None:
    before = tree(photos)
    found = find_duplicates(photos, settings())
    assert lesser(found) == {"temple (1).jpg": "exact copy", "sent/roof.jpg": "smaller"}
    assert (found.photos, found.count(exact=True), found.count(exact=False)) == (5, (1, 1), (1, 1))
    assert found.saved == (photos / "temple (1).jpg").stat().st_size + (photos / "sent" / "roof.jpg").stat().st_size
    assert [unread.path.name for unread in found.unread] == ["bad.jpg"]
    assert (found.plan, found.run, found.outcome) == (None, None, None)
    assert tree(photos) == before


def test_a_second_look_decodes_nothing(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = find_duplicates(photos, settings())
    decoded: list[str] = []
    monkeypatch.setattr(Image, "open", lambda *_, **__: decoded.append("decoded"))
    monkeypatch.setattr(decoding.Image, "open", lambda *_, **__: decoded.append("decoded"))
    assert find_duplicates(photos, settings()).groups == first.groups
    assert decoded == []


def test_exact_alone_reads_no_picture(photos: Path) -> None:
    found = find_duplicates(photos, settings(), Wish(near=False))
    assert lesser(found) == {"temple (1).jpg": "exact copy"}
    assert found.unread == (), "a file of its own size is not even opened"


@pytest.mark.parametrize("mode", ["copy", "move"])
def test_the_lesser_photos_go_apart_and_come_back(photos: Path, tmp_path: Path, mode: str) -> None:
    before, into = tree(photos), tmp_path / "apart"
    seen: list[Duplicates] = []
    found = find_duplicates(photos, settings(mode=mode), Wish(into=into), review=seen.append)
    assert seen[0].plan == found.plan and seen[0].outcome is None
    assert set(tree(into)) == {
        "Exact copies/temple (1).jpg",
        "Near duplicates/roof.jpg",
        "Near duplicates/roof.xmp",
    }
    moved = {"temple (1).jpg", "sent/roof.jpg", "sent/roof.xmp"}
    assert set(tree(photos)) == set(before) - (moved if mode == "move" else set())
    chosen = settings(mode=mode)
    with open_history(chosen.data_dir) as connection:
        captions = {member.caption for label in (0, 1) for member in Runs(connection).members(found.run or 0, label)}
    assert captions == {"exact copy; the best is temple.jpg", "smaller; the best is roof.jpg"}
    undo_run(chosen.data_dir)
    assert tree(photos) == before and not into.exists()


def test_a_dry_run_and_a_no_touch_nothing(photos: Path, tmp_path: Path) -> None:
    before, into = digests(photos), tmp_path / "apart"
    found = find_duplicates(photos, settings(), Wish(into=into, dry_run=True))
    assert found.plan and len(found.plan.files) == 3 and found.run is None

    def refuse(found: Duplicates) -> None:
        raise Declined("Nothing was done")

    with pytest.raises(Declined):
        find_duplicates(photos, settings(mode="move"), Wish(into=into), review=refuse)
    assert digests(photos) == before and not into.exists()


def test_what_photosort_has_filed_is_no_duplicate_unless_asked(photos: Path) -> None:
    find_duplicates(photos, settings(), Wish(into=photos / "apart"))
    again = find_duplicates(photos, settings())
    assert lesser(again) == {"temple (1).jpg": "exact copy", "sent/roof.jpg": "smaller"}
    assert [(copies.folder.name, copies.photos) for copies in again.copies] == [("apart", 2)]
    asked = find_duplicates(photos, settings(), Wish(filed=True))
    assert asked.count(exact=True)[0] + asked.count(exact=False)[0] == 4


def test_bursts_stay_unless_asked(tmp_path: Path) -> None:
    folder = tmp_path / "Pictures"
    folder.mkdir()
    picture = crops("china.jpg", 1, seed=1)[0]
    for second, light in enumerate((1.0, 0.9, 0.8)):
        exif = Image.Exif()
        exif[0x010F], exif[0x0110] = "Canon", "EOS R"
        exif.get_ifd(0x8769)[0x9003] = f"2024:05:01 12:00:0{second}"
        Image.fromarray((np.asarray(picture) * light).astype(np.uint8)).save(folder / f"{second}.jpg", exif=exif)
    found = find_duplicates(folder, settings(), Wish(into=tmp_path / "apart"))
    assert (found.groups, len(found.bursts), found.plan) == ((), 1, None)
    assert len(found.bursts[0].others) == 2
    found = find_duplicates(folder, settings(mode="move"), Wish(into=tmp_path / "apart", bursts=True))
    assert len(list((tmp_path / "apart" / "Bursts").iterdir())) == 2
    assert list(folder.iterdir()) == [found.bursts[0].best.path]


def test_faces_are_counted_where_facts_are_wanted(photos: Path) -> None:
    found = find_duplicates(photos, load_settings())
    assert {group.best.faces for group in found.groups} == {0}
    assert {group.best.faces for group in find_duplicates(photos, settings()).groups} == {None}


def test_the_folder_itself_is_no_destination(photos: Path) -> None:
    with pytest.raises(
        DestinationError, match=r"cannot be sorted into that same folder\. Name another folder with --into"
    ):
        find_duplicates(photos, settings(), Wish(into=photos))


def test_a_destination_with_a_run_cut_off_is_refused(photos: Path, tmp_path: Path) -> None:
    into = tmp_path / "apart"
    chosen = settings()
    find_duplicates(photos, chosen, Wish(into=into))
    with open_history(chosen.data_dir) as connection:
        connection.execute("UPDATE filings SET state = 'applying'")
        connection.commit()
    with pytest.raises(Unfinished, match="photosort resume 1"):
        find_duplicates(photos, chosen, Wish(into=into))


CAMERA = Image.Exif()
CAMERA.update({0x010F: "Canon", 0x0110: "Canon EOS R", 0x0132: "2024:05:01 12:00:00"})


def kept(folder: Path) -> tuple[str, str]:
    (group,) = find_duplicates(folder, settings()).groups
    return group.best.path.name, group.why


def aged(path: Path, seconds: int) -> None:
    os.utime(path, (1_700_000_000 + seconds,) * 2)


def test_a_larger_file_of_another_format_is_not_taken_for_the_better_one(tmp_path: Path) -> None:
    crops("china.jpg", 1)[0].save(tmp_path / "original.webp", quality=50)
    with Image.open(tmp_path / "original.webp") as original:
        original.save(tmp_path / "export.jpg", quality=40)
        original.save(tmp_path / "better.jpg", quality=80)
    sizes = {path.suffix: path.stat().st_size for path in tmp_path.glob("[oe]*")}
    assert sizes[".jpg"] > sizes[".webp"]
    aged(tmp_path / "original.webp", 0)
    aged(tmp_path / "export.jpg", 60)
    aged(tmp_path / "better.jpg", 120)
    assert kept(tmp_path) == ("original.webp", "no difference found; the older file")
    (tmp_path / "original.webp").unlink()
    assert kept(tmp_path) == ("better.jpg", "compressed least: JPEG quality 80, the next has 40")


@pytest.mark.parametrize("ending", ["jpg", "png"])
def test_the_heic_of_the_camera_is_kept_before_its_export(tmp_path: Path, ending: str) -> None:
    register_formats()
    crops("china.jpg", 1)[0].save(tmp_path / "IMG_1.heic", quality=60, exif=CAMERA)
    with Image.open(tmp_path / "IMG_1.heic") as original:
        original.save(tmp_path / f"export.{ending}", exif=CAMERA)
    aged(tmp_path / "IMG_1.heic", 60)
    aged(tmp_path / f"export.{ending}", 0)
    assert kept(tmp_path) == ("IMG_1.heic", "the camera's own HEIC file")


def test_an_enlarged_copy_without_the_data_of_the_camera_is_not_kept(tmp_path: Path) -> None:
    picture = crops("china.jpg", 1)[0]
    picture.save(tmp_path / "original.jpg", quality=90, exif=CAMERA)
    large = picture.resize((picture.width * 2, picture.height * 2))
    large.save(tmp_path / "large.jpg", quality=60)
    assert kept(tmp_path) == ("original.jpg", "keeps what the camera wrote")
    assert lesser(find_duplicates(tmp_path, settings())) == {"large.jpg": "larger"}
    edited = Image.Exif()
    edited.update({**CAMERA, 0x0131: "Adobe Photoshop 25.0"})
    large.save(tmp_path / "large.jpg", quality=60, exif=edited)
    assert kept(tmp_path) == ("original.jpg", "the next was saved by an editor: Adobe Photoshop 25.0")
