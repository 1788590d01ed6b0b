"""What photosort watch says of what has happened."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from photosort.cli.sink.ending import failure_of
from photosort.cli.sink.output import Output, plural
from photosort.cli.views.continuing import followed_lines
from photosort.cli.views.kin import kin_lines
from photosort.cli.views.planned import DONE
from photosort.filing.journaled.apply import Outcome
from photosort.photos.files.photo import Unread
from photosort.store.runs.runs import Run
from photosort.support.printable import printable
from photosort.workflows.earlier_runs.continuing import Unchanged
from photosort.workflows.prepared import Organized
from photosort.workflows.watch import Away, Batch, Event, Failed, Finished, NoSigns

SHOWN = 6
"""Folders of a batch, and photos that were left, that are named."""


@dataclass
class Tally:
    """What was done since the start; `runs` has the photos of each."""

    began: float = field(default_factory=time.monotonic)
    runs: dict[int, int] = field(default_factory=dict)
    known: int = 0
    failed: int = 0
    cut_off: int | None = None

    def count(self, event: Event) -> None:
        """Count in what has happened."""
        if isinstance(event, Failed):
            self.failed += 1
        elif isinstance(event, Finished):
            self.runs[event.run] = event.outcome.photos
        elif isinstance(event, Batch):
            if isinstance(event.added, Unchanged):
                self.known += event.added.photos
                return
            prepared, outcome = event.added.prepared, event.added.outcome
            self.runs[prepared.run] = outcome.photos if outcome else 0
            self.known += prepared.continues.known if prepared.continues else 0

    @property
    def photos(self) -> int:
        """The photos of all runs."""
        return sum(self.runs.values())

    def document(self) -> dict[str, Any]:
        """Return the same as data."""
        return {
            "seconds": round(time.monotonic() - self.began, 1),
            "runs": list(self.runs),
            "photos": self.photos,
            "already_there": self.known,
            "failed_batches": self.failed,
            "cut_off": self.cut_off,
        }


def begun(folder: Path, run: Run) -> RenderableType:
    """Return what is watched, and where photos go."""
    return Text(
        f"Watching {printable(str(folder))}. What arrives joins {printable(str(run.destination))}, as in run {run.id}."
        " Ctrl-C ends it."
    )


def say(event: Event, folder: Path, out: Output) -> None:
    """Say what has happened; failures also where only errors are said."""
    where = printable(str(folder))
    if isinstance(event, Batch):
        lines = _unchanged(event) if isinstance(event.added, Unchanged) else _added(event)
        if lines:
            out.show(lambda: _at_this_time(lines))
    elif isinstance(event, Finished):
        now = "goes on" if event.outcome.stopped else "is finished"
        said = [(f"Run {event.run}, which was cut off, {now}.", "green"), *_wrong(event.outcome)]
        out.show(lambda: _at_this_time(said))
    elif isinstance(event, Failed):
        out.disclose(_failure(event))
    elif isinstance(event, Away):
        out.note(f"{where} is not there now. Waiting for it.")
    elif isinstance(event, NoSigns):
        out.note(f"The system gives no sign of changes in {where} ({event.reason}), so it is looked at now and then.")
    else:
        out.note(f"{where} is there again.")


def _failure(event: Failed) -> str:
    failure = failure_of(event.error)
    photos = f"{plural(event.photos, 'photo')} not added, tried again later: " if event.photos else ""
    return " ".join(f"{photos}{failure}".split())


def _at_this_time(lines: list[tuple[str, str]]) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    for place, (line, style) in enumerate(lines):
        grid.add_row("" if place else time.strftime("%H:%M:%S"), Text(printable(line), style=style))
    return grid


def _added(event: Batch) -> list[tuple[str, str]]:
    assert isinstance(event.added, Organized)
    prepared, outcome = event.added.prepared, event.added.outcome
    assert outcome
    standing = prepared.continues.sizes if prepared.continues else {}
    folders = sorted(prepared.plan.folders, key=lambda folder: -len(folder.photos))
    said = [
        f"{folder.name} {len(folder.photos):,}{'' if folder.name in standing else ' (new)'}"
        for folder in folders[:SHOWN]
    ]
    more = f" and {plural(len(folders) - SHOWN, 'more folder')}" if len(folders) > SHOWN else ""
    known = prepared.continues.known if prepared.continues else 0
    there = f"; {known:,} there already" if known else ""
    line = (
        f"{plural(outcome.photos, 'photo')} {DONE[outcome.mode]}: {', '.join(said)}{more} (run {prepared.run}){there}"
    )
    kin = [(line, "dim") for line in kin_lines(prepared.continues.kin)] if prepared.continues else []
    return [(line, "green"), *kin, *_left(prepared.plan.left), *_wrong(outcome)]


def _unchanged(event: Batch) -> list[tuple[str, str]]:
    assert isinstance(event.added, Unchanged)
    known = event.added.photos
    lines = [(f"{plural(known, 'photo', 'lie')} there already.", "")] if known else []
    lines += [(line.plain.strip(), str(line.style)) for line in followed_lines(event.added)]
    return [*lines, *_left(event.added.left)]


def _left(left: Sequence[Unread]) -> list[tuple[str, str]]:
    lines = [(f"left in place: {one.path.name}, {one.reason}", "yellow") for one in left[:SHOWN]]
    if len(left) > SHOWN:
        lines.append((f"left in place: {len(left) - SHOWN:,} more; photosort explain --left", "yellow"))
    return lines


def _wrong(outcome: Outcome) -> list[tuple[str, str]]:
    lines = [(f"{remark.path}: {remark.reason}", "yellow") for remark in (*outcome.failed, *outcome.remarks)]
    if outcome.stopped:
        lines.append((f"Stopped: {outcome.stopped}. It is tried again later.", "red"))
    return lines


def ended(tally: Tally, run: Run) -> RenderableType:
    """Return what was done since the start, and the command that goes on or takes back."""
    where = printable(str(run.destination))
    lasted = time.strftime("%H:%M:%S", time.gmtime(time.monotonic() - tally.began))
    runs = plural(len(tally.runs), "run")
    lines = [Text(f"Ended after {lasted}: {plural(tally.photos, 'photo')} added to {where} in {runs}.", style="green")]
    if tally.cut_off is not None:
        lines.append(
            Text(
                f"Run {tally.cut_off} was cut off; every photo is where it was or in its folder. "
                f"The next watch finishes it, or: photosort resume {tally.cut_off}",
                style="yellow",
            )
        )
    elif tally.runs:
        lines.append(Text(f"Take the last batch back:  photosort undo {max(tally.runs)}", style="dim"))
    return Group(*lines)
