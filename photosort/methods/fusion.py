"""Fusion of image and caption: Cai, Kosugi, Funakoshi & Okumura, "Enhancing Image Clustering with Captions".

The paper adds the two embeddings (section 3.3) and leaves the normalisation open; here every vector has unit length
before and after, so that neither side wins by its length.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from photosort.clustering.kmeans import Vectors
from photosort.errors import SettingsError
from photosort.methods.method import Candidate, Clusterer, Grouping, Texts, Views, constant, joined
from photosort.settings.choices import FusionMode


@dataclass(frozen=True, slots=True)
class Fusion:
    """A `Method` that brings each photo and its caption together; see `fuse`."""

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
            return fuse(_placed(views), said, "sum", self.weight)
        said = views.soft_captions() if views.soft_captions else summed_vectors(views.texts[0], views.embed)
        return unit(said) if self.mode == "text" else fuse(views.image, said, self.mode, self.weight)


def summed_vectors(texts: Texts, embed: Callable[[Sequence[str]], Vectors]) -> Vectors:
    """For n photos with one or more texts each the sum of their unit vectors, (n, e): the direction of their mean."""
    said = [some or ("",) for some in texts]
    vectors = embed([text for some in said for text in some])
    starts = np.cumsum([0] + [len(some) for some in said[:-1]])
    return np.asarray(np.add.reduceat(vectors, starts, axis=0), dtype=np.float32) if said else vectors


def _placed(views: Views) -> Vectors:
    if views.joint_image is None:
        raise SettingsError("Fusion by sum needs a model that knows photos and texts", "Use --fusion concat.")
    return views.joint_image()


def unit(vectors: Vectors) -> Vectors:
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
