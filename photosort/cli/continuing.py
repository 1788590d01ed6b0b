"""What a run that continues earlier ones says of the photos that stay where they are."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from photosort.cli.output import plural
from photosort.support.printable import printable
from photosort.workflows.continuing import Continued, Unchanged


def view(continues: Continued, k: int | None) -> RenderableType:
    """Return what is continued, in a sentence each; `k` is the number of folders that was asked for."""
    known = plural(continues.known, "photo")
    said = [f"This continues run {continues.run}: {known} that lie there already stay where they are."]
    if continues.taken_out:
        said.append(f"{plural(len(continues.taken_out), 'photo')} that you took out of the folders stay out.")
    if k is not None and continues.names:
        said.append("--k is ignored: new photos join the folders that are there.")
    return Text(" ".join([*said, "To sort all photos anew: --fresh"]), style="dim")


def unchanged(found: Unchanged) -> RenderableType:
    """Return that nothing is new, and what was left and why."""
    where = printable(str(found.destination))
    lines = [Text(f"Nothing new: {plural(found.photos, 'photo')} in {where} already (run {found.run}).", style="green")]
    for reason, count in Counter(left.reason for left in found.left).most_common():
        lines.append(Text(f"{count:>6,} left in place: {printable(reason)}", style="yellow"))
    lines.append(Text("To sort all photos anew: photosort organize DIR --fresh", style="dim"))
    return Group(*lines)


def document(found: Unchanged) -> dict[str, Any]:
    """Return the same as data."""
    return {
        "run": found.run,
        "source": str(found.source),
        "destination": str(found.destination),
        "new": 0,
        "already_there": found.photos,
        "folders": [],
        "outcome": None,
        "left": [{"path": str(left.path), "reason": left.reason} for left in found.left],
    }
