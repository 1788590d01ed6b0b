"""What `photosort tag` is about to write, and what has become of it, for people and for programs."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from photosort.cli.sink.output import Output, finish, plural, short
from photosort.filing.journaled.apply import Remark
from photosort.filing.tagging.take_back import Untagged
from photosort.filing.tagging.write import TagOutcome
from photosort.store.journals.tag_journal import Tagging
from photosort.support.printable import printable
from photosort.workflows.tagging.plan import TagPlan, counted, document
from photosort.workflows.tagging.tag import TagResult

SAMPLES = 3
"""Photos whose tags are shown."""
REASONS = 6
"""Reasons why files are left, with a file for each."""
_NAME = 44


def preview(plan: TagPlan) -> RenderableType:
    """Return what will be written, with counts and three samples."""
    writes = plan.writes
    lines = [Text.assemble((printable(str(plan.folder)), "bold"), f"   {_counts(plan)}")]
    shown = sorted(plan.tagged, key=lambda one: (not one.files, not one.tags.description))[:SAMPLES]
    for one in shown if writes else ():
        place = one.files[0].path if one.files else one.photo
        lines.append(Text(f"  {short(place.name, _NAME)}", style="bold blue"))
        if one.tags.description:
            lines.append(Text(f"    description  {printable(one.tags.description)}"))
        lines.append(Text(f"    keywords     {printable(', '.join(one.tags.keywords))}"))
        lines.append(Text(f"    hierarchy    {printable(', '.join(one.tags.hierarchy))}", style="dim"))
    if len(plan.tagged) > SAMPLES and writes:
        lines.append(Text(f"  and {plural(len(plan.tagged) - SAMPLES, 'more photo')}; --json lists all", style="dim"))
    lines += _notes(plan)
    return Group(*lines)


def question(plan: TagPlan) -> str:
    """Return what the user is asked before the first file is written."""
    counts = counted(plan.writes)
    parts = [f"add {plural(counts['new'], 'sidecar')}"] if counts["new"] else []
    parts += [f"change {plural(counts['changed'], 'sidecar')}"] if counts["changed"] else []
    parts += [f"write into {plural(counts['embedded'], 'photo')}"] if counts["embedded"] else []
    said = ", ".join(parts)
    return f"{said[:1].upper()}{said[1:]}?"


def ending(result: TagResult) -> RenderableType:
    """Return what was written, and how it is taken back."""
    outcome = result.outcome
    if outcome is None:
        return Text("Nothing was written." if result.plan.writes else "Nothing to write: all tags are there already.")
    lines = [
        Text(f"Tags of {plural(outcome.photos, 'photo')} written to {plural(outcome.written, 'file')}.", style="green")
    ]
    lines += [_line(remark) for remark in outcome.failed]
    if outcome.stopped:
        lines.append(_stopped(outcome.stopped, f"photosort resume {result.run}"))
    elif outcome.written:
        lines.append(Text(f"Take it back:  photosort undo {result.run}", style="dim"))
    return Group(*lines)


def result_document(result: TagResult) -> dict[str, Any]:
    """Return the whole result for programs."""
    plan, outcome = result.plan, result.outcome
    return {
        "run": result.run,
        "folder": str(plan.folder),
        "dry_run": outcome is None,
        "files": counted(plan.writes),
        "unchanged": plan.unchanged,
        "unknown": plan.unknown,
        "without_words": plan.wordless,
        "tags": [document(write) for write in plan.writes],
        "left": [{"path": str(left.path), "reason": left.reason} for left in plan.left],
        "outcome": outcome
        and {
            "files": outcome.written,
            "photos": outcome.photos,
            "failed": _remarks(outcome.failed),
            "stopped": outcome.stopped,
        },
    }


def end_past(out: Output, tagging: Tagging, outcome: TagOutcome | Untagged) -> None:
    """Say what has become of tags that were taken back, or whose writing was resumed, and end with the exit code."""
    run = tagging.run_id
    if isinstance(outcome, Untagged):
        taken = outcome
        out.show(lambda: _undone(tagging, taken))
        out.document(
            lambda: {
                "run": run,
                "taken_back": taken.files,
                "gone": taken.gone,
                "kept": _remarks(taken.kept),
                "stopped": taken.stopped,
            }
        )
        finish(stopped=bool(outcome.stopped), failed=bool(outcome.kept))
        return
    written = outcome
    out.show(lambda: _resumed(tagging, written))
    out.document(
        lambda: {
            "run": run,
            "files": written.written,
            "photos": written.photos,
            "failed": _remarks(written.failed),
            "stopped": written.stopped,
        }
    )
    finish(stopped=bool(outcome.stopped), failed=bool(outcome.failed))


def _counts(plan: TagPlan) -> str:
    counts = counted(plan.writes)
    parts = [f"{plural(counts['new'], 'new sidecar')}"] if counts["new"] else []
    parts += [f"{plural(counts['changed'], 'sidecar')} to change"] if counts["changed"] else []
    parts += [f"{plural(counts['embedded'], 'photo')} to write into"] if counts["embedded"] else []
    parts += [f"{plural(plan.unchanged, 'photo')} with these tags already"] if plan.unchanged else []
    return ", ".join(parts) or "nothing to write"


def _notes(plan: TagPlan) -> list[Text]:
    lines = []
    if plan.unknown:
        lines.append(f"{plural(plan.unknown, 'photo')} that no run has looked at: photosort organize DIR --dry-run")
    if plan.wordless:
        lines.append(f"{plural(plan.wordless, 'photo')} of which no run has said anything for sure")
    reasons = Counter(left.reason for left in plan.left)
    for reason, count in reasons.most_common(REASONS):
        first = next(left.path for left in plan.left if left.reason == reason)
        more = f" and {count - 1:,} more" if count > 1 else ""
        lines.append(f"left as it is: {short(first.name, _NAME)}{more}: {printable(reason)}")
    return [Text(f"  {line}", style="yellow") for line in lines]


def _undone(tagging: Tagging, outcome: Untagged) -> RenderableType:
    gone = f"; {plural(outcome.gone, 'file')} had gone already" if outcome.gone else ""
    but = f", except for {plural(len(outcome.kept), 'file')}" if outcome.kept else ""
    said = f"Run {tagging.run_id} undone{but}: {plural(outcome.files, 'file')} as before the tags{gone}."
    lines = [Text(said, style="green"), *(_line(remark) for remark in outcome.kept)]
    if outcome.stopped:
        lines.append(_stopped(outcome.stopped, f"photosort undo {tagging.run_id}"))
    return Group(*lines)


def _resumed(tagging: Tagging, outcome: TagOutcome) -> RenderableType:
    where = printable(str(tagging.folder))
    lines = [Text(f"Run {tagging.run_id} in {where}: tags of {plural(outcome.photos, 'photo')} are written.")]
    lines += [_line(remark) for remark in outcome.failed]
    if outcome.stopped:
        lines.append(_stopped(outcome.stopped, f"photosort resume {tagging.run_id}"))
    return Group(*lines)


def _remarks(remarks: tuple[Remark, ...]) -> list[dict[str, str]]:
    return [{"path": str(remark.path), "reason": remark.reason} for remark in remarks]


def _line(remark: Remark) -> Text:
    return Text(f"  {printable(str(remark.path))}: {printable(remark.reason)}", style="yellow")


def _stopped(reason: str, command: str) -> Text:
    return Text(f"Stopped: {printable(reason)}. Go on with: {command}", style="red")
