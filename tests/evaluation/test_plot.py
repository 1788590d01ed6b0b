"""The picture of a clustering is drawn, or refused before the work."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest
from fakes.vectors import blobs
from PIL import Image

from photosort.errors import ModelMissing, SettingsError
from photosort.evaluation.measures import agreement
from photosort.evaluation.plot import check_plot, draw
from photosort.evaluation.result import Result, Scores

pytestmark = pytest.mark.slow


def result(name: str, truth: list[str], labels: np.ndarray, vectors: np.ndarray) -> Result:
    agreed = agreement(truth, labels)
    return Result(name, (42,), (Scores(agreed.acc, agreed.nmi, agreed.ari, 0, 0, 0),), labels, vectors)


@pytest.mark.parametrize("sizes", [[20, 12, 9], [2, 1]])
def test_a_plot_is_a_picture(tmp_path: Path, sizes: list[int]) -> None:
    vectors, truth = blobs(sizes)
    path = tmp_path / "out.png"
    check_plot(path)
    labels = np.array([int(name) for name in truth])
    draw(path, [f"${name}_x" for name in truth], [result("a $method", truth, labels, vectors)])
    with Image.open(path) as picture:
        assert picture.width > picture.height > 450
        assert len(picture.convert("RGB").getcolors(1 << 24) or ()) > 50


def test_all_methods_are_in_one_picture_with_the_photos_in_the_same_places(tmp_path: Path) -> None:
    vectors, truth = blobs([20, 12, 9])
    right = np.array([int(name) for name in truth])
    one = np.zeros_like(right)
    several = [
        result("right", truth, right, vectors),
        result("renamed", truth, 2 - right, vectors[::-1].copy()),
        result("one", truth, one, vectors),
    ]
    path = tmp_path / "out.svg"
    draw(path, truth, several)
    drawn = path.read_text(encoding="utf-8")
    maps = [maps_of(drawn, number) for number in range(1, 5)]
    places = [sorted(place for group in one.values() for place in group) for one in maps]
    assert places[0] == places[1] == places[2] == places[3] and len(places[0]) == 41
    assert maps[0] == maps[1] == maps[2], "a cluster has the colour of its class, whatever its number"
    assert len(maps[0]) == 3 and len(maps[3]) == 1
    assert not (tmp_path / "out.png").exists()


def maps_of(drawn: str, number: int) -> dict[str, list[tuple[str, str]]]:
    """Colour -> the places of its photos in one of the maps."""
    part = (
        drawn.split(f'<g id="axes_{number}">')[1]
        .split('<g id="axes_', maxsplit=1)[0]
        .split('<g id="legend_', maxsplit=1)[0]
    )
    found: dict[str, list[tuple[str, str]]] = {}
    left = min(float(x) for x, _ in re.findall(r'<use xlink:href="[^"]+" x="([\d.]+)" y="([\d.]+)"', part))
    for x, y, colour in re.findall(r'<use xlink:href="[^"]+" x="([\d.]+)" y="([\d.]+)" style="fill: (#\w+)', part):
        found.setdefault(colour, []).append((f"{float(x) - left:.2f}", y))
    return {colour: sorted(group) for colour, group in found.items()}


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
        draw(photo, truth, [result("image", truth, np.array([int(name) for name in truth]), vectors)])
    assert photo.read_bytes() == b"of twenty years"
