"""From the category of each photo to clusters, for methods that have names before they have clusters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from photosort.clustering.kmeans import Clustering, Labels, Vectors, from_labels
from photosort.methods.method import Candidate, Found
from photosort.models.protocols import Category

UNSORTED = "Unsorted"
"""The name of the folder for photos that belong to no cluster, where the user has no other."""
NOTHING = "Nothing"
"""The name of a cluster without a photo, where there is no category either."""


def sorted_into(
    categories: Sequence[Category],
    chosen: Labels,
    similarity: Vectors,
    vectors: Vectors,
    texts: Sequence[str],
    *,
    aside: Mapping[int, str] | None = None,
    rest: str = "",
    answers: Sequence[Found] = (),
    remarks: Sequence[str] = (),
    question: str = "",
) -> Candidate:
    """Make the candidate of a method that says of each of n photos in which of c categories it is.

    chosen      (n,) the place of each photo's category
    similarity  (n, c) how well each photo fits each category
    vectors     (n, d) unit rows from which centroids are taken, for whoever asks which clusters are near each other
    texts       one line for each photo
    aside       photos that fit none, each with the reason; where all do, there is one cluster without a photo

    A category without a photo has no cluster. What else is given goes into the candidate as it is.
    """
    aside, rest = dict(aside or {}), rest or UNSORTED
    kept = np.setdiff1d(np.arange(len(chosen)), [*aside])
    if not len(kept):
        whole = from_labels(vectors, np.zeros(len(chosen), dtype=np.intp))
        name, all_ = (categories[0].name if categories else NOTHING), tuple(categories)
        return Candidate(question, whole, tuple(texts), (name,), (), aside, rest, tuple(answers), tuple(remarks), all_)
    sizes = np.bincount(chosen[kept], minlength=len(categories))
    order = np.flatnonzero(sizes)[np.argsort(-sizes[sizes > 0], kind="stable")]
    fits = np.asarray(similarity[:, order], dtype=np.float32)
    labels = np.asarray(fits.argmax(axis=1), dtype=np.intp)
    labels[kept] = np.argsort(order, kind="stable")[np.searchsorted(np.sort(order), chosen[kept])]
    inertia = float((1 - fits[np.arange(len(labels)), labels]).sum(dtype=np.float64))
    centroids = np.stack([_direction(vectors[kept][labels[kept] == number]) for number in range(len(order))])
    named = [categories[place] for place in order]
    return Candidate(
        question,
        Clustering(labels, centroids, fits, inertia),
        tuple(texts),
        tuple(category.name for category in named),
        tuple(category.above for category in named) if any(category.above for category in named) else (),
        aside,
        rest,
        tuple(answers),
        tuple(remarks),
        tuple(categories),
    )


def _direction(rows: Vectors) -> Vectors:
    total = rows.sum(axis=0)
    return np.asarray(total / max(float(np.linalg.norm(total)), 1e-9), dtype=np.float32)
