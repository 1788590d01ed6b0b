"""What is said, where it is said, and what is not."""

import io
import json
import re
import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text

from photosort.cli import past
from photosort.cli.explaining import run as explain_run
from photosort.cli.sink import ending
from photosort.cli.sink.output import Form, Human, Json, Quiet, elapsed, plural, speaking
from photosort.cli.views import plan_tree
from photosort.errors import Declined, NoPhotos
from photosort.filing.journaled.apply import Remark
from photosort.store.runs.runs import Run
from photosort.support.printable import printable
from photosort.support.progress import Used
from photosort.workflows.explaining.views import RunView
from photosort.workflows.history import PastRun


@pytest.mark.parametrize(("flags", "expected"), [({}, Human), ({"quiet": True}, Quiet), ({"as_json": True}, Json)])
def test_flags_choose_the_voice(flags: dict[str, bool], expected: type) -> None:
    with speaking(**flags) as out:
        assert type(out) is expected


def test_an_error_is_one_line_and_an_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as caught, speaking():
        raise NoPhotos("No photo\nlies in /x\x1b[31m", "Look elsewhere.")
    assert caught.value.exit_code == 4
    assert capsys.readouterr().err == "photosort: No photo lies in /x\\x1b[31m. Look elsewhere.\n"


def test_json_errors_are_json_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit), speaking(as_json=True):
        raise NoPhotos("No photo", "Look.")
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"error": {"kind": "NoPhotos", "problem": "No photo", "hint": "Look."}}
    assert captured.err == ""


def test_a_failing_database_is_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as caught, speaking():
        raise sqlite3.OperationalError("database or disk is full")
    assert caught.value.exit_code == 9
    assert "disk is full" in capsys.readouterr().err


def test_an_interruption_is_130(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as caught, speaking():
        raise KeyboardInterrupt
    assert caught.value.exit_code == 130
    assert "goes on from there" in capsys.readouterr().err


def test_only_people_see_views_and_only_programs_documents(capsys: pytest.CaptureFixture[str]) -> None:
    for voice in (Human(), Quiet(), Json()):
        voice.show(lambda: "a view")
        voice.document(lambda: {"a": "document"})
        voice.note("an aside")
    captured = capsys.readouterr()
    assert captured.out == 'a view\n{\n  "a": "document"\n}\n'
    assert captured.err == "an aside\n"


@pytest.mark.parametrize("voice", [Human(), Quiet(), Json()])
def test_what_is_sent_is_told_to_everybody(voice: Human, capsys: pytest.CaptureFixture[str]) -> None:
    voice.disclose("Each new photo is sent")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "Each new photo is sent\n")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("used", "said"), [(Used(7, 14_003, 200, 0.004), "14,203 tokens  $0.0040"), (Used(7, 90, 9, None), "99 tokens")]
)
def test_what_a_writer_has_used_runs_beside_the_bar(
    used: Used, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr("photosort.cli.sink.pace.SHOWN_AFTER", 0.0)
    for voice, shown in ((Human(), True), (Quiet(), False), (Json(), False)):
        monkeypatch.setattr("sys.stderr", terminal := Terminal())
        with voice.progress() as progress:
            progress("naming", 6, 12)
            progress("naming", 7, 12, used)
        assert ("naming" in terminal.getvalue() and "7/12" in terminal.getvalue()) is shown
        assert (said in terminal.getvalue()) is shown
    assert not capsys.readouterr().out


@pytest.mark.parametrize("voice", [Human(), Quiet(), Json()])
def test_a_swallowed_stop_is_heard_at_the_next_step(voice: Human, monkeypatch: pytest.MonkeyPatch) -> None:
    with voice.progress() as progress:
        progress("looking", 0, 1)
        monkeypatch.setattr(ending.END, "asked", True)
        with pytest.raises(KeyboardInterrupt):
            progress("filing", 0, 1)


@pytest.mark.parametrize(("form", "expected"), [("json", Json), ("table", Human), ("tree", Human), (None, Human)])
def test_one_option_chooses_the_form(form: Form | None, expected: type) -> None:
    with speaking(form=form) as out:
        assert type(out) is expected


def test_a_view_has_a_table_where_that_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    for form in (None, "tree", "table"):
        Human(form).show(lambda: "a tree", lambda: "a table")
        Human(form).show(lambda: "a view without one")
    assert capsys.readouterr().out.split("\n")[::2] == ["a tree", "a tree", "a table", ""]
    Quiet().show(lambda: "a tree", lambda: "a table")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("form", ["tree", "table"])
def test_json_and_another_form_exclude_each_other(form: Form, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as caught, speaking(as_json=True, form=form):
        raise AssertionError
    assert caught.value.exit_code == 2
    assert json.loads(capsys.readouterr().out)["error"]["problem"] == f"--json and --output {form} exclude each other"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("runs --json", True),
        ("runs --output json", True),
        ("runs --output=json --nonsense", True),
        ("runs --output table", False),
        ("search json --output", False),
        ("", False),
    ],
)
def test_a_refused_command_line_is_json_where_it_asks_for_that(line: str, expected: bool) -> None:
    assert ending.wants_json(line.split()) is expected


