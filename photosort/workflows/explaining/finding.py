"""What the user means: the number of a folder in the list, a part of its name, a file name, or a path."""

from __future__ import annotations

import os
import sqlite3
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from photosort.errors import NotInRun, SettingsError
from photosort.naming.words import word_key
from photosort.photos.files.digest import digest_of
from photosort.store.placed import run_at, standing_runs
from photosort.store.runs.runs import ClusterRecord, MemberRecord, Run, Runs
from photosort.workflows.explaining.clusters import Clusters

HINT = "photosort explain lists the folders of the run, photosort explain --left what it left."
MOST = 6
"""Folders that are listed where several are meant."""


def is_path(text: str) -> bool:
    """Return whether an argument is a path: one that exists, or that is written like one."""
    return os.path.lexists(text) or os.sep in text


def cluster_meant(clusters: Clusters, text: str) -> int | None:
    """Return the cluster of this number in the list, or with this part in its name; None where there is none.

    A whole name comes before a part of one, and letters before words ("dogs" is "Dog at play" too). Names that the user
    has given to the folders since count as well as those of the run. Raises NotInRun for a number that is not in the
    list, and SettingsError where several folders are meant.
    """
    if text.isdecimal():
        if 1 <= int(text) <= len(clusters.records):
            return clusters.records[int(text) - 1].number
        raise NotInRun(f"Run {clusters.run.id} has no folder {text}: there are {len(clusters.records)}", HINT)
    names = {cluster.number: _names(clusters, cluster) for cluster in clusters.records}
    sought, words = _key(text), word_key(text)
    ways = (
        lambda name: sought in (name, name.rpartition("/")[2]),
        lambda name: sought in name,
        lambda name: bool(words) and words <= word_key(name),
    )
    for fits in ways:
        found = [number for number, known in names.items() if any(map(fits, known))]
        if len(found) == 1:
            return found[0]
        if found:
            raise _several(clusters, text, found)
    return None


def as_printed(connection: sqlite3.Connection, among: Sequence[Run], path: Path) -> Path:
    """Return what a path means that is not there from where the user stands: one that is printed below the destination
    or the source of a run, or the place that a preview gives a photo; the path itself where it is none of these.
    """
    if os.path.lexists(path):
        return path
    for run in among:
        for folder in (run.destination, run.source):
            if not path.is_absolute() and os.path.lexists(folder / path):
                return folder / path
    for run in among:
        place = run.destination / path
        if run.previewed and place.parent.is_relative_to(run.destination):
            clusters = Clusters(connection, run)
            name = place.parent.relative_to(run.destination).as_posix()
            number = next((one.number for one in clusters.records if one.folder == name), None)
            if number is not None and (photo := _called(clusters, place.name, number)):
                return photo[0].path
    return path


def _called(clusters: Clusters, name: str, inside: int | None = None) -> list[MemberRecord]:
    """Return the photos of a run, or of a cluster, whose files have this name; "…" stands for what was left out."""
    start, cut, end = name.partition("…")

    def fits(path: bytes) -> bool:
        known = os.fsdecode(path.rpartition(os.fsencode(os.sep))[2])
        shortened = bool(cut and start and end) and len(known) > len(start + end)
        return known == name or (shortened and known.startswith(start) and known.endswith(end))

    return clusters.some_members(
        lambda every: [path for path, own, _ in every if (inside is None or own == inside) and fits(path)]
    )


def photo_called(clusters: Clusters, name: str) -> MemberRecord | None:
    """Return the photo of the run whose file has this name. Raises SettingsError where there are several."""
    found = _called(clusters, name)
    if len(found) > 1:
        raise SettingsError(f"{len(found)} photos of run {clusters.run.id} are called {name}", "Give the whole path.")
    return found[0] if found else None


def find_photo(connection: sqlite3.Connection, among: Sequence[Run], photo: Path) -> tuple[Run, MemberRecord] | None:
    """Return the photo in the run that has put it where it lies; else in the first that saw its path, or its content;
    None where none of the runs knows it. A later run that has left it there comes before the one that has put it there.

    A copy that was put apart is known by its path alone: its content is that of the photo that was kept. Raises
    NotInRun where it was left where it was, or cannot be read.
    """
    runs, real = Runs(connection), Path(os.path.realpath(photo))
    found = _first_found(connection, runs, among, photo, real)
    if found is None or found[0].of_copies:
        return found
    run, member = found
    for later in among[: among.index(run)]:
        if later.destination == run.destination and later.id > run.id:
            here = runs.member_at(later.id, real) or runs.member_with(later.id, member.digest, member.path.name)
            if here and here.standing and here.digest == member.digest:
                return later, here
    return found


def filed_by(connection: sqlite3.Connection, run: Run, member: MemberRecord) -> tuple[Run, MemberRecord] | None:
    """Return the newest run before this one that has put a photo where it stands, with what it remembers of it; None
    where none has: the user has put it there.
    """
    runs = Runs(connection)
    there = standing_runs(connection)
    for earlier in runs.all():
        if earlier.id < run.id and earlier.id in there and earlier.destination == run.destination:
            found = runs.member_with(earlier.id, member.digest, member.path.name)
            if found and not found.standing:
                return earlier, found
    return None


def _first_found(
    connection: sqlite3.Connection, runs: Runs, among: Sequence[Run], photo: Path, real: Path
) -> tuple[Run, MemberRecord] | None:
    paths = dict.fromkeys((Path(os.path.realpath(photo.parent)) / photo.name, real))
    for path in paths:
        placed = run_at(connection, path)
        for run in among:
            if placed and placed[0] == run.id and (member := runs.member_at(run.id, placed[1])):
                return run, member
    for run in among:
        for path in paths:
            if (member := runs.member_at(run.id, path)) and not member.standing:
                return run, member
            if (reason := runs.reason_left(run.id, path)) is not None:
                raise NotInRun(f"{photo} was left where it is: {reason}", HINT)
    digest = _digest(real)
    for run in sorted(among, key=lambda run: not real.is_relative_to(run.destination)):
        if not run.of_copies and (member := runs.member_with(run.id, digest, photo.name)):
            return run, member
    return next(((run, member) for run in among for path in paths if (member := runs.member_at(run.id, path))), None)


def not_in(among: Sequence[Run], photo: Path) -> NotInRun:
    """Return what is wrong with a photo that none of these runs knows."""
    what = f"run {among[0].id} of {among[0].source}" if len(among) == 1 else "any run"
    return NotInRun(f"{photo} was not in {what}", HINT)


def _names(clusters: Clusters, cluster: ClusterRecord) -> list[str]:
    now = clusters.renamed.get(cluster.number)
    new = [str(now.relative_to(clusters.run.destination))] if now else []
    return [_key(name) for name in (cluster.folder, cluster.title, *new) if name]


def _several(clusters: Clusters, text: str, found: Sequence[int]) -> SettingsError:
    shown = [
        f"{clusters.records.index(clusters.named[number]) + 1} {clusters.named[number].folder}" for number in found
    ]
    more = f", and {len(shown) - MOST} more" if len(shown) > MOST else ""
    listed = ", ".join(shown[:MOST])
    return SettingsError(
        f"“{text}” may be {len(shown)} folders: {listed}{more}", "Give the number, or more of the name."
    )


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold().strip()


def _digest(path: Path) -> str:
    try:
        return digest_of(path)
    except OSError as error:
        raise NotInRun(
            f"{path} cannot be read ({error.strerror})",
            "Give the path of a photo or a folder, a part of a folder's name, or nothing for the whole run.",
        ) from error
