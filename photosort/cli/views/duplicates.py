"""Duplicates, for people and for programs."""

from __future__ import annotations

import os
import shlex
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.console import Group as Lines
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from photosort.cli.sink import tables
from photosort.cli.sink.output import elapsed, plural, short
from photosort.cli.sink.quantities import readable_bytes
from photosort.cli.views import planned
from photosort.duplicates.groups import Group
from photosort.duplicates.shots import Shot
from photosort.filing.plan.plan import Plan
from photosort.support.printable import printable
from photosort.workflows.duplicates import Duplicates, Wish

SHOWN = 40
"""Groups of each kind that are shown; --json lists all."""
NARROW = 12
"""Columns that a file name has at least."""


def groups(found: Duplicates) -> RenderableType:
    """Return the groups, the best photo of each first with the reason, and a line that sums up."""
    parts: list[RenderableType] = []
    for title, some in (("Exact copies and near duplicates", found.groups), ("Bursts", found.bursts)):
        if some:
            parts += [Text(title, style="bold"), *_shown(some, found.source), Text("")]
    return Lines(*parts, *_remarks(found), Text(_summary(found), style="bold"))


def table(found: Duplicates) -> RenderableType:
    """Return a row for each photo of all groups, with the number of its group, and a line that sums up."""
    rows = (
        (number, group.kind, says, os.path.relpath(shot.path, found.source), shot.size)
        for number, group in enumerate((*found.groups, *found.bursts), 1)
        for shot, says in ((group.best, "keep"), *((member.shot, member.relation) for member in group.others))
    )
    whole = tables.table(("group", "kind", "what", "photo", "bytes"), rows, numbers=("group", "bytes"))
    return Lines(whole, *_remarks(found), Text(_summary(found), style="bold"))


def plan(whole: Plan) -> RenderableType:
    """Return where the lesser photos go."""
    photos = sum(len(folder.photos) for folder in whole.folders)
    lines = [f"{printable(str(whole.destination))}: {plural(photos, 'photo')} to {planned.VERB[whole.mode]}"]
    for folder in whole.folders:
        there = sum(photo.there for photo in folder.photos)
        lines.append(
            f"{len(folder.photos):>6}  {printable(folder.name)}{f', {there:,} there already' if there else ''}"
        )
    left = Counter(left.reason for left in whole.left)
    lines += [f"{count:>6}  left in place: {printable(reason)}" for reason, count in left.most_common()]
    return Lines(*(Text(line) for line in lines))


def ending(found: Duplicates, wish: Wish) -> RenderableType:
    """Return what was done, and the commands to go on with."""
    outcome = found.outcome
    if outcome is None:
        lesser = any(group.others for group in found.groups)
        if wish.into is None:
            source = shlex.quote(printable(str(found.source)))
            hint = f"To set all but the best apart:  photosort duplicates {source} --into FOLDER --mode move"
            return Text(hint if lesser else f"Nothing was touched. {elapsed()}".rstrip(), style="dim")
        nothing = "Nothing was touched: this was a dry run." if found.plan else "Nothing was touched."
        return Text(f"{nothing} {elapsed()}".rstrip(), style="dim")
    return Lines(Text("The best photo of each group is where it was."), planned.ending(outcome, found.run or 0))


def document(found: Duplicates) -> dict[str, Any]:
    """Return everything, whole."""
    (copies, exact), (edited, near) = found.count(exact=True), found.count(exact=False)
    return {
        "source": str(found.source),
        "photos": found.photos,
        "exact_copies": copies,
        "groups_with_exact_copies": exact,
        "near_duplicates": edited,
        "groups_with_near_duplicates": near,
        "bursts": len(found.bursts),
        "bytes_to_save": found.saved,
        "groups": [_group_document(group) for group in (*found.groups, *found.bursts)],
        "unread": [{"path": str(unread.path), "reason": unread.reason} for unread in found.unread],
        "copies_passed_over": [
            {"run": copies.run_id, "folder": str(copies.folder), "photos": copies.photos} for copies in found.copies
        ],
        "plan": found.plan and _plan_document(found.plan),
        "run": found.run,
        "outcome": found.outcome and planned.outcome_document(found.outcome),
    }


