"""What photosort search shows, to people and to pipes, and how it refuses."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from photosort.cli import search
from photosort.cli.app import app
from photosort.cli.sink.output import Human, Json, Quiet
from photosort.workflows.searching.search import Hit, Searched

OWL = Path("/photos/sorted/Birds at the lake/DSC_0412 [edited].jpg")
OWL_IN_TWO_PLACES = (OWL, Path("/photos/owl.jpg"))
ODD = Path("/photos/e\x1b[2J.jpg")
DEEP = Path("/photos/a very long name of a folder that somebody made/and one below it/IMG_2041.JPG")
HITS = (
    Hit(OWL, 10.126, "a photo of an owl, maybe a bird of prey", "Birds at the lake", 3, 2, OWL_IN_TWO_PLACES),
    Hit(ODD, 9.0, "", "", 0, 1, (ODD,)),
    Hit(DEEP, -0.5, "a [b]", "", 0, 1, (DEEP,)),
)


def refused(*arguments: str) -> Result:
    done = CliRunner().invoke(app, ["search", *arguments])
    assert done.exit_code and not done.stdout
    assert done.stderr.count("\n") == 1
    return done


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "There is nothing to search for"),
        (("--after", "2004", "--before", "2006", "--profile", "builtin"), 28, "No photo was looked at yet"),
        (("dog", "+"), 2, "A part of the query 'dog +' is empty"),
        (("dog", "--after", "May"), 2, "--after 'May' is not a date"),
        (("dog", "--people", "many"), 2, "--people 'many' is not a number of people"),
        (("dog", "--kind", "cat"), 2, "--kind 'cat' is not a kind of picture"),
        (("dog", "--profile", "builtin"), 28, "No photo was looked at yet"),
        (("--like", "nothing.jpg", "--profile", "builtin"), 28, "photosort organize DIR --dry-run looks at photos"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(arguments: tuple[str, ...], code: int, message: str) -> None:
    done = refused(*arguments)
    assert done.exit_code == code and message in done.stderr


def drawn(width: int) -> str:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(search._view(Searched(HITS, 3, 0, 0)))
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())


def test_every_photo_is_shown_with_what_is_known_of_it() -> None:
    assert drawn(120) == (
        "10.13  /photos/sorted/Birds at the lake/DSC_0412 [edited].jpg\n"
        "       Birds at the lake   2 copies   a photo of an owl, maybe a bird of prey\n"
        " 9.00  /photos/e\\x1b[2J.jpg\n"
        "-0.50  /photos/a very long name of a folder that somebody made/and one below it/IMG_2041.JPG\n"
        "       a [b]"
    )


def test_a_narrow_terminal_loses_nothing() -> None:
    assert max(map(len, drawn(50).splitlines())) <= 50
    assert "".join(drawn(50).split()) == "".join(drawn(120).split())


def test_paths_can_be_clicked() -> None:
    console = Console(file=io.StringIO(), width=120, force_terminal=True, color_system="truecolor")
    console.print(search._view(Searched(HITS, 3, 0, 0)))
    shown = console.file.getvalue()
    assert "file:///photos/sorted/Birds%20at%20the%20lake/DSC_0412%20%5Bedited%5D.jpg" in shown
    assert "file:///photos/e%1B%5B2J.jpg" in shown and "\x1b[2J" not in shown


def test_programs_get_everything() -> None:
    found = json.loads(json.dumps(search._document(Searched(HITS, 7, 1, 2))))
    assert (found["among"], found["left_out"]) == (7, {"gone": 1, "unknown": 2})
    assert found["photos"][0] == {
        "path": str(OWL),
        "similarity": 10.126,
        "taken": None,
        "caption": "a photo of an owl, maybe a bird of prey",
        "folder": "Birds at the lake",
        "run": 3,
        "copies": 2,
        "places": [str(OWL), "/photos/owl.jpg"],
    }
    assert found["photos"][1]["folder"] is None and found["photos"][1]["run"] is None


def test_a_list_by_date_shows_dates() -> None:
    hits = (Hit(OWL, None, "", "", 0, 1, (OWL,), "2023-05-01"), Hit(DEEP, None, "", "", 0, 1, (DEEP,)))
    console = Console(file=io.StringIO(), width=80)
    console.print(search._view(Searched(hits, 2, 0, 0)))
    lines = console.file.getvalue().splitlines()
    assert lines[0].startswith("2023-05-01  /photos") and any(line.lstrip().startswith("no date") for line in lines)
    assert search._document(Searched(hits, 2, 0, 0))["photos"][0]["taken"] == "2023-05-01"
    assert search._document(Searched(hits, 2, 0, 0, "dog"))["looks_like_it"] is False


def test_asides_say_what_is_left_out() -> None:
    assert search._asides(Searched(HITS, 3, 0, 0), "date") == []
    assert search._asides(Searched(HITS, 3, 1, 388), "date") == [
        "1 photo left out: gone or changed since photosort looked at them. Look again with:"
        " photosort organize DIR --dry-run",
        "388 photos left out: no date known.",
    ]


def test_a_pipe_gets_paths_as_they_are_on_disk(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    odd = [Path("/a/b [c].jpg"), Path(os.fsdecode(b"/a/\xff.jpg")), Path("/a/\u202e.jpg"), Path("/a/two\nlines.jpg")]
    Quiet().paths(odd)
    assert capfdbinary.readouterr().out.split(b"\n") == [
        b"/a/b [c].jpg",
        b"/a/\xff.jpg",
        "/a/\u202e.jpg".encode(),
        rb"/a/two\nlines.jpg",
        b"",
    ]
    Human().paths(odd)
    Json().paths(odd)
    assert capfdbinary.readouterr().out == b""


def test_without_a_viewer_nothing_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not search._opened(OWL)
