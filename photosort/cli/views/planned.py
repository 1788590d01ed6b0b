"""A plan and its outcome, whatever made the plan, for people and for programs."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from photosort.cli.sink.output import Output, elapsed, grid, plural
from photosort.filing.journaled.apply import Outcome
from photosort.filing.plan.model import Mode
from photosort.filing.plan.plan import Plan, PlannedFolder
from photosort.naming.folder_name import folder_name
from photosort.naming.summary import BY_KEYWORDS, ClusterName
from photosort.store.journals.journal import Filing
from photosort.support.printable import printable

PLACES = 2
"""Sources that a question names, where there are more."""
LOOK, WHY, BACK = "Look at it", "Ask why", "Take it back"
VERB = {Mode.COPY: "copy", Mode.MOVE: "move", Mode.HARDLINK: "hard-link", Mode.SYMLINK: "link"}
DONE = {Mode.COPY: "copied", Mode.MOVE: "moved", Mode.HARDLINK: "hard-linked", Mode.SYMLINK: "linked"}


def notes(plan: Plan, unfinished: Sequence[Filing], twice: Counter[int]) -> list[str]:
    """Return what earlier runs left unfinished, and which photos would lie twice, as counted by run; each with the
    command that helps.
    """
    lines = []
    for filing in unfinished:
        where = printable(str(filing.destination))
        lines.append(f"Run {filing.run_id} into {where} was interrupted. Finish it: photosort resume {filing.run_id}")
    if twice:
        name = printable(plan.destination.name)
        lie = f"{plural(twice.total(), 'photo', 'lie')} in other folders of {name} already"
        lines.append(f"{lie}, and will then lie twice. To sort anew, first: photosort undo {max(twice)}")
    for text in plan.edited:
        path = printable(str(text.path.relative_to(plan.destination)))
        lines.append(f"{path} {text.reason}. To have it written again at the next run, take back your change.")
    return lines


def confirm_move(plan: Plan, out: Output, sources: Sequence[Path] = ()) -> None:
    """Let the user agree to a plan that takes photos away from where they are, which is the source of the plan, or
    these. Raises Declined.
    """
    if plan.mode is Mode.MOVE:
        photos = sum(len(folder.photos) for folder in plan.folders)
        what = plural(photos, "photo") if photos else plural(len(plan.following), "file")
        places = named_places([str(path) for path in sources or (plan.source,)])
        out.confirm(f"Move {what} out of {places}?")


def confirm_twice(twice: Counter[int], out: Output) -> None:
    """Let the user agree, on a terminal, that photos are put a second time beside those of earlier runs, by run. Raises
    Declined.
    """
    if twice and sys.stdin.isatty():
        out.confirm(f"Put {plural(twice.total(), 'photo')} there a second time?")


def named_places(names: Sequence[str]) -> str:
    """Return the names of sources in one line: all of a few, else the first ones, and how many more there are."""
    few = len(names) <= PLACES + 1
    shown = [printable(name) for name in (names if few else names[:PLACES])]
    last = shown.pop() if few else f"{len(names) - PLACES} other places"
    return f"{', '.join(shown)} and {last}" if shown else last


def ending(outcome: Outcome | None, run: int = 0) -> RenderableType:
    """Return what was done, what failed, and the commands to go on with; of a dry run, where it has the number of one,
    the command that explains it.
    """
    if outcome is None:
        nothing = Text(f"Nothing was touched: this was a dry run. {elapsed()}".rstrip(), style="dim")
        asked = {LOOK: f"photosort report {run} --open", WHY: f"photosort explain --run {run}"}
        return Group(nothing, _next(asked)) if run else nothing
    lines: list[RenderableType] = [
        Text(f"{plural(outcome.photos, 'photo')} {DONE[outcome.mode]}. {elapsed()}".rstrip(), style="green")
    ]
    if outcome.there:
        lines.append(Text(f"{plural(outcome.there, 'file')} of the plan already there."))
    if outcome.written:
        lines.append(
            Text(f"{plural(outcome.written, 'file')} written that describe the folders (ABOUT.txt, photosort.json).")
        )
    for remark in (*outcome.failed, *outcome.remarks):
        lines.append(Text(f"  {printable(str(remark.path))}: {printable(remark.reason)}", style="yellow"))
    if outcome.stopped:
        lines.append(Text(f"Stopped: {printable(outcome.stopped)}. Go on with: photosort resume", style="red"))
    report = {LOOK: f"photosort report{f' {run}' if run else ''} --open"}
    lines.append(_next({**report, WHY: "photosort explain PHOTO", BACK: "photosort undo"}))
    return Group(*lines)


def _next(commands: Mapping[str, str]) -> RenderableType:
    """Return what can be done now, with the command for each."""
    rows = grid()
    for what, command in commands.items():
        rows.add_row(what, command)
    return rows


def head_document(plan: Plan) -> dict[str, Any]:
    """Return where photos come from and go to, and how."""
    return {"source": str(plan.source), "destination": str(plan.destination), "mode": plan.mode.value}


def folders_document(plan: Plan, names: Sequence[ClusterName]) -> dict[str, Any]:
    """Return every folder with its files, and what stays where it is."""
    return {
        "folders": [_folder_document(folder, names[folder.label]) for folder in plan.folders],
        "left": [{"path": str(left.path), "reason": left.reason} for left in plan.left],
        **({"following": following_document(plan)} if plan.following else {}),
    }


def following_document(plan: Plan) -> list[dict[str, Any]]:
    """Return the files that go where their photos lie already."""
    return [
        {
            "from": str(one.file.source),
            "to": str(one.file.destination),
            "photo": str(one.photo),
        }
        for one in plan.following
    ]


def outcome_document(outcome: Outcome) -> dict[str, Any]:
    """Return what has become of the files."""
    return {
        "files": outcome.files,
        "photos": outcome.photos,
        "bytes": outcome.size,
        "already_there": outcome.there,
        "written": outcome.written,
        "failed": [{"path": str(remark.path), "reason": remark.reason} for remark in outcome.failed],
        "remarks": [{"path": str(remark.path), "reason": remark.reason} for remark in outcome.remarks],
        "stopped": outcome.stopped,
    }


def beside(folder: str, title: str, summary: str, named_by: str) -> list[str]:
    """Return what of title and summary the folder's name does not say already; nothing of what only repeats the
    keywords.
    """
    said, texts = folder.casefold(), (title,) if named_by == BY_KEYWORDS else (title, summary)
    return [text for text in dict.fromkeys(texts) if folder_name(text).casefold() not in said]


def _folder_document(folder: PlannedFolder, name: ClusterName) -> dict[str, Any]:
    return {
        "folder": str(folder.path),
        "title": name.title,
        "summary": name.summary,
        "named_by": name.source,
        "note": name.note,
        "support": round(name.support, 4),
        "keywords": [{"word": keyword.term, "photos": keyword.count} for keyword in name.keywords],
        "files": [
            {
                "from": str(file.source),
                "to": str(file.destination),
                "already_there": file.there,
                "companion": not file.main,
            }
            for file in folder.files
        ],
        "about": [{"to": str(file.destination), "already_there": file.there} for file in folder.about],
    }
