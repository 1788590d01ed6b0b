"""What undo says of one file and of two, and that the list of runs can be read in a narrow terminal."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console, RenderableType

from photosort.cli import past
from photosort.filing.journaled.apply import Remark
from photosort.filing.journaled.undo import UndoOutcome
from photosort.filing.plan.model import Mode
from photosort.store.journals.journal import Filing, FilingState
from photosort.store.runs.runs import Run
from photosort.workflows.history import PastRun

HOME = Path("/home/anna/Pictures")


def drawn(view: RenderableType, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(view)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


@pytest.mark.parametrize(("count", "said"), [(1, "1 file stays in /out:"), (2, "2 files stay in /out:")])
def test_undo_says_how_many_files_stay(count: int, said: str) -> None:
    filing = Filing(1, "token", Path("/photos"), Path("/out"), "copy", FilingState.UNDONE, "")
    kept = tuple(Remark(Path(f"/out/{number}.jpg"), "changed since") for number in range(count))
    assert said in drawn(past._undone(filing, UndoOutcome(Mode.COPY, 3, kept, (), 0, "")), 80)


def test_a_run_is_two_lines_at_eighty_columns() -> None:
    run = Run(12, datetime(2026, 11, 25, tzinfo=UTC), HOME, HOME.with_name("Pictures-sorted"), "copy", False, {})
    lines = drawn(
        past._table([PastRun(run, 14, 2431, 2444, "undo cut off", companions=13), PastRun(run, 1, 1, 1, "done")]), 80
    )
    assert len(lines) == 4
    assert lines[0].startswith("run 12  2026-11-2") and lines[0].endswith("14 folders, 2,431 photos, 13 companions")
    assert lines[1].split() == ["copy", "/home/anna/Pictures", "→", "/home/anna/Pictures-sorted"]
    assert lines[2].endswith("  done       1 folder, 1 photo")


def test_photos_that_were_there_already_are_counted() -> None:
    run = Run(2, datetime(2026, 11, 25, tzinfo=UTC), HOME, HOME.with_name("Pictures-sorted"), "copy", False, {})
    lines = drawn(past._table([PastRun(run, 3, 1200, 1200, "done", there=1100)]), 80)
    assert lines[0].endswith("3 folders, 1,200 photos (1,100 there)")


def test_no_run_says_how_to_begin() -> None:
    assert drawn(past._table([]), 80) == [
        "Nothing has been organized yet. Start with: photosort organize DIR --dry-run"
    ]
