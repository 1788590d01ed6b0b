"""The main job, from a folder of photos to named folders: the whole way, in the order it is gone."""

from __future__ import annotations

import os
import sqlite3
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

from photosort.filing.disk.lock import hold
from photosort.filing.plan.model import Mode
from photosort.models.selected import ModelSet
from photosort.naming.summary import STAGE as NAMING
from photosort.photos.files.digest import digest_of
from photosort.store.cache import open_cache
from photosort.store.history import open_history
from photosort.store.runs.packed import pack_superseded
from photosort.store.runs.previews import drop_old_previews, kept_meanwhile
from photosort.store.runs.runs import Runs
from photosort.support.progress import Progress, silent
from photosort.workflows.described import look_at_photos
from photosort.workflows.earlier_runs.abouts import with_abouts
from photosort.workflows.earlier_runs.continuing import Unchanged, in_their_folders, with_its_names
from photosort.workflows.earlier_runs.earlier import lying_again, lying_twice, refuse_over_unfinished, unfinished_runs
from photosort.workflows.earlier_runs.extending import nothing_left
from photosort.workflows.earlier_runs.gathering import New
from photosort.workflows.earlier_runs.kin import kept_of, strays_of, with_kin
from photosort.workflows.earlier_runs.outgrown import Outgrown, outgrown
from photosort.workflows.earlier_runs.standing import Standing, refuse_own_destination, remember_placed, standing_at
from photosort.workflows.filing import carry_out, plan_photos
from photosort.workflows.following import put_beside, with_following
from photosort.workflows.prepared import UNSAID, Organized, Prepared, Talk
from photosort.workflows.recording.centroids import keep_centroids
from photosort.workflows.recording.run import record
from photosort.workflows.recording.standing import stands
from photosort.workflows.sorting.arranging import arrange, given_up, with_its_layout
from photosort.workflows.sorting.categories import categories_of, check_assignment, kept_settings, wanted_categories
from photosort.workflows.sorting.folders import make_folders
from photosort.workflows.sorting.grouping import group
from photosort.workflows.sorting.subjects import share_of, subjects_of
from photosort.workflows.sorting.uniting import unite


def organize(
    source: Path,
    destination: Path,
    models: ModelSet,
    *,
    dry_run: bool = False,
    fresh: bool = False,
    new: New | None = None,
    talk: Talk = UNSAID,
    progress: Progress = silent,
) -> Organized | Unchanged:
    """Sort the photos of `source` into named folders of `destination`, or add what is new to those of earlier runs.

    Where an earlier run has filed to `destination`, the photos that lie there stay where they are and new ones join
    them, unless `fresh` has all of them sorted anew. What a function of `talk` raises ends the run there. A dry run
    goes the same way up to the first file. With `new`, that alone of what lies in `source` joins the earlier runs.

    Raises OwnDestination, SourceMissing, EmptyFolder, NoPhotos, TooManyClusters, DestinationError, Busy, Unfinished,
    NoDestination, SettingsError, TooExpensive and what the models raise; nothing has been touched then.
    """
    source, destination = Path(os.path.realpath(source)), Path(os.path.realpath(destination))
    settings = models.settings
    lock = nullcontext() if dry_run else hold(destination, settings.data_dir)
    with lock, open_history(settings.data_dir) as connection:
        refuse_over_unfinished(connection, destination)
        standing = None
        if not fresh:
            if new is None:
                refuse_own_destination(connection, source)
            standing = standing_at(connection, destination)
            if new and standing is None:
                raise nothing_left(destination)
            models = with_its_names(models, standing, Runs(connection))
            if standing and new is None:
                models = with_its_layout(models, Runs(connection).get(standing.run))
        prepared = prepare(source, destination, models, connection, talk, progress, standing, new)
        if isinstance(prepared, Unchanged):
            assert standing
            return put_beside(prepared, standing, settings, connection, talk.follow, progress, dry_run=dry_run)
        drop_old_previews(connection)
        prepared = replace(prepared, given_up=given_up(settings, models))
        if fresh and (left := standing_at(connection, destination)):
            with open_cache(settings.cache_dir) as cache:
                again = lying_again(left, prepared.plan, partial(cache.digest_of, read=digest_of), connection)
            prepared = replace(prepared, twice=again)
        with kept_meanwhile(connection, prepared.run):
            talk.review(prepared)
        if dry_run:
            return Organized(prepared, None)
        outcome = carry_out(prepared.plan, prepared.run, connection, progress)
        with open_cache(settings.cache_dir) as cache:
            remember_placed(connection, prepared.run, cache)
        pack_superseded(connection, prepared.run)
        return Organized(prepared, outcome)


