"""What is said, where it is said, and what is not."""

import io
import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text

from photosort.cli import ending, explain_run, past, plan_tree
from photosort.cli.output import Human, Json, Quiet, plural, speaking
from photosort.errors import Declined, NoPhotos
from photosort.filing.journaled.apply import Remark
from photosort.store.runs import Run
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
    monkeypatch.setattr("photosort.cli.pace.SHOWN_AFTER", 0.0)
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
