"""Photos that show the same: found, reported, and where it is asked, the lesser ones filed apart."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from photosort.duplicates.groups import Group, Member, all_groups, exact_groups
from photosort.errors import DestinationError
from photosort.filing.disk.lock import hold
from photosort.filing.disk.survey import check_destination, survey
from photosort.filing.journaled.apply import Outcome, apply
from photosort.filing.plan.model import Mode
from photosort.filing.plan.plan import Plan, make_plan
from photosort.photos.files.copies import Copies
from photosort.photos.files.digest import digest_of
from photosort.photos.files.photo import Photo, Unread
from photosort.photos.files.scan import scan
from photosort.settings.settings import Settings
from photosort.store.cache import open_cache
from photosort.store.history import open_history
from photosort.store.placed import placed_below
from photosort.store.runs.runs import DUPLICATES, ClusterRecord, MemberRecord, Runs
from photosort.support.progress import Progress, silent
from photosort.workflows.compared import compared, hashed, sketches
from photosort.workflows.earlier_runs.earlier import refuse_over_unfinished
from photosort.workflows.recording.run import companion_records

STAGE = "comparing"
FOLDERS = ("Exact copies", "Near duplicates", "Bursts")
EXACT, NEAR, BURST = range(len(FOLDERS))
"""The folders of --into, by the label of their photos."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for, and what is done with it.

    near    edited photos and bursts, not exact copies alone
    filed   copies as well that photosort itself has filed
    into    the folder for all but the best of each group; None for a report alone
    bursts  whether the lesser shots of bursts go there as well
    """

    near: bool = True
    filed: bool = False
    into: Path | None = None
    bursts: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What was found, and what was done.

    photos   how many were compared, companions not counted
    groups   exact copies and near duplicates around their best one
    bursts   shots of one moment, among the best ones
    unread   photos that could not be compared
    copies   photos that were passed over, as photosort has filed them
    plan     where the lesser ones go; None for a report alone, and where there are none
    run      its number; None for a plan that is only shown
    """

    source: Path
    photos: int
    groups: tuple[Group, ...]
    bursts: tuple[Group, ...]
    unread: tuple[Unread, ...] = ()
    copies: tuple[Copies, ...] = ()
    plan: Plan | None = None
    run: int | None = None
    outcome: Outcome | None = None

    @property
    def saved(self) -> int:
        """The bytes of all but the best of each group, without bursts."""
        return sum(member.shot.size for group in self.groups for member in group.others)

    def count(self, *, exact: bool) -> tuple[int, int]:
        """Return the photos that are exact copies, or near duplicates, of the best one, and the groups they are in."""
        found = [sum((member.relation == "exact copy") is exact for member in group.others) for group in self.groups]
        return sum(found), sum(map(bool, found))


def find_duplicates(
    source: Path,
    settings: Settings,
    wish: Wish = Wish(),
    *,
    review: Callable[[Duplicates], None] = lambda found: None,
    progress: Progress = silent,
) -> Duplicates:
    """Look for photos below `source` that show the same; file the lesser ones where that is wished.

    `review` is shown everything before the first file is touched; what it raises ends the run there. Nothing is
    deleted, and the best of each group is not touched.

    Raises SourceMissing, EmptyFolder, NoPhotos, DestinationError, Busy, Unfinished and ModelFailed; nothing has been
    touched then.
    """
    source = Path(os.path.realpath(source))
    into = Path(os.path.realpath(wish.into)) if wish.into else None
    lock: AbstractContextManager[Any] = hold(into, settings.data_dir) if into and not wish.dry_run else nullcontext()
    with lock, open_history(settings.data_dir) as connection:
        if into:
            refuse_over_unfinished(connection, into)
            _named(lambda: check_destination(source, into))
        found, photos = _found(source, into, settings, wish, connection, progress)
        chosen = _lesser(found, wish) if into else []
        if not (into and chosen):
            review(found)
            return found
        plan = _named(lambda: _plan(source, into, chosen, photos, Mode(settings.mode), progress))
        planned = replace(found, plan=plan)
        review(planned)
        if wish.dry_run:
            return planned
        run = _record(Runs(connection), plan, chosen, settings)
        Runs(connection).start(run)
        outcome = apply(plan, run, connection, progress=progress)
        return replace(planned, run=run, outcome=outcome)