def prepare(
    source: Path,
    destination: Path,
    models: ModelSet,
    connection: sqlite3.Connection,
    talk: Talk,
    progress: Progress,
    standing: Standing | None = None,
    new: New | None = None,
) -> Prepared | Unchanged:
    """Scan, describe, fuse, cluster, name and plan; store the run. Touches no file of the user's.

    Where folders are `standing`, all that is planned is where new photos go.
    """
    settings = models.settings
    wanted = wanted_categories(settings, source, connection)
    check_assignment(models)
    models.make_all()
    talk.begin(wanted.categories)
    with open_cache(settings.cache_dir) as cache:
        looked = look_at_photos(source, destination, models, connection, cache, talk, progress, standing, new)
        if isinstance(looked, Unchanged):
            return looked
        described, continues, writer = looked.described, looked.continues, looked.writer
        progress("grouping", 0, 1)
        categories = categories_of(wanted, models, cache, writer, talk.announce, talk.settle, progress)
        arranged = arrange(
            described.photos, described.facts, settings, *((continues.names, continues.folder) if continues else ())
        )
        joining = continues.joining(settings.seed) if continues and continues.names else None
        if joining:
            joining = replace(joining, folder=arranged.cluster_of(joining.folder))
        clusterer = arranged.clusterer(joining)
        grouping, choice = group(described, models, cache, writer, progress, categories, clusterer)
        progress("grouping", 1, 1)
        progress(NAMING, 0, None)
        known = subjects_of(described.vectors, described.facts, grouping.best.texts, models, cache)
        if choice and not writer:
            grouping = unite(grouping, described.facts, settings, known)
        best = grouping.best
        folders = make_folders(best, described.facts, settings, writer, progress, known, wanted.named_by, arranged)
        best = folders.candidate(best)
        folders, renamed = in_their_folders(folders, continues, Runs(connection))
        before = stands(Runs(connection), continues, standing, settings.method, folders.paths)
        grown: tuple[Outgrown, ...] = ()
        if continues and standing:
            shares = share_of(described.vectors, described.facts, best.texts, models, cache)
            grown = outgrown(connection, standing.runs, continues, folders, before.before, settings, shares)
    coming = continues.new if continues else range(len(described.photos))
    plan = plan_photos(
        [described.photos[place] for place in coming],
        folders.labels[coming].tolist(),
        folders.paths,
        folders.names,
        source=source,
        destination=destination,
        mode=Mode(settings.mode),
        left=looked.left,
        about=settings.about,
        standing=continues.among(folders.paths) if continues else (),
        progress=progress,
    )
    if continues:
        plan = with_following(plan, continues.late)
        continues = with_kin(continues, grouping.best.clustering, folders.labels, plan)
    before = replace(before, strays=strays_of(grouping.best.clustering))
    if continues and standing and settings.about:
        said = {path: before.called(path, name) for path, name in zip(folders.paths, folders.names, strict=False)}
        named = {path: said[path] for path in continues.sizes if path in said}
        plan = with_abouts(plan, named, continues.lying, standing, connection)
    progress("recording", 0, 1)
    run = record(
        Runs(connection),
        plan,
        described.photos,
        best,
        described.facts,
        folders,
        {**kept_settings(settings, best.categories, best.clustering.k), **renamed, **kept_of(continues, new)},
        before,
    )
    keep_centroids(connection, run, best.clustering, models)
    return Prepared(
        run,
        described,
        grouping,
        choice,
        folders,
        plan,
        used=writer.used if writer else None,
        copies=looked.copies,
        unfinished=tuple(unfinished_runs(connection, settings.data_dir)),
        twice=lying_twice(connection, plan),
        continues=continues,
        outgrown=grown,
    )
