"""A review of a run that continues another shows the folders that are there, and new photos can go into them."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.models import use_colours
from fakes.walls import first, models, walls

from photosort.review.server import HEADER
from photosort.settings.settings import load_settings
from photosort.workflows.organize import organize
from photosort.workflows.reporting.review import Reviewed, review

Steps = Callable[["Page"], None]


class Page:
    """What a browser has that opened the address."""

    def __init__(self, url: str) -> None:
        self._origin = url.partition("/?")[0]
        shell = urllib.request.urlopen(url, timeout=20).read().decode()
        secret, key = (shell.partition(f'name="photosort-{name}" content="')[2] for name in ("secret", "key"))
        self._secret, self._key = secret.partition('"')[0], key.partition('"')[0]

    def ask(self, path: str, content: dict[str, Any] | None = None) -> dict[str, Any]:
        headers = {HEADER: self._secret, "Origin": self._origin, "Content-Type": "application/json"}
        data = None if content is None else json.dumps(content).encode()
        with urllib.request.urlopen(urllib.request.Request(self._origin + path, data, headers), timeout=20) as answer:
            return json.loads(answer.read())  # type: ignore[no-any-return]

    def picture(self, number: int) -> bytes:
        with urllib.request.urlopen(f"{self._origin}/picture/{number}?key={self._key}", timeout=20) as answer:
            return answer.read()  # type: ignore[no-any-return]

    def folders(self) -> dict[str, tuple[int, int]]:
        """Folder -> new photos, and those that lie there."""
        return {one["name"]: (len(one["photos"]), one["there"]) for one in self.ask("/state")["folders"]}


@pytest.fixture
def out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Folders Red and Blue with eight photos each, and a preview that brings three blue ones."""
    use_colours(monkeypatch)
    source, out = tmp_path / "in", tmp_path / "out"
    walls(source, "red", range(8))
    walls(source, "blue", range(8))
    first(source, out)
    walls(source, "blue", range(30, 33))
    organize(source, out, models(), dry_run=True)
    return out


def reviewed(steps: Steps, again: Callable[[], bool] = lambda: False) -> Reviewed:
    """Review the last run; `steps` gets the page of the last address that was given."""
    failures: list[BaseException] = []

    def browse(url: str) -> None:
        page = Page(url)
        try:
            steps(page)
        except BaseException as error:
            failures.append(error)
        finally:
            page.ask("/ask", {"do": "done"})

    def opened(url: str, goes_on: bool) -> None:
        threading.Thread(target=browse, args=(url,), daemon=True).start()

    places = load_settings()
    done = review(places.data_dir, places.cache_dir, opened=opened, again=again)
    if failures:
        raise failures[0]
    return done


def test_standing_folders_are_targets_with_their_photos(out: Path) -> None:
    def steps(page: Page) -> None:
        assert page.folders() == {"Blue": (3, 8), "Red": (0, 8)}
        blue, red = page.ask("/state")["folders"]
        assert len(blue["lying"]) == len(red["lying"]) == 6 and not {*blue["lying"]} & {*red["lying"]}
        assert page.picture(red["lying"][0]).startswith(b"RIFF")
        page.ask("/change", {"do": "move", "photos": [0], "folder": "Red"})
        assert page.folders() == {"Blue": (2, 8), "Red": (1, 8)}

    kept = reviewed(steps)
    assert kept.saved is not None

    def file(page: Page) -> None:
        assert page.folders() == {"Blue": (2, 8), "Red": (1, 8)}, "what was changed is taken up"
        page.ask("/ask", {"do": "file"})
        while page.ask("/state")["phase"] == "filing":
            pass

    done = reviewed(file)
    assert done.edited is not None and done.edited.outcome is not None and done.edited.outcome.photos == 3
    assert sorted(path.name for path in out.iterdir() if path.is_dir()) == ["Blue", "Red"]
    assert {name: len([*(out / name).glob("*.png")]) for name in ("Blue", "Red")} == {"Blue": 10, "Red": 9}


def test_a_standing_folder_keeps_its_name_and_its_place(out: Path) -> None:
    def steps(page: Page) -> None:
        with pytest.raises(urllib.error.HTTPError) as refused:
            page.ask("/change", {"do": "rename", "folder": "Blue", "to": "Skies"})
        assert "8 photos lie in “Blue” already" in json.loads(refused.value.read())["problem"]
        page.ask("/change", {"do": "merge", "folder": "Red", "other": "Blue"})
        assert page.folders() == {"Blue": (0, 8), "Red": (3, 8)}
        page.ask("/change", {"do": "undo"})

    assert reviewed(steps).saved is None


def test_a_page_that_was_closed_is_opened_again(out: Path) -> None:
    pages: list[Page] = []
    wanted: Iterator[bool] = iter([True])
    both = threading.Barrier(2, timeout=20)

    def steps(page: Page) -> None:
        pages.append(page)
        both.wait()
        assert page.folders() == {"Blue": (3, 8), "Red": (0, 8)}
        both.wait()

    reviewed(steps, again=lambda: next(wanted, False))
    assert len(pages) == 2
