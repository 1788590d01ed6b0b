"""The report of a run: from what the history and the cache know to a page that shows it."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from photosort import __version__
from photosort.errors import PhotosortError
from photosort.naming.folder_name import folder_name
from photosort.naming.summary import BY_KEYWORDS
from photosort.photos.facts.facts import Facts
from photosort.report.html import render
from photosort.report.page import Page, PageFolder, PagePhoto
from photosort.store.cache import Cache, open_cache, text_key
from photosort.store.history import open_history
from photosort.store.identity import Identity
from photosort.store.runs.runs import ClusterRecord, MemberRecord, Run, Runs
from photosort.support.progress import Progress, silent
from photosort.workflows.earlier_runs.recalled import image_vectors
from photosort.workflows.earlier_runs.renamed import renamed
from photosort.workflows.history import state_of
from photosort.workflows.recording.standing import WAS
from photosort.workflows.reporting.report_file import (
    check_report_path,
    report_path,
    thumbnail_folder,
    write_report_file,
    write_thumbnails,
)
from photosort.workflows.reporting.thumbnails import Thumbnails, destinations, make_thumbnails, stored
from photosort.workflows.sorting.folders import THE_USER

BUDGET = 24 << 20
"""Bytes of thumbnails that a report holds itself; more lie in a folder beside it."""
SEED = 42
MAP_STAGE = "map"
OF_COPIES = ("command", "mode")
"""Settings that have a part in putting copies apart."""
OWN_FOLDERS = ("data_dir", "cache_dir")
"""Settings that say nothing of how a run was made."""

Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Pictured:
    """A run as a page, with the digests of its photos in their order, and their thumbnails."""

    page: Page
    digests: tuple[str, ...]
    thumbnails: Thumbnails


@dataclass(frozen=True, slots=True)
class Report:
    """A report that was written.

    beside   the folder of its thumbnails, where they are not within it
    missing  photos without a thumbnail: not found, or not readable
    """

    path: Path
    beside: Path | None
    page: Page
    missing: tuple[Path, ...]


def write_report(
    data_dir: Path,
    cache_dir: Path,
    number: int | None = None,
    *,
    out: Path | None = None,
    progress: Progress = silent,
) -> Report:
    """Write the report of a run, of the last that organized without a number; of a preview too.

    Raises NoSuchRun, and ReportRefused where it cannot be written.
    """
    with open_history(data_dir) as connection:
        runs = Runs(connection)
        run = runs.last() if number is None else runs.get(number)
    path = report_path(run.destination, out)
    check_report_path(path)
    with open_cache(cache_dir) as cache:
        pictured = picture(data_dir, cache, run.id, progress=progress)
        beside = thumbnail_folder(path) if pictured.thumbnails.size > BUDGET else None
        addresses = _beside(beside, pictured, cache) if beside else _inlined(pictured, cache)
    text = render(pictured.page, lambda index: addresses.get(pictured.digests[index], ""))
    write_report_file(path, text)
    originals = [Path(photo.path) for photo in pictured.page.photos]
    missing = tuple(
        original
        for original, digest in zip(originals, pictured.digests, strict=True)
        if digest not in pictured.thumbnails.sizes
    )
    return Report(path, beside, pictured.page, missing)


def picture(data_dir: Path, cache: Cache, number: int, *, progress: Progress = silent) -> Pictured:
    """Return a run as a page; thumbnails that are missing in the cache are made. Raises NoSuchRun."""
    with open_history(data_dir) as connection:
        recorded = recorded_of(connection, data_dir, number)
        filed = destinations(connection, recorded.run)
        moved = renamed(connection, recorded.run, recorded.clusters)
    for member in recorded.members:
        if member.cluster in moved and member.path in filed:
            filed[member.path] = moved[member.cluster] / filed[member.path].name
    thumbnails = make_thumbnails(recorded.run, recorded.members, filed, cache, progress=progress)
    page = page_of(recorded, cache, thumbnails.places, progress=progress)
    return Pictured(page, tuple(member.digest for member in recorded.members), thumbnails)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the history knows of a run that a page shows."""

    run: Run
    state: str
    clusters: Sequence[ClusterRecord]
    members: Sequence[MemberRecord]
    left: Sequence[tuple[Path, str]]


def recorded_of(connection: sqlite3.Connection, data_dir: Path, number: int, *, new: bool = False) -> Recorded:
    """Return what the history knows of a run; with `new`, without photos that lay there before. Raises NoSuchRun."""
    runs = Runs(connection)
    run = runs.get(number)
    members = runs.members(number, new=new)
    folders = {member.cluster for member in members}
    clusters = [cluster for cluster in runs.clusters(number) if cluster.number in folders]
    return Recorded(run, state_of(connection, run, data_dir), clusters, members, runs.left(number))


