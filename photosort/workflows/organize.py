"""The main job, from a folder of photos to named folders: the whole way, in the order it is gone."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from photosort.clustering.choose_k import KChoice
from photosort.clustering.kmeans import Clustering
from photosort.describing.describe import Described, describe
from photosort.describing.engines import engine_for
from photosort.errors import EmptyFolder, NoPhotos
from photosort.filing.disk.lock import hold
from photosort.filing.disk.survey import check_destination
from photosort.filing.journaled.apply import Outcome
from photosort.filing.plan.model import Mode
from photosort.filing.plan.plan import Plan
from photosort.methods.conversation import Settle, as_proposed
from photosort.methods.method import Grouping
from photosort.models.protocols import Category, Used
from photosort.models.selected import ModelSet
from photosort.naming.summary import STAGE as NAMING
from photosort.naming.summary import ClusterName
from photosort.photos.copies import Copies
from photosort.photos.photo import Unread
from photosort.photos.scan import WITH_ITS_PHOTO, Found
from photosort.store.cache import Cache, open_cache
from photosort.store.history import open_history
from photosort.store.journal import Filing
from photosort.store.previews import drop_old_previews
from photosort.store.runs import Runs
from photosort.support.progress import Progress, silent
from photosort.workflows.arranging import arrange, given_up, with_its_layout
from photosort.workflows.asking import Show, captions_to_ask, checked_writer, unshown
from photosort.workflows.categories import CATEGORIES, categories_of, check_assignment, wanted_categories
from photosort.workflows.continuing import CHOSEN, Continued, Unchanged, continued, with_its_names
from photosort.workflows.earlier import lying_twice, refuse_over_unfinished, unfinished_runs
from photosort.workflows.filing import carry_out, plan_photos
from photosort.workflows.finding import Seen, find, mains_of
from photosort.workflows.folders import Folders, make_folders
from photosort.workflows.grouping import group
from photosort.workflows.recording import record
from photosort.workflows.remembering import RememberedWriter
from photosort.workflows.standing import Standing, refuse_own_destination, remember_placed, standing_at
from photosort.workflows.subjects import subjects_of


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything that is decided before the first file is touched.

    run         the id under which it is stored
    grouping    every clustering that was tried; its best one is the plan's
    choice      how k was chosen, where it was
    folders     what each cluster becomes
    plan        what a real run carries out and a dry run shows
    used        calls, tokens and cost of a writer on a server; None for any other
    copies      photos that were passed over, as they are copies that earlier runs have made of others
    unfinished  earlier runs that stopped half-way, into any destination
    twice       run -> photos of the plan that it has put into other folders of the same destination
    continues   what stands at the destination by earlier runs, where this one continues them
    given_up    flags that have no effect then, as folders are laid out as they were
    """

    run: int
    described: Described
    grouping: Grouping
    choice: KChoice | None
    folders: Folders
    plan: Plan
    used: Used | None = None
    copies: tuple[Copies, ...] = ()
    unfinished: tuple[Filing, ...] = ()
    twice: Counter[int] = field(default_factory=Counter)
    continues: Continued | None = None
    given_up: tuple[str, ...] = ()

    @property
    def clustering(self) -> Clustering:
        """The clustering that the plan is made of."""
        return self.grouping.best.clustering

    @property
    def names(self) -> tuple[ClusterName, ...]:
        """What each planned folder stands for, by its label."""
        return self.folders.names


@dataclass(frozen=True, slots=True)
class Talk:
    """What a run shows the user on its way, and lets the user decide.

    begin     is told the categories of the user, once they are known to be usable and before any photo is looked at
    announce  is shown what is about to be asked of a language model, and its cost in US dollars, None where no price is
              known
    settle    decides on the categories that a language model proposes
    review    is shown everything before the first file is touched
    found     is shown how many files there are
    captions  is shown how many questions with a photo are about to be asked of a captioner on a server
    """

    begin: Callable[[Sequence[Category]], None] = lambda categories: None
    announce: Show = unshown
    settle: Settle = as_proposed
    review: Callable[[Prepared], None] = lambda prepared: None
    captions: Callable[[int], None] = lambda questions: None
    found: Callable[[Seen], None] = lambda seen: None


@dataclass(frozen=True, slots=True)
class Organized:
    """A finished run; `outcome` is None after a dry run."""

    prepared: Prepared
    outcome: Outcome | None


