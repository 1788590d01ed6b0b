"""The best photo of a group, and the fact that makes it the best."""

from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

from photosort.duplicates.best import FOR_BURSTS, FOR_COPIES, ranked, why_best
from photosort.duplicates.shots import Shot

PLAIN = Shot(
    *(Path("/p/b/IMG_1.JPG"), "0"),
    size=5_000,
    mtime_ns=20,
    width=4000,
    height=3000,
    camera="Canon",
    format="JPEG",
    quality=80,
)


@pytest.mark.parametrize(
    ("better", "why"),
    [
        (replace(PLAIN, width=400, original=True), "a RAW, picture or video of the same shot is with it"),
        (replace(PLAIN, format="RAW", width=160, height=120), "the camera's own RAW file"),
        (replace(PLAIN, format="HEIF", width=2000), "the camera's own HEIC file"),
        (replace(PLAIN, width=5000, size=10), "most pixels: 5000 × 3000, the next has 4000 × 3000"),
        (replace(PLAIN, taken="2024-05-01T12:00:00", size=10), "keeps what the camera wrote"),
        (replace(PLAIN, companions=(Path("/p/a/IMG_1.xmp"),), size=10), "more files travel with it"),
        (replace(PLAIN, quality=92, size=10), "compressed least: JPEG quality 92, the next has 80"),
        (replace(PLAIN, size=6_000), "the largest JPEG file: compressed least"),
        (replace(PLAIN, format="WEBP", mtime_ns=10, size=10), "no difference found; the older file"),
        (replace(PLAIN, mtime_ns=10), "no difference found; the older file"),
        (replace(PLAIN, path=Path("/p/IMG_1.JPG")), "no difference found; in the upper folder"),
        (replace(PLAIN, path=Path("/p/a/IMG_1.JPG")), "no difference found; first by name"),
    ],
)
def test_one_fact_decides_which_copy_is_kept(better: Shot, why: str) -> None:
    for shots in ([PLAIN, better], [better, PLAIN]):
        best, next_ = ranked(shots, FOR_COPIES)
        assert best is better
        assert why_best(best, next_, FOR_COPIES) == why


@pytest.mark.parametrize(
    "name", ["IMG_1 (1).JPG", "IMG_1 copy.JPG", "IMG_1 - Copy (2).JPG", "IMG_1~2.JPG", "IMG_1 - Kopie.JPG"]
)
def test_what_is_named_as_a_copy_is_not_kept_even_if_it_is_older(name: str) -> None:
    copy = replace(PLAIN, path=Path("/p") / name, mtime_ns=1)
    best, next_ = ranked([copy, PLAIN], FOR_COPIES)
    assert best is PLAIN
    assert why_best(best, next_, FOR_COPIES) == "the next is named as a copy"


@pytest.mark.parametrize("software", ["Adobe Photoshop 25.0 (Macintosh)", "GIMP 2.10.36", "Windows Photo Editor 10.0"])
def test_what_an_editor_has_enlarged_is_not_kept(software: str) -> None:
    taken = replace(PLAIN, taken="2024-05-01T12:00:00")
    edited = replace(taken, software=software, width=8000, height=6000)
    firmware = replace(taken, software="Ver.1.01 / 17.4.1 / S918BXXU3")
    best, next_ = ranked([edited, firmware], FOR_COPIES)
    assert best is firmware
    assert why_best(best, next_, FOR_COPIES) == f"the next was saved by an editor: {software}"
    bare = replace(PLAIN, camera="")
    assert ranked([replace(bare, software=software, taken=taken.taken), bare], FOR_COPIES)[0] is bare


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_best_file_of_each_format_stands_for_it_in_any_order(order: tuple[int, ...]) -> None:
    young = replace(PLAIN, quality=95, mtime_ns=30)
    old = replace(PLAIN, quality=40, mtime_ns=10)
    other = replace(PLAIN, format="WEBP", quality=0, mtime_ns=20)
    shots = (other, young, old)
    assert ranked([shots[place] for place in order], FOR_COPIES) == [other, young, old]
    assert why_best(other, young, FOR_COPIES) == "no difference found; the older file"


@pytest.mark.parametrize(
    ("better", "why"),
    [
        (replace(PLAIN, faces=3, sharpness=1), "most faces: 3, the next has 2"),
        (replace(PLAIN, faces=2, sharpness=14), "the sharpest"),
        (replace(PLAIN, faces=2, sharpness=10.1), "the sharpest, by a little"),
        (replace(PLAIN, faces=2, sharpness=10, size=6_000), "the largest file"),
    ],
)
def test_of_a_burst_faces_count_before_sharpness(better: Shot, why: str) -> None:
    plain = replace(PLAIN, faces=2, sharpness=10)
    best, next_ = ranked([plain, better], FOR_BURSTS)
    assert best is better
    assert why_best(best, next_, FOR_BURSTS) == why
