"""The key of a remembered result."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """What a result depends on besides the photo or text; the cache keys every result with it.

    model     the settings string, such as `efficientnet-lite2`
    revision  changes whenever the same input may give another output: weights, preprocessing, code
    prompt    the question asked, where there is one
    """

    model: str
    revision: str
    prompt: str = ""
