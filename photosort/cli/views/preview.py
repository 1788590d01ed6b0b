"""A plan and its outcome, for people and for programs."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from photosort.cli.sink.output import plural
from photosort.cli.views import candidates, plan_tree, planned
from photosort.filing.plan.plan import Plan
from photosort.methods.building import SERVED, assignment
from photosort.methods.conversation import Bill
from photosort.methods.specs import questions
from photosort.models.protocols import Category, Used
from photosort.models.selected import ModelSet
from photosort.naming.summary import BY_KEYWORDS
from photosort.photos.files.scan import VIDEO
from photosort.settings.settings import Settings
from photosort.support.printable import printable
from photosort.workflows.finding import Seen
from photosort.workflows.prepared import Organized, Prepared

LARGE, MANY = 3, 10
"""A folder with more than one in so many photos, and with so many at least, is said to be large."""


def models(chosen: ModelSet) -> RenderableType:
    """Return which models look, read and write, from which profile and why, and what the profile groups by, in one
    line.
    """
    settings, choice = chosen.settings, chosen.choice
    by = " by" if settings.captioner == "tags" else ","
    captions = f"{settings.captioner}{by} " if questions(settings) else ""
    looking = captions + ", ".join(dict.fromkeys(filter(None, (settings.image_encoder, settings.text_encoder))))
    looking += "; grouped by texts alone" if settings.method == "text" else ""
    looking += f"; fusion by {settings.fusion}" if (settings.method, settings.fusion) == ("fusion", "sum") else ""
    line = f"models: {choice.profile.name} ({choice.why}): {looking}; names by {chosen.named_by}"
    return Text(printable(line), style="dim")


def found(seen: Seen) -> RenderableType:
    """Return how many files there are, in one line."""
    said = [plural(seen.photos, "photo")]
    if seen.companions:
        said.append(f"{plural(seen.companions, 'companion')}")
    videos = seen.others.get(VIDEO, 0)
    said += [plural(videos, "video")] if videos else []
    if others := sum(seen.others.values()) - videos:
        said.append(plural(others, "other file"))
    return Text(f"found: {', '.join(said)}", style="dim")


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


def captions(questions: int) -> str:
    """Return how many photos are about to be sent to a captioner on a server, in one line."""
    return f"captions: about {plural(questions, 'question')} to the server, one photo each, at no known price"


def bill(asked: Bill, cost: float | None) -> str:
    """Return what is about to be asked of a language model, in one line."""
    if not asked.calls:
        return "questions: none, all were answered before"
    price = "at no known price" if cost is None else "free of charge" if not cost else f"about ${cost:.4f}"
    tokens = f"about {asked.tokens_in:,} tokens asked and {asked.tokens_out:,} answered"
    return f"questions: about {asked.calls:,}, {tokens}, {price} (--assign {asked.assign})"


def view(
    prepared: Prepared,
    *,
    show_all: bool = False,
    dry_run: bool = False,
    as_table: bool = False,
    sources: Sequence[Path] = (),
) -> RenderableType:
    """Return the whole plan, as a tree or as a table: every folder with its count and keywords, what stays, and
    remarks.

    Before it, where there were several questions, the loss of each; with `show_all` the clusters of each, too. After a
    `dry_run` photosort explain needs the number of the run, for it speaks of what lies on disk. `sources` are what the
    user has named, where that is more than the source of the run.
    """
    plan, explain = prepared.plan, f"photosort explain{f' --run {prepared.run}' if dry_run else ''}"
    standing = prepared.continues.sizes if prepared.continues else None
    shown: RenderableType = plan_tree.PlanTree(plan, prepared.names, explain, standing, sources)
    if as_table:
        shown = plan_tree.table(plan, prepared.names)
    remarks = []
    if plan.within_source:
        inside, around = printable(plan.destination.name), printable(plan.source.name)
        remarks.append(f"{inside} lies inside {around} and was left out of the search.")
    for copies in prepared.copies:
        place = printable(str(copies.folder))
        those = f"{plural(copies.photos, 'photo')} that run {copies.run_id} put into {place}"
        remarks.append(
            f"{those} {'was' if copies.photos == 1 else 'were'} passed over: the originals are here as well. "
            f"To sort the copies: photosort organize {shlex.quote(place)} --fresh"
        )
    remarks += [printable(remark) for remark in prepared.grouping.best.remarks]
    if prepared.folders.flat:
        remarks.append(f"One level, not two: {prepared.folders.flat}.")
    remarks += [
        f"{printable(one.folder)}   no longer true of most of its {plural(one.photos, 'photo')}; "
        f'photosort would call it "{printable(one.title)}"'
        for one in prepared.outgrown
    ]
    if prepared.choice:
        remarks.append(candidates.chosen(prepared.choice))
        remarks += _large(plan)
    if counted := sum(bool(name.note) and name.source == BY_KEYWORDS for name in prepared.names):
        remarks.append(f"Keywords stand in for {counted} of {len(prepared.names)} names: {explain} says why.")
    if prepared.used and prepared.used.calls:
        remarks.append(_used(prepared.used))
    tried = [candidates.losses(prepared.grouping)] if len(prepared.grouping.candidates) > 1 else []
    others = [candidates.side_by_side(prepared.grouping)] if show_all and tried else []
    return Group(*tried, *others, shown, *(Text(remark, style="dim") for remark in remarks))


def document(organized: Organized) -> dict[str, Any]:
    """Return everything of `view` and of the outcome, whole."""
    prepared, outcome = organized.prepared, organized.outcome
    plan = prepared.plan
    return {
        "run": prepared.run,
        **planned.head_document(plan),
        "dry_run": outcome is None,
        "used": prepared.used and asdict(prepared.used),
        **candidates.document(prepared.grouping, prepared.choice),
        "remarks": list(prepared.grouping.best.remarks),
        **planned.folders_document(plan, prepared.names),
        "copies_passed_over": [
            {"run": copies.run_id, "folder": str(copies.folder), "photos": copies.photos} for copies in prepared.copies
        ],
        "continues": prepared.continues
        and {
            "run": prepared.continues.run,
            "stand": sum(prepared.continues.sizes.values()),
            "put_by_you": [str(path) for path in prepared.continues.moved],
            "kin": prepared.continues.kin,
        },
        "no_longer_true": [
            {"folder": one.folder, "photos": one.photos, "share": round(one.share, 4), "would_be": one.title}
            for one in prepared.outgrown
        ],
        "outcome": outcome and planned.outcome_document(outcome),
    }


def _large(plan: Plan) -> list[str]:
    """Say where one folder holds more than a third of the photos, though photosort chose the number of folders."""
    photos = sum(len(folder.photos) for folder in plan.folders)
    large = max(plan.folders, key=lambda folder: len(folder.photos), default=None)
    if large is None or len(plan.folders) < LARGE or len(large.photos) < max(MANY, photos // LARGE + 1):
        return []
    share = f"{printable(large.name)} holds {len(large.photos):,} of {photos:,} photos."
    return [f"{share} A larger --k may split it: --k {2 * len(plan.folders)}"]


def _used(used: Used) -> str:
    cost = "" if used.cost is None else f", ${used.cost:.4f}"
    return f"{plural(used.calls, 'call')}, {used.tokens_in:,} tokens asked, {used.tokens_out:,} answered{cost}."
