"""The last part of the way, for every command that files photos: the plan from what is decided, and carrying it out."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from photosort.filing.disk.survey import survey
from photosort.filing.journaled.apply import Outcome, apply
from photosort.filing.plan.about import about_files
from photosort.filing.plan.model import Mode
from photosort.filing.plan.plan import Plan, make_plan, no_files
from photosort.naming.summary import ClusterName
from photosort.photos.files.photo import Photo, Unread
from photosort.store.journals.operation import Operation
from photosort.store.runs.runs import Runs
from photosort.support.progress import Progress

PLANNING = "planning"


def plan_photos(
    photos: Sequence[Photo],
    labels: Sequence[int],
    paths: Sequence[str],
    names: Sequence[ClusterName],
    *,
    source: Path,
    destination: Path,
    mode: Mode,
    left: Sequence[Unread],
    about: bool,
    standing: Collection[int] = (),
    progress: Progress,
) -> Plan:
    """Look at both disks, and give each photo its place: `photos[i]` goes to `paths[labels[i]]`.

    With `about`, each folder gets files that say what its name, `names[labels[i]]`, stands for, but not the `standing`
    ones, which are there already. Touches no photo.
    Raises what `survey` and `make_plan` raise.
    """

    def files_about(label: int, files: Sequence[Operation]) -> Mapping[str, bytes]:
        return about_files(names[label], files) if label not in standing else {}

    seen = survey(source, destination, photos, paths, mode=mode, progress=progress)
    progress(PLANNING, 0, 1)
    plan = make_plan(
        photos,
        labels,
        paths,
        source=source,
        destination=destination,
        mode=mode,
        survey=seen,
        unread=left,
        about=files_about if about else no_files,
    )
    progress(PLANNING, 1, 1)
    return plan


def carry_out(plan: Plan, run: int, connection: sqlite3.Connection, progress: Progress) -> Outcome:
    """Turn the previewed run into one that files, and file its photos through the journal."""
    Runs(connection).start(run)
    return apply(plan, run, connection, progress=progress)
