"""Which files travel together."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from fakes.steps import steps
from hypothesis import given
from hypothesis import strategies as st

from photosort.filing.plan.collisions import numbered
from photosort.photos.files.companions import companions_of
from photosort.photos.files.scan import scan
from photosort.photos.files.suffixes import PHOTOS

FOLDER = Path("/photos")


def groups(*names: str) -> dict[str, list[str]]:
    found = companions_of(FOLDER / name for name in names)
    return {main.name: [path.name for path in companions] for main, companions in found.items()}


def stays_together(photo: str, file: str) -> None:
    """Also when photosort has given a number to both, and then another."""
    names: tuple[str, ...] = (photo, file)
    for number in (1, 2, 3):
        names = numbered(names, number) or ()
        assert groups(*names) == {names[0]: [names[1]]}


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
        ("PXL_1.RAW-01.COVER (2).jpg", "PXL_1.RAW-02.ORIGINAL (2).dng"),
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
        ("caf\u00e9.jpg", "cafe\u0301.xmp"),
        ("-rf.jpg", "-rf.xmp"),
        ("a\nb.jpg", "a\nb.jpg.xmp"),
        ("\udcff.jpg", "\udcff.xmp"),
    ],
)
def test_a_companion_is_found_and_the_photo_leads(main: str, companion: str) -> None:
    assert groups(companion, main) == {main: [companion]}


@pytest.mark.parametrize(
    ("photo", "file"),
    [
        ("IMG_0429.HEIC", "IMG_0429_HEVC.MOV"),
        ("IMG_0429.HEIC", "IMG_0429_hevc.mov"),
        ("IMG_0429.HEIC", "IMG_0429_HEIC.MOV"),
        ("IMG_0429.HEIC", "IMG_0429_HEVC.MOV.xmp"),
        ("IMG_0429.HEIC", "IMG_0429_HEVC.json"),
        ("IMG_0429(1).HEIC", "IMG_0429_HEVC(1).MOV"),
        ("IMG_0429-12345.HEIC", "IMG_0429-12345_HEVC.MOV"),
        ("IMG_0429.HEIC", "IMG_0429.HEIC.MOV"),
        ("IMG_0429.HEIC.jpg", "IMG_0429.MOV"),
        ("PXL_1.MP.jpg", "PXL_1.MP~2"),
        ("PXL_1.MP~2.jpg", "PXL_1.MP~2"),
        ("PXL_1.MP.jpg", "PXL_1.mp4"),
        ("PXL_1.MP~2.jpg", "PXL_1~2.mp4"),
        ("PXL_1~2.jpg", "PXL_1.MP~2"),
        ("PXL_1~2.jpg", "PXL_1.jpg~2.json"),
        ("20240101_120000.jpg", "20240101_120000.mp4"),
        ("Peanut Butter Balls.jpg", "Peanut Butter Balls.supplemental-metadata.json"),
        ("Peanut Butter Balls.jpg", "Peanut Butter Balls.supplemental-met.json"),
        ("Peanut Butter Balls(1).jpg", "Peanut Butter Balls.supplemental-metadata(1).json"),
        ("IMG_1234(1).HEIC", "IMG_1234(1).json"),
        ("IMG_1234(1).HEIC", "IMG_1234.HEIC(1).json"),
        ("IMG_1234(1).HEIC", "IMG_1234(1).HEIC.json"),
        ("IMG_1234(1)(1).HEIC", "IMG_1234(1).HEIC(1).json"),
        ("Screenshot (3)(1).png", "Screenshot (3).png(1).json"),
        ("IMG_1234.HEIC", "IMG_1234.HEIC(1).json"),
        ("IMG_1-edited.jpg", "IMG_1.jpg.json"),
        ("IMG_1-edited.jpg", "IMG_1.jpg.supplemental-metadata.json"),
        ("IMG_1-bearbeitet(1).jpg", "IMG_1.jpg(1).json"),
        ("IMG_1-modifie\u0301.jpg", "IMG_1.jpg.json"),
        ("IMG_E1234.JPG", "IMG_1234.AAE"),
        ("IMG_E1234.JPG", "IMG_O1234.AAE"),
        ("IMG_1234.HEIC", "IMG_E1234.MOV"),
        ("P1.JPG", "P1.JPG_original"),
        ("P1.JPG", "P1.xmp_original"),
        ("P1.JPG", "P1.JPG~"),
        ("P1.JPG", "P1.JPG (1)"),
        ("P1.JPG", "P1.xmp(1)"),
        ("P1 (1).JPG", "P1.xmp (1)"),
        ("P1 (1).JPG", "P1 (1).xmp (2)"),
        ("P1.JPG", "P1.txt"),
        ("P1.JPG", "P1.VRD"),
        ("P1.JPG", "P1.WAV"),
        ("P1.JPG", "P1.avi"),
        ("P1.JPG", "P1.LRV"),
        ("P1.JPG", "P1.THM"),
        ("P1.CR3", "P1.CR3.dop"),
        ("P1.CR3", "P1.cos"),
        ("P1.CR3", "P1.anything at all"),
        ("P1.HEIC", "P1.HEIC.xmp"),
        ("P1.xmp.HEIC", "P1.xmp"),
        ("a.jpg", "a.b.c.txt"),
        ("a.b.jpg", "A.B.TXT"),
        ("scan.jpg", "scan"),
    ],
)
def test_what_is_called_like_a_photo_travels_with_it(photo: str, file: str) -> None:
    stays_together(photo, file)


@pytest.mark.parametrize("file", [".xmp", ".JPG_original", "_HEVC.MOV", ".HEIC.MOV", ".supplemental-metadata.json"])
def test_names_meet_in_any_case_and_normal_form(file: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, "caf\u00e9 1") for form in ("NFC", "NFD"))
    assert groups(f"{composed}.heic", decomposed + file) == {f"{composed}.heic": [decomposed + file]}
    assert groups(f"{decomposed}.HEIC", composed.upper() + file) == {f"{decomposed}.HEIC": [composed.upper() + file]}


@pytest.mark.parametrize(
    ("photo", "file"),
    [
        ("a.jpg", "about.txt"),
        ("a.jpg", "ab"),
        ("a.b.jpg", "a.txt"),
        ("IMG_1.JPG", "IMG_10.xmp"),
        ("IMG_1.JPG", "IMG_1_2.mov"),
        ("IMG_1.JPG", "IMG_1(1).mov"),
        ("IMG_1(1).JPG", "IMG_1.mov"),
        ("IMG_1(1).JPG", "IMG_1(2).mov"),
        ("IMG_1-edited.jpg", "IMG_2.jpg.json"),
        ("IMG_E1234.JPG", "IMG_E123.JPG.xmp"),
        ("ABOUT.jpg", "ABOUT.txt"),
        ("ABOUT (2).jpg", "ABOUT (2).txt"),
        ("a very long name that goes on and on and on, 1.jpg", "a very long name.json"),
    ],
)
def test_what_only_begins_alike_stays(photo: str, file: str) -> None:
    assert groups(photo, file) == {photo: []}


@pytest.mark.parametrize(
    "names",
    [
        ("IMG_1.JPG", "IMG_10.JPG"),
        ("IMG_1.JPG", "IMG_1(1).JPG"),
        ("IMG_1.JPG", "IMG_1~2.JPG"),
        ("IMG_1.JPG", "IMG_E1.JPG"),
        ("IMG_1234.HEIC", "IMG_E1234.JPG"),
        ("IMG_1-edited.jpg", "IMG_1.jpg"),
        ("IMG_1.a.jpg", "IMG_1.jpg"),
        ("IMG.jpg", "img.jpg"),
    ],
)
def test_photos_with_nothing_in_common_stay_apart(names: tuple[str, ...]) -> None:
    assert groups(*names) == {name: [] for name in sorted(names)}


@pytest.mark.parametrize(
    ("main", "others"),
    [
        ("I.JPG", ["I.DNG", "I.HEIC", "I.PNG", "I.TIF"]),
        ("I.HEIC", ["I.GIF", "I.ORF"]),
        ("I.JPG", ["I.ORF", "I.ORI"]),
        ("X.MP.jpg", ["X.dng"]),
        ("X.MP~2.jpg", ["X~2.dng"]),
        ("X.JPG", ["x.heic"]),
        ("cafe\u0301.jpg", ["caf\u00e9.heic"]),
        ("I.jpg", ["I.jpg.png"]),
        ("I.NEF.jpg", ["I.HEIC", "I.NEF"]),
        ("I(1).jpg", ["I.HEIC(1).tif", "I(1).HEIC"]),
    ],
)
def test_the_formats_of_one_shot_are_one_group(main: str, others: list[str]) -> None:
    assert groups(*others, main) == {main: sorted(others)}


def test_what_belongs_to_no_photo_is_in_no_group() -> None:
    assert groups("IMG_2.xmp", "clip.mov", "clip.mov.xmp", "notes.txt", "IMG_1.JPG", ".jpg") == {"IMG_1.JPG": []}
    assert groups("clip.mov", "clip.mov.xmp") == {}


def test_photos_that_claim_one_file_are_not_cut_apart() -> None:
    assert groups("IMG.JPG", "Img.JPG", "img.xmp") == {"IMG.JPG": ["Img.JPG", "img.xmp"]}
    assert groups("I(1).JPG", "I (1).JPG", "I.JPG(1).json") == {"I (1).JPG": ["I(1).JPG", "I.JPG(1).json"]}


def test_a_claim_to_more_of_the_name_is_stronger() -> None:
    assert groups("a.jpg", "a.b.jpg", "a.b.c.txt") == {"a.b.jpg": ["a.b.c.txt"], "a.jpg": []}
    assert groups("A.png", "a.jpg", "a.png", "A.jpg.xmp") == {"A.png": [], "a.jpg": ["A.jpg.xmp", "a.png"]}
    assert groups("I_HEVC.jpg", "I.HEIC", "I_HEVC.mov") == {"I.HEIC": [], "I_HEVC.jpg": ["I_HEVC.mov"]}


def test_equal_letters_beat_letters_of_another_case() -> None:
    assert groups("IMG.jpg", "img.jpg", "img.xmp") == {"IMG.jpg": [], "img.jpg": ["img.xmp"]}
    assert groups("IMG.jpg", "img.jpg", "img.heic") == {"IMG.jpg": [], "img.jpg": ["img.heic"]}


def test_an_added_suffix_is_dropped_only_if_that_helps() -> None:
    names = ("IMG_1234.HEIC", "IMG_E1234.HEIC", "IMG_1234.MOV", "IMG_E1234.MOV", "IMG_1234.AAE", "IMG_O1234.AAE")
    assert groups(*names) == {
        "IMG_1234.HEIC": ["IMG_1234.AAE", "IMG_1234.MOV", "IMG_O1234.AAE"],
        "IMG_E1234.HEIC": ["IMG_E1234.MOV"],
    }
    names = ("I.jpg", "I-edited.jpg", "I.jpg.json", "I(1).jpg", "I-edited(1).jpg", "I.jpg(1).json")
    assert groups(*names) == {
        "I(1).jpg": ["I.jpg(1).json"],
        "I-edited(1).jpg": [],
        "I-edited.jpg": [],
        "I.jpg": ["I.jpg.json"],
    }


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
    assert groups("I.JPG", "I(2).JPG", "I.JPG(2).json") == {"I(2).JPG": ["I.JPG(2).json"], "I.JPG": []}
    assert groups("I(1).JPG", "I(1)(2).JPG", "I(1).JPG(2).json") == {
        "I(1)(2).JPG": ["I(1).JPG(2).json"],
        "I(1).JPG": [],
    }
    assert groups("I(1) (2).JPG", "I.JPG(1) (2).json") == {"I(1) (2).JPG": ["I.JPG(1) (2).json"]}


LONG = "a_very_long_name_that_takeout_cuts_somewhere_0001"
DOGS = "\U0001f415" * 30
ODD_DOGS = "x" + DOGS


@pytest.mark.parametrize(
    ("photo", "file"),
    [
        (f"{LONG}.jpg", f"{LONG[:46]}.json"),
        (f"{LONG}(1).jpg", f"{LONG[:46]}(1).json"),
        (f"{LONG} (38).jpg", f"{LONG[:46]}.json"),
        (f"{LONG}.jpg", f"{LONG[:46]}(1).json"),
        (f"{LONG[:44]}(38).jpg", f"{LONG[:44]}(3.json"),
        (f"{LONG.upper()}.jpg", f"{LONG[:46]}.json"),
        (f"a.b {LONG}.jpg", f"a.b {LONG[:42]}.json"),
        (f"{DOGS}.jpg", f"{DOGS[:23]}.json"),
        (f"{DOGS[:20]}.jpg", f"{DOGS[:20]}.jpg.s.json"),
        (f"{ODD_DOGS}.jpg", f"{ODD_DOGS[:23]}.json"),
        (f"{ODD_DOGS}.jpg", f"{ODD_DOGS[:23]}?.json"),
        (f"{ODD_DOGS}.jpg", f"{ODD_DOGS[:23]}\ufffd(1).json"),
        ("\u00e9" * 60 + ".jpg", "e\u0301" * 46 + ".json"),
        ("e\u0301" * 60 + ".jpg", "\u00e9" * 23 + ".json"),
    ],
)
def test_a_name_cut_by_takeout_belongs_to_its_photo(photo: str, file: str) -> None:
    stays_together(photo, file)


@pytest.mark.parametrize("length", [40, 45, 47])
def test_a_name_that_is_cut_elsewhere_is_not_takeouts(length: int) -> None:
    assert groups(f"{LONG}.jpg", f"{LONG[:length]}.json") == {f"{LONG}.jpg": []}


def test_of_equal_prefixes_the_numbered_one_wins() -> None:
    first, second, cut = f"{LONG}.jpg", f"{LONG}(1).jpg", LONG[:46]
    assert groups(first, second, f"{cut}.json", f"{cut}(1).json") == {
        first: [f"{cut}.json"],
        second: [f"{cut}(1).json"],
    }
    other = f"{LONG[:47]}x.jpg"
    assert groups(first, other, f"{cut}(1).json") == {first: [f"{cut}(1).json", other]}
    assert groups(first, f"{cut}.jpg", f"{cut}.json") == {first: [], f"{cut}.jpg": [f"{cut}.json"]}


NAMES = st.lists(
    st.lists(st.sampled_from([*"aA.~_12 \u00e9", ".jpg", ".HEIC", ".json", ".MP", "(1)"]), min_size=1, max_size=6).map(
        "".join
    ),
    max_size=8,
    unique=True,
).map(lambda names: [name for name in names if name not in (".", "..")])


@given(NAMES)
def test_every_photo_is_in_one_group_and_no_file_in_two(names: list[str]) -> None:
    found = groups(*names)
    grouped = [name for main, others in found.items() for name in (main, *others)]
    assert len(grouped) == len(set(grouped)) and set(grouped) <= set(names)
    assert {name for name in names if Path(name).suffix.lower() in PHOTOS and name[0] != "."} <= set(grouped)
    assert found == groups(*reversed(names))


@given(
    NAMES, st.sampled_from([".jpg", ".CR3"]), st.sampled_from([".xmp", "", ".jpg.x", ".a.b", ".JPG_original", ".x (1)"])
)
def test_a_file_with_the_stem_of_a_photo_is_never_left(names: list[str], photo: str, file: str) -> None:
    for stem in (name for name in names if name.strip(".")):
        if Path(stem + file).suffix.lower() not in PHOTOS:
            grouped = {name for main, others in groups(stem + photo, stem + file, *names).items() for name in others}
            assert stem + file in grouped


@pytest.mark.parametrize(
    "names",
    [
        lambda n: ["a.jpg", f"clip{'(1)' * n}.mov"],
        lambda n: [f"a{'(1)' * n}.jpg", f"a.jpg{'(1)' * n}.json"],
        lambda n: [f"a{' (1)~2' * n}.jpg", f"a{' (1)~2' * n}.mov"],
        lambda n: ["a.jpg", "a" + ".b" * n],
        lambda n: ["a" + ".jpg" * n, "a" + ".jpg" * n + ".xmp"],
        lambda n: ["a" + ".MP" * n + ".x.jpg", "a" + "_HEVC" * n + ".MOV"],
        lambda n: ["a" + ".RAW-01" * n + ".jpg", "a" + "-edited" * n + "x.json"],
        lambda n: (
            [f"{'x' * 50}{place}.jpg" for place in range(n)] + [f"{'x' * 46}({place}).json" for place in range(n)]
        ),
        lambda n: [f"a{'.jpg' * place}.png" for place in range(9)] + [f"a.{place}" for place in range(n)],
        lambda n: [f"{place}.jpg" for place in range(n)] + [f"{place}_01.jpg.xmp" for place in range(n)],
    ],
)
def test_no_name_and_no_folder_costs_more_than_in_proportion(names: Callable[[int], Sequence[str]]) -> None:
    few, many = (steps(lambda n=n: groups(*names(n))) for n in (30, 120))
    assert many < 4.5 * few


def test_scan_takes_every_photo_and_nothing_else(tmp_path: Path) -> None:
    endings = sorted(PHOTOS | {".crw", ".dcr", ".iiq", ".mef", ".ori"})
    for number, ending in enumerate(endings):
        (tmp_path / f"{number:02}{ending}").write_bytes(ending.encode())
    found = scan(tmp_path)
    assert [photo.path for photo in found.photos] == list(companions_of(tmp_path.iterdir()))
    assert (len(found.photos), found.others) == (len(endings), ())
