"""Numbered names."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photosort.filing.plan.collisions import CONTROL, NO_TEXT, legal, numbered
from photosort.naming.folder_name import name_key
from photosort.photos.files.companions import companions_of


@pytest.mark.parametrize(
    ("names", "second"),
    [
        (("IMG.JPG",), ("IMG (2).JPG",)),
        (("IMG.JPG", "IMG.JPG.xmp", "IMG.MOV"), ("IMG (2).JPG", "IMG (2).JPG.xmp", "IMG (2).MOV")),
        (("IMG.NEF", "IMG_01.NEF.xmp"), ("IMG (2).NEF", "IMG (2)_01.NEF.xmp")),
        (("PXL.MP.jpg", "PXL.MP"), ("PXL (2).MP.jpg", "PXL (2).MP")),
        (("IMG(1).JPG", "IMG.JPG(1).json"), ("IMG(1) (2).JPG", "IMG.JPG(1) (2).json")),
        (("archive",), ("archive (2)",)),
        ((".hidden",), (".hidden (2)",)),
        (("cafe\u0301.JPG", "CAF\u00c9.xmp"), ("cafe\u0301 (2).JPG", "CAF\u00c9 (2).xmp")),
    ],
)
def test_the_number_goes_after_what_all_names_share(names: tuple[str, ...], second: tuple[str, ...]) -> None:
    assert numbered(names, 1) == names
    assert numbered(names, 2) == second


def test_a_long_name_is_cut_and_keeps_its_ending() -> None:
    (name,) = numbered(("é" * 125 + ".jpeg",), 12) or ("",)
    assert len(name.encode()) <= 255 and name.endswith("é (12).jpeg")


def test_an_ending_that_leaves_no_room_has_no_name() -> None:
    assert numbered(("a." + "x" * 252,), 2) is None


def test_twins_within_a_group_are_set_apart() -> None:
    assert numbered(("IMG.JPG", "IMG.xmp", "img.XMP"), 1) == ("IMG.JPG", "IMG.xmp", "img-2.XMP")


STEMS = st.text(
    st.characters(exclude_characters="/\0", exclude_categories=("Cs",)) | st.sampled_from(list("a1().- _\udcff")),
    min_size=1,
    max_size=120,
).filter(lambda stem: stem.strip(".") and len(os.fsencode(stem)) < 225)


@given(
    STEMS,
    st.sets(
        st.sampled_from([".xmp", ".JPG.xmp", ".MOV", ".NEF", ".JPG.json", ".JPG.supplemental-metadata.json", ".AAE"])
    ),
    st.integers(1, 99_999),
)
def test_a_numbered_group_is_still_one_group(stem: str, endings: set[str], number: int) -> None:
    names = (stem + ".JPG", *sorted(stem + ending for ending in endings))
    if any(len(os.fsencode(name)) > 255 for name in names):
        return
    new = numbered(names, number)
    if new is None:
        return
    assert len({name_key(name) for name in new}) == len(new)
    assert all(len(os.fsencode(name)) <= 255 for name in new)
    assert [Path(name).suffix for name in new] == [Path(name).suffix for name in names]
    assert companions_of([Path("/x") / name for name in new]) == {
        Path("/x") / new[0]: tuple(Path("/x") / name for name in sorted(new[1:]))
    }


def test_what_a_disk_refuses_becomes_an_underscore() -> None:
    odd = "12:30 \x07caf\udce9?.jpg"
    assert legal(odd, frozenset()) == odd
    assert legal(odd, frozenset({":", "?"})) == "12_30 \x07caf\udce9_.jpg"
    assert legal(odd, frozenset({CONTROL, NO_TEXT})) == "12:30 _caf_?.jpg"


def test_the_key_sees_through_normal_forms_and_case() -> None:
    for name in ("É.JPG", "é.jpg"):
        assert name_key(unicodedata.normalize("NFD", name)) == name_key("é.JPG")
