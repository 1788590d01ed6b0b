"""A plan is as long as its terminal, or whole, or a table."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from photosort.cli.sink.output import Form, Human
from photosort.cli.views import plan_tree
from photosort.cli.views.plan_tree import AROUND, PlanTree
from photosort.filing.plan.model import Mode
from photosort.filing.plan.plan import Plan, PlannedFolder
from photosort.naming.keywords import Keyword
from photosort.naming.summary import ClusterName
from photosort.photos.files.photo import Unread
from photosort.store.journals.operation import Operation

SOURCE, OUT = Path("/p/Pictures"), Path("/p/Pictures-sorted")
STYLE = re.compile(r"\x1b\[[0-9;]*m")
LONG = "A folder with a name that is rather long, as some are, and goes on for more than a hundred columns of the page"


def placed(folder: Path, number: int) -> Operation:
    name = f"{number}.jpg"
    return Operation(SOURCE / name, folder / name, 1, 1, "", number, True)


def view(folders: int, *, levels: bool = False) -> PlanTree:
    """A plan with so many folders; the first has most photos."""
    names = [f"Top {number // 5}/Folder {number}" if levels else f"Folder {number}" for number in range(folders)]
    names[-1] = LONG
    planned = tuple(
        PlannedFolder(label, name, OUT / name, False, tuple(placed(OUT / name, n) for n in range(folders - label + 1)))
        for label, name in enumerate(names)
    )
    plan = Plan(SOURCE, OUT, Mode.COPY, planned, (Unread(SOURCE / "notes.txt", "no photo"),), 0, within_source=False)
    called = [ClusterName(name, name, (Keyword("lake", 3, 1.0), Keyword("hill", 2, 1.0)), "keywords") for name in names]
    return PlanTree(plan, called, "photosort explain --run 7")


def shown(
    monkeypatch: pytest.MonkeyPatch,
    folders: int,
    *,
    lines: int,
    columns: int = 100,
    form: Form | None = None,
    levels: bool = False,
) -> list[str]:
    """What a terminal of this size shows of a plan."""
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("LINES", str(lines))
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout", terminal)
    made = view(folders, levels=levels)
    Human(form).show(lambda: made, lambda: plan_tree.table(made.plan, made.names))
    monkeypatch.undo()
    return [line.rstrip() for line in STYLE.sub("", terminal.getvalue()).splitlines()]


def test_a_plan_that_fits_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(monkeypatch, 5, lines=1 + 5 * 3 + 2 + AROUND)
    assert len(lines) == 1 + 5 * 3 + 2 and not any("More of each" in line for line in lines)
    assert any(line.endswith("0.jpg  1.jpg  2.jpg  …") for line in lines)


def test_one_that_is_longer_has_a_line_for_each_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(monkeypatch, 9, lines=24)
    assert len(lines) == 1 + 9 + 1 + 2
    assert lines[1] == "├──     10  Folder 0" + " " * (40 - 8) + "   lake 3, hill 2"
    assert any("More of each: photosort explain --run 7" in line for line in lines)


@pytest.mark.parametrize("levels", [False, True])
@pytest.mark.parametrize("height", [15, 24, 40])
def test_the_last_folders_are_summed_up_where_lines_are_too_few(
    monkeypatch: pytest.MonkeyPatch, height: int, levels: bool
) -> None:
    lines = shown(monkeypatch, 60, lines=height, levels=levels)
    assert len(lines) <= height - AROUND
    [rest] = [line for line in lines if "more folder" in line]
    seen = sum("  Folder " in line for line in lines)
    assert seen >= 3
    photos = sum(range(2, 62)) - sum(61 - n for n in range(seen))
    assert rest.split("  ")[-1] == f"and {60 - seen} more folders, {photos:,} photos: photosort explain --run 7"


@pytest.mark.parametrize("form", ["tree", None])
def test_all_of_it_is_shown_where_the_user_says_so_and_in_a_pipe(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], form: Form | None
) -> None:
    if form:
        lines = shown(monkeypatch, 60, lines=20, columns=200, form=form)
    else:
        Human().show(lambda: view(60))
        lines = capsys.readouterr().out.splitlines()
    assert sum("  Folder " in line for line in lines) == 59
    assert not any("more folder" in line for line in lines)
    assert any(line.endswith(LONG) for line in lines)


def test_folders_in_folders_stand_together_below_the_number_of_their_photos() -> None:
    names = ["Lake/North/Boats", "Hill/Sheep", "Town", "Lake/Gulls", "Lake/North/Ice", "Hillock/Sheep"]
    planned = tuple(
        PlannedFolder(label, name, OUT / name, False, tuple(placed(OUT / name, n) for n in range(10 ** (label % 3))))
        for label, name in enumerate(names)
    )
    left = tuple(Unread(SOURCE / f"{n}.txt", reason) for n in range(5) for reason in ("no photo", f"reason {n}"))
    plan = Plan(SOURCE, OUT, Mode.COPY, planned, left, 0, within_source=False)
    made = PlanTree(plan, [ClusterName(name, name, (), "keywords") for name in names])
    console = Console(file=io.StringIO(), width=100, height=100)
    expected = "11 Lake/North, 1 Boats, 10 Ice, 12 Lake, 1 Gulls, 10 Hill, 10 Sheep, 100 Town, 100 Hillock, 100 Sheep"
    for brief in (0, 6):
        with console.capture() as capture:
            console.print(made.tree(brief))
        said = [" ".join(line.strip("│├└─ ").split()) for line in capture.get().splitlines()]
        assert [line for line in said if re.match(r"\d+ [A-Z]", line)] == expected.split(", ")
        assert "5 no photo 0.txt 1.txt 2.txt …" in said and "1 reason 4 4.txt" in said


def test_a_table_has_a_row_for_each_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(monkeypatch, 12, lines=10, columns=160, form="table")
    assert lines[0].split() == ["photos", "folder", "keywords"]
    assert len(lines) == 1 + 12 + 1 and lines[-1] == "     1  left in place: no photo"
    assert lines[1].startswith("    13  Folder 0 ") and f"{LONG}  lake 3, hill 2" in lines[12]
    assert len({line.index("lake 3") for line in lines[1:13]}) == 1


def test_a_narrow_table_cuts_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(monkeypatch, 3, lines=10, columns=60, form="table")
    assert max(map(len, lines)) <= 60 and "…" not in "".join(lines)
    assert "".join(LONG.split()) in "".join("".join(line.replace("lake 3, hill 2", "") for line in lines[3:]).split())
