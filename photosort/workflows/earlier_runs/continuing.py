"""A run into a destination of earlier runs continues them: photos that lie there stay, new ones join the folders.

A photo is known by its content, so that it may have been renamed or moved by hand, and so may its folder: what the user
has put right stays as it is, and pulls new photos along.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from photosort.clustering.joining import NEW
from photosort.clustering.kmeans import Labels
from photosort.describing.describe import Described
from photosort.methods.sorting import UNSORTED
from photosort.models.selected import ModelSet
from photosort.naming.folder_name import folder_name, name_key
from photosort.photos.files.photo import Unread
from photosort.settings.settings import Settings
from photosort.store.remembered import companions_filed
from photosort.store.runs.runs import Runs
from photosort.workflows.earlier_runs.corrections import Lies, Trace, trace
from photosort.workflows.earlier_runs.embedded import as_found, before_tags, placed_before_tags
from photosort.workflows.earlier_runs.joining import Joining
from photosort.workflows.earlier_runs.late import Came, Late, came_alone, came_late, follow
from photosort.workflows.earlier_runs.standing import Standing
from photosort.workflows.sorting.folders import Folders

CHOSEN = ("criterion", "into")
"""The methods whose folders are chosen for them: new photos come into these as the first ones did."""
TAKEN_OUT = "its copy was taken out of the folders, or changed; --fresh sorts it again"
NO_TRACE = Trace()
FOLDERS = "folders"
"""The setting of a run that maps categories, by the paths that they would have, to folders that the user renamed."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """No photo is new: `photos` of the source lie in their folders already; `left` stays where it is.

    run    the last run that put something there
    late   files that came after their photos, and can follow these
    lying  the photos at the destination
    """

    run: int
    source: Path
    destination: Path
    photos: int
    left: tuple[Unread, ...]
    late: tuple[Late, ...] = ()
    lying: tuple[Lies, ...] = ()


@dataclass(frozen=True, slots=True)
class Continued:
    """n photos, of which some stand in folders that can be joined, and the others are new.

    run        the last run that put something there
    described  the n photos
    folder     (n,) the number of the folder of each, NEW for one that has none yet
    names      the folders by number, as paths below the destination
    known      photos of the source that lie there already
    left       photos of the source that a run had put there, and whose copy the user has taken out or changed; and
               companions that came after their photo was filed
    apart      photos that stand in folders of earlier runs, and are compared with no new one
    places     for each of these its folder
    barred     folders that cannot be joined, for the sake of their names
    trace      what the user has made of the folders
    respected  whether photos that the user moved draw new ones along
    late       files that came after their photos, and can follow these
    lying      the photos at the destination
    kin        new folder, once these are known -> folders where earlier photos of its kind lie, with their number
    """

    run: int
    described: Described
    folder: Labels
    names: tuple[str, ...]
    known: int
    left: tuple[Unread, ...]
    apart: Described
    places: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()
    trace: Trace = field(default_factory=Trace)
    respected: bool = True
    late: tuple[Late, ...] = ()
    lying: tuple[Lies, ...] = ()
    kin: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def new(self) -> Labels:
        """The positions of the new photos."""
        return np.flatnonzero(self.folder == NEW)

    @property
    def stays(self) -> Labels:
        """The positions of the photos that stand in a folder."""
        return np.flatnonzero(self.folder != NEW)

    @property
    def sizes(self) -> dict[str, int]:
        """Folder -> the photos that lie there already."""
        numbers, counts = np.unique(self.folder[self.stays], return_counts=True)
        sizes = {self.names[number]: int(count) for number, count in zip(numbers, counts, strict=True)}
        for place in self.places:
            sizes[place] = sizes.get(place, 0) + 1
        return sizes

    @property
    def moved(self) -> tuple[Path, ...]:
        """The photos that the user has put where they lie."""
        return tuple(self.trace.yours)

    def among(self, paths: Sequence[str]) -> set[int]:
        """Return which of these folders, by their places, have photos already."""
        sizes = self.sizes
        return {place for place, path in enumerate(paths) if path in sizes}

    def joining(self, seed: int) -> Joining:
        """Return what takes the place of a clustering."""
        silent, strays = (
            np.array([photo.path in paths for photo in self.described.photos], dtype=np.bool_)
            for paths in (() if self.respected else self.trace.yours, self.trace.strays)
        )
        return Joining(self.folder, seed, silent, strays)


def continue_runs(
    connection: sqlite3.Connection,
    described: Described,
    standing: Standing,
    settings: Settings,
    destination: Path,
    alone: Sequence[Path] = (),
) -> Continued:
    """Tell what is new, as `continued` does, by what the history knows of the runs that put something there.

    A photo that tags were embedded into is the one that it was: those that stand get the digest they had before.
    """
    was, standing = before_tags(connection, described), placed_before_tags(connection, standing)
    continues = continued(
        was,
        standing,
        trace(connection, standing.runs, lies_at(was, standing)),
        companions_filed(connection, destination),
        came_alone(connection, destination, alone),
        joins=settings.method not in CHOSEN,
        respects=settings.respect_moves,
    )
    new = set(continues.new.tolist())
    return replace(continues, described=as_found(continues.described, new, described))


def lies_at(described: Described, standing: Standing) -> list[Lies]:
    """Return which of the described photos lie at the destination, and where."""
    place = {found.path: folder for found, folder in zip(standing.photos, standing.folders, strict=True)}
    return [Lies(photo.path, photo.digest, place[photo.path]) for photo in described.photos if photo.path in place]


def continued(
    described: Described,
    standing: Standing,
    traced: Trace = NO_TRACE,
    filed: Collection[Path] = (),
    alone: Sequence[Came] = (),
    *,
    joins: bool,
    respects: bool = True,
) -> Continued:
    """Tell what is new among the photos of the source and of the destination, all of them described.

    Where new photos are to join folders, those that stand are kept beside them; only folders that have a photo of a run
    may be joined, not the user's own. Photos of the destination that cannot be read are left out. `filed` are the
    companions that runs have filed; `respects` is whether photos that the user moved count for their folders.
    """
    lying = lies_at(described, standing)
    place, digests = {one.path: one.folder for one in lying}, {one.digest for one in lying}
    source = [photo for photo in described.photos if photo.path not in place]
    known = [photo for photo in source if photo.digest in digests]
    gone = {digest for digest, link in standing.placed.items() if digest not in digests and not _leads_nowhere(link)}
    left = [Unread(photo.path, TAKEN_OUT) for photo in source if photo.digest in gone]
    passed = {photo.path for photo in known} | {one.path for one in left}
    came = [*came_late(known, filed, standing.groups, lying), *(one for one in alone if one.path not in filed)]
    late, behind = follow(came, lying)
    left += behind
    made = {one.folder for one in lying if one.digest in standing.placed and one.folder}
    names = sorted(folder for folder in made if joins and _can_be_joined(folder))
    number = {name: position for position, name in enumerate(names)}
    folder = np.array([number.get(place.get(photo.path, ""), NEW) for photo in described.photos], dtype=np.intp)
    stays = [
        folder[position] != NEW or (photo.path not in place and photo.path not in passed)
        for position, photo in enumerate(described.photos)
    ]
    rows = np.flatnonzero(stays)
    apart = np.flatnonzero(
        [not kept and place.get(photo.path, "") in made for kept, photo in zip(stays, described.photos, strict=True)]
    )
    beside = rows_of(described, apart)
    return Continued(
        standing.run,
        rows_of(described, rows),
        folder[rows],
        tuple(names),
        len(known),
        tuple(left),
        beside,
        tuple(place[photo.path] for photo in beside.photos),
        tuple(sorted(name for name in made if joins and "\\" in name)),
        traced,
        respects,
        tuple(late),
        tuple(lying),
    )


def rows_of(described: Described, rows: Labels) -> Described:
    """Return the photos at these positions."""
    places = rows.tolist()
    return replace(
        described,
        photos=tuple(described.photos[place] for place in places),
        vectors=described.vectors[rows],
        texts=tuple(tuple(texts[place] for place in places) for texts in described.texts),
        facts=tuple(described.facts[place] for place in places),
    )


def with_its_names(models: ModelSet, standing: Standing | None, runs: Runs) -> ModelSet:
    """Return the models of a run that takes the folders of the one it continues, where both have the same criterion."""
    settings = models.settings
    if standing is None or len(settings.by) != 1 or settings.into is not None or settings.names_from is not None:
        return models
    if runs.get(standing.run).settings.get("by") != [*settings.by]:
        return models
    return ModelSet(settings.model_copy(update={"names_from": standing.run}), models.choice)


def renamed_categories(settings: Mapping[str, Any], traced: Trace) -> dict[str, str]:
    """Map categories to the folders that the user has renamed; both by their paths.

    `settings` are those of the run that is continued, which had some of them mapped already.
    """
    before = {str(category): str(folder) for category, folder in (settings.get(FOLDERS) or {}).items()}
    now = {category: traced.homes[folder] for category, folder in before.items() if folder in traced.homes}
    return {**{was: home for was, home in traced.homes.items() if was != home and was not in before.values()}, **now}


def in_their_folders(folders: Folders, continues: Continued | None, runs: Runs) -> tuple[Folders, dict[str, Any]]:
    """Return the folders of categories as the user has renamed them, and the setting that remembers this."""
    if continues is None or continues.names:
        return folders, {}
    renamed = renamed_categories(runs.get(continues.run).settings, continues.trace)
    return replace(folders, paths=followed(folders.paths, renamed)), {FOLDERS: renamed} if renamed else {}


def followed(paths: Sequence[str], renamed: Mapping[str, str]) -> tuple[str, ...]:
    """Return the paths of categories, in the folders that they are now; one whose name is taken by then gets another.

    A folder whose name no plan takes is left alone: its category begins a new one.
    """
    kept = [renamed[path] if path in renamed and not _barred(renamed[path]) else "" for path in paths]
    taken = {name_key(path) for path in kept if path}
    for position, path in enumerate(paths):
        if not kept[position]:
            above, _, leaf = path.rpartition("/")
            inside = [other.rpartition("/")[2] for other in kept if other.rpartition("/")[0] == above]
            kept[position] = (
                path if name_key(path) not in taken else "/".join([*above.split("/"), folder_name(leaf, inside)])
            )
            kept[position] = kept[position].lstrip("/")
            taken.add(name_key(kept[position]))
    return tuple(kept)


def _leads_nowhere(link: Path | None) -> bool:
    """Return whether the photo that a link points to was renamed or moved, so that it has to be linked again."""
    return link is not None and not os.path.lexists(link)


def _can_be_joined(folder: str) -> bool:
    return folder.rpartition("/")[2] != UNSORTED and not _barred(folder)


def _barred(folder: str) -> bool:
    """Return whether the name of a folder is one that other systems take for a path."""
    return "\\" in folder