def _found(
    source: Path,
    into: Path | None,
    settings: Settings,
    wish: Wish,
    connection: sqlite3.Connection,
    progress: Progress,
) -> tuple[Duplicates, dict[Path, Photo]]:
    with open_cache(settings.cache_dir) as cache:
        scanned = scan(
            source,
            skip=into,
            exclude=settings.exclude,
            follow_links=settings.follow_links,
            placed=None if wish.filed else placed_below(connection, source),
            digest=partial(cache.digest_of, read=digest_of),
            progress=progress,
        )
        travelling = scanned.groups()
        mains = [photo for photo in scanned.photos if photo.path in travelling]
        if wish.near:
            looked = compared(mains, travelling, settings, cache, progress)
            progress(STAGE, 0, 1)
            groups, bursts = all_groups(looked.shots, partial(sketches, cache, [s.digest for s in looked.shots]))
            progress(STAGE, 1, 1)
        else:
            looked = hashed(mains, travelling, cache, progress)
            groups, bursts = exact_groups(looked.shots), []
    found = Duplicates(
        source,
        len(mains) - len(looked.unread),
        tuple(sorted(groups, key=lambda group: -sum(member.shot.size for member in group.others))),
        tuple(bursts),
        (*scanned.unread, *looked.unread),
        scanned.copies,
    )
    return found, looked.photos


def _lesser(found: Duplicates, wish: Wish) -> list[tuple[Group, Member, int]]:
    """Return what is to be filed, with its label; the best of a group stays, also where a burst has a better one."""
    chosen = [
        (group, member, EXACT if member.relation == "exact copy" else NEAR)
        for group in found.groups
        for member in group.others
    ]
    if wish.bursts:
        best = {group.best.path for group in found.groups}
        chosen += [
            (group, member, BURST) for group in found.bursts for member in group.others if member.shot.path not in best
        ]
    return chosen


def _plan(
    source: Path,
    into: Path,
    chosen: Sequence[tuple[Group, Member, int]],
    photos: dict[Path, Photo],
    mode: Mode,
    progress: Progress,
) -> Plan:
    filed = []
    for _, (shot, _), _ in chosen:
        photo = photos[shot.path]
        filed.append(
            Photo(photo.path, photo.size, photo.mtime_ns, photo.digest, shot.companions, ctime_ns=photo.ctime_ns)
        )
    return make_plan(
        filed,
        [label for _, _, label in chosen],
        FOLDERS,
        source=source,
        destination=into,
        mode=mode,
        survey=survey(source, into, filed, FOLDERS, mode=mode, progress=progress),
    )


def _record(runs: Runs, plan: Plan, chosen: Sequence[tuple[Group, Member, int]], settings: Settings) -> int:
    """Store the run, so that `runs` lists it, `explain` knows its photos and `undo` takes it back."""
    filed = {file.source for file in plan.files if file.main}
    members, ranks = [], dict.fromkeys(range(len(FOLDERS)), 0)
    for group, (shot, relation), label in chosen:
        if shot.path not in filed:
            continue
        members.append(
            MemberRecord(
                path=shot.path,
                digest=shot.digest,
                cluster=label,
                rank=ranks[label],
                caption=f"{relation}; the best is {os.path.relpath(group.best.path, plan.source)}",
                similarity=1.0,
                runner_up=label,
                runner_up_similarity=1.0,
            )
        )
        ranks[label] += 1
    clusters = [
        ClusterRecord(folder.label, folder.name, FOLDERS[folder.label], FOLDERS[folder.label], (), DUPLICATES, 1.0)
        for folder in plan.folders
    ]
    return runs.add(
        source=plan.source,
        destination=plan.destination,
        mode=plan.mode.value,
        settings={**settings.model_dump(mode="json"), "command": DUPLICATES},
        clusters=clusters,
        members=members,
        left=[(left.path, left.reason) for left in plan.left],
        companions=companion_records(plan),
    )


def _named(work: Callable[[], Any]) -> Any:
    """Return what `work` returns; a failure that names the flag of organize names that of this command."""
    try:
        return work()
    except DestinationError as error:
        raise DestinationError(error.problem, error.hint.replace("--out", "--into")) from error
