"""What a run finds, and what the models say of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from photosort.describing.describe import Described, describe
from photosort.describing.engines import engine_for
from photosort.errors import NoPhotos
from photosort.filing.disk.survey import check_destination
from photosort.models.selected import ModelSet
from photosort.photos.files.copies import Copies
from photosort.photos.files.digest import digest_of
from photosort.photos.files.photo import Unread
from photosort.photos.files.scan import WITH_ITS_PHOTO, Found
from photosort.store.cache import Cache
from photosort.store.remembered import companions_filed
from photosort.support.progress import Progress
from photosort.workflows.earlier_runs.continuing import Continued, Unchanged
from photosort.workflows.earlier_runs.corrections import Lies
from photosort.workflows.earlier_runs.extending import extended
from photosort.workflows.earlier_runs.gathering import New, gather
from photosort.workflows.earlier_runs.late import Late, came_alone, follow
from photosort.workflows.earlier_runs.standing import Standing
from photosort.workflows.finding import Seen, mains_of
from photosort.workflows.prepared import Talk
from photosort.workflows.sorting.asking import captions_to_ask, checked_writer
from photosort.workflows.sorting.remembering import RememberedWriter


def describe_photos(
    mains: Sequence[Found],
    groups: dict[Path, tuple[Path, ...]],
    models: ModelSet,
    cache: Cache,
    writer: RememberedWriter | None,
    progress: Progress,
) -> Described:
    """Describe photos by these models, each with the files that travel with it; `writer` is checked before the first
    look. Raises NoPhotos where none can be read.
    """
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


@dataclass(frozen=True, slots=True)
class Looked:
    """What is to be sorted, and what was found beside it.

    described  the photos: where the run continues others, also those that stand in folders which new ones may join
    left       what stays where it is
    copies     photos that were passed over, as they are copies that earlier runs have made of others
    continues  what stands at the destination by earlier runs, where this one continues them
    writer     the language model of the run, where it has one
    """

    described: Described
    left: Sequence[Unread]
    copies: tuple[Copies, ...]
    continues: Continued | None
    writer: RememberedWriter | None


def look_at_photos(
    source: Path,
    destination: Path,
    models: ModelSet,
    connection: sqlite3.Connection,
    cache: Cache,
    talk: Talk,
    progress: Progress,
    standing: Standing | None = None,
    new: New | None = None,
) -> Looked | Unchanged:
    """Scan the source, or the `new` photos alone, and describe what is there and what is `standing`.

    Returns Unchanged where folders stand, and nothing is new. Raises what `organize` raises.
    """
    settings = models.settings
    found = gather(
        new.folders if new else (source,),
        new.files if new else (),
        connection,
        cache,
        skip=destination,
        exclude=settings.exclude,
        follow_links=settings.follow_links,
        progress=progress,
        needed=standing is None or new is not None,
    )
    groups = found.groups()
    together = {path for main, companions in groups.items() for path in (main, *companions)}
    alone = [path for path in found.others if path not in together] if standing else []
    if standing and not groups:
        late, lying = _followers(connection, destination, alone, standing, cache)
        passed = {one.path for one in late}
        left = [*found.unread, *(one for one in found.no_photos(groups) if one.path not in passed)]
        return Unchanged(standing.run, source, destination, 0, tuple(left), tuple(late), tuple(lying))
    check_destination(source, destination)
    mains = mains_of(found, groups, None if standing or settings.k_is_usual else settings.k)
    talk.found(Seen.of(found, groups))
    writer = checked_writer(models, cache)
    every = [*mains, *standing.photos] if standing else mains
    if models.photos_sent:
        talk.captions(captions_to_ask(every, models, cache))
    described = describe_photos(every, groups, models, cache, writer, progress)
    unread = [bad for bad in described.unread if bad.path in groups]
    stranded = [Unread(path, WITH_ITS_PHOTO) for bad in unread for path in groups[bad.path]]
    left = [*found.unread, *unread, *stranded, *found.no_photos(groups)]
    if standing is None:
        return Looked(described, left, found.copies, None, writer)
    continues = extended(connection, described, standing, new, settings, destination, alone)
    following = {one.path for one in continues.late}
    left = [one for one in (*left, *continues.left) if one.path not in following]
    if not continues.new.size:
        return Unchanged(
            continues.run, source, destination, continues.known, tuple(left), continues.late, continues.lying
        )
    return Looked(continues.described, left, found.copies, continues, writer)


def _followers(
    connection: sqlite3.Connection, destination: Path, alone: Sequence[Path], standing: Standing, cache: Cache
) -> tuple[list[Late], list[Lies]]:
    """Return the files that follow photos which have left their folder, and the photos at the destination; nothing is
    read where there is no such file.
    """
    filed = companions_filed(connection, destination) if alone else set()
    came = [one for one in came_alone(connection, destination, alone) if one.path not in filed]
    lying = []
    for photo, folder in zip(standing.photos, standing.folders, strict=True) if came else ():
        with suppress(OSError):
            lying.append(Lies(photo.path, cache.digest_of(photo.path, read=digest_of), folder))
    late, _ = follow(came, lying)
    return late, lying