def _shown(some: Sequence[Group], source: Path) -> list[RenderableType]:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(no_wrap=True, justify="right")
    table.add_column(no_wrap=True, justify="right")
    table.add_column()
    for group in some[:SHOWN]:
        name, *facts = _row(group.best, source, "bold")
        why = Text(printable(group.why), style="green")
        table.add_row(Text("keep", style="green"), Lines(name, why), *facts)
        for member in group.others:
            table.add_row("", *_row(member.shot, source, ""), Text(member.relation, style="dim"))
    more = len(some) - SHOWN
    return [table, *([Text(f"and {plural(more, 'more group')}; --json lists all", style="yellow")] if more > 0 else [])]


class _Name:
    """A file name on one line, without its middle where the column is narrow."""

    def __init__(self, name: str, style: str) -> None:
        self._name = printable(name)
        self._style = style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        limit = min(options.max_width, len(self._name))
        while limit > 2 and Text(short(self._name, limit)).cell_len > options.max_width:
            limit -= 1  # some characters are two columns wide
        yield Text(short(self._name, limit), style=self._style, no_wrap=True, overflow="ellipsis")

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        width = Text(self._name).cell_len
        return Measurement(min(width, NARROW), width).with_maximum(options.max_width)


def _row(shot: Shot, source: Path, style: str) -> tuple[RenderableType, RenderableType, RenderableType]:
    size = f"{shot.width} × {shot.height}" if shot.pixels else ""
    name = _Name(os.path.relpath(shot.path, source), style)
    return name, Text(size, style="dim"), Text(readable_bytes(shot.size), style="dim")


def _summary(found: Duplicates) -> str:
    (copies, exact), (edited, near) = found.count(exact=True), found.count(exact=False)
    parts = []
    if copies:
        parts.append(f"{_copies(copies, 'exact ')} in {plural(exact, 'group')}")
    if edited:
        parts.append(f"{plural(edited, 'near duplicate')} in {plural(near, 'group')}")
    if found.bursts:
        shots = sum(1 + len(burst.others) for burst in found.bursts)
        parts.append(f"{plural(len(found.bursts), 'burst')} of {plural(shots, 'photo')}")
    if not parts:
        return f"{plural(found.photos, 'photo')}: no duplicates."
    saved = f" {readable_bytes(found.saved)} could be saved." if found.saved else ""
    return f"{plural(found.photos, 'photo')}: {', '.join(parts)}.{saved}"


def _copies(count: int, kind: str = "") -> str:
    return f"{count:,} {kind}{'copy' if count == 1 else 'copies'}"


def _remarks(found: Duplicates) -> list[Text]:
    lines = []
    for copies in found.copies:
        place = printable(str(copies.folder))
        lines.append(
            f"{_copies(copies.photos)} that run {copies.run_id} made in {place} "
            f"{'was' if copies.photos == 1 else 'were'} passed over. To see them too: "
            f"photosort duplicates {shlex.quote(printable(str(found.source)))} --filed"
        )
    for reason, count in Counter(unread.reason for unread in found.unread).most_common():
        lines.append(f"{plural(count, 'file')} not compared: {printable(reason)}")
    return [Text(line, style="dim") for line in lines]


def _group_document(group: Group) -> dict[str, Any]:
    return {
        "kind": group.kind,
        "best": _shot_document(group.best),
        "why": group.why,
        "others": [{**_shot_document(member.shot), "relation": member.relation} for member in group.others],
    }


def _shot_document(shot: Shot) -> dict[str, Any]:
    return {
        "path": str(shot.path),
        "digest": shot.digest,
        "bytes": shot.size,
        "width": shot.width or None,
        "height": shot.height or None,
        "taken": shot.taken or None,
        "faces": shot.faces,
        "companions": [str(path) for path in shot.companions],
    }


def _plan_document(whole: Plan) -> dict[str, Any]:
    return {
        "destination": str(whole.destination),
        "mode": whole.mode.value,
        "files": [
            {
                "from": str(file.source),
                "to": str(file.destination),
                "already_there": file.there,
                "companion": not file.main,
            }
            for file in whole.files
        ],
        "left": [{"path": str(left.path), "reason": left.reason} for left in whole.left],
    }
