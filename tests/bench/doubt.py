"""How well a search knows that nothing is there: python tests/bench/doubt.py DIR

DIR is what labelled_photos.py makes; it has been organized before, so that the cache knows the photos. Queries are
the names of the 14 classes, which are there, and 50 words for what is not. Printed is of how many of either it is said
that nothing looks like them, and of which.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from retrieval import NAMES

from photosort.models.selected import select_models
from photosort.searching.doubt import looks_like, other_things
from photosort.settings.settings import load_settings
from photosort.store.cache import open_cache
from photosort.workflows.sorting.remembering import RememberedTexts

ABSENT = (
    *("pizza", "sushi", "birthday cake", "wedding", "christmas tree", "swimming pool", "skiing", "snowboard"),
    *("surfing", "football match", "basketball", "tennis court", "golf", "laptop", "keyboard", "television"),
    *("smartphone", "washing machine", "refrigerator", "toilet", "bathtub", "bedroom", "sofa", "kitchen"),
    *("supermarket", "classroom", "hospital", "fireworks", "rainbow", "northern lights", "waterfall", "volcano"),
    *("desert", "glacier", "spaghetti", "hamburger", "coffee cup", "wine glass", "ice cream", "baby", "teddy bear"),
    *("roller coaster", "traffic light", "fire hydrant", "motorcycle race", "rocket", "microscope", "chess"),
    *("playing cards", "receipt"),
)
"""Written before anything was measured; a few are there after all, in the background of a photo."""


def main() -> None:
    """Print how many queries are doubted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dir", type=Path)
    given, settings = parser.parse_args(), load_settings()
    models = select_models(settings)
    with open_cache(settings.cache_dir) as cache:
        space = models.search_space(lambda encoder: RememberedTexts(encoder, cache))
        below = os.fsencode(given.dir.resolve()) + b"/"
        digests = sorted({digest for path, _, _, digest in cache.files() if path.startswith(below)})
        placed = space.place(cache.matrix(models.image_encoder.identity, digests))
        others = space.of_texts(other_things())

        def doubted(queries: Iterable[str]) -> list[str]:
            found = []
            for query in queries:
                scores = space.scores(placed, space.of_texts([query])[0])
                best = int(scores.argmax())
                near = np.array([space.scores(placed[best : best + 1], other)[0] for other in others])
                if not looks_like(float(scores[best]), near):
                    found.append(query)
            return found

        for name, queries in (("there", tuple(NAMES)), ("not there", ABSENT)):
            some = doubted(queries)
            print(f"{name}: {len(some)} of {len(queries)} doubted, {', '.join(some)}")


if __name__ == "__main__":
    main()
