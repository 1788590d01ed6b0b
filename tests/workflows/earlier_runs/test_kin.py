"""Photos that fit no folder join the nearest, pull nothing there, and are evidence when more of their kind arrive."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from fakes.filing_kit import tree
from fakes.models import COLOURS, use_colours
from fakes.photos import filed
from fakes.walls import again, coming, folder_of, models, walls
from rich.console import Console

from photosort.cli.explaining.photo import document
from photosort.cli.explaining.pictures import Gallery
from photosort.cli.views.continuing import view
from photosort.settings.settings import load_settings
from photosort.store.history import open_history
from photosort.store.runs.centroids import Centroid
from photosort.store.runs.runs import Runs
from photosort.workflows.explaining.explain import explain
from photosort.workflows.explaining.photo import Reasons
from photosort.workflows.explaining.views import FolderView, PhotoView
from photosort.workflows.history import undo_run
from photosort.workflows.recording.centroids import kept_centroids


@pytest.fixture(autouse=True)
def colours(monkeypatch: pytest.MonkeyPatch) -> None:
    use_colours(monkeypatch)
    monkeypatch.setitem(COLOURS, "orange", (200, 120, 30))  # nearer to red than to blue


def home(out: Path, name: str) -> str:
    (found,) = out.rglob(name)
    return folder_of(found, out)


def middles() -> dict[str, Centroid]:
    """The centroids and edges of the last run, by folder."""
    with open_history(load_settings().data_dir) as connection:
        run = Runs(connection).last()
        kept = kept_centroids(connection, run, models())
        return {one.folder: kept[one.number] for one in Runs(connection).clusters(run.id)}


def seen(data: Path, what: Path) -> PhotoView:
    found = explain(data, what)
    assert isinstance(found, PhotoView)
    return found


def test_later_photos_of_the_kind_of_strays_get_a_folder_and_the_strays_stay(source: Path, out: Path) -> None:
    walls(source, "orange", range(3))
    (nearest,) = coming(again(source, out))
    before = tree(out)
    walls(source, "orange", range(3, 5))
    done = again(source, out)
    (kind,) = coming(done)
    assert kind not in ("Red", "Blue") and coming(done)[kind] == ["orange-3.png", "orange-4.png"]
    assert before.items() <= tree(out).items(), "what was placed is not moved"
    assert done.prepared.continues is not None and done.prepared.continues.kin == {kind: {nearest: 3}}
    walls(source, "orange", range(5, 7))
    assert coming(again(source, out)) == {kind: ["orange-5.png", "orange-6.png"]}
    assert coming(again_with(source, out, "red", 20)) == {"Red": ["red-20.png"]}


def again_with(source: Path, out: Path, colour: str, number: int) -> object:
    walls(source, colour, [number])
    return again(source, out)


def test_strays_of_several_runs_and_of_a_renamed_folder_are_evidence(source: Path, out: Path) -> None:
    for number in range(4):
        walls(source, "orange", [number])
        again(source, out)
    nearest = home(out, "orange-0.png")
    assert nearest == "Red"
    (out / "Red").rename(out / "Our barn")
    walls(source, "orange", [4])
    done = again(source, out)
    (kind,) = coming(done)
    assert coming(done)[kind] == ["orange-4.png"]
    assert done.prepared.continues is not None and done.prepared.continues.kin == {kind: {"Our barn": 4}}


def test_too_few_of_a_kind_in_all_runs_make_no_folder(source: Path, out: Path) -> None:
    walls(source, "orange", range(2))
    again(source, out)
    walls(source, "orange", range(2, 4))
    walls(source, "green", range(2))
    assert set(coming(again(source, out))) <= {"Red", "Blue"}


def test_strays_pull_neither_the_middle_nor_the_edge(source: Path, out: Path) -> None:
    walls(source, "red", range(20, 24))
    again(source, out)
    before = middles()
    walls(source, "orange", range(4))
    (nearest,) = coming(again(source, out))
    walls(source, "green", range(1))
    again(source, out)
    after = middles()
    assert before.keys() == after.keys() and nearest in after
    for folder, one in before.items():
        assert np.allclose(one.vector, after[folder].vector, atol=1e-6)
        assert one.edge == pytest.approx(after[folder].edge, abs=1e-6)


def test_a_stray_that_the_user_has_moved_is_none_any_more(source: Path, out: Path) -> None:
    walls(source, "orange", range(4))
    again(source, out)
    before = middles()["Blue"].vector
    for number in range(4):
        (out / "Red" / f"orange-{number}.png").rename(out / "Blue" / f"orange-{number}.png")
    walls(source, "orange", [4])
    assert coming(again(source, out)) == {"Red": ["orange-4.png"]}, "those that were moved are no evidence"
    assert not np.allclose(before, middles()["Blue"].vector, atol=0.01), "they count where the user has put them"
    assert not seen(load_settings().data_dir, out / "Blue" / "orange-0.png").stray


def test_what_was_undone_is_no_evidence(source: Path, out: Path) -> None:
    walls(source, "orange", range(4))
    again(source, out)
    undo_run(load_settings().data_dir)
    for number in range(4):
        (source / f"orange-{number}.png").unlink()
    walls(source, "orange", [4])
    assert set(coming(again(source, out))) <= {"Red", "Blue"}


def test_preview_and_explain_say_where_the_others_lie(source: Path, out: Path) -> None:
    data = load_settings().data_dir
    walls(source, "orange", range(4))
    again(source, out)
    nearest = home(out, "orange-0.png")
    stray = seen(data, out / nearest / "orange-0.png")
    assert stray.stray and document(stray, Reasons())["answer"] == {"stray": True}
    assert not seen(data, next(path for path in filed(out) if path.name == "red-0.png")).stray
    walls(source, "orange", [4])
    done = again(source, out)
    (kind,) = coming(done)
    said = f"4 earlier photos of this kind lie in “{nearest}”"
    assert done.prepared.continues is not None
    assert f"“{kind}”: {said}." in shown(view(done.prepared.continues, load_settings()))
    found = explain(data, out / kind)
    assert isinstance(found, FolderView) and found.kin == {nearest: 4}
    from photosort.cli.explaining import folder

    assert said in shown(folder.view(found, Gallery(None)))
    assert seen(data, out / nearest / "orange-0.png").stray, "a later run knows it as well"


def shown(view: object) -> str:
    console = Console(file=io.StringIO(), width=400)
    console.print(view)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()
