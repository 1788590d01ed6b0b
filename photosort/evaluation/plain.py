"""The vectors that the papers cluster: as the encoders give them, for k-means in plain space."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from photosort.clustering.kmeans import Vectors
from photosort.methods.fusion import Fusion, placed, summed_vectors, unit
from photosort.methods.method import Method, Views, joined
from photosort.methods.text_guided import WORDS, TextGuided

if TYPE_CHECKING:
    from scipy.sparse import csr_array


class Plain(NamedTuple):
    """N photos by what is said to one question.

    texts    one line for each photo
    vectors  (n, d), dense or sparse, of any length
    """

    question: str
    texts: tuple[str, ...]
    vectors: Vectors | csr_array


def has_plain(method: Method) -> bool:
    """Return whether a method is k-means of vectors, so that Euclidean k-means can take its place."""
    return isinstance(method, Fusion | TextGuided)


def plain(method: Method, views: Views) -> tuple[Plain, ...]:
    """Return for each question that a method reads the vectors as they come, without any scaling of ours.

    Images, captions and sentences are as their encoder gives them; several captions are the mean of their vectors;
    TF-IDF is as scikit-learn gives it, in float64 and sparse. A sum is that of unit vectors, since image and text would
    not count alike otherwise, and is not scaled again. A concatenation is that of the method. Raises SettingsError
    where a sum has no joint space, and ValueError for a method without such vectors (`has_plain`).
    """
    if isinstance(method, Fusion):
        return (Plain(views.questions[0], joined(views.texts[0]), _fused(method, views)),)
    if isinstance(method, TextGuided):
        said = [joined(texts) for texts in views.texts]
        made = [_tfidf(texts) if method.vectors == "tfidf" else views.embed(texts) for texts in said]
        return tuple(map(Plain, views.questions, said, made))
    raise ValueError(f"{type(method).__name__} clusters no vectors")


def _fused(method: Fusion, views: Views) -> Vectors:
    if method.mode == "image":
        return views.image
    if method.mode == "text":
        return views.soft_captions() if views.soft_captions else _mean_captions(views)
    if method.mode == "concat":
        return method.fused(views)
    said = summed_vectors(views.texts[0], views.joint_embed or views.embed)
    return np.asarray((1 - method.weight) * unit(placed(views)) + method.weight * unit(said), dtype=np.float32)


def _mean_captions(views: Views) -> Vectors:
    counts = np.array([max(1, len(texts)) for texts in views.texts[0]], dtype=np.float32)
    return summed_vectors(views.texts[0], views.embed) / counts[:, None]


def _tfidf(texts: tuple[str, ...]) -> csr_array:
    from scipy.sparse import csr_array
    from sklearn.feature_extraction.text import TfidfVectorizer

    try:
        return csr_array(TfidfVectorizer(max_features=WORDS, stop_words="english").fit_transform(texts))
    except ValueError:
        return csr_array((len(texts), 1), dtype=np.float64)  # scikit-learn refuses where no text has a word
