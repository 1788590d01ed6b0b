"""What names of files say, as phones and programs write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photosort.photos.facts.named import kind_by_name, taken_by_name


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("IMG_20190714_123301.jpg", "2019-07-14T12:33:01"),
        ("PXL_20210704_123456789.jpg", "2021-07-04T12:34:56"),
        ("IMG-20190714-WA0003.jpg", "2019-07-14"),
        ("2019-07-14 12.33.01.jpg", "2019-07-14T12:33:01"),
        ("Screenshot_2019-07-14-12-33-01.png", "2019-07-14T12:33:01"),
        ("Bildschirmfoto 2023-03-04 um 10.11.12.png", "2023-03-04T10:11:12"),
        ("WhatsApp Image 2020-05-06 at 10.11.12.jpeg", "2020-05-06T10:11:12"),
        ("photo_2020-05-06_10-11-12.jpg", "2020-05-06T10:11:12"),
        ("2019_07_14.jpg", "2019-07-14"),
        ("DSC01999.JPG", ""),
        ("IMG_1234.JPG", ""),
        ("20190230.jpg", ""),
        ("200000105.jpg", ""),
        ("FB_IMG_1563103981.jpg", ""),
        ("2019.jpg", ""),
    ],
)
def test_a_date_is_read_where_there_is_one(name: str, taken: str) -> None:
    assert taken_by_name(name) == taken


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Screenshot_20240501-101112_Chrome.jpg", "screenshot"),
        ("Screen Shot 2021-01-02 at 3.04.05 PM.png", "screenshot"),
        ("Simulator Screen Shot - iPhone 11 Pro.png", "screenshot"),
        ("Capture d’écran 2020-05-06 à 10.11.12.png", "screenshot"),
        ("Captura de pantalla 2020.png", "screenshot"),
        ("Снимок экрана 2020-05-06.png", "screenshot"),
        ("スクリーンショット 2020.png", "screenshot"),
        ("CamScanner 05-06-2020 10.11.jpg", "scan"),
        ("scan0001.jpg", "scan"),
        ("Scandinavia.jpg", None),
        ("IMG_1234.JPG", None),
        ("screens.jpg", None),
        ("sunscreenshots.jpg", None),
    ],
)
def test_a_kind_is_read_in_many_languages(name: str, kind: str | None) -> None:
    assert kind_by_name(name) == kind


@given(st.text(max_size=200))
def test_any_name_can_be_read(name: str) -> None:
    assert kind_by_name(name) in (None, "screenshot", "scan")
    assert taken_by_name(name) == "" or 1826 <= int(taken_by_name(name)[:4]) <= 2099
