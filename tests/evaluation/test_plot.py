"""The picture of a clustering is drawn, or refused before the work."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from fakes.vectors import blobs
from PIL import Image

from photosort.errors import ModelMissing, SettingsError
from photosort.evaluation.plot import check_plot, draw

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("sizes", [[20, 12, 9], [2, 1]])
def test_a_plot_is_a_picture(tmp_path: Path, sizes: list[int]) -> None:
    vectors, truth = blobs(sizes)
    path = tmp_path / "out.png"
    check_plot(path)
    draw(path, "a $title", [f"${name}_x" for name in truth], np.array([int(name) for name in truth]), vectors)
    with Image.open(path) as picture:
        assert picture.width > picture.height > 500
        assert len(picture.convert("RGB").getcolors(1 << 24) or ()) > 50


def test_what_cannot_be_drawn_is_said_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match=r"no ending that can be drawn.*png"):
        check_plot(tmp_path / "out.txt")
    with pytest.raises(SettingsError, match="does not exist"):
        check_plot(tmp_path / "nowhere" / "out.png")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelMissing, match="-m pip install matplotlib"):
        check_plot(tmp_path / "out.png")


def test_a_file_that_is_there_is_never_drawn_over(tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"of twenty years")
    with pytest.raises(SettingsError, match=r"photo\.png is there already.*another file"):
        check_plot(photo)
    vectors, truth = blobs([4, 4])
    with pytest.raises(SettingsError, match=r"photo\.png cannot be written"):
        draw(photo, "title", truth, np.array([int(name) for name in truth]), vectors)
    assert photo.read_bytes() == b"of twenty years"
