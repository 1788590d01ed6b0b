"""A plan and its outcome, for people and for programs."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text
from rich.tree import Tree

from photosort.cli import candidates
from photosort.cli.output import plural, short
from photosort.filing.plan.model import Mode
from photosort.filing.plan.plan import Plan, PlannedFolder
from photosort.methods.building import SERVED, assignment
from photosort.methods.conversation import Bill
from photosort.methods.specs import questions
from photosort.models.protocols import Category, Used
from photosort.models.selected import ModelSet
from photosort.naming.folder_name import folder_name
from photosort.naming.summary import BY_KEYWORDS, ClusterName
from photosort.settings.settings import Settings
from photosort.support.printable import printable
from photosort.workflows.organize import Organized, Prepared

SAMPLES = 3
LARGE = 3
"""A folder with more than one in so many photos is said to be large."""
VERB = {Mode.COPY: "copy", Mode.MOVE: "move", Mode.HARDLINK: "hard-link", Mode.SYMLINK: "link"}
DONE = {Mode.COPY: "copied", Mode.MOVE: "moved", Mode.HARDLINK: "hard-linked", Mode.SYMLINK: "linked"}


def models(chosen: ModelSet) -> RenderableType:
    """Return which models look, read and write, from which profile and why, in one line."""
    settings, choice = chosen.settings, chosen.choice
    by = " by" if settings.captioner == "tags" else ","
    captions = f"{settings.captioner}{by} " if questions(settings) else ""
    looking = f"{captions}{settings.image_encoder}, {settings.text_encoder}"
    line = f"models: {choice.profile.name} ({choice.why}): {looking}; names by {chosen.named_by}"
    return Text(printable(line), style="dim")


def assigned(settings: Settings, categories: Sequence[Category]) -> list[str]:
    """Return what puts photos into the categories of the user; nothing for a run without any."""
    if settings.method in ("tac", "ntk"):
        return ["the nouns of WordNet are encoded at the first run, which takes minutes without a GPU"]
    if not settings.by and settings.into is None:
        return []
    how = {
        "llm": f"{settings.writer}, which reads the description of each photo",
        "text": f"the nearest of their names, by vectors of texts ({settings.text_encoder})",
        "joint": f"how well each name fits the photo ({settings.image_encoder})",
    }[assignment(settings)]
    if assignment(settings) == "text" and not categories and not settings.writer.startswith(SERVED):
        how = "which descriptions are alike"
    into = f"into {plural(len(categories), 'folder')} " if categories else ""
    criteria = f"by {', then by '.join(settings.by)}, " if settings.by else ""
    return [printable(f"sorting {into}{criteria}by {how}")]


def bill(asked: Bill, cost: float | None) -> str:
    """Return what is about to be asked of a language model, in one line."""
    if not asked.calls:
        return "questions: none, all were answered before"
    price = "at no known price" if cost is None else "free of charge" if not cost else f"about ${cost:.4f}"
    tokens = f"about {asked.tokens_in:,} tokens asked and {asked.tokens_out:,} answered"
    return f"questions: about {asked.calls:,}, {tokens}, {price} (--assign {asked.assign})"


def view(prepared: Prepared, *, show_all: bool = False, dry_run: bool = False) -> RenderableType:
    """Return the whole plan as a tree: every folder with its count, keywords and three samples, what stays, and
    remarks.

    Before it, where there were several questions, the loss of each; with `show_all` the clusters of each, too. After a
    `dry_run` photosort explain needs the number of the run, for it speaks of what lies on disk.
    """
    plan, explain = prepared.plan, f"photosort explain{f' --run {prepared.run}' if dry_run else ''}"
    photos = [photo for folder in plan.folders for photo in folder.photos]
    there = sum(photo.there for photo in photos)
    head = Text.assemble(
        (printable(plan.source.name), "bold"),
        " → ",
        (printable(plan.destination.name), "bold"),
        f"   {plural(len(plan.folders), 'folder')}, {plural(len(photos) - there, 'photo')} to {VERB[plan.mode]}",
        f", {there:,} there already" if there else "",
        f" ({_bytes(plan.bytes_written)})" if plan.mode == "copy" and plan.bytes_written else "",
    )
    tree = Tree(head, guide_style="dim")
    above: dict[str, Tree] = {}
    for folder in sorted(plan.folders, key=lambda folder: _place(folder, plan)):
        top, _, name = folder.name.rpartition("/")
        if top and top not in above:
            mates = [other for other in plan.folders if other.name.startswith(f"{top}/")]
            count = sum(len(other.photos) for other in mates)
            above[top] = tree.add(_line(f"{count:,}", "cyan", (printable(top), "bold blue")))
        above.get(top, tree).add(_folder(folder, name, prepared.names[folder.label]))
    if plan.left:
        tree.add(_left(plan, explain))
    remarks = []
    if plan.within_source:
        inside, around = printable(plan.destination.name), printable(plan.source.name)
        remarks.append(f"{inside} lies inside {around} and was left out of the search.")
    for copies in prepared.copies:
        place = printable(str(copies.folder))
        those = f"{plural(copies.photos, 'photo')} that run {copies.run_id} put into {place}"
        remarks.append(
            f"{those} {'was' if copies.photos == 1 else 'were'} passed over: the originals are here as well. "
            f"To sort the copies: photosort organize {shlex.quote(place)}"
        )
    remarks += [printable(remark) for remark in prepared.grouping.best.remarks]
    if prepared.folders.flat:
        remarks.append(f"One level, not two: {prepared.folders.flat}.")
    if prepared.choice:
        remarks.append(candidates.chosen(prepared.choice))
        remarks += _large(plan)
    if counted := sum(bool(name.note) and name.source == BY_KEYWORDS for name in prepared.names):
        remarks.append(f"Keywords stand in for {counted} of {len(prepared.names)} names: {explain} says why.")
    if prepared.used and prepared.used.calls:
        remarks.append(_used(prepared.used))
    tried = [candidates.losses(prepared.grouping)] if len(prepared.grouping.candidates) > 1 else []
    others = [candidates.side_by_side(prepared.grouping)] if show_all and tried else []
    return Group(*tried, *others, tree, *(Text(remark, style="dim") for remark in remarks))


def notes(prepared: Prepared) -> list[str]:
    """Return what earlier runs left unfinished, and which photos would lie twice; each with the command that helps."""
    lines = []
    for filing in prepared.unfinished:
        where = printable(str(filing.destination))
        lines.append(f"Run {filing.run_id} into {where} was interrupted. Finish it: photosort resume {filing.run_id}")
    if twice := prepared.twice:
        name = printable(prepared.plan.destination.name)
        lie = f"{plural(twice.total(), 'photo', 'lie')} in other folders of {name} already"
        lines.append(f"{lie}, and will then lie twice. To sort anew, first: photosort undo {max(twice)}")
    return lines


def ending(organized: Organized) -> RenderableType:
    """Return what was done, what failed, and the commands to go on with."""
    outcome = organized.outcome
    if outcome is None:
        explain = f"photosort explain --run {organized.prepared.run}"
        return Text(f"Nothing was touched: this was a dry run. More about it: {explain}", style="dim")
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


def document(organized: Organized) -> dict[str, Any]:
    """Return everything of `view` and `ending`, whole."""
    prepared, outcome = organized.prepared, organized.outcome
    plan = prepared.plan
    return {
        "run": prepared.run,
        "source": str(plan.source),
        "destination": str(plan.destination),
        "mode": plan.mode.value,
        "dry_run": outcome is None,
        "used": prepared.used and asdict(prepared.used),
        **candidates.document(prepared.grouping, prepared.choice),
        "remarks": list(prepared.grouping.best.remarks),
        "folders": [_folder_document(folder, prepared.names[folder.label]) for folder in plan.folders],
        "left": [{"path": str(left.path), "reason": left.reason} for left in plan.left],
        "copies_passed_over": [
            {"run": copies.run_id, "folder": str(copies.folder), "photos": copies.photos} for copies in prepared.copies
        ],
        "outcome": outcome
        and {
            "files": outcome.files,
            "photos": outcome.photos,
            "bytes": outcome.size,
            "already_there": outcome.there,
            "written": outcome.written,
            "failed": [{"path": str(remark.path), "reason": remark.reason} for remark in outcome.failed],
            "remarks": [{"path": str(remark.path), "reason": remark.reason} for remark in outcome.remarks],
            "stopped": outcome.stopped,
        },
    }


def _large(plan: Plan) -> list[str]:
    """Say where one folder holds more than a third of the photos, though photosort chose the number of folders."""
    photos = sum(len(folder.photos) for folder in plan.folders)
    large = max(plan.folders, key=lambda folder: len(folder.photos), default=None)
    if large is None or len(plan.folders) < LARGE or LARGE * len(large.photos) <= photos:
        return []
    share = f"{printable(large.name)} holds {len(large.photos):,} of {photos:,} photos."
    return [f"{share} A larger --k may split it: --k {2 * len(plan.folders)}"]


def _place(folder: PlannedFolder, plan: Plan) -> tuple[int, int]:
    """Return where a folder stands in the tree: by the first label in its top folder, then by its own."""
    top = folder.name.partition("/")[0]
    return min(other.label for other in plan.folders if other.name.partition("/")[0] == top), folder.label


def _folder(folder: PlannedFolder, shown: str, name: ClusterName) -> RenderableType:
    photos = folder.photos
    samples = "  ".join(short(photo.source.name) for photo in photos[:SAMPLES]) + (
        "  …" if len(photos) > SAMPLES else ""
    )
    keywords = ", ".join(f"{keyword.term} {keyword.count}" for keyword in name.keywords)
    lines = [_line(f"{len(photos):,}", "cyan", (printable(shown), "bold"))]
    lines += [
        _line("", "", (printable(text), "italic"))
        for text in beside(folder.name, name.title, name.summary, name.source)
    ]
    if keywords:
        lines.append(_line("", "", (printable(keywords), "green")))
    return Group(*lines, _line("", "", (samples, "dim")))


def beside(folder: str, title: str, summary: str, named_by: str) -> list[str]:
    """Return what of title and summary the folder's name does not say already; nothing of what only repeats the
    keywords.
    """
    said, texts = folder.casefold(), (title,) if named_by == BY_KEYWORDS else (title, summary)
    return [text for text in dict.fromkeys(texts) if folder_name(text).casefold() not in said]


def _used(used: Used) -> str:
    cost = "" if used.cost is None else f", ${used.cost:.4f}"
    return f"{plural(used.calls, 'call')}, {used.tokens_in:,} tokens asked, {used.tokens_out:,} answered{cost}."


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


def _bytes(size: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
