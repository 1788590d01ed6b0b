"""The keywords of one photo: the nouns that its own caption says without doubt."""

from __future__ import annotations

from photosort.naming.cluster_texts import without_doubt
from photosort.naming.prompt import speaks_to_model
from photosort.naming.words import singular, terms

MOST = 8
"""Keywords that one caption gives; more of a long one are about the background."""
_PLURAL = frozenset(
    {"binoculars", "clothes", "eyeglasses", "glasses", "goggles", "headphones", "jeans", "pants", "pliers"}
    | {"scissors", "shorts", "sunglasses", "trousers", "tweezers"}
)
"""Nouns that have no singular, or whose singular is another thing."""


def photo_words(caption: str) -> tuple[str, ...]:
    """Return the nouns and noun phrases of a caption as singular keywords, in order of appearance.

    "a photo of a bird, probably a toucan" has bird and toucan. What the caption says with "maybe" is left out, and so
    is a caption that gives orders to a model. Of a phrase and its last word the phrase alone is taken.
    """
    if speaks_to_model(caption):
        return ()
    said = terms(without_doubt(caption))
    whole = [term for term in said if not any(other.endswith(f" {term}") for other in said)]
    return tuple(dict.fromkeys(term if term.split()[-1] in _PLURAL else singular(term) for term in whole))[:MOST]
