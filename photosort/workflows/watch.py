"""Photos that arrive in a folder join the folders of an earlier run, batch by batch, as if each had been added."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from photosort.errors import OwnDestination, SourceMissing
from photosort.filing.journaled.apply import Outcome
from photosort.models.selected import ModelSet
from photosort.store.history import open_history
from photosort.store.journals.journal import FilingState, unfinished
from photosort.store.placed import taken_back
from photosort.store.runs.runs import Run, Runs
from photosort.support.printable import printable
from photosort.support.progress import Progress
from photosort.watching.arrivals import Arrivals, Group, Patience
from photosort.watching.looking import look
from photosort.watching.signs import Signs
from photosort.workflows.add import add
from photosort.workflows.earlier_runs.continuing import Unchanged
from photosort.workflows.earlier_runs.extending import nothing_left
from photosort.workflows.earlier_runs.gathering import COMMAND, New
from photosort.workflows.earlier_runs.late import came_alone
from photosort.workflows.following import Followed
from photosort.workflows.history import resume_run
from photosort.workflows.prepared import Organized

WATCH = "watch"
"""The command that is kept with each batch, which is a run."""
GAP = 2.0
"""Seconds between two looks at least; more where a look takes long."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Photos that have arrived, and what became of them; `back` are those that an undo has taken out before."""

    added: Organized | Unchanged
    back: int = 0


@dataclass(frozen=True, slots=True)
class Finished:
    """A batch that was cut off before, and has been brought to its end, or nearer."""

    run: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Failed:
    """A batch of so many photos that could not be added, or not all of it; it is tried again later."""

    error: Exception
    photos: int


@dataclass(frozen=True, slots=True)
class Away:
    """The folder is not there: its disk was unmounted, or it was renamed or removed."""


@dataclass(frozen=True, slots=True)
class There:
    """The folder is there again."""


@dataclass(frozen=True, slots=True)
class NoSigns:
    """The system gives no sign of changes in the folder, so that it is looked at every few seconds."""

    reason: str


Event = Batch | Finished | Failed | Away | There | NoSigns


class Carry(Protocol):
    """Does one batch, with bars for its stages."""

    def __call__(self, work: Callable[[Progress], Organized | Unchanged]) -> Organized | Unchanged: ...


def check_watchable(folder: Path, run: Run) -> Path:
    """Return the real path of a folder that can be watched for a destination.

    Raises SourceMissing where it is no folder, OwnDestination where it is the destination or lies inside, and
    NoDestination where that is not there.
    """
    real = Path(os.path.realpath(folder))
    if not real.is_dir():
        raise SourceMissing(f"{printable(str(folder))} is not a folder", "Name the folder in which photos arrive.")
    if real.is_relative_to(run.destination):
        raise OwnDestination(
            f"{printable(str(real))} {'is' if real == run.destination else 'lies inside'} the destination",
            "Name the folder in which photos arrive, or another destination with --to.",
        )
    if not run.destination.is_dir():
        raise nothing_left(run.destination)
    return real


def watch(folder: Path, run: Run, models: ModelSet, carry: Carry, *, patience: Patience) -> Iterator[Event]:
    """Add what lies in a folder, and whatever arrives there, to the destination of `run`, without an end.

    What is yielded has happened. Ends by whatever is raised while it waits, such as KeyboardInterrupt; a batch that is
    cut off so is in the journal, and is finished by the next `watch`. Between batches no lock is held, and the models
    stay loaded.
    """
    return _Watch(folder, run, models, carry, patience).events()


def cut_off(data_dir: Path, destination: Path) -> int | None:
    """Return the batch into a destination that was stopped before its end; None where there is none."""
    with open_history(data_dir) as connection:
        for filing in unfinished(connection):
            if filing.destination == destination and filing.state is not FilingState.UNDOING:
                own = Runs(connection).get(filing.run_id).settings.get(COMMAND) == WATCH
                return filing.run_id if own else None
    return None


