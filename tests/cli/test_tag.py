"""What `photosort tag` shows, asks and answers."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import pytest
from fakes.filing_kit import tree
from fakes.tag_home import Home, make_home

from photosort.__main__ import main


@pytest.fixture
def home(tmp_path: Path, own_folders: Path) -> Home:
    """Five photos of three folders."""
    return make_home(tmp_path)


def photosort(monkeypatch: pytest.MonkeyPatch, line: str) -> int:
    monkeypatch.setattr(sys, "argv", ["photosort", *shlex.split(line)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_the_plan_is_shown_and_asked_about(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home.organize()
    before = tree(home.out)
    assert photosort(monkeypatch, "tag") == 14
    out, err = capsys.readouterr()
    assert "4 new sidecars" in out and out.count("keywords") == 3 and "and 1 more photo" in out
    assert "description  a photo of a dog, probably a beagle" in out
    assert "1 photo of which no run has said anything for sure" in out
    assert "Add 4 sidecars?" in err and "--yes" in err
    assert tree(home.out) == before


def test_it_is_written_and_taken_back(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home.organize()
    before = tree(home.out)
    assert photosort(monkeypatch, "tag --yes") == 0
    assert "Tags of 4 photos written to 4 files." in (out := capsys.readouterr().out) and "photosort undo 2" in out
    assert photosort(monkeypatch, "tag --yes") == 0
    assert "Nothing to write: all tags are there already." in capsys.readouterr().out
    assert photosort(monkeypatch, "runs") == 0
    listed = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert listed[0].endswith("done       4 photos") and listed[1] == f"tag {home.out}"
    assert photosort(monkeypatch, "undo") == 0
    assert "Run 2 undone: 4 files as before the tags." in capsys.readouterr().out
    assert tree(home.out) == before


def test_programs_get_all_of_it(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home.organize()
    assert photosort(monkeypatch, "tag --dry-run --json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["files"] == {"new": 4, "changed": 0, "embedded": 0} and shown["dry_run"] is True
    dog = next(one for one in shown["tags"] if one["path"].endswith("dog.jpg.xmp"))
    assert dog["keywords"] == ["dog", "beagle", "Animals"] and dog["file"] == "new"
    assert photosort(monkeypatch, "tag --yes --json") == 0
    done = json.loads(capsys.readouterr().out)
    assert (done["run"], done["outcome"]["files"]) == (2, 4)
    assert photosort(monkeypatch, "undo --json") == 0
    assert json.loads(capsys.readouterr().out) == {"run": 2, "taken_back": 4, "gone": 0, "kept": [], "stopped": ""}


def test_what_fails_is_named_and_has_an_exit_code(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home.organize()
    assert photosort(monkeypatch, "tag --yes") == 0
    edited = home.out / "Animals/dog.jpg.xmp"
    edited.write_text("edited")
    capsys.readouterr()
    assert photosort(monkeypatch, "undo") == 15
    assert "except for 1 file" in (out := capsys.readouterr().out) and f"{edited}: changed since" in out
    assert photosort(monkeypatch, "tag --yes") == 0
    assert "left as it is: dog.jpg.xmp: it is no well-formed XML" in capsys.readouterr().out


def test_a_name_cannot_forge_the_screen(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home.organize(file=False)
    (home.source / "dog.jpg").rename(home.source / "\x1b[31mdog.jpg")
    assert photosort(monkeypatch, f"tag {home.source} --dry-run") == 0
    assert "\x1b" not in capsys.readouterr().out
