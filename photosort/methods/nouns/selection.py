"""Which nouns are of any use for the photos of a folder, and what the photos are in terms of these.

Li et al., "Image Clustering with External Guidance" (TAC, ICML 2024, https://arxiv.org/abs/2310.11989), section 3.1.
`gradnorm` is the rule of Peng et al., "On the Provable Importance of Gradients for Language-Assisted Image Clustering"
(ICCV 2025, https://arxiv.org/abs/2510.16335), as in the code that its authors released.

Shapes: n photos, v nouns, m of them kept, c semantic centres, d dimensions of the joint space.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from photosort.clustering.kmeans import Labels, Vectors

Selection = Literal["softmax", "gradnorm"]
"""How the nouns of a centre are ranked."""

PHOTOS_A_CENTRE = 300
CENTRES_A_CLUSTER = 3
NOUNS_A_CENTRE = 5
TEMPERATURE = 0.005
"""Softness of the retrieval, for the cosines of CLIP (section 4.1.3)."""
GRADNORM_TEMPERATURE = 0.04
"""The middle of those that the released code takes for its data sets (.01 to .08)."""
CELLS = 1 << 23
"""Numbers of a product that are held at once: 32 MB in float32."""


def number_of_centres(photos: int, clusters: int) -> int:
    """Return how many semantic centres n photos in K clusters have: n / 300, or 3 K where n / K is below 300 (4.1.3).

    Never more than photos.
    """
    small = photos < PHOTOS_A_CENTRE * clusters
    return max(1, min(photos, CENTRES_A_CLUSTER * clusters if small else photos // PHOTOS_A_CENTRE))


class Claims(NamedTuple):
    """What each noun says of the centres.

    centre  (v,) the one that it is nearest to
    worth   (v,) how much it is a noun of this centre and of no other; larger is better
    """

    centre: Labels
    worth: NDArray[np.float64]


def by_confidence(cosines: Vectors) -> Claims:
    """Rate nouns by (b, c) cosines to the centres: the softmax without a temperature at the largest (equation 3)."""
    centre = cosines.argmax(axis=1)
    differences = cosines - cosines[np.arange(len(cosines)), centre][:, None]
    return Claims(centre, 1 / np.exp(differences).sum(axis=1, dtype=np.float64))


def by_gradient(cosines: Vectors) -> Claims:
    """Rate nouns by (b, c) cosines to the centres: the smaller the gradient, the better.

    A noun t is put where the softmax p of its cosines over .04 is largest, as a one-hot target y. The gradient of the
    cross entropy between y and p by the centres is the outer product of p - y and t, over the temperature. Nouns
    have unit length, so that its Euclidean norm is |p - y| but for a constant.
    """
    centre, every = cosines.argmax(axis=1), np.arange(len(cosines))
    wrong = _softmax(cosines / np.float64(GRADNORM_TEMPERATURE))
    wrong[every, centre] -= 1
    return Claims(centre, -np.linalg.norm(wrong, axis=1))


RULES: dict[Selection, Callable[[Vectors], Claims]] = {"softmax": by_confidence, "gradnorm": by_gradient}


def select_nouns(
    nouns: Vectors, centres: Vectors, rule: Selection = "softmax", count: int = NOUNS_A_CENTRE
) -> NDArray[np.intp]:
    """Return which of (v, d) unit nouns are the `count` best of one of (c, d) unit centres, rising (equation 4).

    Each noun is a noun of its nearest centre alone; a centre that is the nearest of none has none. Of nouns that are
    rated alike the first counts. Nouns are compared a few thousand at a time, so that no (v, c) numbers are held.
    """
    rated = [RULES[rule](nouns[part] @ centres.T) for part in parts(len(nouns), len(centres))]
    centre = np.concatenate([claims.centre for claims in rated])
    worth = np.concatenate([claims.worth for claims in rated])
    order = np.lexsort((-worth, centre))
    ranked = centre[order]
    place = np.arange(len(order)) - np.searchsorted(ranked, ranked)
    return np.sort(order[place < count])


def noun_shares(photos: Vectors, nouns: Vectors, temperature: float) -> Iterator[tuple[slice, Vectors]]:
    """Yield for some of the n unit photos after the other which they are, and (b, m) shares of the nouns (equation 6).

    The shares of a photo are the softmax of its cosines to the nouns over the temperature.
    """
    for part in parts(len(photos), len(nouns)):
        yield part, _softmax(photos[part] @ nouns.T / np.float32(temperature))


def counterparts(photos: Vectors, nouns: Vectors, temperature: float = TEMPERATURE) -> Vectors:
    """Return for (n, d) unit photos the mean of (m, d) unit nouns by their shares, (n, d) unit rows (equation 5)."""
    found = np.empty(photos.shape, dtype=np.float32)
    for part, shares in noun_shares(photos, nouns, temperature):
        np.matmul(shares, nouns, out=found[part])
        found[part] /= np.maximum(np.linalg.norm(found[part], axis=1, keepdims=True), np.finfo(np.float32).tiny)
    return found


def parts(count: int, width: int) -> Iterator[slice]:
    """Cut `count` rows into slices that, as wide as this, hold no more than `CELLS` numbers each."""
    step = max(1, CELLS // max(1, width))
    return (slice(start, start + step) for start in range(0, count, step))


def _softmax(logits: NDArray[Any]) -> NDArray[Any]:
    """Turn each of (b, m) rows into its softmax, in place."""
    logits -= logits.max(axis=1, keepdims=True)
    np.exp(logits, out=logits)
    logits /= logits.sum(axis=1, keepdims=True)
    return logits
