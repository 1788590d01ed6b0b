"""What holds for photos that are added to a destination, beyond what holds for a run that continues another."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from photosort.clustering.joining import NEW
from photosort.describing.describe import Described
from photosort.errors import NoDestination
from photosort.photos.files.photo import Unread
from photosort.settings.settings import Settings
from photosort.support.printable import printable
from photosort.workflows.earlier_runs.continuing import Continued, continue_runs, rows_of
from photosort.workflows.earlier_runs.embedded import before_tags, placed_before_tags
from photosort.workflows.earlier_runs.gathering import New
from photosort.workflows.earlier_runs.standing import Standing


def nothing_left(destination: Path) -> NoDestination:
    """Return the failure for a destination where no photo of a run lies."""
    if not destination.is_dir():
        return NoDestination(
            f"{printable(str(destination))} is not there any more",
            "Connect its disk, or name another destination with --to.",
        )
    return NoDestination(
        f"No photo of a run lies in {printable(str(destination))} any more",
        "Sort some there first, with photosort organize, or name another destination with --to.",
    )


def extended(
    connection: sqlite3.Connection,
    described: Described,
    standing: Standing,
    new: New | None,
    settings: Settings,
    destination: Path,
    alone: Sequence[Path] = (),
) -> Continued:
    """Tell what is new, as `continue_runs` does; with the rules for photos that are added, where there are such."""
    if new is None:
        return continue_runs(connection, described, standing, settings, destination, alone)
    was = before_tags(connection, described)
    asked = _asked_again(placed_before_tags(connection, standing), was, new.asked)
    return _each_once(continue_runs(connection, described, asked, settings, destination, alone))


def _asked_again(standing: Standing, described: Described, asked: Collection[Path]) -> Standing:
    """Let photos in that the user has named one by one, though they were taken out of the folders before."""
    places = {found.path for found in standing.photos}
    lying = {photo.digest for photo in described.photos if photo.path in places}
    again = {photo.digest for photo in described.photos if photo.path in asked} - lying
    return replace(standing, placed={digest: link for digest, link in standing.placed.items() if digest not in again})


def _each_once(continues: Continued) -> Continued:
    """Leave out new photos with the content of another new one: the first by its path is added."""
    photos, first = continues.described.photos, dict[str, Path]()
    kept, left = [], []
    for row in sorted(range(len(photos)), key=lambda row: photos[row].path):
        photo = photos[row]
        if continues.folder[row] != NEW or photo.digest not in first:
            kept.append(row)
            if continues.folder[row] == NEW:
                first[photo.digest] = photo.path
        else:
            left.append(Unread(photo.path, f"equal to {printable(first[photo.digest].name)}, which is added"))
    if not left:
        return continues
    rows = np.array(sorted(kept), dtype=np.intp)
    return replace(
        continues,
        described=rows_of(continues.described, rows),
        folder=continues.folder[rows],
        left=(*continues.left, *left),
    )
