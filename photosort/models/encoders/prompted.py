"""How well photos fit folders that the user names, by an encoder that knows photos and texts.

Radford et al. 2021, https://arxiv.org/abs/2103.00020, section 3.1.4: a class is the mean of the vectors of several
prompts, since single words are rare in what such an encoder has read, and each wording has its own bias.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from photosort.models.protocols import Category, Identity, JointEncoder, Vectors

TEMPLATES = (
    "{}",
    "a photo of {}",
    "a good photo of {}",
    "a picture in an album, of {}",
    "a close-up photo of {}",
)
HINTED = ("{}: {}", "a photo of {}: {}")
"""The same with a hint; a hint is a list more often than a part of a sentence."""
RULES = "1"
"""Part of the identity; changes with the prompts."""


class PromptedCategories:
    """A CategoryReader: the cosine of a photo to the mean of the prompts of a category."""

    def __init__(self, encoder: JointEncoder) -> None:
        self._encoder = encoder
        self.identity = Identity("prompted", f"{encoder.identity.model}@{encoder.identity.revision}-{RULES}")

    def scores(self, vectors: Vectors, categories: Sequence[Category]) -> Vectors:
        """(b, d) vectors, not normalised -> (b, c) cosines.

        Where a photo is nearer to what a category is to be without than to the category, its score is less by as much.
        """
        photos = _unit(self._encoder.place(vectors))
        found = photos @ self._directions(categories).T
        barred = [place for place, category in enumerate(categories) if category.without]
        if barred:
            without = photos @ self._directions([Category(categories[place].without) for place in barred]).T
            found[:, barred] -= np.maximum(without - found[:, barred], 0)
        return np.asarray(found, np.float32)

    def _directions(self, categories: Sequence[Category]) -> Vectors:
        """Return (c, e) unit vectors; prompts of all categories are encoded together."""
        prompts = [prompts_of(category) for category in categories]
        vectors = self._encoder.encode_texts([prompt for some in prompts for prompt in some])
        starts = np.cumsum([0, *map(len, prompts)])[:-1]
        return _unit(np.add.reduceat(vectors, starts, axis=0)) if prompts else vectors


def prompts_of(category: Category) -> list[str]:
    """Return what is asked of the encoder for a category, in small letters, which is how most of them were trained."""
    name = category.name.replace("_", " ").lower()
    plain = [template.format(name) for template in TEMPLATES]
    return plain + [template.format(name, category.hint) for template in HINTED if category.hint]


def _unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), np.float32)