def test_time_is_said_from_a_second_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending.END, "begun", None)
    assert elapsed() == "", "another program than the command imports this"
    for seconds, said in ((0.2, ""), (77.5, "Done in 1:17.")):
        monkeypatch.setattr(ending.END, "begun", time.monotonic() - seconds)
        assert elapsed() == said


@pytest.mark.parametrize("colour", ["", "1"])
def test_in_a_pipe_no_line_ends_in_spaces(
    colour: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if colour:
        monkeypatch.setenv("FORCE_COLOR", colour)
    grid = Table.grid(padding=(0, 2))
    grid.add_row(Text("a", style="dim"), Text("short", style="green"))
    grid.add_row("b", "a much longer text")
    grid.add_row("", "")
    Human().show(lambda: Group(grid, Text("on blue  ", style="on blue"), "end"))
    lines = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out).split("\n")
    assert lines == ["a  short", "b  a much longer text", "", "on blue  " if colour else "on blue", "end", ""]


LONG = "/photos/" + "/".join(f"a folder with a rather long name {number}" for number in range(30))
RUN = Run(1, datetime(2026, 11, 25, tzinfo=UTC), Path(LONG), Path(LONG), "copy", False, {})


@pytest.mark.parametrize("environment", [{}, {"COLUMNS": "40"}, {"FORCE_COLOR": "1", "COLUMNS": "30"}], ids=str)
def test_no_line_is_folded_or_cut_but_on_a_terminal(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    Human().show(lambda: explain_run.left(RunView(RUN, (), ((Path(LONG), "no photo"), (Path("/b.jpg"), "empty")))))
    Human().show(lambda: past._table([PastRun(RUN, 1, 2, 2, "done")]))
    Human().show(lambda: past._line(Remark(Path(LONG), "changed since")))
    Human().show(lambda: plan_tree._line("1", "", (LONG, "bold")))
    assert capsys.readouterr().out.count(LONG) == 5


def test_on_a_terminal_lines_are_as_wide_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr("sys.stdout", terminal := Terminal())
    Human().show(lambda: Text(LONG))
    assert max(len(line) for line in terminal.getvalue().splitlines()) <= 60


def test_nobody_to_ask_is_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    for voice in (Human(), Quiet(), Json()):
        with pytest.raises(Declined, match="--yes"):
            voice.confirm("Move 3 photos?")


def test_names_cannot_write_to_the_terminal() -> None:
    assert printable("a\x1b[2Jb\nc\u202ed\udce9é 😀") == "a\\x1b[2Jb\\nc\\u202ed\\udce9é 😀"


def test_numbers_nouns_and_verbs_agree() -> None:
    assert (plural(1, "photo"), plural(2431, "photo"), plural(2, "class")) == ("1 photo", "2,431 photos", "2 classes")
    assert (plural(1, "file", "stay"), plural(0, "file", "say")) == ("1 file stays", "0 files say")


def test_ungated_text_is_stopped_at_the_console(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = Table("a\x1b[31m")
    table.add_row(Text("b\u202ec"))
    Human().show(lambda: Group("d\x07", table))
    shown = capsys.readouterr().out
    assert all(line.isprintable() for line in shown.split("\n"))
    assert "a\\x1b" in shown and "b\\u20" in shown
