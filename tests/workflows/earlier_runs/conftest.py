"""A library of plain colours that a first run has sorted: what most tests of later runs begin with."""

from collections import Counter
from pathlib import Path

import pytest
from fakes.models import use_colours
from fakes.photos import filed
from fakes.walls import first, folder_of, walls


@pytest.fixture
def colours(monkeypatch: pytest.MonkeyPatch) -> None:
    use_colours(monkeypatch)


@pytest.fixture
def source(tmp_path: Path, colours: None) -> Path:
    walls(tmp_path / "in", "red", range(8))
    walls(tmp_path / "in", "blue", range(8))
    return tmp_path / "in"


@pytest.fixture
def out(source: Path, tmp_path: Path) -> Path:
    """Where the first run has put the photos: a folder for each colour."""
    first(source, tmp_path / "out")
    assert Counter(folder_of(path, tmp_path / "out") for path in filed(tmp_path / "out")) == {"Red": 8, "Blue": 8}
    return tmp_path / "out"
