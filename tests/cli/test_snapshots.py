"""What terminals show, letter by letter, at 80 and 120 columns: the files in tests/cli/snapshots.

After a change that is meant, write them again, and read what has changed:

    PHOTOSORT_TEST_SNAPSHOTS=write python -m pytest tests/cli/test_snapshots.py && git diff tests/cli/snapshots
"""

from __future__ import annotations

import io
import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import small_history
from fakes.models import use_colours
from PIL import Image

from photosort.cli.app import app
from photosort.cli.sink.ending import END

SNAPSHOTS = Path(__file__).parent / "snapshots"
WIDTHS = (80, 120)
LINK = re.compile(r"\x1b\]8;[^\x1b]*\x1b\\")
STYLE = re.compile(r"\x1b\[[0-9;]*m")
COLOUR = re.compile(r"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")
VIEWS = {
    "explain": ("explain",),
    "explain-number": ("explain", "1"),
    "explain-name": ("explain", "cats"),
    "explain-photo": ("explain", "/home/ada/Pictures/2019/IMG_1004.JPG"),
    "explain-left": ("explain", "--left"),
    "explain-preview": ("explain", "--run", "2"),
    "runs": ("runs",),
}


class Terminal(io.StringIO):
    """A file that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def history(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A run that has filed, and a later preview of the same photos."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    small_history.use_letters(monkeypatch)
    small_history.stored(own_folders)
    small_history.stored(own_folders, filed=False)
    yield own_folders
    monkeypatch.undo()
    time.tzset()


def shown(monkeypatch: pytest.MonkeyPatch, *arguments: str, columns: int, colour: bool = True) -> str:
    """What a command prints on a terminal of this width, without links."""
    for name, value in {"COLUMNS": str(columns), "LINES": "40", "TERM": "xterm-256color"}.items():
        monkeypatch.setenv(name, value)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM", "TMUX", "KITTY_WINDOW_ID", "TERM_PROGRAM"):
        monkeypatch.delenv(name, raising=False)
    if not colour:
        monkeypatch.setenv("NO_COLOR", "1")
    terminal = Terminal()
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", terminal)
        patched.setattr(END, "begun", None)  # no time is said
        app(arguments, standalone_mode=False)
    return LINK.sub("", terminal.getvalue())


def plain(text: str) -> str:
    """The text without styles, and without the spaces that end its lines."""
    return "\n".join(line.rstrip() for line in STYLE.sub("", text).split("\n"))


def compare(name: str, text: str) -> None:
    """Hold a text against its file, or write the file where that is asked for."""
    path = SNAPSHOTS / name
    if os.environ.get("PHOTOSORT_TEST_SNAPSHOTS") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("view", VIEWS)
def test_a_view_looks_like_its_snapshot(
    history: Path, monkeypatch: pytest.MonkeyPatch, view: str, columns: int
) -> None:
    seen = plain(shown(monkeypatch, *VIEWS[view], columns=columns))
    assert max(map(len, seen.split("\n"))) <= columns
    compare(f"{view}.{columns}.txt", seen)


@pytest.mark.parametrize("view", VIEWS)
def test_without_colour_the_words_are_the_same(history: Path, monkeypatch: pytest.MonkeyPatch, view: str) -> None:
    coloured = shown(monkeypatch, *VIEWS[view], columns=80)
    bare = shown(monkeypatch, *VIEWS[view], columns=80, colour=False)
    assert plain(bare) == plain(coloured)
    assert not COLOUR.search(bare)


def test_words_that_pull_are_coloured(history: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = shown(monkeypatch, *VIEWS["explain-photo"], columns=80)
    compare("explain-photo.80.colour.txt", seen.replace("\x1b", "␛"))
    assert COLOUR.search(seen)


@pytest.mark.parametrize("columns", WIDTHS)
def test_a_preview_looks_like_its_snapshot(
    own_folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    use_colours(monkeypatch)
    for name, colour in {"red": "red", "blue": "blue", "navy": "navy"}.items():
        (tmp_path / "Pictures").mkdir(exist_ok=True)
        Image.new("RGB", (9, 9), colour).save(tmp_path / "Pictures" / f"{name}.bmp")
    (tmp_path / "Pictures" / "notes.txt").write_text("no photo")
    arguments = ("organize", str(tmp_path / "Pictures"), "--k", "2", "--fusion", "image", "--names", "keywords")
    monkeypatch.setenv("PHOTOSORT_WRITER", "keywords")
    seen = shown(monkeypatch, *arguments, "--profile", "builtin", "--dry-run", columns=columns)
    compare(f"preview.{columns}.txt", plain(seen))
