"""Why photos lie where they do, from what their run remembers: all folders, one of them, or one photo."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from photosort.errors import NotInRun
from photosort.photos.files.suffixes import PHOTOS, ending_of
from photosort.store.history import open_history
from photosort.store.placed import standing_runs
from photosort.store.runs.runs import ClusterRecord, MemberRecord, Run, Runs
from photosort.workflows.earlier_runs.renamed import cluster_in
from photosort.workflows.explaining.clusters import Clusters
from photosort.workflows.explaining.finding import (
    HINT,
    as_printed,
    cluster_meant,
    filed_by,
    find_photo,
    is_path,
    not_in,
    photo_called,
)
from photosort.workflows.explaining.folder import folder_view
from photosort.workflows.explaining.standing import ranked, run_meant
from photosort.workflows.explaining.views import Filed, FolderView, PhotoView, RunView
from photosort.workflows.explaining.whereabouts import why_not_there
from photosort.workflows.sorting.folders import THE_USER


def explain_run(data_dir: Path, number: int | None = None) -> RunView:
    """Return the run of this number, or the one that counts (`standing.run_meant`). Raises NoSuchRun."""
    with open_history(data_dir) as connection:
        run, newer = run_meant(connection, number)
        return _run_view(connection, Clusters(connection, run), newer=newer)


def explain(
    data_dir: Path, what: Path | str, number: int | None = None, *, cache_dir: Path | None = None
) -> RunView | FolderView | PhotoView | None:
    """Return what a run remembers of a path, of the folder with this number or name, or of the photo of this name.

    The source and the destination of a run stand for the run; a folder that holds some of its folders for these. A
    folder may have another name today. Without a run's number it is the run that counts (`standing`). `cache_dir` is
    where the cache lies, where the run had it if missing. None stands for a photo that no run has seen.

    Raises NotInRun, SettingsError where several are meant, and what `explain_photo` raises.
    """
    with open_history(data_dir) as connection:
        if isinstance(what, Path) or is_path(what):
            among = _among(connection, number)
            path = as_printed(connection, among, Path(what))
            if found := _folder_at(connection, path, number, cache_dir):
                return found
            photo = find_photo(connection, among, path)
            if photo is None and ending_of(path.name) not in PHOTOS:
                raise NotInRun(f"{path} is not a photo: its name has no ending of one", HINT)
            return photo and _photo_view(connection, *photo, path)
        run, _ = run_meant(connection, number)
        clusters = Clusters(connection, run)
        if (cluster := cluster_meant(clusters, what)) is not None:
            return folder_view(clusters, cluster, cache_dir)
        if member := photo_called(clusters, what):
            return _photo_view(connection, run, member)
    raise NotInRun(f"There is no path “{what}”, and no folder or photo of run {run.id} with this name", HINT)


def explain_photo(data_dir: Path, photo: Path, number: int | None = None) -> PhotoView:
    """Return a photo of this run, or of the one that counts: that has put it where it lies, or else has seen it last.

    It is found by its path or, wherever it lies now, by its content; a companion stands for its photo. Raises
    NoSuchRun, and NotInRun where no run saw it or it was left where it was.
    """
    with open_history(data_dir) as connection:
        among = _among(connection, number)
        found = find_photo(connection, among, photo)
        if found is None:
            raise not_in(among, photo)
        return _photo_view(connection, *found, photo)


def _among(connection: sqlite3.Connection, number: int | None) -> list[Run]:
    return [Runs(connection).get(number)] if number is not None else ranked(connection)


def _photo_view(connection: sqlite3.Connection, run: Run, member: MemberRecord, path: Path | None = None) -> PhotoView:
    clusters = {cluster.number: cluster for cluster in Runs(connection).clusters(run.id)}
    runner_up = clusters[member.runner_up] if member.runner_up != member.cluster else None
    now = why_not_there(connection, run, member)
    moved_to = _moved_to(Clusters(connection, run), member, path) if path else ""
    return PhotoView(run, member, clusters[member.cluster], runner_up, now, _filed(connection, run, member), moved_to)


def _moved_to(clusters: Clusters, member: MemberRecord, path: Path) -> str:
    """Return the folder of the run that the user has moved a photo to since; empty where it lies in its own one."""
    run, real = clusters.run, Path(os.path.realpath(path.parent))
    if run.of_copies or not real.is_relative_to(run.destination):
        return ""
    homes = {number: run.destination / one.folder for number, one in clusters.named.items()} | clusters.renamed
    if real not in homes.values() or homes.get(member.cluster) == real:
        return ""
    return real.relative_to(run.destination).as_posix()


def _filed(connection: sqlite3.Connection, run: Run, member: MemberRecord) -> Filed | None:
    if not member.standing or (found := filed_by(connection, run, member)) is None:
        return None
    earlier, photo = found
    own = next(one for one in Runs(connection).clusters(earlier.id) if one.number == photo.cluster)
    return Filed(earlier, photo, own)


def _folder_at(
    connection: sqlite3.Connection, path: Path, number: int | None, cache_dir: Path | None
) -> RunView | FolderView | None:
    """Return what stands for a folder; None where the path is none. Raises NotInRun for a folder of no run."""
    real = Path(os.path.realpath(path))
    among = _among(connection, number)
    for run in among:
        clusters = Clusters(connection, run)
        below = [cluster for cluster in clusters.records if (run.destination / cluster.folder).is_relative_to(real)]
        if real in (run.source, run.destination):
            return _run_view(connection, clusters)
        if real.is_relative_to(run.destination) and below:
            if run.destination / below[0].folder == real:
                return folder_view(clusters, below[0].number, cache_dir)
            return _run_view(connection, clusters, below)
    if not real.is_dir():
        return None
    for run in among:
        if not real.is_relative_to(run.source) and (cluster := cluster_in(connection, run, real)) is not None:
            return folder_view(Clusters(connection, run), cluster, cache_dir)
    raise NotInRun(f"{path} is not a folder of a run", "photosort runs lists all runs, photosort explain the last one.")


def _run_view(
    connection: sqlite3.Connection,
    clusters: Clusters,
    among: Iterable[ClusterRecord] | None = None,
    *,
    newer: Run | None = None,
) -> RunView:
    run, runs = clusters.run, Runs(connection)
    before, yours = runs.standing(run.id, THE_USER)
    stands = run.id in standing_runs(connection)
    return RunView(run, clusters.views(among), tuple(runs.left(run.id)), newer, stands, before, yours)
