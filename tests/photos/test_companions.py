"""Which files travel together."""

from __future__ import annotations

from pathlib import Path

import pytest

from photosort.photos.companions import companions_of
from photosort.photos.scan import scan
from photosort.photos.suffixes import PHOTOS

FOLDER = Path("/photos")


def groups(*names: str) -> dict[str, list[str]]:
    found = companions_of(FOLDER / name for name in names)
    return {main.name: [path.name for path in companions] for main, companions in found.items()}


@pytest.mark.parametrize(
    ("main", "companion"),
    [
        ("IMG_1.JPG", "IMG_1.xmp"),
        ("IMG_1.JPG", "IMG_1.XMP"),
        ("IMG_1.JPG", "img_1.jpg.xmp"),
        ("IMG_1.JPG", "IMG_1.JPG.xmp"),
        ("IMG_1.NEF", "IMG_1_02.NEF.xmp"),
        ("IMG_1234.HEIC", "IMG_1234.AAE"),
        ("IMG_1234.HEIC", "IMG_O1234.AAE"),
        ("IMG_1.NEF", "IMG_1.NEF.pp3"),
        ("IMG_1.HEIC", "IMG_1.MOV"),
        ("IMG_1.JPG", "IMG_1.mp4"),
        ("PXL_1.MP.jpg", "PXL_1.MP"),
        ("PXL_1.RAW-01.COVER.jpg", "PXL_1.RAW-02.ORIGINAL.dng"),
        ("IMG_1.JPG", "IMG_1.NEF"),
        ("IMG_1.HEIC", "IMG_1.DNG"),
        ("IMG_1.JPG", "IMG_1.JPG.json"),
        ("IMG_1.JPG", "IMG_1.json"),
        ("IMG_1.JPG", "IMG_1.JPG.supplemental-metadata.json"),
        ("IMG_1.JPG", "IMG_1.JPG.supplemental-me.json"),
        ("IMG_1.JPG", "IMG_1.JPG.s.json"),
        ("IMG_1.JPG", "IMG_1.JPG..json"),
        ("IMG_1(2).JPG", "IMG_1.JPG(2).json"),
        ("IMG_1(2).JPG", "IMG_1.JPG.supplemental-metadata(2).json"),
        (
            "a_very_long_name_that_takeout_cuts_somewhere_0001.jpg",
            "a_very_long_name_that_takeout_cuts_somewhere_0.json",
        ),
        ("caf\u00e9.jpg", "cafe\u0301.xmp"),
        ("-rf.jpg", "-rf.xmp"),
        ("a\nb.jpg", "a\nb.jpg.xmp"),
        ("\udcff.jpg", "\udcff.xmp"),
    ],
)
def test_a_companion_is_found_and_the_photo_leads(main: str, companion: str) -> None:
    assert groups(companion, main) == {main: [companion]}


@pytest.mark.parametrize(
    "names",
    [
        ("IMG_1.JPG", "IMG_1.PNG"),
        ("IMG_1.JPG", "IMG_10.JPG"),
        ("IMG_1.JPG", "IMG_1(1).JPG"),
        ("IMG_1.JPG", "IMG_E1.JPG"),
    ],
)
def test_photos_with_nothing_in_common_stay_apart(names: tuple[str, ...]) -> None:
    assert groups(*names) == {name: [] for name in names}


def test_what_belongs_to_no_photo_is_in_no_group() -> None:
    assert groups("IMG_2.xmp", "clip.mov", "clip.mov.xmp", "notes.txt", "IMG_1.JPG", ".jpg") == {"IMG_1.JPG": []}


def test_two_photos_that_claim_one_sidecar_are_not_cut_apart() -> None:
    assert groups("IMG.PNG", "IMG.JPG", "IMG.xmp") == {"IMG.JPG": ["IMG.PNG", "IMG.xmp"]}
    assert groups("IMG.HEIC", "IMG.JPG", "IMG.MOV") == {"IMG.JPG": ["IMG.HEIC", "IMG.MOV"]}


def test_a_claim_to_the_whole_name_is_stronger_than_one_to_the_stem() -> None:
    assert groups("IMG.PNG", "IMG.JPG", "IMG.JPG.xmp") == {"IMG.JPG": ["IMG.JPG.xmp"], "IMG.PNG": []}


def test_equal_letters_are_stronger_than_letters_that_differ_in_case() -> None:
    assert groups("IMG.jpg", "img.jpg", "img.xmp") == {"IMG.jpg": [], "img.jpg": ["img.xmp"]}
    assert groups("IMG.JPG", "Img.JPG", "img.xmp") == {"IMG.JPG": ["Img.JPG", "img.xmp"]}


def test_everything_of_one_shot_is_one_group() -> None:
    found = groups("I.JPG", "I.NEF", "I.NEF.xmp", "I.xmp", "I.MOV", "I.MOV.json", "I.JPG.json", "J.JPG")
    assert found == {
        "I.JPG": ["I.JPG.json", "I.MOV", "I.MOV.json", "I.NEF", "I.NEF.xmp", "I.xmp"],
        "J.JPG": [],
    }


def test_a_raw_alone_leads_its_sidecars() -> None:
    assert groups("I.NEF", "I.xmp", "I.DNG") == {"I.DNG": ["I.NEF", "I.xmp"]}


def test_a_numbered_name_belongs_to_the_same_number() -> None:
    assert groups("I.JPG", "I (2).JPG", "I.xmp", "I (2).xmp") == {
        "I (2).JPG": ["I (2).xmp"],
        "I.JPG": ["I.xmp"],
    }
    assert groups("I(1) (2).JPG", "I.JPG(1) (2).json") == {"I(1) (2).JPG": ["I.JPG(1) (2).json"]}


def test_every_photo_here_is_one_that_scan_takes_and_the_other_way_round(tmp_path: Path) -> None:
    endings = sorted(PHOTOS | {".crw", ".dcr", ".iiq", ".mef"})
    for number, ending in enumerate(endings):
        (tmp_path / f"{number:02}{ending}").write_bytes(ending.encode())
    found = scan(tmp_path)
    assert [photo.path for photo in found.photos] == list(companions_of(tmp_path.iterdir()))
    assert (len(found.photos), found.others) == (len(endings), ())
