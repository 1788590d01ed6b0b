"""From a plan that the user edited to folders: checked whole, recorded as a run of its own, and filed."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from photosort.errors import NoSuchRun, PlanRefused
from photosort.filing.disk.lock import hold
from photosort.filing.disk.survey import check_destination
from photosort.filing.journaled.apply import Outcome
from photosort.filing.plan.draft import Draft, without_doubles
from photosort.filing.plan.plan import Plan
from photosort.naming.summary import ClusterName
from photosort.photos.files.own_files import LEFTOVER
from photosort.photos.files.photo import Photo, Unread
from photosort.store.cache import Cache, open_cache
from photosort.store.history import open_history
from photosort.store.journals.journal import Filing
from photosort.store.runs.previews import drop_old_previews, kept_meanwhile
from photosort.store.runs.runs import Runs
from photosort.support.printable import printable
from photosort.support.progress import Progress, silent
from photosort.workflows.drafts.check import folder_faults, look_at_photos, photo_faults
from photosort.workflows.drafts.record import Edition, record_draft
from photosort.workflows.earlier_runs.earlier import lying_twice, refuse_over_unfinished, unfinished_runs
from photosort.workflows.earlier_runs.gathering import gather, sources_of
from photosort.workflows.filing import carry_out, plan_photos

ASIDE, NOT_IN_PLAN = "set aside by you", "not in the plan"
"""Why a photo of the run stays where it is."""


@dataclass(frozen=True, slots=True)
class Edited:
    """An edited plan, as it was decided before the first file is touched.

    run          the id under which it is stored; `edited` is the run that it comes from
    plan         what a real run carries out and a dry run shows
    names        what each folder stands for, by its label
    unfinished   earlier runs that stopped half-way, into any destination
    twice        run -> photos of the plan that it has put into other folders of the same destination
    outcome      None before the first file is touched, and after a dry run
    """

    run: int
    edited: int
    plan: Plan
    names: tuple[ClusterName, ...]
    unfinished: tuple[Filing, ...] = ()
    twice: Counter[int] = field(default_factory=Counter)
    outcome: Outcome | None = None


def file_draft(
    draft: Draft,
    data_dir: Path,
    cache_dir: Path,
    *,
    called: str = "the plan",
    faults: Sequence[str] = (),
    dry_run: bool = False,
    review: Callable[[Edited], None] = lambda edited: None,
    progress: Progress = silent,
) -> Edited:
    """File the photos of a draft as it says; `faults` are known already and count like those that are found here.

    Companions travel with their photos as they lie on disk now. What is not in the draft is not touched. What `review`
    raises ends the run before the first file; a dry run goes the same way up to there.

    Raises PlanRefused with a line for each fault, NoSuchRun, SourceMissing, NoPhotos, DestinationError, Busy and
    Unfinished; nothing has been touched then.
    """
    draft = replace(without_doubles(draft), destination=Path(os.path.realpath(draft.destination)))
    lock = nullcontext() if dry_run else hold(draft.destination, data_dir)
    with lock, open_history(data_dir) as connection, open_cache(cache_dir) as cache:
        refuse_over_unfinished(connection, draft.destination)
        edited = _prepare(draft, connection, cache, data_dir, called, faults, progress)
        with kept_meanwhile(connection, edited.run):
            review(edited)
        if dry_run:
            return edited
        return replace(edited, outcome=carry_out(edited.plan, edited.run, connection, progress))


def refusal(called: str, faults: Sequence[str]) -> PlanRefused:
    """Return the error that names every fault of a plan."""
    count = "1 fault" if len(faults) == 1 else f"{len(faults):,} faults"
    return PlanRefused(f"{called} cannot be applied: {count}", "Correct the plan; no file was touched.", tuple(faults))


def _prepare(
    draft: Draft,
    connection: sqlite3.Connection,
    cache: Cache,
    data_dir: Path,
    called: str,
    known: Sequence[str],
    progress: Progress,
) -> Edited:
    runs = Runs(connection)
    try:
        run = runs.get(draft.run)
    except NoSuchRun as error:
        problem = f"“run” in {called} is {draft.run}, and there is no such run"
        raise NoSuchRun(problem, "Correct it: photosort runs lists all runs. No file was touched.") from error
    if Path(os.path.realpath(draft.source)) != run.source:
        of, said = printable(str(run.source)), printable(str(draft.source))
        raise refusal(called, [f"source: run {run.id} is of {of}, not of {said}"])
    every = runs.members(run.id)
    members = {member.path: member for member in every if not member.standing}
    clusters = {cluster.number: cluster for cluster in runs.clusters(run.id)}
    companions = runs.companions(run.id)
    faults = [*known, *folder_faults(draft, clusters.values()), *photo_faults(draft, members, companions)]
    found = gather(
        *sources_of(run),
        connection,
        cache,
        skip=draft.destination,
        exclude=tuple(run.settings.get("exclude") or ()),
        follow_links=bool(run.settings.get("follow_links")),
    )
    filed, wrong = look_at_photos(draft, members, found, cache, progress)
    faults += wrong
    if not filed and not faults:
        faults.append("no folder has a photo")
    if faults:
        raise refusal(called, faults)
    check_destination(run.source, draft.destination)
    edition = Edition(draft, run, clusters, members, [member for member in every if member.standing])
    plan = plan_photos(
        [photo for photo, _ in filed.values()],
        [place for _, place in filed.values()],
        [folder.name for folder in draft.folders],
        edition.names,
        source=run.source,
        destination=draft.destination,
        mode=draft.mode,
        left=list(_left(draft, members.keys(), runs.left(run.id), filed)),
        about=bool(run.settings.get("about", True)),
        standing=edition.standing_folders,
        progress=progress,
    )
    number = record_draft(runs, plan, edition)
    drop_old_previews(connection)
    return Edited(
        number,
        run.id,
        plan,
        edition.names,
        tuple(unfinished_runs(connection, data_dir)),
        lying_twice(connection, plan),
    )


def _left(
    draft: Draft,
    members: Collection[Path],
    before: Iterable[tuple[Path, str]],
    filed: Mapping[Path, tuple[Photo, int]],
) -> Iterator[Unread]:
    """Yield what stays where it is: what the run has left already, what the user set aside, and what was taken out."""
    travelling = {path for photo, _ in filed.values() for path in photo.companions}
    for path, reason in before:
        if path not in travelling and reason != LEFTOVER:
            yield Unread(path, reason)
    aside = {photo.path for photo in draft.aside}
    for path in members:
        if path not in filed:
            yield Unread(path, ASIDE if path in aside else NOT_IN_PLAN)
