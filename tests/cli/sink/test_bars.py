"""Bars as terminals show them: of every width and encoding, and when the command is stopped."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import time

import pytest
from rich.console import Console

from photosort.cli.sink.bars import Bars
from photosort.cli.sink.pace import Stages
from photosort.support.progress import Bytes, Used

CODE = re.compile(r"\x1b\[[?0-9;]*[a-zA-Z]")


def bars() -> Bars:
    """Stages half-way and at their end, five seconds after each began."""
    now = [0.0]
    made = Bars(Stages(lambda: now[0]))
    halfway = {
        "scanning": (1500, 1500, None),
        "looking": (1204, 2431, None),
        "grouping": (0, 1, None),
        "asking": (6, 12, Used(6, 14_003, 200, 0.004)),
        "filing": (410, 2431, Bytes(1_300_000_000, 4_500_000_000)),
        "pull a model with a long name": (3, 9, Bytes(3_000_000, 9_000_000)),
        "tree": (1304, None, None),
    }
    for name, (done, total, used) in halfway.items():
        made._stages.update(name, 0, total, Bytes(0, used.total) if isinstance(used, Bytes) else None)
        now[0] += 5
        made._stages.update(name, done, total, used)
    return made


def drawn(width: int, encoding: str = "utf-8") -> list[str]:
    """The lines on a terminal of this width."""
    raw = io.BytesIO()
    console = Console(
        file=io.TextIOWrapper(raw, encoding, errors="backslashreplace", write_through=True),
        width=width,
        force_terminal=True,
        color_system=None,
    )
    console.print(bars().lines(width))
    return CODE.sub("", raw.getvalue().decode(encoding)).splitlines()


@pytest.mark.parametrize("width", range(12, 200, 4))
def test_no_line_is_longer_than_the_terminal_and_none_is_folded(width: int) -> None:
    lines = drawn(width)
    assert len(lines) == 7
    assert max(map(len, lines)) < width


def test_a_wide_terminal_shows_all_of_it() -> None:
    said = {line.split()[0]: " ".join(re.sub("[━╸╺]", "", line).split()[1:]) for line in drawn(120)}
    assert said["scanning"] == "1,500/1,500 0:05"
    assert said["looking"].startswith("1,204/2,431 241/s")
    assert said["asking"].startswith("6/12 14,203 tokens $0.0040 1.2/s")
    assert said["filing"].startswith("410/2,431 1.3 of 4.5 GB 260 MB/s")
    assert said["tree"].startswith("1,304 found 261/s")
    assert re.fullmatch(r"0:\d\d", said["grouping"]), "one step has no rate"


@pytest.mark.parametrize("width", [60, 80])
def test_what_matters_least_gives_way_and_bars_stand_below_each_other(width: int) -> None:
    lines = drawn(width)
    assert all("━" in line for line in lines)
    assert len({line.index("━") for line in lines}) == 1
    assert all(re.search(r"\d:\d\d( left)?$", line.rstrip()) for line in lines), "the time stays"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_an_encoding_of_few_letters_has_plain_bars(encoding: str) -> None:
    lines = drawn(80, encoding)
    assert all("--" in line for line in lines) and not any("\\u" in line for line in lines)


PROGRAM = """
import os, time
from photosort.cli.sink import ending
ending.begin()
from photosort.cli.sink.output import speaking
import typer
try:
    with speaking() as out, out.progress() as progress:
        for done in range(1000):
            progress("looking", done, 1000)
            if done == 20:
                print("ready", flush=True)
            time.sleep(0.05)
except typer.Exit as left:
    os._exit(left.exit_code)
"""


def on_a_terminal(*, stop: bool, quick: bool = False, **environment: str) -> tuple[int, str]:
    """Exit code of the program above, and what its terminal got on standard error."""
    import pty

    ours, theirs = pty.openpty()
    program = PROGRAM.replace("1000", "3").replace("0.05", "0.01") if quick else PROGRAM
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", **environment},
    )
    os.close(theirs)
    assert process.stdout
    if stop:
        assert process.stdout.readline() == b"ready\n"
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
    seen = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # Linux says so at the end
            break
        if not part:
            break
        seen += part
    os.close(ours)
    process.stdout.close()
    return process.wait(), seen.decode()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="a terminal of POSIX, and its signals")
def test_ctrl_c_leaves_the_cursor_visible_and_the_line_whole() -> None:
    code, seen = on_a_terminal(stop=True)
    assert code == 130
    assert "\x1b[?25l" in seen and seen.rindex("\x1b[?25h") > seen.rindex("\x1b[?25l")
    assert re.search(r"looking +\S* *\S+ +\d+/1000", CODE.sub("", seen).replace(",", ""))
    last = seen.rpartition("\x1b[2K")[2]
    assert last.startswith("photosort: Stopped.") and last.endswith("\r\n") and last.count("\n") == 1


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="a terminal of POSIX")
def test_a_stage_that_is_over_soon_draws_nothing() -> None:
    code, seen = on_a_terminal(stop=False, quick=True)
    assert code == 0 and CODE.sub("", seen).strip() == ""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="a terminal of POSIX, and its signals")
def test_a_terminal_that_cannot_move_its_cursor_has_no_bars() -> None:
    code, seen = on_a_terminal(stop=True, TERM="dumb")
    assert code == 130 and "\x1b" not in seen
    assert seen.strip().startswith("photosort: Stopped.") and seen.count("photosort:") == 1


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="a terminal of POSIX, and its signals")
def test_no_color_has_bars_without_colour() -> None:
    _, seen = on_a_terminal(stop=True, NO_COLOR="1")
    assert "looking" in seen
    assert not re.search(r"\x1b\[(?:\d+;)*(?:3[0-8]|9[0-7])(?:;\d+)*m", seen)


def test_a_stage_that_has_ended_is_not_drawn_again_after_something_else_was_said() -> None:
    made = bars()
    made.stop()
    assert "scanning" not in made._stages.all and "looking" in made._stages.all
    made.report("scanning", 1, 2)
    made.stop()
    assert made._stages.all["scanning"].done == 1
