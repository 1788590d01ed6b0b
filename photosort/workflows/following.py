"""Files that come after their photo was filed are put beside it, through the journal."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from photosort.filing.journaled.apply import Outcome
from photosort.filing.plan.model import Mode
from photosort.filing.plan.plan import Following, Plan
from photosort.photos.files.digest import digest_of
from photosort.settings.settings import Settings
from photosort.store.journals.operation import Operation
from photosort.store.runs.records import FOLLOWING, CompanionRecord
from photosort.store.runs.runs import Runs
from photosort.support.progress import Progress
from photosort.workflows.earlier_runs.abouts import with_abouts
from photosort.workflows.earlier_runs.continuing import Unchanged
from photosort.workflows.earlier_runs.gathering import COMMAND
from photosort.workflows.earlier_runs.late import Late
from photosort.workflows.earlier_runs.standing import Standing
from photosort.workflows.filing import carry_out


@dataclass(frozen=True, slots=True)
class Followed(Unchanged):
    """No photo is new, but files were put beside their photos, or would be.

    plan     what a real run carries out
    own      the run that did so; 0 for a dry run
    outcome  None after a dry run
    """

    plan: Plan | None = None
    own: int = 0
    outcome: Outcome | None = None


def with_following(plan: Plan, late: Sequence[Late]) -> Plan:
    """Return the plan with files that follow their photos; what cannot be read any more is left out."""
    group = max((file.group for file in plan.files), default=-1) + 1
    found = []
    for file in late:
        with suppress(OSError):
            seen = file.path.stat()
            place, known = file.photo.with_name(file.name), (seen.st_size, seen.st_mtime_ns, digest_of(file.path))
            operation = Operation(file.path, place, *known, group, main=False, ctime_ns=seen.st_ctime_ns)
            found.append(Following(operation, file.photo))
            group += 1
    return replace(plan, following=tuple(found))


def put_beside(
    found: Unchanged,
    standing: Standing,
    settings: Settings,
    connection: sqlite3.Connection,
    review: Callable[[Plan], None],
    progress: Progress,
    *,
    dry_run: bool,
) -> Unchanged:
    """Put files beside the photos that they follow, as a run of its own, where there are such.

    What `review` raises ends it before any file is touched.
    """
    plan = Plan(found.source, found.destination, Mode(settings.mode), (), found.left, 0, within_source=False)
    plan = with_following(plan, found.late)
    if not plan.following:
        return found
    if settings.about:
        plan = with_abouts(plan, {}, found.lying, standing, connection)
    review(plan)
    known = {name: getattr(found, name) for name in ("run", "source", "destination", "photos", "left", "late", "lying")}
    if dry_run:
        return Followed(**known, plan=plan)
    run = Runs(connection).add(
        source=plan.source,
        destination=plan.destination,
        mode=plan.mode.value,
        settings={COMMAND: FOLLOWING},
        clusters=(),
        members=(),
        left=[(left.path, left.reason) for left in plan.left],
        companions=[CompanionRecord(one.file.source, one.file.digest, one.photo) for one in plan.following],
    )
    return Followed(**known, plan=plan, own=run, outcome=carry_out(plan, run, connection, progress))
