"""What a folder says of itself is true again after a run that adds to it, wherever the folder lies by now."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fakes.filing_kit import tree
from fakes.walls import again, first, walls

from photosort.settings.settings import load_settings
from photosort.store.history import open_history
from photosort.store.runs.runs import Runs
from photosort.workflows.history import past_runs, undo_run

pytestmark = pytest.mark.usefixtures("colours")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    walls(tmp_path / "in", "red", range(8))
    walls(tmp_path / "in", "blue", range(8))
    (tmp_path / "in" / "red-0.xmp").write_text("<x:xmpmeta/>")
    return tmp_path / "in"


def told(folder: Path) -> dict[str, Any]:
    return {one["file"]: one for one in json.loads((folder / "photosort.json").read_text())["photos"]}


def test_a_folder_names_what_it_holds_now_with_where_each_came_from(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first(source, out)
    (out / "Red").rename(out / "Our barn")
    barn = out / "Our barn"
    (barn / "red-1.png").rename(barn / "The gate.png")
    (barn / "red-2.png").rename(out / "Blue" / "red-2.png")
    (barn / "red-3.png").unlink()
    walls(barn, "red", range(90, 91))
    before = tree(out)
    walls(source / "new", "red", range(20, 22))
    again(source, out)
    found = told(barn)
    stand = {"red-0.png", "The gate.png", "red-4.png", "red-5.png", "red-6.png", "red-7.png", "red-90.png"}
    assert found.keys() == {*stand, "red-20.png", "red-21.png"}
    assert found["The gate.png"]["from"] == str(source / "red-1.png")
    assert found["red-20.png"]["from"] == str(source / "new" / "red-20.png")
    assert found["red-0.png"]["companions"] == [{"file": "red-0.xmp", "from": str(source / "red-0.xmp")}]
    assert found["red-90.png"]["from"] == ""
    text = (barn / "ABOUT.txt").read_text()
    assert text.startswith("Our barn\n") and "Named by you." in text and "Photos: 9," in text
    assert "red-90.png    (put here by you)" in text
    assert (tree(out) | before).keys() == tree(out).keys()
    undo_run(load_settings().data_dir)
    assert tree(out) == before


def test_a_text_that_was_edited_or_deleted_stays_so_and_is_named(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first(source, out)
    (out / "Red" / "ABOUT.txt").write_text("Our barn, painted in 2019")
    (out / "Blue" / "ABOUT.txt").unlink()
    walls(source, "red", range(20, 21))
    walls(source, "blue", range(20, 21))
    done = again(source, out)
    assert [one.path for one in done.prepared.plan.edited] == [out / "Red" / "ABOUT.txt"]
    assert (out / "Red" / "ABOUT.txt").read_text() == "Our barn, painted in 2019"
    assert not (out / "Blue" / "ABOUT.txt").exists()
    assert "red-20.png" in told(out / "Red") and "blue-20.png" in told(out / "Blue")


def test_without_about_no_text_is_touched(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first(source, out)
    before = (out / "Red" / "photosort.json").read_bytes()
    walls(source, "red", range(20, 21))
    again(source, out, about=False)
    assert (out / "Red" / "photosort.json").read_bytes() == before


def test_runs_that_later_ones_know_better_are_kept_small_and_whole(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first(source, out)
    for number in (20, 30, 40):
        walls(source, "red", range(number, number + 2))
        again(source, out)
    data_dir = load_settings().data_dir
    with open_history(data_dir) as connection:
        rows = dict(connection.execute("SELECT run, count(*) FROM members GROUP BY run"))
        assert rows == {1: 16, 2: 2, 3: 2, 4: 22}, "what each has added, and what the last one knows"
        assert [run for (run,) in connection.execute("SELECT run FROM packed WHERE superseded")] == [2, 3]
        assert sum(Runs(connection).sizes(3).values()) == 20 and Runs(connection).standing(3)[0] == 18
    assert [(past.photos, past.before, past.companions) for past in past_runs(data_dir)] == [
        (22, 20, 0),
        (20, 18, 0),
        (18, 16, 0),
        (16, 0, 1),
    ]
    with open_history(data_dir) as connection:
        stood = [member for member in Runs(connection).members(2) if member.standing]
        assert len(stood) == 16 and all(member.path.is_relative_to(out) for member in stood)
    undo_run(data_dir)
    walls(source, "red", range(50, 51))
    assert len(again(source, out).prepared.plan.folders[0].photos) == 3
