"""Fusion of image and caption: Cai, Kosugi, Funakoshi & Okumura, "Enhancing Image Clustering with Captions".

The paper adds the two embeddings (section 3.3) and leaves the normalisation open; here every vector has unit length
before and after, so that neither side wins by its length.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from photosort.clustering.kmeans import Labels, Vectors
from photosort.errors import SettingsError
from photosort.methods.method import Candidate, Clusterer, Grouping, Texts, Views, constant, joined
from photosort.settings.choices import FusionMode

FEW = 20
"""Photos of which the mean is as much their content as what all photos have in common."""
NEIGHBOURS, CROWD = 5, 2_500
"""How many neighbours smooth a photo, and among how many photos they are looked for."""
ROWS = 1024
"""Photos whose cosines to others are held at once."""
Crowd = tuple[int, Labels]
"""How many neighbours smooth a photo, 0 where none do, and among which they are looked for, (m,)."""
BLOCK = 50
"""Cosines of which the largest is looked at first."""


@dataclass(frozen=True, slots=True)
class Fusion:
    """A `Method` that brings each photo and its caption together; see `fuse`.

    Captions that were read out of the image vectors themselves (`Views.soft_captions`) add little that is not there, so
    the vectors are made clearer first: `concat` is then of centred vectors, and smoothed.
    """

    mode: FusionMode = "concat"
    weight: float = 0.5

    def group(self, views: Views, cluster: Clusterer) -> Grouping:
        """Cluster the fused vectors."""
        clustering = cluster([constant(self.fused(views))])[0]
        return Grouping((Candidate(views.questions[0], clustering, joined(views.texts[0])),))

    def fused(self, views: Views) -> Vectors:
        """Return (n, d or e or d + e) unit vectors. Raises SettingsError where `sum` has no joint space."""
        if self.mode == "image":
            return unit(views.image)
        if self.mode == "sum":
            said = summed_vectors(views.texts[0], views.joint_embed or views.embed)
            return fuse(placed(views), said, "sum", self.weight)
        if views.soft_captions:
            said = views.soft_captions()
            return unit(said) if self.mode == "text" else cleared(views.image, said, self.weight)
        said = summed_vectors(views.texts[0], views.embed)
        return unit(said) if self.mode == "text" else fuse(views.image, said, self.mode, self.weight)


def summed_vectors(texts: Texts, embed: Callable[[Sequence[str]], Vectors]) -> Vectors:
    """For n photos with one or more texts each the sum of their unit vectors, (n, e): the direction of their mean."""
    said = [some or ("",) for some in texts]
    vectors = embed([text for some in said for text in some])
    starts = np.cumsum([0] + [len(some) for some in said[:-1]])
    return np.asarray(np.add.reduceat(vectors, starts, axis=0), dtype=np.float32) if said else vectors


def placed(views: Views) -> Vectors:
    """Return (n, e) the photos in the joint space. Raises SettingsError where there is none."""
    if views.joint_image is None:
        raise SettingsError("Fusion by sum needs a model that knows photos and texts", "Use --fusion concat.")
    return views.joint_image()


def cleared(image: Vectors, text: Vectors, weight: float) -> Vectors:
    """Fuse (n, d) and (n, e) by `concat` with the images `centred`, and smooth the outcome: (n, d + e) unit rows.

    The same as these three steps one after the other, but nothing is held of all photos beside the outcome.
    """
    common = common_part(image)
    fused = np.empty((len(image), image.shape[1] + text.shape[1]), dtype=np.float32)
    for rows in _parts(len(image)):
        fused[rows] = fuse(_without(image[rows], common), text[rows], "concat", weight)
    _smooth(fused)
    return fused


def centred(vectors: Vectors) -> Vectors:
    """Turn (n, d) into (n, d) unit rows, less what all photos of the folder have in common.

    Features of a network after its last ReLU have no negative part, so all photos are near each other, and cosines say
    little. The mean of the rows is that common part, as in "All-but-the-Top" (Mu & Viswanath 2018); of few photos it is
    their content, so of n photos only n / (n + 20) of it is taken away. Rows that are equal stay so and keep their
    direction.
    """
    common = common_part(vectors)
    found = np.empty(vectors.shape, dtype=np.float32)
    for rows in _parts(len(vectors)):
        found[rows] = _without(vectors[rows], common)
    return found


def common_part(vectors: Vectors) -> NDArray[np.float64]:
    """Return (d,) what `centred` takes from each of (n, d) vectors once it has unit length."""
    total = np.zeros(vectors.shape[1])
    for rows in _parts(len(vectors)):
        part = unit(vectors[rows]).astype(np.float64)
        part[0] += total
        total = part.sum(axis=0)
    n = max(1, len(vectors))
    return np.asarray(total / n * (n / (n + FEW)), dtype=np.float64)


def smoothed(vectors: Vectors, some: Crowd | None = None) -> Vectors:
    """Move each of (n, d) unit rows half-way to the mean of its nearest neighbours: (n, d) unit rows.

    One step of propagation over the nearest-neighbour graph, as in "Simplifying Graph Convolutional Networks" (Wu et
    al. 2019): what a network takes a single photo for is noise, what it takes its neighbours for as well is not. There
    are five neighbours, fewer below 100 photos and none below 40, where they would be the whole group (two photos with
    one neighbour, each other, would become one); they are looked for among 2,500 photos at most, the same every time.
    Where the rows are some of more photos, `some` says how many neighbours there are, and among which rows.
    """
    moved = vectors.copy()
    _smooth(moved, some)
    return moved


def _smooth(vectors: Vectors, some: Crowd | None = None) -> None:
    """Do what `smoothed` does, in place."""
    near = neighbours(vectors, some)
    if not near.shape[1]:
        return
    _, among = some or crowd(len(vectors))
    before = vectors[among]
    for rows in _parts(len(vectors)):
        others = before[np.searchsorted(among, near[rows])]
        vectors[rows] = unit(vectors[rows] / 2 + others.mean(axis=1) / 2)


def _without(vectors: Vectors, common: NDArray[np.float64]) -> Vectors:
    return unit(unit(vectors) - common)


def _parts(photos: int) -> Iterator[slice]:
    return (slice(start, start + ROWS) for start in range(0, photos, ROWS))


def neighbours(vectors: Vectors, some: Crowd | None = None) -> Labels:
    """Return which of (n, d) unit rows are nearest to each, (n, 0 to 5); see `smoothed` for how many, among which."""
    count, among = some or crowd(len(vectors))
    if not count:
        return np.empty((len(vectors), 0), dtype=np.intp)
    many, near = vectors[among], np.empty((len(vectors), count), dtype=np.intp)
    for start in range(0, len(vectors), ROWS):
        part = vectors[start : start + ROWS]
        cosines = part @ many.T
        own = np.flatnonzero((among >= start) & (among < start + len(part)))
        cosines[among[own] - start, own] = -np.inf
        near[start : start + ROWS] = among[largest(cosines, count)]
    return near


def largest(values: Vectors, count: int) -> Labels:
    """Return (n, count) where the largest of each of (n, m) rows stand, in the order of their places.

    Most of a row is looked at once: its largest values lie in as many of its blocks, those with the largest maxima.
    """
    n, m = values.shape
    whole = m - m % BLOCK
    if count * BLOCK >= whole:
        return np.sort(np.argpartition(values, m - count, axis=1)[:, m - count :], axis=1)
    maxima = values[:, :whole].reshape(n, -1, BLOCK).max(axis=2)
    blocks = np.argpartition(maxima, -count, axis=1)[:, -count:]
    places = (blocks[:, :, None] * BLOCK + np.arange(BLOCK)).reshape(n, -1)
    places = np.hstack([places, np.broadcast_to(np.arange(whole, m), (n, m - whole))])
    some = np.take_along_axis(values, places, axis=1)
    return np.sort(np.take_along_axis(places, np.argpartition(some, -count, axis=1)[:, -count:], axis=1), axis=1)


def crowd(photos: int) -> Crowd:
    """Return how many neighbours smooth each of n photos, 0 where none do, and among which they are looked for."""
    count = min(NEIGHBOURS, photos // FEW)
    among = np.arange(photos)
    if photos > CROWD:
        among = np.sort(np.random.default_rng(0).choice(photos, CROWD, replace=False))
    return (count if count > 1 else 0), among


def unit(vectors: Vectors | NDArray[np.float64]) -> Vectors:
    """Scale each row of (n, d) to length 1; a row of zeros stays."""
    lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors, dtype=np.float64))[:, None]
    units = np.empty(vectors.shape, dtype=np.float32)
    return np.divide(vectors, np.where(lengths > 0, lengths, 1), out=units, casting="same_kind")


def fuse(image: Vectors, text: Vectors, mode: FusionMode, weight: float = 0.5) -> Vectors:
    """Bring two views of n photos together: (n, d) and (n, e) -> unit rows.

    sum      unit(image + text); both must lie in one joint space, so d = e             -> (n, d)
    concat   both, side by side, weighted                                               -> (n, d + e)
    image    the image alone                                                            -> (n, d)
    text     the text alone                                                             -> (n, e)

    `weight` w in 0..1 is the share of the text. In `concat` the parts are scaled by sqrt(1 - w) and sqrt(w), so
    that the cosine of two photos is (1 - w) times the cosine of their images plus w times that of their texts.
    In `sum` the vectors are scaled by 1 - w and w; the paper's plain sum is w = 0.5.

    Raises SettingsError where `sum` meets vectors of two dimensions.
    """
    image, text = unit(image), unit(text)
    if mode == "image":
        return image
    if mode == "text":
        return text
    if mode == "concat":
        return unit(np.hstack([math.sqrt(1 - weight) * image, math.sqrt(weight) * text]))
    if image.shape[1] != text.shape[1]:
        raise SettingsError(
            "Fusion by sum needs one space for images and texts;"
            f" these have {image.shape[1]} and {text.shape[1]} dimensions",
            "Use --fusion concat.",
        )
    return unit((1 - weight) * image + weight * text)
