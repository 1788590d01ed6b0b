"""Why a photo lies where it does, from what its run remembers."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from photosort.errors import NoSuchRun, NotInRun
from photosort.photos.digest import digest_of
from photosort.photos.facts import Facts
from photosort.store.history import open_history
from photosort.store.journal import UNFINISHED, FilingState, Journal
from photosort.store.operation import State
from photosort.store.runs import ClusterRecord, MemberRecord, Run, Runs

EXEMPLARS = 3

_HINT = "photosort explain lists the folders of the run, photosort explain --left what it left."
_TAKEN_BACK = "undone"


@dataclass(frozen=True, slots=True)
class ClusterView:
    """A cluster with its number of members and the members nearest its centroid."""

    cluster: ClusterRecord
    size: int
    exemplars: tuple[MemberRecord, ...]


@dataclass(frozen=True, slots=True)
class RunView:
    """A run with all its clusters, and what it left where it was."""

    run: Run
    clusters: tuple[ClusterView, ...]
    left: tuple[tuple[Path, str], ...]


@dataclass(frozen=True, slots=True)
class FolderView:
    """A folder that a run made, with its photos, the most typical first.

    neighbours  the folders that are next for some of its photos, with the number of these; the most frequent first
    """

    run: Run
    cluster: ClusterRecord
    members: tuple[MemberRecord, ...]
    neighbours: tuple[tuple[ClusterRecord, int], ...]

    @property
    def nouns(self) -> list[tuple[str, float]]:
        """The nouns that fit its photos, with their mean weights, 0 to 1, the largest first."""
        total: dict[str, float] = {}
        for noun, weight in (told for member in self.members for told in member.answer.get("nouns", ())):
            total[noun] = total.get(noun, 0.0) + weight / len(self.members)
        return sorted(total.items(), key=lambda told: (-told[1], told[0]))


@dataclass(frozen=True, slots=True)
class PhotoView:
    """A photo with its cluster and the one that would have been next.

    next  None where there is only one
    now   why it is not at its place, or no longer; empty where the run has put it there
    """

    run: Run
    photo: MemberRecord
    own: ClusterRecord
    next: ClusterRecord | None
    now: str

    @property
    def facts(self) -> Facts:
        """What is true of the photo."""
        return Facts.from_dict(self.photo.facts)

    @property
    def margin(self) -> float:
        """Cosine to the own centroid less that to the next one."""
        return self.photo.similarity - self.photo.runner_up_similarity


def explain_run(data_dir: Path, number: int | None = None) -> RunView:
    """Return the run of this number, or the last one. Raises NoSuchRun."""
    with open_history(data_dir) as connection:
        runs = Runs(connection)
        run = runs.last() if number is None else runs.get(number)
        return _run_view(runs, run, runs.clusters(run.id))


def explain(data_dir: Path, path: Path, number: int | None = None) -> RunView | FolderView | PhotoView:
    """Return what a run remembers of a path: the run itself, one of its folders, or one of its photos.

    The source and the destination of a run stand for the run; a folder that holds some of its folders for these.
    Without a number it is the last run that knows the path, one that was a mere preview after all others. Raises what
    `explain_photo` raises.
    """
    with open_history(data_dir) as connection:
        runs, real = Runs(connection), Path(os.path.realpath(path))
        for run in [runs.get(number)] if number is not None else _newest(runs):
            clusters = runs.clusters(run.id)
            below = [cluster for cluster in clusters if (run.destination / cluster.folder).is_relative_to(real)]
            if real in (run.source, run.destination):
                return _run_view(runs, run, clusters)
            if real.is_relative_to(run.destination) and below:
                own = below[0] if run.destination / below[0].folder == real else None
                return _folder_view(runs, run, own, clusters) if own else _run_view(runs, run, below)
    if real.is_dir():
        raise NotInRun(
            f"{path} is not a folder of a run", "photosort runs lists all runs, photosort explain the last one."
        )
    return explain_photo(data_dir, path, number)


def explain_photo(data_dir: Path, photo: Path, number: int | None = None) -> PhotoView:
    """Return a photo of this run, or of the last one that has filed it, else of a preview.

    It is found by its path or, wherever it lies now, by its content; a companion stands for its photo. Raises
    NoSuchRun, and NotInRun where no run saw it or it was left where it was.
    """
    with open_history(data_dir) as connection:
        runs = Runs(connection)
        among = [runs.get(number)] if number is not None else _newest(runs)
        run, member = _find(runs, among, photo)
        clusters = {cluster.number: cluster for cluster in runs.clusters(run.id)}
        runner_up = clusters[member.runner_up] if member.runner_up != member.cluster else None
        return PhotoView(run, member, clusters[member.cluster], runner_up, _now(connection, run, member.path))


def _run_view(runs: Runs, run: Run, clusters: Iterable[ClusterRecord]) -> RunView:
    sizes = runs.sizes(run.id)
    views = (
        ClusterView(cluster, sizes[cluster.number], tuple(runs.members(run.id, cluster.number, first=EXEMPLARS)))
        for cluster in clusters
    )
    return RunView(run, tuple(views), tuple(runs.left(run.id)))


def _folder_view(runs: Runs, run: Run, cluster: ClusterRecord, clusters: Iterable[ClusterRecord]) -> FolderView:
    members, named = runs.members(run.id, cluster.number), {other.number: other for other in clusters}
    following = Counter(member.runner_up for member in members if member.runner_up != cluster.number)
    neighbours = tuple((named[number], count) for number, count in following.most_common())
    return FolderView(run, cluster, tuple(members), neighbours)


def _newest(runs: Runs) -> list[Run]:
    """Return all runs, the newest first, those that were only a preview after all others. Raises NoSuchRun."""
    return sorted(runs.all() or [runs.last()], key=lambda run: run.previewed)


def _find(runs: Runs, among: list[Run], photo: Path) -> tuple[Run, MemberRecord]:
    """Return the photo in the first run that saw its path, else in the first that saw its content."""
    real = Path(os.path.realpath(photo))
    paths = dict.fromkeys((Path(os.path.realpath(photo.parent)) / photo.name, real))
    for run in among:
        for path in paths:
            if member := runs.member_at(run.id, path):
                return run, member
            if (reason := runs.reason_left(run.id, path)) is not None:
                raise NotInRun(f"{photo} was left where it is: {reason}", _HINT)
    digest = _digest(real)
    for run in among:
        if member := runs.member_with(run.id, digest, photo.name):
            return run, member
    what = f"run {among[0].id} of {among[0].source}" if len(among) == 1 else "any run"
    raise NotInRun(f"{photo} was not in {what}", _HINT)


def _now(connection: sqlite3.Connection, run: Run, path: Path) -> str:
    try:
        journal = Journal(connection, run.id)
    except NoSuchRun:
        return f"not placed: run {run.id} {'was a preview' if run.previewed else 'stopped before its first file'}"
    operations = journal.operations(*State)
    mine = next((operation for operation in operations if operation.source == path), None)
    if mine is None:
        return ""
    state, filing = mine.state, journal.filing.state
    if state is State.THERE:
        taken_back = {operation.destination for operation in operations if operation.state is State.UNDONE}
        return _TAKEN_BACK if mine.destination in taken_back else ""
    if state in (State.PLANNED, State.PLACING) and filing in UNFINISHED and filing is not FilingState.UNDOING:
        return f"not placed yet: photosort resume {run.id} goes on"
    return {
        State.PLANNED: "not placed: the run stopped before, and was undone",
        State.FAILED: f"not placed: {mine.reason}",
        State.UNDONE: _TAKEN_BACK,
        State.KEPT: f"undo could not take it back: {mine.reason}",
    }.get(state, "")


def _digest(path: Path) -> str:
    try:
        return digest_of(path)
    except OSError as error:
        raise NotInRun(
            f"{path} cannot be read ({error.strerror})",
            "Give the path of a photo or a folder, or no path for the whole run.",
        ) from error
