"""The whole way of `photosort tag`: photos are found, known by their content, their tags planned, shown and written."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from photosort.errors import NothingToTag
from photosort.filing.disk.place import reason_of
from photosort.filing.tagging.exiftool import ExifTool
from photosort.filing.tagging.write import TagOutcome, no_embedding, write_tags
from photosort.photos.files.digest import digest_of
from photosort.photos.files.photo import Unread
from photosort.photos.files.scan import scan
from photosort.settings.settings import Settings
from photosort.store.cache import Cache, open_cache
from photosort.store.history import open_history
from photosort.store.journals.tag_journal import TagJournal, untagged_digests
from photosort.store.runs.runs import TAGS, Runs
from photosort.support.progress import Progress, silent
from photosort.workflows.tag_files import embedding, holding, keep_known
from photosort.workflows.tagging.plan import Convention, Planner, TagPlan
from photosort.workflows.tagging.targets import Target, refuse_unfinished, target_of
from photosort.workflows.tagging.words import described, tags_for

LOOKING = "looking"


@dataclass(frozen=True, slots=True)
class TagWish:
    """What is asked of the command.

    argument    a run, a folder of the last run, or a folder on disk; None for the last run
    convention  the name of sidecars; None keeps to those that are there
    embed       whether tags go into the photos themselves
    """

    argument: str | None = None
    convention: Convention | None = None
    embed: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class TagResult:
    """What was planned and done. `run` is its number; None where nothing was written."""

    plan: TagPlan
    run: int | None = None
    outcome: TagOutcome | None = None


def tag(
    settings: Settings, wish: TagWish, *, review: Callable[[TagPlan], None], progress: Progress = silent
) -> TagResult:
    """Write what runs have said of photos into sidecars, or into the photos themselves.

    `review` is shown the plan before the first file is touched; what it raises ends the run there. Raises what
    `target_of` raises, NothingToTag where no run knows any of the photos, ExifToolMissing, Busy and Unfinished.
    """
    with open_history(settings.data_dir) as connection:
        target = target_of(connection, wish.argument)
        lock: AbstractContextManager[Any] = (
            nullcontext() if wish.dry_run else holding(connection, target.folder, settings.data_dir)
        )
        with lock, embedding(settings.data_dir, wanted=wish.embed) as exiftool:
            if not wish.dry_run:
                refuse_unfinished(connection, target.folder)
            with open_cache(settings.cache_dir) as cache:
                plan = _plan(connection, cache, target, settings, wish, exiftool, progress)
            review(plan)
            if wish.dry_run or not plan.writes:
                return TagResult(plan)
            run = _record(connection, plan, wish)
            journal = TagJournal.begin(connection, run, folder=plan.folder, writes=plan.writes)
            outcome = write_tags(journal, embed=exiftool or no_embedding, progress=progress)
            keep_known(journal, settings.cache_dir)
            return TagResult(plan, run, outcome)


def _plan(
    connection: sqlite3.Connection,
    cache: Cache,
    target: Target,
    settings: Settings,
    wish: TagWish,
    exiftool: ExifTool | None,
    progress: Progress,
) -> TagPlan:
    found = scan(target.folder, exclude=settings.exclude, follow_links=target.follow_links or settings.follow_links)
    plan = TagPlan(target.folder, left=[])
    groups = found.groups()
    digest, digests, aliases = partial(cache.digest_of, read=digest_of), dict[Path, str](), untagged_digests(connection)
    for done, main in enumerate(groups):
        progress(LOOKING, done, len(groups))
        try:
            now = digest(main)
        except OSError as error:
            plan.left.append(Unread(main, reason_of(error)))
        else:
            digests[main] = aliases.get(now, now)
    said = described(connection, digests.values(), target.run)
    planner = Planner(plan, wish.convention, exiftool, digest)
    for done, (main, content) in enumerate(digests.items()):
        progress("planning", done, len(digests))
        if target.digests is not None and content not in target.digests:
            continue
        if content in said:
            planner.add(main, groups[main], tags_for(said[content], main))
        else:
            plan.unknown += 1
    if not plan.tagged and not plan.left and not plan.wordless:
        raise NothingToTag(
            f"No run has looked at the photos in {target.folder}", "First: photosort organize DIR --dry-run"
        )
    return plan


def _record(connection: sqlite3.Connection, plan: TagPlan, wish: TagWish) -> int:
    """Store the run, so that `runs` lists it and `undo` takes it back."""
    runs = Runs(connection)
    settings = {"command": TAGS, "embed": wish.embed, "sidecars": wish.convention}
    run = runs.add(
        source=plan.folder, destination=plan.folder, mode=TAGS, settings=settings, clusters=(), members=(), left=()
    )
    runs.start(run)
    return run
