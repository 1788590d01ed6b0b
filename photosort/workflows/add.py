"""Photos of other places join the folders that an earlier run has filed to, with the settings of that run."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from photosort.errors import NoDestination, NoSuchRun
from photosort.models.selected import ModelSet
from photosort.settings.settings import Settings
from photosort.store.history import open_history
from photosort.store.journals.journal import FilingState, read_filing
from photosort.store.placed import standing_runs
from photosort.store.runs.runs import Run, Runs
from photosort.support.printable import printable
from photosort.support.progress import Progress, silent
from photosort.workflows.earlier_runs.continuing import Unchanged
from photosort.workflows.earlier_runs.gathering import COMMAND, New
from photosort.workflows.earlier_runs.recalled import models_of
from photosort.workflows.organize import organize
from photosort.workflows.prepared import UNSAID, Organized, Talk

HERE = ("data_dir", "cache_dir", "device", "engine", "batch", "in_flight")
"""Settings that say how this machine works today; all others are those of the run."""
LIST = "photosort runs lists all runs."
OTHER = f"Name another with --to; {LIST}"


def destination_run(data_dir: Path, to: str | None = None) -> Run:
    """Return the run whose destination and settings count: of the last one that has filed photos, or of the one that
    `to` names by its number or by its destination.

    For a destination these are the settings of the last run that sorted a folder into it: how photos were added to it
    since says nothing of the next ones. A number stands for the very run.

    Raises NoSuchRun, and NoDestination where nothing of the run lies on disk, where no run has filed to a folder, or
    where two could be meant.
    """
    with open_history(data_dir) as connection:
        there = standing_runs(connection)
        standing = _standing(connection, there)
        if to is None:
            return _founded(_last(standing).destination, standing)
        number = _numbered(to, connection)
        found = [run for run in standing if _is_at(run.destination, Path(to))]
        if number and found and found[0].destination != number.destination:
            raise NoDestination(
                f"{to} is run {number.id}, into {_shown(number.destination)}, and the destination of run {found[0].id}",
                f"Name the folder as .{os.sep}{to}, or run {number.id} by its destination.",
            )
        if number:
            return _checked(number, there, connection)
        return _founded(found[0].destination, standing) if found else _refuse(Path(to), standing, connection)


def runs_to_add_to(data_dir: Path) -> list[Run]:
    """Return the runs that have sorted photos and were not undone, the newest first."""
    with open_history(data_dir) as connection:
        return _standing(connection, standing_runs(connection))


def models_like(run: Run, settings: Settings, *, mode: str | None = None) -> ModelSet:
    """Return the models and settings of a run for photos that join it, as this machine works today.

    Raises SettingsError where this version does not know these settings any more.
    """
    models = models_of(run, settings.cache_dir)
    changed: dict[str, Any] = {name: getattr(settings, name) for name in HERE}
    changed["k"] = None  # of photos that are new: new folders are made by how many fit none
    if mode is not None:
        changed["mode"] = mode
    if len(models.settings.by) == 1 and models.settings.into is None and models.settings.names_from is None:
        changed["names_from"] = run.id
    return ModelSet(models.settings.model_copy(update=changed), models.choice)


def add(
    new: New,
    run: Run,
    models: ModelSet,
    *,
    dry_run: bool = False,
    talk: Talk = UNSAID,
    progress: Progress = silent,
) -> Organized | Unchanged:
    """Put new photos into the folders at the destination of `run`, and make new folders where enough fit none.

    Photos that lie there already, whoever has put them there, are not touched, nor put there twice. Raises what
    `organize` raises, and NoDestination where no photo of a run is left there; nothing has been touched then.
    """
    return organize(new.source, run.destination, models, new=new, dry_run=dry_run, talk=talk, progress=progress)


def _standing(connection: sqlite3.Connection, there: set[int]) -> list[Run]:
    return [run for run in Runs(connection).all() if run.id in there and not run.of_copies]


def _last(standing: Sequence[Run]) -> Run:
    if not standing:
        raise NoDestination("No run has filed photos that could be added to", "Start with: photosort organize DIR")
    return standing[0]


def _founded(destination: Path, standing: Sequence[Run]) -> Run:
    """Return the last run that sorted a folder into a destination, or else the last that added to it."""
    there = [run for run in standing if run.destination == destination]
    return next((run for run in there if COMMAND not in run.settings), there[0])


def _numbered(to: str, connection: sqlite3.Connection) -> Run | None:
    """Return the run of this number; None where `to` is a path."""
    if not to.isdecimal():
        return None
    try:
        return Runs(connection).get(int(to))
    except NoSuchRun as error:
        if os.path.lexists(to):
            return None
        raise NoSuchRun(error.problem, LIST) from None


def _checked(run: Run, there: set[int], connection: sqlite3.Connection) -> Run:
    if run.of_copies:
        raise NoDestination(f"Run {run.id} put copies apart, and sorted nothing", OTHER)
    if run.id in there:
        return run
    try:
        undone = read_filing(connection, run.id).state is FilingState.UNDONE
    except NoSuchRun:
        raise NoDestination(
            f"Run {run.id} was a preview and filed nothing", f"Name another with --to; {LIST}"
        ) from None
    raise NoDestination(
        f"Run {run.id} {'was undone' if undone else 'filed nothing'}, so nothing of it lies on disk",
        f"Name another with --to; {LIST}",
    )


def _refuse(folder: Path, standing: Sequence[Run], connection: sqlite3.Connection) -> Run:
    """Raise NoDestination, with the destination that may be meant."""
    real = Path(os.path.realpath(folder))
    places = {run.destination: run.id for run in reversed(standing)}
    around = [place for place in places if real.is_relative_to(place)]
    inside = [place for place in places if place.is_relative_to(real)]
    if around:
        place = max(around, key=lambda place: len(place.parts))
        problem = f"{_shown(real)} lies inside {_shown(place)}, where run {places[place]} filed photos"
        raise NoDestination(problem, f"New photos find their folder there: --to {_shown(place)}")
    if len(inside) > 1:
        several = " and ".join(f"{_shown(place)} (run {places[place]})" for place in inside[-2:])
        raise NoDestination(f"{_shown(real)} holds {len(inside)} destinations, {several}", "Name one with --to.")
    if inside:
        raise NoDestination(f"No run has filed photos to {_shown(real)}", f"Perhaps: --to {_shown(inside[0])}")
    undone = next((run for run in Runs(connection).all() if run.destination == real and not run.previewed), None)
    if undone:
        raise NoDestination(
            f"Run {undone.id} into {_shown(real)} was undone, so there is nothing to add to",
            f"Sort anew: photosort organize {_shown(undone.source)} --out {_shown(real)}",
        )
    raise NoDestination(f"No run has filed photos to {_shown(real)}", f"Sort some there first, or name a run; {LIST}")


def _is_at(destination: Path, folder: Path) -> bool:
    if Path(os.path.realpath(folder)) == destination:
        return True
    try:
        return folder.samefile(destination)
    except OSError:
        return False


def _shown(path: Path) -> str:
    return printable(str(path))
