"""Why a photo lies where it does, from what its run remembers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from photosort.errors import NotInRun
from photosort.store.history import open_history
from photosort.store.runs import ClusterRecord, MemberRecord, Run, Runs

EXEMPLARS = 3


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
class PhotoView:
    """A photo with its cluster and the one that would have been next; `next` is None where there is only one."""

    run: Run
    photo: MemberRecord
    own: ClusterRecord
    next: ClusterRecord | None

    @property
    def margin(self) -> float:
        """Cosine to the own centroid less that to the next one."""
        return self.photo.similarity - self.photo.runner_up_similarity


def explain_run(data_dir: Path, number: int | None = None) -> RunView:
    """The run of this number, or the last one. Raises NoSuchRun."""
    with open_history(data_dir) as connection:
        runs = Runs(connection)
        run = _pick(runs, number)
        sizes = runs.sizes(run.id)
        clusters = tuple(
            ClusterView(cluster, sizes[cluster.number], tuple(runs.members(run.id, cluster.number, first=EXEMPLARS)))
            for cluster in runs.clusters(run.id)
        )
        return RunView(run, clusters, tuple(runs.left(run.id)))


def explain_photo(data_dir: Path, photo: Path, number: int | None = None) -> PhotoView:
    """A photo of a run, found by its path or, wherever it lies now, by its content.

    Raises NoSuchRun, and NotInRun where the run did not see it or left it where it was.
    """
    path = photo.resolve()
    with open_history(data_dir) as connection:
        runs = Runs(connection)
        run = _pick(runs, number)
        member = runs.member_at(run.id, path) or runs.member_with(run.id, _digest(path))
        if member is None:
            reasons = [reason for left, reason in runs.left(run.id) if left == path]
            what = f"was left where it is: {reasons[0]}" if reasons else f"was not in run {run.id} of {run.source}"
            raise NotInRun(f"{photo} {what}", "photosort explain lists what the run saw.")
        clusters = {cluster.number: cluster for cluster in runs.clusters(run.id)}
        runner_up = clusters[member.runner_up] if member.runner_up != member.cluster else None
        return PhotoView(run, member, clusters[member.cluster], runner_up)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise NotInRun(
            f"{path} cannot be read ({error.strerror})", "Name a photo, or nothing for the whole run."
        ) from error


def _pick(runs: Runs, number: int | None) -> Run:
    return runs.last() if number is None else runs.get(number)
