"""Clusters of photos, made clearer by nouns: Li et al., "Image Clustering with External Guidance" (TAC, ICML 2024).

https://arxiv.org/abs/2310.11989. No captioner is needed: the nouns of WordNet that fit the photos best are found in a
space of photos and texts (`noun_selection`). Each photo gets a counterpart made of them, and either k-means brings
photos and counterparts into clusters, or two heads that learn from each other do (`clustering.heads`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from photosort.clustering.centres import centres
from photosort.clustering.heads import Training, train
from photosort.clustering.kmeans import Clustering, Vectors, from_labels
from photosort.errors import SettingsError
from photosort.methods.fusion import unit
from photosort.methods.method import Candidate, Clusterer, Grouping, Nouns, Views, constant
from photosort.methods.nouns.selection import (
    TEMPERATURE,
    Selection,
    counterparts,
    number_of_centres,
    select_nouns,
)
from photosort.methods.nouns.weights import NOUNS, NounSpace, found, in_words, nouns_of_photos

STAGE = "choosing nouns"


class Placed(NamedTuple):
    """The photos of a folder in terms of nouns.

    image  (n, d) unit rows in the joint space
    text   (n, d) their counterparts, unit rows
    space  the nouns that were kept
    """

    image: Vectors
    text: Vectors
    space: NounSpace


@dataclass(frozen=True, slots=True)
class TextAided:
    """A `Method` that finds nouns for the photos by itself.

    training     how the heads are trained; None for k-means of photo and counterpart side by side
    selection    how the nouns of a centre are ranked
    temperature  of the retrieval: .005 for OpenAI's CLIP, .01 to .05 for encoders whose cosines spread more
    k            the number of clusters, where the user named one; the number of semantic centres depends on it
    seed         of everything that is drawn
    """

    training: Training | None = None
    selection: Selection = "softmax"
    temperature: float = TEMPERATURE
    k: int | None = None
    seed: int = 42

    def group(self, views: Views, cluster: Clusterer) -> Grouping:
        """Cluster photos and counterparts; texts are of nouns.

        Raises SettingsError without a model that knows photos and texts.
        """
        placed = self.placed(views, cluster)
        clustering = cluster([constant(side_by_side(placed.image, placed.text))])[0]
        remarks: tuple[str, ...] = ()
        if self.training:
            clustering, remarks = self._trained(placed, clustering.k, self.training.of(clustering.k), views)
        said = nouns_of_photos(placed.image, placed.space)
        return Grouping((Candidate(NOUNS, clustering, in_words(said), answers=found(said), remarks=remarks),))

    def placed(self, views: Views, cluster: Clusterer) -> Placed:
        """Find the nouns of n photos and their counterparts. `cluster` is asked for k where the user named none."""
        image = joint_photos(views)
        k = self.k or cluster([constant(image)])[0].k
        nouns = joint_nouns(views)
        views.progress(STAGE, 0, 1)
        kept = kept_nouns(image, nouns, k, self.selection, seed=self.seed, cuda=views.cuda)
        views.progress(STAGE, 1, 1)
        text = counterparts(image, kept.vectors, self.temperature)
        return Placed(image, text, NounSpace(kept.words, kept.vectors, self.temperature))

    def _trained(self, placed: Placed, k: int, training: Training, views: Views) -> tuple[Clustering, tuple[str, ...]]:
        labels = train(placed.image, placed.text, k, training, seed=self.seed, cuda=views.cuda, progress=views.progress)
        clustering = from_labels(placed.image, labels)
        if clustering.k == k:
            return clustering, ()
        return clustering, (f"Training left photos in only {clustering.k} of {k} clusters.",)


def side_by_side(image: Vectors, text: Vectors) -> Vectors:
    """Concatenate (n, d) and (n, e) unit rows as (n, d + e) unit rows: a cosine is the mean of the two cosines."""
    both = np.concatenate([image, text], axis=1)
    both *= np.float32(0.5**0.5)
    return both


def kept_nouns(
    image: Vectors, nouns: Nouns, k: int, selection: Selection = "softmax", *, seed: int = 42, cuda: str = ""
) -> Nouns:
    """Return the nouns that tell (n, d) unit photos in k clusters apart, with unit vectors."""
    found = centres(image, number_of_centres(len(image), k), seed=seed, cuda=cuda)
    vectors = unit(nouns.vectors)
    kept = select_nouns(vectors, found, selection)
    return Nouns(tuple(nouns.words[noun] for noun in kept), vectors[kept])


def joint_photos(views: Views) -> Vectors:
    """Return the photos as (n, d) unit rows in the joint space. Raises SettingsError where no model has one."""
    if views.joint_image is None:
        raise _no_joint_space()
    return unit(views.joint_image())


def joint_nouns(views: Views) -> Nouns:
    """Return all nouns in the joint space. Raises SettingsError where no model has one."""
    if views.nouns is None:
        raise _no_joint_space()
    return views.nouns()


def _no_joint_space() -> SettingsError:
    return SettingsError("Nouns for photos need a model that knows photos and texts", "Name one with --image-encoder.")
