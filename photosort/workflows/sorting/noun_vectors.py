"""The nouns of WordNet in the joint space of an encoder: computed once, kept for ever."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from photosort.methods.fusion import unit
from photosort.methods.method import Nouns
from photosort.models.protocols import Identity, TextEncoder, Vectors
from photosort.store.cache import Cache, text_key
from photosort.support.progress import Progress, silent
from photosort.wordnet.vocabulary import vocabulary

STAGE = "nouns"
CHUNK = 512
"""Nouns that are encoded before they are kept: a run that is killed loses no more than these."""


def noun_vectors(
    encoder: TextEncoder,
    templates: Sequence[str],
    cache: Cache,
    progress: Progress = silent,
    *,
    words: Sequence[str] | None = None,
) -> Nouns:
    """Return v nouns, all of WordNet by default, and their (v, d) vectors.

    The vector of a noun is the direction of the mean of its unit vectors in all templates. They are kept in half
    precision under the encoder and the templates; only nouns that are not kept yet are encoded, so that a run that was
    stopped goes on. `progress` counts nouns.
    """
    words = tuple(vocabulary() if words is None else words)
    identity, keys = noun_identity(encoder.identity, templates), [text_key(word) for word in words]
    kept = cache.keys(identity)
    missing = [place for place, key in enumerate(keys) if key not in kept]
    for start in range(0, len(missing), CHUNK):
        some = missing[start : start + CHUNK]
        progress(STAGE, len(words) - len(missing) + start, len(words))
        cache.put_vectors(identity, [keys[n] for n in some], _encoded(encoder, [words[n] for n in some], templates))
    if missing:
        progress(STAGE, len(words), len(words))
    return Nouns(words, cache.matrix(identity, keys))


def noun_identity(encoder: Identity, templates: Sequence[str]) -> Identity:
    """Return under what the vectors of nouns are kept."""
    digest = hashlib.sha256("\n".join(templates).encode()).hexdigest()[:12]
    return replace(encoder, prompt=f"noun in {len(templates)} templates {digest}")


def _encoded(encoder: TextEncoder, words: Sequence[str], templates: Sequence[str]) -> Vectors:
    texts = [template.format(word) for template in templates for word in words]
    return unit(encoder.encode_texts(texts).reshape(len(templates), len(words), -1).mean(axis=0, dtype=np.float32))
