"""A review edits the plan of a real run, goes on where it was stopped, and files through the journal."""

from __future__ import annotations

import _thread
import json
import threading
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from fakes.filing_kit import digests, names, tree
from fakes.models import COLOURS, use_colours
from PIL import Image

from photosort.errors import Busy, NoSuchRun, PlanRefused, SettingsError, Unfinished
from photosort.models.selected import select_models
from photosort.review.server import HEADER
from photosort.settings.settings import Settings, load_settings
from photosort.store.history import open_history
from photosort.store.runs.runs import Runs
from photosort.workflows.history import undo_run
from photosort.workflows.organize import organize
from photosort.workflows.reporting.review import Reviewed, review

Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    use_colours(monkeypatch)
    return load_settings(fusion="image", names="keywords", k=2)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Twelve photos, red, green and blue; one has a sidecar."""
    root = tmp_path / "in"
    root.mkdir()
    for number in range(12):
        colour = ("red", "green", "blue")[number % 3]
        image = Image.new("RGB", (30, 20), COLOURS[colour])
        image.putpixel((0, 0), (number, 0, 0))
        image.save(root / f"{colour}-{number}.png")
    (root / "red-0.xmp").write_text("<x:xmpmeta/>")
    return root


@pytest.fixture
def previewed(source: Path, tmp_path: Path, settings: Settings) -> Settings:
    """The settings of a dry run, number 1."""
    organize(source, tmp_path / "out", select_models(settings), dry_run=True)
    return settings


def reviewed(settings: Settings, steps: Callable[[Ask], None], **how: Any) -> Reviewed:
    """Review the last run; `steps` asks as the page does, in a thread of its own, and the end comes by "done"."""
    failures: list[BaseException] = []

    def browse(url: str) -> None:
        origin = url.partition("/?")[0]
        page = urllib.request.urlopen(url, timeout=20).read().decode()
        secret = page.partition('name="photosort-secret" content="')[2].partition('"')[0]

        def ask(path: str, content: dict[str, Any] | None = None) -> dict[str, Any]:
            headers = {HEADER: secret, "Origin": origin, "Content-Type": "application/json"}
            data = None if content is None else json.dumps(content).encode()
            with urllib.request.urlopen(urllib.request.Request(origin + path, data, headers), timeout=20) as answer:
                return json.loads(answer.read())  # type: ignore[no-any-return]

        try:
            steps(ask)
        except BaseException as error:
            failures.append(error)
        finally:
            with suppress(OSError):  # the review has ended already
                ask("/ask", {"do": "done"})

    def opened(url: str, goes_on: bool) -> None:
        threading.Thread(target=browse, args=(url,), daemon=True).start()

    done = review(settings.data_dir, settings.cache_dir, **{"opened": opened, **how})
    assert failures == []
    return done


def filed(ask: Ask) -> dict[str, Any]:
    """File the plan and wait until that is over."""
    ask("/ask", {"do": "file"})
    while (state := ask("/state"))["phase"] == "filing":
        time.sleep(0.02)
    return state


def folders(state: dict[str, Any]) -> dict[str, int]:
    return {folder["name"]: len(folder["photos"]) for folder in state["folders"]}


def test_a_reviewed_plan_is_filed_and_can_be_undone(previewed: Settings, source: Path, tmp_path: Path) -> None:
    before = digests(source)

    def steps(ask: Ask) -> None:
        first, second = folders(ask("/state"))
        shown = ask("/photos")["photos"]
        red = next(number for number, photo in enumerate(shown) if photo["name"] == "red-0.png")
        ask("/change", {"do": "rename", "folder": first, "to": "Mine/First"})
        ask("/change", {"do": "move", "photos": [red], "folder": "Best", "new": True})
        ask("/change", {"do": "pin", "folder": second, "pinned": True})
        state = filed(ask)
        assert state["phase"] == "filed" and state["filed"]["photos"] == 12 and state["filed"]["failed"] == []

    done = reviewed(previewed, steps)
    assert done.edited and done.edited.run == 2 and done.saved is None
    assert {"Best/red-0.png", "Best/red-0.xmp"} <= set(names(tmp_path / "out"))
    assert len(list((tmp_path / "out" / "Mine" / "First").glob("*.png"))) in (3, 4, 7, 8)
    with open_history(previewed.data_dir) as connection:
        clusters = Runs(connection).clusters(2)
        assert {cluster.named_by for cluster in clusters} == {"you"}
    assert digests(source) == before
    undo_run(previewed.data_dir, 2)
    assert not (tmp_path / "out").exists() and digests(source) == before


def test_a_folder_is_split_by_what_its_photos_show(previewed: Settings) -> None:
    """The larger of two folders has two of the three colours."""

    def steps(ask: Ask) -> None:
        state = ask("/state")
        large = max(state["folders"], key=lambda folder: len(folder["photos"]))
        state = ask("/change", {"do": "split", "folder": large["name"]})
        shown = [photo["name"].partition("-")[0] for photo in ask("/photos")["photos"]]
        colours = [{shown[number] for number in folder["photos"]} for folder in state["folders"]]
        assert sorted(map(sorted, colours)) == [["blue"], ["green"], ["red"]]

    assert reviewed(previewed, steps).edited is None


def test_a_stopped_review_goes_on_with_its_changes(previewed: Settings, tmp_path: Path) -> None:
    before = tree(tmp_path)

    def change(ask: Ask) -> None:
        first = next(iter(folders(ask("/state"))))
        ask("/change", {"do": "aside", "photos": [0, 1]})
        ask("/change", {"do": "rename", "folder": first, "to": "Renamed"})

    done = reviewed(previewed, change)
    assert done.edited is None and done.saved and done.saved.stat().st_mode & 0o777 == 0o600
    goes_on: list[bool] = []

    def look(ask: Ask) -> None:
        state = ask("/state")
        goes_on.append("Renamed" in folders(state) and state["aside"] == [0, 1])
        ask("/change", {"do": "move", "photos": [0], "folder": "Renamed"})

    reviewed(previewed, look)
    reviewed(previewed, lambda ask: goes_on.append("Renamed" in folders(ask("/state"))), fresh=True)
    assert goes_on == [True, False] and tree(tmp_path) == before


def test_what_is_refused_is_shown_and_the_review_goes_on(previewed: Settings, source: Path, tmp_path: Path) -> None:
    (source / "red-3.png").write_bytes(b"another photo")

    def steps(ask: Ask) -> None:
        state = filed(ask)
        assert state["phase"] == "editing" and state["failure"]["details"] == [
            "red-3.png: was changed since the plan was made"
        ]
        shown = [photo["name"] for photo in ask("/photos")["photos"]]
        ask("/change", {"do": "aside", "photos": [shown.index("red-3.png")]})
        assert filed(ask)["filed"]["photos"] == 11

    done = reviewed(previewed, steps)
    assert done.edited and len(list((tmp_path / "out").rglob("*.png"))) == 11 and done.saved is None


def test_a_run_that_has_filed_its_photos_is_not_reviewed(previewed: Settings, source: Path, tmp_path: Path) -> None:
    organize(source, tmp_path / "out", select_models(previewed))
    with pytest.raises(Unfinished, match=r"Run 2 has filed its photos\. Take it back first: photosort undo 2"):
        reviewed(previewed, lambda ask: None)
    undo_run(previewed.data_dir, 2)
    assert reviewed(previewed, lambda ask: None).run == 2
    assert reviewed(previewed, lambda ask: None, number=1).run == 1


def test_ctrl_c_ends_a_review_and_keeps_the_changes(previewed: Settings, tmp_path: Path) -> None:
    def steps(ask: Ask) -> None:
        ask("/change", {"do": "aside", "photos": [0]})
        _thread.interrupt_main()

    done = reviewed(previewed, steps)
    assert done.edited is None and done.saved and "[aside]" in done.saved.read_text()


def test_what_cannot_be_reviewed_is_said(settings: Settings, previewed: Settings) -> None:
    with pytest.raises(NoSuchRun, match="Run 9 does not exist"):
        reviewed(previewed, lambda ask: None, number=9)
    with pytest.raises(SettingsError, match="Port 70000 cannot be used"):
        reviewed(previewed, lambda ask: None, port=70000)
    (previewed.data_dir / "reviews").mkdir()
    (previewed.data_dir / "reviews" / "run-1.toml").write_text("run = 1")
    with pytest.raises(PlanRefused, match=r"do not fit run 1\. Start anew with --fresh"):
        reviewed(previewed, lambda ask: None)
    assert reviewed(previewed, lambda ask: None, fresh=True).run == 1


def test_one_review_of_a_run_is_open_at_a_time(previewed: Settings) -> None:
    def steps(ask: Ask) -> None:
        with pytest.raises(Busy, match=r"Another review of run 1 is open\. End it first"):
            review(previewed.data_dir, previewed.cache_dir, opened=lambda url, goes_on: None)

    assert reviewed(previewed, steps).run == 1


def test_without_any_run_the_first_step_is_named(settings: Settings) -> None:
    with pytest.raises(NoSuchRun, match="photosort organize DIR --dry-run"):
        reviewed(settings, lambda ask: None)
