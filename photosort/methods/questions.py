"""What photos are asked, and how often, under the settings of a run."""

from __future__ import annotations

from photosort.settings.settings import Settings

CAPTION = ""
"""The question of a captioner that is only to describe."""
KEYWORDS = "Which keywords describe the image?"
"""From "Text-Guided Image Clustering" (Stephan et al. 2024)."""
SAMPLES = 6
"""Sampled texts for each photo and question, as in that paper."""


def questions(settings: Settings) -> tuple[str, ...]:
    """Return the questions that every photo is asked, one at least; CAPTION is none but to describe."""
    if settings.method != "text":
        return (CAPTION,)
    texts = settings.texts or ("ask" if settings.ask else "caption")
    return {"caption": (CAPTION,), "keywords": (KEYWORDS,), "ask": settings.ask}[texts]


def samples(settings: Settings, usual: int = 1) -> int:
    """Return how many texts are wanted for each photo and question, where the models of the run have a `usual`."""
    return settings.captions or (max(SAMPLES, usual) if settings.method == "text" else usual)
