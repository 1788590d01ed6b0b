"""A plan and its outcome, whatever made the plan, for people and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text
from rich.tree import Tree

from photosort.cli.output import Output, plural, short
from photosort.cli.quantities import readable_bytes
from photosort.filing.journaled.apply import Outcome
from photosort.filing.plan.model import Mode
from photosort.filing.plan.plan import Plan, PlannedFolder
from photosort.naming.folder_name import folder_name
from photosort.naming.summary import BY_KEYWORDS, ClusterName
from photosort.store.journal import Filing
from photosort.support.printable import printable

SAMPLES = 3
VERB = {Mode.COPY: "copy", Mode.MOVE: "move", Mode.HARDLINK: "hard-link", Mode.SYMLINK: "link"}
DONE = {Mode.COPY: "copied", Mode.MOVE: "moved", Mode.HARDLINK: "hard-linked", Mode.SYMLINK: "linked"}


def tree(
    plan: Plan,
    names: Sequence[ClusterName],
    explain: str = "photosort explain",
    standing: Mapping[str, int] | None = None,
) -> Tree:
    """Return the plan as a tree: every folder with its count, keywords and three samples, and what stays.

    `names` are what the folders stand for, by their labels; `explain` is the command that says more of this run;
    `standing` are the photos that folders have already.
    """
    photos = [photo for folder in plan.folders for photo in folder.photos]
    there = sum(photo.there for photo in photos)
    head = Text.assemble(
        (printable(plan.source.name), "bold"),
        " → ",
        (printable(plan.destination.name), "bold"),
        f"   {plural(len(plan.folders), 'folder')}, {plural(len(photos) - there, 'photo')} to {VERB[plan.mode]}",
        f", {there:,} there already" if there else "",
        f" ({readable_bytes(plan.bytes_written)})" if plan.mode == "copy" and plan.bytes_written else "",
    )
    whole = Tree(head, guide_style="dim")
    above: dict[str, Tree] = {}
    for folder in sorted(plan.folders, key=lambda folder: _place(folder, plan)):
        top, _, name = folder.name.rpartition("/")
        if top and top not in above:
            mates = [other for other in plan.folders if other.name.startswith(f"{top}/")]
            count = sum(len(other.photos) for other in mates)
            above[top] = whole.add(_line(f"{count:,}", "cyan", (printable(top), "bold blue")))
        above.get(top, whole).add(_folder(folder, name, names[folder.label], standing))
    if plan.left:
        whole.add(_left(plan, explain))
    return whole


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
    return lines


def confirm_move(plan: Plan, out: Output) -> None:
    """Let the user agree to a plan that takes photos away from where they are. Raises Declined."""
    if plan.mode is Mode.MOVE:
        count = sum(len(folder.photos) for folder in plan.folders)
        out.confirm(f"Move {plural(count, 'photo')} out of {printable(str(plan.source))}?")


def ending(outcome: Outcome | None, run: int = 0) -> RenderableType:
    """Return what was done, what failed, and the commands to go on with; of a dry run, where it has the number of one,
    the command that explains it.
    """
    if outcome is None:
        more = f" More about it: photosort explain --run {run}" if run else ""
        return Text(f"Nothing was touched: this was a dry run.{more}", style="dim")
    lines = [Text(f"{plural(outcome.photos, 'photo')} {DONE[outcome.mode]}.", style="green")]
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
    lines.append(Text("Why is a photo where it is?  photosort explain PHOTO     Take it all back:  photosort undo"))
    return Group(*lines)


def head_document(plan: Plan) -> dict[str, Any]:
    """Return where photos come from and go to, and how."""
    return {"source": str(plan.source), "destination": str(plan.destination), "mode": plan.mode.value}


def folders_document(plan: Plan, names: Sequence[ClusterName]) -> dict[str, Any]:
    """Return every folder with its files, and what stays where it is."""
    return {
        "folders": [_folder_document(folder, names[folder.label]) for folder in plan.folders],
        "left": [{"path": str(left.path), "reason": left.reason} for left in plan.left],
    }


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


def _place(folder: PlannedFolder, plan: Plan) -> tuple[int, int]:
    """Return where a folder stands in the tree: by the first label in its top folder, then by its own."""
    top = folder.name.partition("/")[0]
    return min(other.label for other in plan.folders if other.name.partition("/")[0] == top), folder.label


def _folder(
    folder: PlannedFolder, shown: str, name: ClusterName, standing: Mapping[str, int] | None = None
) -> RenderableType:
    photos = folder.photos
    samples = "  ".join(short(photo.source.name) for photo in photos[:SAMPLES]) + (
        "  …" if len(photos) > SAMPLES else ""
    )
    keywords = ", ".join(f"{keyword.term} {keyword.count}" for keyword in name.keywords)
    beside_those = (
        "" if standing is None else f"   {standing[folder.name]:,} there" if folder.name in standing else "   new"
    )
    lines = [_line(f"{len(photos):,}", "cyan", (printable(shown), "bold"), (beside_those, "dim"))]
    lines += [
        _line("", "", (printable(text), "italic"))
        for text in beside(folder.name, name.title, name.summary, name.source)
    ]
    if keywords:
        lines.append(_line("", "", (printable(keywords), "green")))
    return Group(*lines, _line("", "", (samples, "dim")))


def _left(plan: Plan, explain: str) -> RenderableType:
    lines = [
        _line(
            f"{len(plan.left):,}",
            "yellow",
            ("left in place", "bold"),
            (f"   {explain} --left", "dim"),
        )
    ]
    for reason, count in Counter(left.reason for left in plan.left).most_common():
        first = [short(left.path.name) for left in plan.left if left.reason == reason][:SAMPLES]
        more = "  …" if count > SAMPLES else ""
        lines.append(
            _line("", "", (f"{count:,} {printable(reason)}", "yellow"), ("   " + "  ".join(first) + more, "dim"))
        )
    return Group(*lines)


def _line(count: str, style: str, *parts: tuple[str, str]) -> Text:
    line = Text.assemble((f"{count:>6}", style), "  ", *parts)
    line.no_wrap, line.overflow = True, "ellipsis"
    return line


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
