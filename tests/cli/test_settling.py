"""The folders that a language model proposes, in a terminal and without one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console, RenderableType

from photosort.cli.settling import QUESTION, settled
from photosort.cli.sink.output import Quiet
from photosort.errors import Declined
from photosort.methods.conversation import Proposal
from photosort.models.protocols import Category

CALM, LOUD = Category("Calm"), Category("Loud", "bands", "traffic")
PROPOSAL = Proposal("the mood", (CALM, LOUD), "two cover all", {"calm": 8, "noisy": 5})


class Terminal(Quiet):
    """Somebody who types these lines, and sees what is shown."""

    def __init__(self, *lines: str) -> None:
        super().__init__()
        self.lines: Iterator[str] = iter(lines)
        self.asked: list[str] = []
        self.seen = self.notes = ""

    def show(self, view: Callable[[], RenderableType]) -> None:
        console = Console(width=200)
        with console.capture() as captured:
            console.print(view())
        self.seen += captured.get()

    def note(self, text: str) -> None:
        self.notes += text

    def ask(self, question: str) -> str | None:
        self.asked.append(question)
        return next(self.lines)


def test_the_proposal_is_shown_and_taken_by_enter() -> None:
    terminal = Terminal("")
    assert settled(PROPOSAL, terminal, ask=True) == (CALM, LOUD)
    for said in ("2 folders by the mood: two cover all", "1  Calm", "2  Loud   bands", "calm 8, noisy 5"):
        assert said in terminal.seen


def test_no_question_is_asked_with_yes_or_without_a_terminal() -> None:
    terminal = Terminal()
    assert settled(PROPOSAL, terminal, ask=False) == (CALM, LOUD) and terminal.asked == []
    assert settled(PROPOSAL, Quiet(), ask=True) == (CALM, LOUD)


def test_one_folder_is_renamed_by_its_number() -> None:
    terminal = Terminal("1", "Peaceful", "")
    assert settled(PROPOSAL, terminal, ask=True) == (Category("Peaceful"), LOUD)
    assert "1  Peaceful" in terminal.seen and terminal.asked == [QUESTION, "New name for Calm:", QUESTION]


@pytest.mark.parametrize("lines", [("1", "loud", ""), ("7", ""), ("what?", ""), ("1", "", "")])
def test_what_makes_no_sense_is_said_and_changes_nothing(lines: tuple[str, ...]) -> None:
    terminal = Terminal(*lines)
    assert settled(PROPOSAL, terminal, ask=True) == (CALM, LOUD)
    assert terminal.notes or lines[1] == ""


def editor(tmp_path: Path, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "editor.py"
    script.write_text(f"import pathlib, sys\nfile = pathlib.Path(sys.argv[1])\ntext = file.read_text()\n{code}\n")
    monkeypatch.setenv("VISUAL", "")
    monkeypatch.setenv("EDITOR", f"{sys.executable} {script}")


def test_all_are_edited_in_the_editor_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    editor(tmp_path, "file.write_text(text.replace('Calm', 'Still: lakes') + 'Wild\\n')", monkeypatch)
    expected = (Category("Still", "lakes"), LOUD, Category("Wild"))
    assert settled(PROPOSAL, Terminal("e", ""), ask=True) == expected


def test_the_folders_of_two_criteria_stay_on_one_level_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    editor(tmp_path, "file.write_text(text.replace('Calm', 'Moods/Calm'))", monkeypatch)
    assert settled(PROPOSAL, Terminal("e", ""), ask=True)[0] == Category("Calm", above="Moods")
    terminal = Terminal("e", "")
    assert settled(replace(PROPOSAL, flat=True), terminal, ask=True) == (CALM, LOUD)
    assert "Moods/Calm would be a third level. With two criteria" in terminal.notes


def test_an_empty_file_or_q_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    editor(tmp_path, "file.write_text('# nothing')", monkeypatch)
    for line in ("e", "q"):
        with pytest.raises(Declined):
            settled(PROPOSAL, Terminal(line), ask=True)


def test_an_editor_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "/no/such/editor")
    terminal = Terminal("e", "")
    assert settled(PROPOSAL, terminal, ask=True) == (CALM, LOUD)
    assert "/no/such/editor was not found" in terminal.notes and "Set VISUAL or EDITOR" in terminal.notes
