"""A command line that makes no sense is one line with what to do next, exit code 2, and JSON with --json."""

from __future__ import annotations

import json
import sys

import pytest

from photosort.__main__ import main
from photosort.errors import NoSuchRun
from photosort.settings.settings import config_file

MISUSED = {
    "organise DIR": "No such command 'organise'. Did you mean 'organize'? photosort --help says more.",
    "models pul": "No such command 'pul'. Did you mean 'pull'? photosort models --help says more.",
    "xyzzy": "No such command 'xyzzy'. photosort --help says more.",
    "organize": "DIR is missing. Write: photosort organize DIR",
    "add": "NEW is missing. Write: photosort add NEW",
    "watch DIR --every 0": "--every 0 is too small. It must be at least 1.",
    "config set k": "VALUE... is missing. Write: photosort config set KEY VALUE...",
    "completions": "SHELL is missing. Choose one of: bash, zsh, fish, powershell.",
    "organize My Photos": "One argument too many: Photos. A path with spaces goes in quotes."
    " photosort organize --help says more.",
    "organize DIR --moed move": "Unknown flag --moed. Did you mean --mode? photosort organize --help says more.",
    "organize DIR -v": "Unknown flag -v. -v stands before the command: photosort -v organize",
    "models pull clip --verbose": "Unknown flag --verbose. -v stands before the command: photosort -v models pull",
    "search -2:dog": "A query cannot begin with a minus. Begin with what to find: photosort search"
    " 'dog - fruit'. photosort search --help says more.",
    "search dog -x": "Unknown flag -x. Begin with what to find: photosort search 'dog - fruit'."
    " photosort search --help says more.",
    "organize DIR -x": "Unknown flag -x. photosort organize --help says more.",
    "organize DIR --k": "--k needs a value. Write it after the flag: --k VALUE",
    "organize DIR --yes=3": "--yes takes no value. Write --yes alone.",
    "organize DIR --mode burn": "--mode burn is not known. Choose one of: copy, move, hardlink, symlink.",
    "organize DIR --k foo": "--k foo is not valid. It must be a positive integer or 'auto'.",
    "organize DIR --captions x": "--captions x is not valid. It must be a whole number, such as 12.",
    "organize DIR --max-cost 1,5": "--max-cost 1,5 is not valid. It must be a number, such as 0.5.",
    "evaluate DIR --seeds 0": "--seeds 0 is too small. It must be at least 1.",
    "evaluate DIR --seeds 2000": "--seeds 2000 is too large. It must be at most 1000.",
    "undo last": "RUN last is not valid. It must be a whole number, such as 12.",
    "completions ksh": "SHELL ksh is not known. Choose one of: bash, zsh, fish, powershell.",
}


def photosort(monkeypatch: pytest.MonkeyPatch, line: str) -> int:
    monkeypatch.setattr(sys, "argv", ["photosort", *line.split()])
    with pytest.raises(SystemExit) as caught:
        main()
    assert isinstance(caught.value.code, int) or caught.value.code is None
    return caught.value.code or 0


@pytest.mark.parametrize("line", MISUSED)
def test_what_makes_no_sense_is_one_line_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    assert photosort(monkeypatch, line) == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"photosort: {MISUSED[line]}\n")


@pytest.mark.parametrize("line", [line for line in MISUSED if line.split()[0] in ("organize", "evaluate", "undo")])
def test_programs_get_the_same_as_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    command, *rest = line.split()
    assert photosort(monkeypatch, " ".join([command, "--json", *rest])) == 2
    said = capsys.readouterr()
    error = json.loads(said.out)["error"]
    assert said.err == "" and error["kind"] == "SettingsError"
    assert ". ".join(filter(None, (error["problem"], error["hint"]))) == MISUSED[line]


def test_undo_works_with_an_unknown_key_in_the_config_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config_file().parent.mkdir(parents=True)
    config_file().write_text('modee = "move"\n')
    assert photosort(monkeypatch, "models") == 2
    assert capsys.readouterr().err == f"photosort: modee in {config_file()} is not a setting. Did you mean mode?\n"
    assert photosort(monkeypatch, "undo") == NoSuchRun.exit_code
    assert "nothing to undo" in capsys.readouterr().err
    assert photosort(monkeypatch, "runs") == 0


def test_undo_works_with_a_folder_in_place_of_the_config_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config_file().mkdir(parents=True)
    assert photosort(monkeypatch, "models") == 2
    assert capsys.readouterr().err.startswith(f"photosort: {config_file()} is a folder. ")
    assert photosort(monkeypatch, "undo") == photosort(monkeypatch, "resume") == NoSuchRun.exit_code


def test_an_unknown_variable_is_reported_and_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PHOTOSORT_MODEE", "move")
    assert photosort(monkeypatch, "models") == 0
    said = "PHOTOSORT_MODEE is ignored: there is no such setting. Did you mean PHOTOSORT_MODE?\n"
    assert capsys.readouterr().err == said
    assert photosort(monkeypatch, "models --quiet") == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("line", [["organize", ""], ["organize", "DIR", "--out", ""], ["explain", ""]])
def test_an_empty_path_is_not_the_folder_that_one_stands_in(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: list[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["photosort", *line])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert "A path is empty" in capsys.readouterr().err


def test_nothing_typed_is_answered_with_the_help(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert photosort(monkeypatch, "") == 0
    assert "organize" in capsys.readouterr().out


@pytest.mark.parametrize("group", ["config", "cache"])
def test_a_group_alone_shows_its_help(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], group: str
) -> None:
    assert photosort(monkeypatch, group) == 0
    alone = capsys.readouterr()
    assert alone.err == "" and alone.out.startswith(f"Usage: photosort {group} ") and "Commands:" in alone.out
    photosort(monkeypatch, f"{group} --help")
    assert capsys.readouterr().out == alone.out


def test_a_query_with_spaces_cannot_begin_with_a_minus(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["photosort", "search", "- fruit"])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert capsys.readouterr().err.startswith("photosort: A query cannot begin with a minus. ")


@pytest.mark.parametrize("line", ["undo", "resume", "explain --run"])
def test_no_number_of_a_run_is_too_large_for_a_clear_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    assert photosort(monkeypatch, f"{line} {10**30}") == 10
    said = capsys.readouterr().err
    assert said.startswith("photosort: ") and f"{10**30}" in said and said.count("\n") == 1


@pytest.mark.parametrize("group", ["", "models", "cache", "config"])
def test_what_a_command_does_is_not_cut_in_the_list_of_commands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], group: str
) -> None:
    assert photosort(monkeypatch, f"{group} --help") == 0
    commands = capsys.readouterr().out.partition("Commands:\n")[2].splitlines()
    assert len(commands) >= 2 and all(line.endswith(".") and not line.endswith("...") for line in commands)


def test_config_get_is_config_show(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert photosort(monkeypatch, "config get seed") == 0
    assert capsys.readouterr().out.startswith("seed = 42  (default)")