def organize(
    source: Path,
    destination: Path,
    models: ModelSet,
    *,
    dry_run: bool = False,
    fresh: bool = False,
    talk: Talk = Talk(),
    progress: Progress = silent,
) -> Organized | Unchanged:
    """Sort the photos of `source` into named folders of `destination`, or add what is new to those of earlier runs.

    Where an earlier run has filed to `destination`, the photos that lie there stay where they are and new ones join
    them, unless `fresh` has all of them sorted anew. What a function of `talk` raises ends the run there. A dry run
    goes the same way up to the first file.

    Raises OwnDestination, SourceMissing, EmptyFolder, NoPhotos, TooManyClusters, DestinationError, Busy, Unfinished,
    SettingsError, TooExpensive and what the models raise; nothing has been touched then.
    """
    source, destination = Path(os.path.realpath(source)), Path(os.path.realpath(destination))
    settings = models.settings
    lock = nullcontext() if dry_run else hold(destination, settings.data_dir)
    with lock, open_history(settings.data_dir) as connection:
        refuse_over_unfinished(connection, destination)
        standing = None
        if not fresh:
            refuse_own_destination(connection, source)
            standing = standing_at(connection, destination)
            models = with_its_names(models, standing, Runs(connection))
            models = with_its_layout(models, Runs(connection).get(standing.run)) if standing else models
        prepared = prepare(source, destination, models, connection, talk, progress, standing)
        if isinstance(prepared, Unchanged):
            return prepared
        drop_old_previews(connection)
        prepared = replace(prepared, given_up=given_up(settings, models))
        talk.review(prepared)
        if dry_run:
            return Organized(prepared, None)
        outcome = carry_out(prepared.plan, prepared.run, connection, progress)
        with open_cache(settings.cache_dir) as cache:
            remember_placed(connection, prepared.run, cache)
        return Organized(prepared, outcome)


def prepare(
    source: Path,
    destination: Path,
    models: ModelSet,
    connection: sqlite3.Connection,
    talk: Talk,
    progress: Progress,
    standing: Standing | None = None,
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
        try:
            found = find(source, destination, settings, connection, cache, progress)
        except (EmptyFolder, NoPhotos):
            if standing is None:
                raise
            return Unchanged(standing.run, source, destination, 0, ())
        check_destination(source, destination)
        groups = found.groups()
        mains = mains_of(found, groups, None if standing else settings.k)
        talk.found(Seen.of(found, groups))
        writer = checked_writer(models, cache)
        every = [*mains, *standing.photos] if standing else mains
        if models.photos_sent:
            talk.captions(captions_to_ask(every, models, cache))
        described = _described(every, groups, models, cache, writer, progress)
        unread = [bad for bad in described.unread if bad.path in groups]
        stranded = [Unread(path, WITH_ITS_PHOTO) for bad in unread for path in groups[bad.path]]
        left = [*found.unread, *unread, *stranded, *found.no_photos(groups)]
        continues = continued(described, standing, joins=settings.method not in CHOSEN) if standing else None
        if continues:
            described, left = continues.described, [*left, *continues.left]
            if not continues.new.size:
                return Unchanged(continues.run, source, destination, continues.known, tuple(left))
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
        best = grouping.best
        progress(NAMING, 0, None)
        known = subjects_of(described.vectors, described.facts, best.texts, models, cache)
        names = continues.names if continues else ()
        files = [photo.path.stem for photo in described.photos]
        folders = make_folders(
            best, described.facts, settings, writer, progress, known, wanted.named_by, arranged, files
        )
        best = folders.candidate(best)
    new = continues.new if continues else range(len(described.photos))
    plan = plan_photos(
        [described.photos[place] for place in new],
        folders.labels[new].tolist(),
        folders.paths,
        folders.names,
        source=source,
        destination=destination,
        mode=Mode(settings.mode),
        left=left,
        about=settings.about,
        described_from=len(names),
        progress=progress,
    )
    progress("recording", 0, 1)
    run = record(
        Runs(connection),
        plan,
        described.photos,
        best,
        described.facts,
        folders,
        {**settings.model_dump(mode="json"), CATEGORIES: [tuple(category) for category in best.categories]},
    )
    return Prepared(
        run,
        described,
        grouping,
        choice,
        folders,
        plan,
        used=writer.used if writer else None,
        copies=found.copies,
        unfinished=tuple(unfinished_runs(connection, settings.data_dir)),
        twice=lying_twice(connection, plan),
        continues=continues,
    )


def _described(
    mains: Sequence[Found],
    groups: dict[Path, tuple[Path, ...]],
    models: ModelSet,
    cache: Cache,
    writer: RememberedWriter | None,
    progress: Progress,
) -> Described:
    encoder, captioners, engine = models.image_encoder, models.captioners, engine_for(models)
    before = partial(writer.check, needed=True) if writer else lambda: None
    described = describe(
        mains, encoder, captioners, cache, facts=models.fact_models, engine=engine, before=before, progress=progress
    )
    if not described.photos:
        first = described.unread[0]
        raise NoPhotos(
            f"None of the photos can be read ({first.path.name}: {first.reason})",
            "photosort reads JPEG, PNG, WebP, GIF, TIFF, BMP, HEIC, AVIF and, with the extra raw, camera RAW.",
        )
    return replace(described, photos=tuple(replace(p, companions=groups.get(p.path, ())) for p in described.photos))
