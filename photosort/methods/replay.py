"""The space that a run was clustered in, once more: for another text of one of its photos, or for one more photo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from photosort.clustering.kmeans import Labels, Vectors
from photosort.methods.fusion import FEW, Crowd, crowd, fuse, smoothed, unit
from photosort.settings.choices import FusionMode


class Pull(NamedTuple):
    """What a word does for its photo.

    word    the word
    change  how much of the margin, the cosine to the own centroid less that to the next one, goes with it; negative
            where the word pulls the photo away
    goes    the cluster that the photo would be in without it; its own one where the word does not decide, or where the
            photo is nearer to another one as it is
    """

    word: str
    change: float
    goes: int


@dataclass(frozen=True)
class Sample:
    """What the rows of a Replay stand for that are some of more photos.

    photos   how many there are in all
    weights  (n,) how many photos each row stands for
    crowd    those of the rows among which all photos look for their neighbours, see `fusion.crowd`
    """

    photos: int
    weights: NDArray[np.float64]
    crowd: Labels


@dataclass(frozen=True)
class Replay:
    """n photos in the space of a fusion, and k clusters of them; see `fusion.Fusion.fused`, which this repeats.

    image    (n, d) what stands for the pictures, (n, 0) where the space has none
    said     (n, e) what stands for the texts, (n, 0) where it has none
    labels   (n,) clusters, 0 to k - 1
    mode     how both are fused; "image" and "text" leave the other out
    clearer  whether pictures are centred and photos smoothed, as for captions that come from the pictures themselves
    sample   what the n photos stand for where they are some of more
    """

    image: Vectors
    said: Vectors
    labels: Labels
    mode: FusionMode = "concat"
    weight: float = 0.5
    clearer: bool = False
    sample: Sample | None = None

    @cached_property
    def rows(self) -> Vectors:
        """(n, D) unit rows, as they were clustered."""
        return smoothed(self._fused, self._crowd) if self.clearer and self.mode == "concat" else self._fused

    @cached_property
    def centroids(self) -> Vectors:
        """(k, D) directions of the means of the clusters."""
        return means(self.rows, self.labels)

    @cached_property
    def pictures(self) -> Vectors:
        """(n, d) unit rows of the pictures alone."""
        return self._clear(self.image)

    def similarity(self, row: Vectors) -> Vectors:
        """Return the cosines (m, k) of m rows to the centroids."""
        return np.asarray(row @ self.centroids.T, dtype=np.float32)

    def alone(self, part: Vectors, all_parts: Vectors) -> Vectors:
        """Return the cosines (k,) of one part (d,) of a photo, its picture or its text, to those of the clusters."""
        cosines: Vectors = (unit(part[None]) @ means(unit(all_parts), self.labels).T)[0]
        return cosines

    def placed(self, image: Vectors, said: Vectors, own: int | None = None) -> Vectors:
        """Return m rows (m, D) for pictures (m, d) as the encoder gave them and texts (m, e).

        `own` is the photo that they stand for, and is left out of its neighbours; without it they are further photos.
        The clusters and all other photos stay where they are.
        """
        rows = self._fuse(self._clear(image), said)
        return self._moved(rows, own) if self.clearer and self.mode == "concat" else rows

    def pulls(self, own: int, words: Sequence[str], without: Vectors) -> list[Pull]:
        """Return what each of m words does for photo `own`; `without` (m, e) are its texts without each of them."""
        if not words or len(self.centroids) < 2:
            return []
        image = np.repeat(self.image[own : own + 1], len(words) + 1, axis=0)
        said = np.vstack([self.said[own : own + 1], without])
        cosines = self.similarity(self.placed(image, said, own))
        label = int(self.labels[own])
        others = cosines.copy()
        others[:, label] = -np.inf
        following = int(others[0].argmax())
        margins = cosines[:, label] - cosines[:, following]
        goes = cosines.argmax(axis=1) if margins[0] >= 0 else np.full(len(cosines), label)
        return [
            Pull(word, float(margins[0] - margin), int(place))
            for word, margin, place in zip(words, margins[1:], goes[1:], strict=True)
        ]

    @cached_property
    def _fused(self) -> Vectors:
        return self._fuse(self.pictures, self.said)

    @cached_property
    def _common(self) -> NDArray[np.float64]:
        rows = unit(self.image)
        photos = self.sample.photos if self.sample else len(rows)
        weights = self.sample.weights if self.sample else np.ones(len(rows))
        return np.asarray((weights / weights.sum()) @ rows * (photos / (photos + FEW)), np.float64)

    @property
    def _crowd(self) -> Crowd:
        if self.sample is None:
            return crowd(len(self.labels))
        return crowd(self.sample.photos)[0], self.sample.crowd

    def _clear(self, image: Vectors) -> Vectors:
        return unit(np.asarray(unit(image) - self._common, np.float32)) if self.clearer and len(image) else unit(image)

    def _fuse(self, image: Vectors, said: Vectors) -> Vectors:
        return fuse(image, said, self.mode, self.weight)

    def _moved(self, rows: Vectors, own: int | None) -> Vectors:
        """Smooth each row among the photos, as `fusion.smoothed` does it with them."""
        count, among = self._crowd
        if not count:
            return rows
        moved = np.empty_like(rows)
        for place, row in enumerate(rows):
            cosines = self._fused[among] @ row
            cosines[among == (-1 if own is None else own)] = -np.inf
            near = among[np.argpartition(-cosines, count - 1)[:count]]
            moved[place] = row / 2 + self._fused[near].mean(axis=0) / 2
        return unit(moved)


def means(rows: Vectors, labels: Labels) -> Vectors:
    """Return the directions (k, d) of the means of (n, d) rows with labels (n,), 0 to k - 1."""
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], np.arange(int(labels.max()) + 2))
    sums = np.zeros((len(starts) - 1, rows.shape[1]), dtype=np.float64)
    for label, (start, end) in enumerate(pairwise(starts.tolist())):
        sums[label] = rows[order[start:end]].sum(axis=0, dtype=np.float64)
    return unit(np.asarray(sums, dtype=np.float32))
