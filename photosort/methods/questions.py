"""What photos are asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from photosort.settings.settings import Settings

CAPTION = ""
"""The question that asks for a caption."""
KEYWORD_QUESTION = "Which keywords describe the image?"
"""From "Text-Guided Image Clustering" (Stephan et al. 2024)."""
SAMPLES = 6
"""Sampled texts for each photo and question, as in that paper."""


def caption_only(settings: Settings) -> tuple[str, ...]:
    """Return the one question of a method that reads captions."""
    return (CAPTION,)


def answers(settings: Settings) -> tuple[str, ...]:
    """Return the questions of a method that reads answers: captions, keywords, or what the user asks."""
    texts = settings.texts or ("ask" if settings.ask else "caption")
    return {"caption": (CAPTION,), "keywords": (KEYWORD_QUESTION,), "ask": settings.ask}[texts]
