"""Pictures in terminals: a real one is played at the other end of a pseudo-terminal, which says what it can show."""

from __future__ import annotations

import os
import re
import select
import struct
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from fakes import small_history
from PIL import Image

from photosort.cli.explaining.pictures import can_show_pictures

fcntl, pty, termios = (pytest.importorskip(name) for name in ("fcntl", "pty", "termios"))  # not on Windows
pytestmark = pytest.mark.slow

SIXEL = re.compile(rb"\x1bP[0-9;]*q")
HALF_BLOCK = "▀".encode()
CLEAN = ("NO_COLOR", "TMUX", "KITTY_WINDOW_ID", "TERM_PROGRAM", "COLORTERM")


@pytest.fixture
def photos(own_folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small history, with files for its photos; one of the most typical is broken."""
    monkeypatch.setattr(small_history, "SOURCE", tmp_path / "Pictures")
    monkeypatch.setattr(small_history, "DESTINATION", tmp_path / "out")
    small_history.stored(own_folders, filed=False)
    for number, path in enumerate(small_history.paths()):
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (64, 48), (number * 9, 90, 200)).save(path)
    small_history.paths()[14].write_text("no picture")
    return tmp_path


def seen(
    *arguments: str, answers: Mapping[bytes, bytes], size: tuple[int, int] = (100, 40), **environment: str
) -> bytes:
    """What a command writes to a terminal of so many columns and lines that answers these questions."""
    leader, follower = pty.openpty()
    columns, lines = size
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, columns * 10, lines * 20))
    variables = {name: value for name, value in os.environ.items() if name not in CLEAN}
    variables |= {"TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40", **environment}
    command = [sys.executable, "-m", "photosort", *arguments]
    with subprocess.Popen(command, stdin=follower, stdout=follower, stderr=follower, env=variables) as process:
        os.close(follower)
        written, asked, until = b"", dict.fromkeys(answers, 0), time.monotonic() + 60
        while time.monotonic() < until:
            if not select.select([leader], [], [], 0.1)[0]:
                if process.poll() is not None:
                    break
                continue
            try:
                part = os.read(leader, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            written += part
            for question, answer in answers.items():
                for found in list(re.finditer(question, written))[asked[question] :]:
                    asked[question] += 1
                    os.write(leader, found.expand(answer))
        os.close(leader)
        assert process.wait(timeout=30) == 0, written
    return written


CAN_SIXEL = {rb"\x1b\[c": b"\x1b[?62;4;22c"}
CANNOT = {rb"\x1b\[c": b"\x1b[?62;22c"}
CAN_KITTY = {rb"\x1b\[c": b"\x1b[?62;c", rb"\x1b_Gi=(\d+),s=1,v=1,a=q": b"\x1b_Gi=\\1;OK\x1b\\\\"}
"""What a terminal is asked, as patterns, and what it answers."""


def test_a_terminal_that_can_shows_the_most_typical_photos(photos: Path) -> None:
    shown = seen("explain", "1", answers=CAN_SIXEL, TERM_PROGRAM="iTerm.app")
    assert len(SIXEL.findall(shown)) == 2, "the third is broken"
    assert b"IMG_1007.JPG" in shown and b"leans to" in shown


def test_pictures_are_shown_or_not_as_the_user_says(photos: Path) -> None:
    assert not SIXEL.search(seen("explain", answers=CAN_SIXEL))
    assert len(SIXEL.findall(seen("explain", "--pictures", answers=CAN_SIXEL))) == 8
    assert not SIXEL.search(seen("explain", "--no-pictures", answers=CAN_SIXEL, TERM_PROGRAM="iTerm.app"))
    blocks = seen("explain", "1", "--pictures", answers=CANNOT)
    assert HALF_BLOCK in blocks and not SIXEL.search(blocks)


def test_kitty_gets_pictures_and_their_places(photos: Path) -> None:
    shown = seen("explain", "1", answers=CAN_KITTY, TERM="xterm-kitty")
    assert shown.count(b",U=1") == 2
    assert "\U0010eeee\u0305".encode() in shown and b"0010eeee" not in shown
    assert b"leans to" in shown


def test_a_terminal_without_a_size_shows_paths(photos: Path) -> None:
    shown = seen("explain", "1", "--pictures", answers=CAN_SIXEL, size=(0, 0))
    assert not SIXEL.search(shown) and b"2019/IMG_1015.JPG" in shown.replace(b"\r\n", b"")


def test_a_pipe_shows_paths(photos: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "photosort", "explain", "--pictures"], capture_output=True, text=True, check=True
    )
    assert "2019/IMG_1015.JPG" in done.stdout and "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("variables", "can"),
    [
        ({}, False),
        ({"TERM": "xterm-kitty"}, True),
        ({"KITTY_WINDOW_ID": "1"}, True),
        ({"TERM_PROGRAM": "iTerm.app"}, True),
        ({"TERM_PROGRAM": "WezTerm", "TMUX": "/tmp/tmux"}, False),
        ({"TERM": "foot", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "vscode"}, False),
    ],
)
def test_the_names_of_terminals_tell(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], can: bool) -> None:
    for name in (*CLEAN, "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert not can_show_pictures()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(os, "get_terminal_size", lambda file: os.terminal_size((80, 24)))
    assert can_show_pictures() == can
