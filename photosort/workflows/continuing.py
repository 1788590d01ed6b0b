"""A run into a destination of earlier runs continues them: photos that lie there stay, new ones join the folders.

A photo is known by its content, so that it may have been renamed or moved by hand, and so may its folder: what the user
has put right stays as it is, and pulls new photos along.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from photosort.clustering.joining import NEW, join
from photosort.clustering.kmeans import Clustering, Labels
from photosort.describing.describe import Described
from photosort.methods.method import VectorFactory
from photosort.methods.sorting import UNSORTED
from photosort.models.selected import ModelSet
from photosort.photos.photo import Unread
from photosort.store.runs import Runs
from photosort.workflows.standing import Standing

CHOSEN = ("criterion", "into")
"""The methods whose folders are chosen for them: new photos come into these as the first ones did."""
TAKEN_OUT = "its copy was taken out of the folders, or changed; --fresh sorts it again"


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Nothing to do: `photos` of the source lie in their folders already; `left` stays where it is.

    run  the last run that put something there
    """

    run: int
    source: Path
    destination: Path
    photos: int
    left: tuple[Unread, ...]


@dataclass(frozen=True, slots=True)
class Continued:
    """n photos, of which some stand in folders and the others are new.

    run        the last run that put something there
    described  the n photos
    folder     (n,) the number of the folder of each, NEW for one that has none yet
    names      the folders by number, as paths below the destination
    known      photos of the source that lie there already
    left       photos of the source that a run had put there, and whose copy the user has taken out or changed
    """

    run: int
    described: Described
    folder: Labels
    names: tuple[str, ...]
    known: int
    left: tuple[Unread, ...]

    @property
    def new(self) -> Labels:
        """The positions of the new photos."""
        return np.flatnonzero(self.folder == NEW)

    @property
    def sizes(self) -> dict[str, int]:
        """Folder -> the photos that lie there already."""
        numbers, counts = np.unique(self.folder[self.folder != NEW], return_counts=True)
        return {self.names[number]: int(count) for number, count in zip(numbers, counts, strict=True)}

    def joining(self, seed: int) -> Joining:
        """Return what takes the place of a clustering."""
        return Joining(self.folder, seed)


@dataclass(frozen=True, slots=True)
class Joining:
    """A `Clusterer` that leaves n photos in the folders they have, and joins new ones to these; see `join`."""

    folder: Labels
    seed: int

    def __call__(self, several: Sequence[VectorFactory]) -> list[Clustering]:
        """Join the new photos by each of several sets of (n, d) unit vectors."""
        return [join(made(), self.folder, seed=self.seed) for made in several]


def continued(described: Described, standing: Standing, *, joins: bool) -> Continued:
    """Tell what is new among the photos of the source and of the destination, all of them described.

    Where new photos are to join folders, those that stand are kept beside them; only folders that have a photo of a run
    may be joined, not the user's own. Photos of the destination that cannot be read are left out.
    """
    place = {found.path: folder for found, folder in zip(standing.photos, standing.folders, strict=True)}
    digests = {photo.digest for photo in described.photos if photo.path in place}
    source = [photo for photo in described.photos if photo.path not in place]
    known = [photo for photo in source if photo.digest in digests]
    gone = {digest for digest, link in standing.placed.items() if digest not in digests and not _leads_nowhere(link)}
    left = [Unread(photo.path, TAKEN_OUT) for photo in source if photo.digest in gone]
    passed = {photo.path for photo in known} | {one.path for one in left}
    made = {place[photo.path] for photo in described.photos if photo.path in place and photo.digest in standing.placed}
    names = sorted(folder for folder in made if joins and _can_be_joined(folder))
    number = {name: position for position, name in enumerate(names)}
    folder = np.array([number.get(place.get(photo.path, ""), NEW) for photo in described.photos], dtype=np.intp)
    stays = [
        folder[position] != NEW or (photo.path not in place and photo.path not in passed)
        for position, photo in enumerate(described.photos)
    ]
    rows = np.flatnonzero(stays)
    return Continued(standing.run, rows_of(described, rows), folder[rows], tuple(names), len(known), tuple(left))


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


def _leads_nowhere(link: Path | None) -> bool:
    """Return whether the photo that a link points to was renamed or moved, so that it has to be linked again."""
    return link is not None and not os.path.lexists(link)


def with_its_names(models: ModelSet, standing: Standing | None, runs: Runs) -> ModelSet:
    """Return the models of a run that takes the folders of the one it continues, where both have the same criterion."""
    settings = models.settings
    if standing is None or len(settings.by) != 1 or settings.into is not None or settings.names_from is not None:
        return models
    if runs.get(standing.run).settings.get("by") != [*settings.by]:
        return models
    return ModelSet(settings.model_copy(update={"names_from": standing.run}), models.choice)


def _can_be_joined(folder: str) -> bool:
    names = folder.split("/")
    return folder != "" and names[-1] != UNSORTED and not any("\\" in name for name in names)
