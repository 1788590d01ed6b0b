"""The directions to things that no query asks for, from the cache: to make them takes longer than a search."""

from __future__ import annotations

from dataclasses import replace

from photosort import __version__
from photosort.models.encoders.search_space import SearchSpace
from photosort.models.protocols import Vectors
from photosort.searching.doubt import other_things
from photosort.store.cache import Cache, text_key

DOUBT = "doubt"
"""The prompt under which they are kept, with the identity of the space."""


def kept_directions(space: SearchSpace, cache: Cache) -> Vectors:
    """Return the directions (c, q) to `other_things`, in their order; each is made once by a version of photosort."""
    identity = replace(space.identity, prompt=f"{DOUBT} {__version__}")
    texts = {text_key(text): text for text in other_things()}
    known = cache.vectors(identity, texts)
    missing = [key for key in texts if key not in known]
    if missing:
        cache.put_vectors(identity, missing, space.of_texts([texts[key] for key in missing]))
    return cache.matrix(identity, list(texts))