class _Watch:
    def __init__(self, folder: Path, run: Run, models: ModelSet, carry: Carry, patience: Patience) -> None:
        self._folder, self._run, self._models, self._carry = folder, run, models, carry
        self._patience = patience
        self._arrivals = Arrivals(patience)
        self._signs = Signs(folder, skip=run.destination)
        self._mount = _mount_of(folder)
        self._identity = _identity(folder)
        self._alone, self._followers = list[Path](), list[Path]()

    def events(self) -> Iterator[Event]:
        lost = ""
        try:
            if finished := self._finish():
                yield finished
        except Exception as error:
            yield Failed(error, 0)
        while True:
            began = time.monotonic()
            groups = self._look()
            if groups is None:
                yield Away()
                yield from self._wait_for_it()
                continue
            if self._signs.lost and self._signs.lost != lost:
                yield NoSigns(self._signs.lost)
            lost = self._signs.lost
            now = time.monotonic()
            self._arrivals.see(groups, now)
            if batch := self._arrivals.batch(now):
                yield from self._add(batch)
            rest = max(GAP, 4 * (now - began))
            time.sleep(max(0.0, began + rest - time.monotonic()))
            self._signs.wait(self._arrivals.pause(time.monotonic()))

    def _look(self) -> dict[Path, Group] | None:
        """Return what lies in the folder; None where that is not there."""
        settings = self._models.settings
        if not self._mount.is_mount():
            return None
        with suppress(SourceMissing):
            identity = _identity(self._folder)
            if identity != self._identity:
                self._identity = identity
                self._signs.renew()
            return look(
                self._folder,
                skip=self._run.destination,
                exclude=settings.exclude,
                follow_links=settings.follow_links,
                follows=self._follow,
            )
        return None

    def _follow(self, alone: Sequence[Path]) -> list[Path]:
        """Return the files whose photo was moved from beside them to the destination; looked up when they change."""
        if alone != self._alone:
            self._alone = list(alone)
            with open_history(self._models.settings.data_dir) as connection:
                came = came_alone(connection, self._run.destination, alone)
            self._followers = [one.path for one in came]
        return self._followers

    def _wait_for_it(self) -> Iterator[Event]:
        while self._look() is None:
            time.sleep(GAP)
        self._signs.renew()
        yield There()

    def _add(self, batch: Mapping[Path, Group]) -> Iterator[Event]:
        failed = set(batch)
        try:
            finished = self._finish()
            if finished:
                yield finished
            if not (finished and finished.outcome.stopped):
                new, back = self._without_taken_back(batch)
                failed = set()
                if new:
                    added = self._carry(lambda progress: self._added(new, progress))
                    yield Batch(added, len(back))
                    failed = _failed(added, new)
        except Exception as error:  # whatever it is, what arrives next is no worse for it
            failed = set(batch)
            yield Failed(error, len(batch))
        self._arrivals.put_off(failed, time.monotonic())
        self._arrivals.deal_with({main: batch[main] for main in batch if main not in failed}, self._look() or {})

    def _added(self, batch: Mapping[Path, Group], progress: Progress) -> Organized | Unchanged:
        files = tuple(path for group in batch.values() for path in group.stamps)
        new = New(self._folder, (), files, (self._folder,), WATCH)
        return add(new, self._run, self._models, progress=progress)

    def _finish(self) -> Finished | None:
        """Bring a batch to its end that was cut off; None where there is none."""
        data_dir = self._models.settings.data_dir
        number = cut_off(data_dir, self._run.destination)
        if number is None:
            return None
        _, outcome = resume_run(data_dir, number)
        return Finished(number, outcome) if isinstance(outcome, Outcome) else None

    def _without_taken_back(self, batch: Mapping[Path, Group]) -> tuple[dict[Path, Group], set[Path]]:
        """Leave out photos that the user has taken back with an undo, and that are as they were then."""
        with open_history(self._models.settings.data_dir) as connection:
            undone = taken_back(connection, self._run.destination, WATCH)
        back = {main for main, group in batch.items() if main in undone and group.stamps[main][:2] == undone[main]}
        coming = {main: _without(group, main, undone) for main, group in batch.items() if main not in back}
        return coming, back


def _without(group: Group, main: Path, undone: Mapping[Path, tuple[int, int]]) -> Group:
    """Leave out what travels with a photo where an undo has taken that alone back."""
    kept = {path: stamp for path, stamp in group.stamps.items() if path == main or undone.get(path) != stamp[:2]}
    return replace(group, stamps=kept)


def _failed(added: Organized | Unchanged, batch: Mapping[Path, Group]) -> set[Path]:
    """Return the photos of a batch that are not where they should be."""
    outcome = added.outcome if isinstance(added, Organized | Followed) else None
    if outcome is None:
        return set()
    if outcome.stopped:
        return set(batch)
    paths = {remark.path for remark in outcome.failed}
    return {main for main, group in batch.items() if not paths.isdisjoint(group.stamps)}


def _mount_of(folder: Path) -> Path:
    """Return the folder where the disk of a folder is mounted."""
    return next((path for path in (folder, *folder.parents) if path.is_mount()), folder)


def _identity(folder: Path) -> tuple[int, int] | None:
    with suppress(OSError):
        seen = folder.stat()
        return seen.st_dev, seen.st_ino
    return None
