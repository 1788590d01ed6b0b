"""Every noun of WordNet as one would write it in a sentence, and the sentences."""

from __future__ import annotations

from functools import lru_cache

from photosort.wordnet.lexicon import lexicon

TEMPLATES = (
    "itap of a {}.",
    "a bad photo of the {}.",
    "a origami {}.",
    "a photo of the large {}.",
    "a {} in a video game.",
    "art of the {}.",
    "a photo of the small {}.",
)
"""Prompts that together do as well for CLIP as all 80 of Radford et al. 2021 (their notebook on ImageNet)."""


PLAIN = ("a photo of a {}.",)
"""The prompt for an encoder of texts alone, which has not read how photos are captioned."""


@lru_cache(maxsize=1)
def vocabulary() -> tuple[str, ...]:
    """Return all 117,798 nouns, sorted as in small letters, each once and in the spelling of its most frequent meaning.

    Names ("Kodiak bear", "Belmont Stakes") are among them, as in "Image Clustering with External Guidance" (Li et al.,
    ICML 2024, appendix B). Nouns of several words are written with spaces.
    """
    known = lexicon()
    return tuple(
        next((lemma for lemma in known.lemmas(known.senses(noun)[0]) if lemma.casefold() == noun), noun)
        for noun in known.nouns()
    )
