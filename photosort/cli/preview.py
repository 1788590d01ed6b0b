"""A plan and its outcome, for people and for programs."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text
from rich.tree import Tree

from photosort.cli.output import plural, short
from photosort.filing.facts import Mode
from photosort.filing.plan import Plan, PlannedFolder
from photosort.models.profiles import choose
from photosort.models.registry import settled, writer_name
from photosort.naming.summary import ClusterName
from photosort.pipeline import Organized, Prepared
from photosort.printable import printable
from photosort.settings import Settings

SAMPLES = 3
VERB = {Mode.COPY: "copy", Mode.MOVE: "move", Mode.HARDLINK: "hard-link", Mode.SYMLINK: "link"}
DONE = {Mode.COPY: "copied", Mode.MOVE: "moved", Mode.HARDLINK: "hard-linked", Mode.SYMLINK: "linked"}


def models(settings: Settings) -> RenderableType:
    """Which models look, read and write, from which profile and why, in one line."""
    choice, chosen = choose(settings.profile, settings.device), settled(settings)
    by = " by" if chosen.captioner == "tags" else ","
    looking = f"{chosen.captioner}{by} {chosen.image_encoder}, {chosen.text_encoder}"
    line = f"models: {choice.profile.name} ({choice.why}): {looking}; names by {writer_name(settings)}"
    return Text(printable(line), style="dim")


def view(prepared: Prepared) -> RenderableType:
    """The whole plan as a tree: every folder with its count, keywords and three samples, what stays, and remarks."""
    plan = prepared.plan
    count = sum(len(folder.photos) for folder in plan.folders)
    head = Text.assemble(
        (printable(plan.source.name), "bold"),
        " → ",
        (printable(plan.destination.name), "bold"),
        f"   {plural(len(plan.folders), 'folder')}, {plural(count, 'photo')} to {VERB[plan.mode]}",
        f" ({_bytes(plan.bytes_written)})" if plan.bytes_written else "",
    )
    tree = Tree(head, guide_style="dim")
    for folder in plan.folders:
        tree.add(_folder(folder, prepared.names[folder.label]))
    if plan.left:
        tree.add(_left(plan))
    remarks = []
    if plan.within_source:
        inside, around = printable(plan.destination.name), printable(plan.source.name)
        remarks.append(f"{inside} lies inside {around} and was left out of the search.")
    if prepared.scores:
        remarks.append(f"{len(prepared.names)} folders gave the best silhouette; --k sets another number.")
    return Group(tree, *(Text(remark, style="dim") for remark in remarks))


def ending(organized: Organized) -> RenderableType:
    """What was done, what failed, and the commands to go on with."""
    outcome = organized.outcome
    if outcome is None:
        return Text("Nothing was touched: this was a dry run.", style="dim")
    lines = [Text(f"{plural(outcome.photos, 'photo')} {DONE[outcome.mode]}.", style="green")]
    if outcome.there:
        lines.append(Text(f"{plural(outcome.there, 'file')} lay there already."))
    for remark in (*outcome.failed, *outcome.remarks):
        lines.append(Text(f"  {printable(str(remark.path))}: {printable(remark.reason)}", style="yellow"))
    if outcome.stopped:
        lines.append(Text(f"Stopped: {printable(outcome.stopped)}. Go on with: photosort resume", style="red"))
    lines.append(Text("Why is a photo where it is?  photosort explain PHOTO     Take it all back:  photosort undo"))
    return Group(*lines)


def document(organized: Organized) -> dict[str, Any]:
    """Everything of `view` and `ending`, whole."""
    prepared, outcome = organized.prepared, organized.outcome
    plan = prepared.plan
    return {
        "run": prepared.run,
        "source": str(plan.source),
        "destination": str(plan.destination),
        "mode": plan.mode.value,
        "dry_run": outcome is None,
        "k": prepared.clustering.k,
        "silhouette": {str(k): score for k, score in prepared.scores.items()},
        "folders": [_folder_document(folder, prepared.names[folder.label]) for folder in plan.folders],
        "left": [{"path": str(left.path), "reason": left.reason} for left in plan.left],
        "outcome": outcome
        and {
            "files": outcome.files,
            "photos": outcome.photos,
            "bytes": outcome.size,
            "already_there": outcome.there,
            "failed": [{"path": str(remark.path), "reason": remark.reason} for remark in outcome.failed],
            "remarks": [{"path": str(remark.path), "reason": remark.reason} for remark in outcome.remarks],
            "stopped": outcome.stopped,
        },
    }


def _folder(folder: PlannedFolder, name: ClusterName) -> RenderableType:
    photos = folder.photos
    samples = "  ".join(short(photo.source.name) for photo in photos[:SAMPLES]) + (
        "  …" if len(photos) > SAMPLES else ""
    )
    keywords = ", ".join(f"{keyword.term} {keyword.count}" for keyword in name.keywords)
    lines = [_line(f"{len(photos):,}", "cyan", (printable(folder.name), "bold"))]
    if keywords:
        lines.append(_line("", "", (printable(keywords), "green")))
    return Group(*lines, _line("", "", (samples, "dim")))


def _left(plan: Plan) -> RenderableType:
    lines = [
        _line(
            f"{len(plan.left):,}",
            "yellow",
            ("stay where they are", "bold"),
            ("   photosort explain --unread", "dim"),
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
    }


def _bytes(size: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