def page_of(recorded: Recorded, cache: Cache, places: Sequence[Path | None], *, progress: Progress = silent) -> Page:
    """Return the page of a run, whose photos lie at these places; None where one was not found."""
    run, members = recorded.run, recorded.members
    spots: list[Spot | None] = [None] * len(members)
    note = "The map is left out: these are copies that were put apart."
    if not run.of_copies:
        spots, note = _spots(run, members, cache, progress)
    photos = tuple(_photo(run, member, place, spot) for member, place, spot in zip(members, places, spots, strict=True))
    return Page(
        run=run.id,
        started=run.started.isoformat(),
        source=str(run.source),
        destination=str(run.destination),
        mode=run.mode,
        state=recorded.state,
        folders=_folders(recorded.clusters, members),
        photos=photos,
        left=tuple((_below(run.source, path), reason) for path, reason in recorded.left),
        settings=_settings(run),
        map_note=note,
        photosort=__version__,
    )


def _settings(run: Run) -> dict[str, Any]:
    shown = OF_COPIES if run.of_copies else run.settings.keys() - OWN_FOLDERS
    return {name: value for name, value in run.settings.items() if name in shown}


def _folders(clusters: Sequence[ClusterRecord], members: Sequence[MemberRecord]) -> tuple[PageFolder, ...]:
    photos: dict[int, list[int]] = {}
    for index, member in enumerate(members):
        photos.setdefault(member.cluster, []).append(index)
    return tuple(
        PageFolder(
            number=cluster.number,
            name=cluster.folder,
            said=_said(cluster),
            keywords=cluster.keywords,
            cohesion=None if cluster.of_copies else cluster.cohesion,
            photos=tuple(photos.get(cluster.number, ())),
            note=cluster.note,
        )
        for cluster in clusters
    )


def _said(cluster: ClusterRecord) -> tuple[str, ...]:
    """Return what of title and summary the folder's name does not say; nothing of what only repeats the keywords."""
    texts = (cluster.title,) if cluster.named_by == BY_KEYWORDS else (cluster.title, cluster.summary)
    said = cluster.folder.casefold()
    return tuple(text for text in dict.fromkeys(texts) if text and folder_name(text).casefold() not in said)


def _photo(run: Run, member: MemberRecord, place: Path | None, spot: Spot | None) -> PagePhoto:
    return PagePhoto(
        name=member.path.name,
        path=_below(run.destination if member.standing else run.source, member.path),
        folder=member.cluster,
        rank=member.rank,
        caption=member.caption,
        similarity=None if run.of_copies else member.similarity,
        next=member.runner_up if member.runner_up != member.cluster else None,
        next_similarity=member.runner_up_similarity,
        facts=Facts.from_dict(member.facts),
        reason=_reason(member),
        original=place.as_uri() if place else "",
        spot=spot,
    )


def _reason(member: MemberRecord) -> str:
    """Return why a photo lies in its folder, where it is not for the sake of what it shows."""
    if member.answer.get("by") != THE_USER:
        return str(member.answer.get("reason", ""))
    was = member.answer.get(WAS)
    return "put here by you" + (f", from “{was}”" if was else "")


def _below(source: Path, path: Path) -> str:
    return str(path.relative_to(source) if path.is_relative_to(source) else path)


def _spots(
    run: Run, members: Sequence[MemberRecord], cache: Cache, progress: Progress
) -> tuple[list[Spot | None], str]:
    """Return the place of each photo on the map, and how it was made or why it is missing."""
    from photosort.report.projection import FEWEST, MAPPED, places

    nowhere: list[Spot | None] = [None] * len(members)
    digests = [member.digest for member in members]
    try:
        known, vectors = image_vectors(run, digests, cache)
    except PhotosortError as error:
        return nowhere, f"The map is left out: {error.problem}."
    count = int(known.sum())
    if count < FEWEST:
        if len(members) < FEWEST:
            return nowhere, f"A map needs at least {FEWEST} photos."
        return nowhere, "The map is left out: the cache does not know these photos any more. Organize them again."
    seed = run.settings.get("seed")
    seed = seed if isinstance(seed, int) else SEED
    identity = Identity(MAP_STAGE, "1", f"{MAPPED} {seed}")
    key = text_key("\n".join(digest for digest, seen in zip(digests, known, strict=True) if seen))
    if not (said := cache.texts(identity, [key]).get(key, "")):
        progress(MAP_STAGE, 0, 1)
        said = json.dumps(places(vectors[known], seed=seed).round(4).tolist())
        cache.put_texts(identity, {key: said})
        progress(MAP_STAGE, 1, 1)
    found = iter(json.loads(said))
    spots: list[Spot | None] = [tuple(next(found)) if seen else None for seen in known]
    return spots, _map_note(count, len(members), MAPPED)


def _map_note(count: int, total: int, most: int) -> str:
    by = f"t-SNE of {min(count, most):,} photos"
    others = f"; the other {count - most:,} lie beside those they are most similar to" if count > most else ""
    unknown = (
        f" {total - count:,} photos are not on it: the cache does not know them any more." if total > count else ""
    )
    return f"Photos that look alike lie near each other ({by}{others}).{unknown}"


def _inlined(pictured: Pictured, cache: Cache) -> dict[str, str]:
    return {
        digest: f"data:image/webp;base64,{base64.b64encode(content).decode()}"
        for digest, content in stored(cache, pictured.thumbnails.sizes)
    }


def _beside(folder: Path, pictured: Pictured, cache: Cache) -> dict[str, str]:
    write_thumbnails(folder, stored(cache, pictured.thumbnails.sizes))
    return {digest: f"{quote(folder.name)}/{digest}" for digest in pictured.thumbnails.sizes}
