"""One photo in depth: the words that pulled it to its folder, what is near, and what would have to change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from photosort.errors import PhotosortError
from photosort.methods.replay import Pull
from photosort.models.protocols import Vectors
from photosort.naming.words import content_words
from photosort.store.cache import open_cache
from photosort.store.history import open_history
from photosort.store.runs.runs import ClusterRecord, MemberRecord
from photosort.workflows.earlier_runs.recalled import models_of
from photosort.workflows.explaining.clusters import Clusters
from photosort.workflows.explaining.some import Some
from photosort.workflows.explaining.space import Space, space_of
from photosort.workflows.explaining.views import Lying, PhotoView

NEAR = 3
"""Clusters and photos that are named as near."""
WORDS = 40
"""Words of a caption that are left out one by one."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A photo that is like another one, by its cosine in the space of the run, with the folder that it is in."""

    lying: Lying
    similarity: float
    folder: ClusterRecord


@dataclass(frozen=True, slots=True)
class Side:
    """Where one side of a photo, its picture or its caption, would put it alone.

    similarity  cosine to that cluster's pictures or captions; `own` the same to those of the cluster that it is in
    """

    side: str
    cluster: ClusterRecord
    similarity: float
    own: float


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why a photo lies where it does.

    pulls       words of its caption, or nouns that its picture may show, with what each does; the strongest first
    are_nouns   whether `pulls` are nouns that stand behind the caption, not words of it
    clusters    the nearest clusters with their cosines, its own first
    neighbours  the photos most like it
    sides       where picture and caption would put it, each alone
    untold      why there are no `pulls`; empty where there are
    by_picture  whether cosines are those of pictures alone, since the run compared something else
    """

    pulls: tuple[Pull, ...] = ()
    are_nouns: bool = False
    clusters: tuple[tuple[ClusterRecord, float], ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    sides: tuple[Side, ...] = ()
    untold: str = ""
    by_picture: bool = False

    def deciding(self, own: int) -> tuple[Pull, ...]:
        """The words without which the photo would be in another cluster than `own`."""
        return tuple(pull for pull in self.pulls if pull.goes != own)


def reasons(data_dir: Path, found: PhotoView, cache_dir: Path | None = None) -> Reasons:
    """Return why a photo lies where it does; reads the cache, and encodes texts that are not in it. Never raises for
    what the cache or the models lack: then `untold` says so.
    """
    with open_history(data_dir) as connection:
        clusters = Clusters(connection, found.run)
        if found.own.of_copies:
            return Reasons()
        try:
            models = models_of(found.run, cache_dir)
            with open_cache(models.settings.cache_dir) as cache:
                some = Some(clusters, found.photo)
                space = space_of(models, clusters.records, some.members, cache)
                space = space and some.weighed(space)
                row = space.position(found.photo.digest) if space else None
                if space is None or row is None:
                    return Reasons(untold="the cache does not know this photo any more; organize its folder again")
                return _reasons(space, row, clusters)
        except PhotosortError as error:
            return Reasons(untold=error.problem)


def _reasons(space: Space, row: int, clusters: Clusters) -> Reasons:
    replay, numbers = space.replay, space.numbers
    cosines, own = replay.similarity(replay.rows[row : row + 1])[0], int(replay.labels[row])
    ordered = [own, *(int(place) for place in np.argsort(-cosines, kind="stable") if place != own)]
    pulls, are_nouns = _pulls(space, row) if space.is_close else ([], False)
    untold = space.why_not or ("" if space.is_close else "the models of today see these photos in another way")
    return Reasons(
        tuple(pull._replace(goes=numbers[pull.goes]) for pull in pulls),
        are_nouns,
        tuple((clusters.named[numbers[place]], float(cosines[place])) for place in ordered[:NEAR]),
        nearest(space, replay.rows[row], clusters, space.members[row].digest),
        _sides(space, row, clusters),
        untold or ("" if pulls else "there is only one folder, or one thing to say of the photo"),
        space.is_other,
    )


def nearest(space: Space, row: Vectors, clusters: Clusters, digest: str = "") -> tuple[Neighbour, ...]:
    """Return the photos whose vectors are nearest to one (d,), without those of the same `digest`."""
    cosines = space.replay.rows @ row
    order = [place for place in np.argsort(-cosines, kind="stable").tolist() if space.members[place].digest != digest]
    photos: list[MemberRecord] = [space.members[place] for place in order[:NEAR]]
    return tuple(
        Neighbour(lying, float(cosines[place]), clusters.named[lying.photo.cluster])
        for lying, place in zip(clusters.lying(photos), order, strict=False)
    )


def _pulls(space: Space, row: int) -> tuple[list[Pull], bool]:
    """Return what each word does, the strongest first, and whether they are nouns behind the caption."""
    if space.soft is not None:
        guesses = space.soft.guesses(space.raw[row : row + 1])[0]
        if len(guesses) < 2:
            return [], True
        whole = space.replay.said[row]
        without = np.stack([whole - part for _, part in guesses])
        words = [noun for noun, _ in guesses]
    elif space.said is not None:
        words = list(dict.fromkeys(word for text in space.texts[row] for word in content_words(text)))[:WORDS]
        without = space.said([without_word(space.texts[row], word) for word in words]) if words else np.empty((0, 0))
    else:
        return [], False
    found = space.replay.pulls(row, words, np.asarray(without, np.float32))
    return sorted(found, key=lambda pull: (-abs(pull.change), pull.word)), space.soft is not None


def without_word(texts: Sequence[str], word: str) -> tuple[str, ...]:
    """Return texts without a word, wherever it stands in them."""
    gone = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)\s*", re.IGNORECASE)
    return tuple(" ".join(gone.sub("", text).split()) for text in texts)


def _sides(space: Space, row: int, clusters: Clusters) -> tuple[Side, ...]:
    replay, own = space.replay, int(space.replay.labels[row])
    if replay.mode not in ("sum", "concat") or len(space.numbers) < 2:
        return ()
    found = []
    for side, parts in (("picture", replay.pictures), ("caption", replay.said)):
        cosines = replay.alone(parts[row], parts)
        best = int(cosines.argmax())
        cluster = clusters.named[space.numbers[best]]
        found.append(Side(side, cluster, float(cosines[best]), float(cosines[own])))
    return tuple(found)
