"""What a run that continues earlier ones says of the photos that stay where they are."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from photosort.settings.settings import Settings
from photosort.support.printable import printable
from photosort.workflows.earlier_runs.continuing import Continued, Unchanged


def view(continues: Continued, settings: Settings, given_up: Sequence[str] = ()) -> RenderableType:
    """Return what is continued, in a sentence each."""
    said = [f"This continues run {continues.run}. Photos that are there already, and stay: {continues.known:,}."]
    if moved := len(continues.moved):
        draw = "draw new ones along (--no-respect-moves)" if continues.respected else "draw no new ones along"
        said.append(f"Photos that you put where they lie, which {draw}: {moved:,}.")
    for name in continues.barred:
        said.append(f"New photos do not join “{printable(name)}”: rename it, without the backslash.")
    typed_k = settings.k is not None and not settings.k_is_usual
    flags = {"--k": typed_k, "--levels": settings.two_levels, "--outliers": settings.outliers}
    ignored = " and ".join(dict.fromkeys([flag for flag, given in flags.items() if given] + [*given_up]))
    if ignored and continues.names:
        said.append(f"Ignored, since new photos join the folders that are there: {ignored}.")
    return Text(" ".join([*said, "To sort all photos anew: --fresh"]), style="dim")


def unchanged(found: Unchanged) -> RenderableType:
    """Return that nothing is new, and what was left and why."""
    where = printable(str(found.destination))
    lines = [
        Text(
            f"Nothing new for {where} (run {found.run}). Photos that are there already: {found.photos:,}.",
            style="green",
        )
    ]
    lines += left_lines(found)
    again = f"photosort organize {shlex.quote(printable(str(found.source)))} --fresh"
    lines.append(Text(f"To sort all photos anew: {again}", style="dim"))
    return Group(*lines)


def left_lines(found: Unchanged) -> list[Text]:
    """Return how many photos were left, a line for each reason."""
    counts = Counter(left.reason for left in found.left).most_common()
    return [Text(f"{count:>6,} left in place: {printable(reason)}", style="yellow") for reason, count in counts]


def document(found: Unchanged, mode: str, *, dry_run: bool) -> dict[str, Any]:
    """Return the same as data, with the keys that a run with new photos has as well."""
    return {
        "run": found.run,
        "source": str(found.source),
        "destination": str(found.destination),
        "mode": mode,
        "dry_run": dry_run,
        "new": 0,
        "already_there": found.photos,
        "folders": [],
        "outcome": None,
        "left": [{"path": str(left.path), "reason": left.reason} for left in found.left],
    }
