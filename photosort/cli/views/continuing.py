"""What a run that continues earlier ones says of the photos that stay where they are."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from photosort.cli.sink.output import plural
from photosort.cli.views import planned
from photosort.cli.views.kin import kin_lines
from photosort.settings.settings import Settings
from photosort.support.printable import printable
from photosort.workflows.earlier_runs.continuing import Continued, Unchanged
from photosort.workflows.following import Followed

SHOWN = 10
"""Files that were put beside their photos that are named."""


def view(continues: Continued, settings: Settings, given_up: Sequence[str] = ()) -> RenderableType:
    """Return what is continued, in a sentence each."""
    said = [f"This continues run {continues.run}. Photos that are there already, and stay: {continues.known:,}."]
    if continues.late:
        said.append(f"Files that came after their photos, and go where these lie: {len(continues.late):,}.")
    if moved := len(continues.moved):
        draw = "draw new ones along (--no-respect-moves)" if continues.respected else "draw no new ones along"
        said.append(f"Photos that you put where they lie, which {draw}: {moved:,}.")
    said += map(printable, kin_lines(continues.kin))
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
    lines += followed_lines(found)
    lines += left_lines(found)
    again = f"photosort organize {shlex.quote(printable(str(found.source)))} --fresh"
    lines.append(Text(f"To sort all photos anew: {again}", style="dim"))
    return Group(*lines)


def followed_lines(found: Unchanged) -> list[Text]:
    """Return which files were put beside their photos, or would be; each with its place, and the way back."""
    if not isinstance(found, Followed) or found.plan is None:
        return []
    following, outcome = found.plan.following, found.outcome
    ways = [(one.file.source.name, one.file.destination.relative_to(found.destination)) for one in following]
    lines = [Text(printable(f"  {name} → {place}")) for name, place in ways[:SHOWN]]
    if len(following) > SHOWN:
        lines.append(Text(f"  and {len(following) - SHOWN:,} more"))
    if outcome is None:
        return [Text(f"{_beside(len(following), 'would be put')}:"), *lines]
    head = f"{_beside(outcome.files, 'put')} (photosort undo {found.own}):"
    lines += [
        Text(f"  {printable(str(remark.path))}: {printable(remark.reason)}", style="yellow")
        for remark in (*outcome.failed, *outcome.remarks)
    ]
    if outcome.stopped:
        lines.append(Text(f"Stopped: {printable(outcome.stopped)}. Go on with: photosort resume", style="red"))
    return [Text(head, style="green"), *lines]


def _beside(files: int, done: str) -> str:
    return f"{plural(files, 'file')} {done} beside {'its photo' if files == 1 else 'their photos'}"


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
        **followed_document(found),
    }


def followed_document(found: Unchanged) -> dict[str, Any]:
    """Return the files that were put beside their photos, or would be, as data; nothing where there are none."""
    if not isinstance(found, Followed) or found.plan is None:
        return {}
    return {
        "following": planned.following_document(found.plan),
        "following_run": found.own or None,
        "outcome": planned.outcome_document(found.outcome) if found.outcome else None,
    }
