"""Where one event ends and the next begins, by the gaps between the times at which photos were taken.

Platt, Czerwinski and Field, "PhotoTOC: Automatic Clustering for Browsing Personal Photographs" (2003), section 3.1: a
gap ends an event where its logarithm is larger, by log 17, than the mean logarithm of the gaps around it, ten on each
side. So it is measured by how often photos are taken around it. Two bounds keep that in what people call an event: a
night ends no trip, and two days without a photo end every one. An event ends at a shorter gap where the place is far
away after it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

AROUND = 10
"""Gaps on each side that a gap is compared with: d of the paper."""
FACTOR = 17.0
"""How many times longer than usual a gap has to be: K of the paper is its logarithm."""
HOUR = 3600.0
NIGHT, WITHOUT = 20 * HOUR, 48 * HOUR
"""A gap that is not longer ends no event, and one that is longer ends every event; in seconds."""
STOP = 6 * HOUR
"""A gap that ends an event where the photos before and after it were taken FAR apart."""
FAR = 50.0
"""Kilometres."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def ends(gaps: Floats, moved: Floats) -> Flags:
    """Return (n - 1,) whether an event ends in each of the gaps between n photos in the order of time.

    `gaps` (n - 1,) are seconds; `moved` (n - 1,) kilometres between the places before and after, 0 where one of them is
    not known.
    """
    logarithms = np.log(np.maximum(gaps, 1.0))
    total = np.concatenate([[0.0], np.cumsum(logarithms)])
    place = np.arange(len(gaps))
    first, last = np.maximum(place - AROUND, 0), np.minimum(place + AROUND + 1, len(gaps))
    usual = (total[last] - total[first]) / np.maximum(last - first, 1)
    unusual = (gaps > NIGHT) & (logarithms >= np.log(FACTOR) + usual)
    return np.asarray(unusual | (gaps > WITHOUT) | ((gaps > STOP) & (moved > FAR)))
